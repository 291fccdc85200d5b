"""Pages of learning progress: a manager's line, one person of it, and one's own."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import access
from accounts.dates import short_date
from accounts.signin.decorators import member_required, role_required
from reinforcement.memory.proficiency import CURVE_DAYS
from reinforcement.progress import queries
from reinforcement.progress.drawing import share_line, week_ruler
from reinforcement.progress.figures import MINIMUM_ANSWERS, Measure, Period, PersonProgress
from reinforcement.progress.forgetting import forgetting_of
from reinforcement.progress.measures import BY_WEEK, DEFINITIONS, FORGETTING, MEASURES, PERIODS, WORDS
from reinforcement.progress.reading import read_own, read_person, read_team, read_trend, read_weeks
from reinforcement.progress.tables import team_as_csv, team_table, trend_as_csv, trend_table
from reinforcement.progress.team_charts import team_map, trend_lines
from reinforcement.progress.trend import CompetencyWeeks, Trend
from reinforcement.reliability.queries import latest_of
from reinforcement.reliability.reading import in_words

PEOPLE_A_PAGE = 50
# How the figures of a team are shown; the first unless asked for otherwise.
VIEWS = {"map": _("Map"), "table": _("Table")}

private = cache_control(private=True, no_cache=True)
manager_required = role_required(lambda member: member.is_manager)
seller_required = role_required(lambda member: member.is_seller)


@require_safe
@manager_required
@private
def team(request):
    figures = _figures_asked_for(request)
    view = request.GET.get("view", "map")
    if view not in VIEWS:
        raise Http404
    page = Paginator(figures.people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    reading = read_team(figures)
    words = WORDS[figures.measure]
    table = team_table(figures, page.object_list)
    has_map = bool(view == "map" and table.competencies)
    context = {
        "reading": reading,
        "words": words,
        "measures": MEASURES,
        "definitions": DEFINITIONS,
        "view": view,
        "views": VIEWS.items(),
        "kept_view": "" if view == "map" else f"&view={view}",
        "chart": team_map(table, words, finding=reading.headline, address_of=_address_of) if has_map else None,
        "periods": [(period, label, period is figures.period) for period, label in PERIODS.items()],
        "has_periods": figures.measure is Measure.PARTICIPATION,
        "has_minimum": figures.measure in (Measure.RIGHT, Measure.CURRENT, Measure.INITIAL),
        "figures": figures,
        "table": table,
        "page": page,
        "reliability": in_words(latest_of(request.member).shown),
    }
    return render(request, "reinforcement/team.html", context)


@require_safe
@manager_required
@private
def team_download(request):
    """The table of the page as a file, everybody of the line in it."""
    figures = _figures_asked_for(request)
    name = "-".join(["team", figures.measure.value, *([figures.period.value] if figures.period is not Period.ALL else [])])
    return _file(name, team_as_csv(figures))


@require_safe
@manager_required
@private
def team_trend(request):
    """Right among the answers of each week, over the whole line, with one competency standing out."""
    trend = queries.team_trend(request.member)
    asked = _competency_asked_for(trend, request.GET.get("competency"))
    shown = asked or trend.standing_out()
    reading = read_trend(trend, asked.competency if asked else None)
    context = {
        "reading": reading,
        "words": BY_WEEK,
        "measures": MEASURES,
        "definitions": DEFINITIONS,
        "table": trend_table(trend),
        "shown": shown,
        "chart": trend_lines(trend, shown.competency, finding=reading.headline, week_label=short_date) if shown else None,
    }
    return render(request, "reinforcement/team_trend.html", context)


@require_safe
@manager_required
@private
def team_trend_download(request):
    """The weeks of the page as a file."""
    return _file("team-by-week", trend_as_csv(queries.team_trend(request.member)))


@require_safe
@manager_required
@private
def team_member(request, public_id):
    person = get_object_or_404(queries.person_of_line(request.member, public_id))
    progress = _progress_asked_for(request, person)
    today = access.today_of(person)
    context = {
        "person": person,
        "reading": read_person(progress),
        "shares": share_line(progress.weeks, today),
        "shares_finding": read_weeks(progress.by_week(today)),
        # Nobody but the person reads a single answer.
        "least_answers": MINIMUM_ANSWERS,
        "reliability": in_words(latest_of(request.member).shown),
        **_person_context(progress, person),
    }
    return render(request, "reinforcement/team_member.html", context)


@require_safe
@seller_required
@private
def progress(request):
    own = _progress_asked_for(request, request.member)
    context = {"reading": read_own(own), "manager_name": queries.manager_name(request.member), **_person_context(own, request.member)}
    return render(request, "reinforcement/progress.html", context)


@require_safe
@member_required
@private
def figures(request):
    """What each figure means."""
    return render(request, "reinforcement/figures.html", {"definitions": DEFINITIONS})


def _figures_asked_for(request):
    try:
        measure = Measure(request.GET.get("measure", Measure.RIGHT))
        period = Period(request.GET.get("weeks", Period.ALL))
    except ValueError:
        raise Http404(gettext("There is no such figure.")) from None
    if measure is not Measure.PARTICIPATION:
        period = Period.ALL
    return queries.team_figures(request.member, measure, period).lowest_first()


def _competency_asked_for(trend: Trend, public_id: str | None) -> CompetencyWeeks | None:
    if public_id is None:
        return None
    found = next((each for each in trend.competencies if each.competency.public_id == public_id), None)
    if found is None:
        raise Http404
    return found


def _address_of(public_id: str) -> str:
    return reverse("reinforcement:team_member", args=[public_id])


def _file(name: str, table: str) -> HttpResponse:
    # With the mark in front, spreadsheets read the names as UTF-8.
    response = HttpResponse(table.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _progress_asked_for(request, person) -> PersonProgress:
    asked = request.GET.get("competency")
    try:
        competency = str(UUID(asked)) if asked else None
    except ValueError:
        raise Http404 from None
    found = queries.person_progress(person, request.member, competency)
    if found is None:
        raise Http404
    return found


def _person_context(progress: PersonProgress, person) -> dict:
    outlooks = forgetting_of(progress, person.zone)
    return {
        "progress": progress,
        "ruler": week_ruler(progress.weeks, access.today_of(person)),
        "weeks_latest_first": progress.weeks[::-1],
        "outlooks": outlooks,
        "curve_days": CURVE_DAYS,
        "has_curves": any(row.curve for row in outlooks),
        "has_coming": any(row.curve and row.curve.coming for row in outlooks),
        "definitions": (*MEASURES, FORGETTING),
    }

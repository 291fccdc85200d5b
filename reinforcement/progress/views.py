"""Pages of learning progress: a manager's line, one person of it, and one's own."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import access
from accounts.signin.decorators import member_required, role_required
from reinforcement.progress import queries
from reinforcement.progress.drawing import week_ruler
from reinforcement.progress.figures import Measure, Period, PersonProgress
from reinforcement.progress.measures import MEASURES, PERIODS, WORDS
from reinforcement.progress.reading import read_own, read_person, read_team
from reinforcement.progress.tables import as_csv, team_table

PEOPLE_A_PAGE = 50

private = cache_control(private=True, no_cache=True)
manager_required = role_required(lambda member: member.is_manager)
seller_required = role_required(lambda member: member.is_seller)


@require_safe
@manager_required
@private
def team(request):
    figures = _figures_asked_for(request)
    page = Paginator(figures.people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "reading": read_team(figures),
        "words": WORDS[figures.measure],
        "measures": MEASURES,
        "periods": [(period, label, period is figures.period) for period, label in PERIODS.items()],
        "has_periods": figures.measure is Measure.PARTICIPATION,
        "has_minimum": figures.measure in (Measure.RIGHT, Measure.INITIAL),
        "figures": figures,
        "table": team_table(figures, page.object_list),
        "page": page,
    }
    return render(request, "reinforcement/team.html", context)


@require_safe
@manager_required
@private
def team_download(request):
    """The table of the page as a file, everybody of the line in it."""
    figures = _figures_asked_for(request)
    # With the mark in front, spreadsheets read the names as UTF-8.
    response = HttpResponse(as_csv(figures).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = "-".join(["team", figures.measure.value, *([figures.period.value] if figures.period is not Period.ALL else [])])
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_safe
@manager_required
@private
def team_member(request, public_id):
    person = get_object_or_404(queries.person_of_line(request.member, public_id))
    progress = _progress_asked_for(request, person)
    context = {"person": person, "reading": read_person(progress), **_person_context(progress, person)}
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
    return render(request, "reinforcement/figures.html", {"measures": MEASURES})


def _figures_asked_for(request):
    try:
        measure = Measure(request.GET.get("measure", Measure.RIGHT))
        period = Period(request.GET.get("weeks", Period.ALL))
    except ValueError:
        raise Http404(gettext("There is no such figure.")) from None
    if measure is not Measure.PARTICIPATION:
        period = Period.ALL
    return queries.team_figures(request.member, measure, period).lowest_first()


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
    return {
        "progress": progress,
        "ruler": week_ruler(progress.weeks, access.today_of(person)),
        "weeks_latest_first": progress.weeks[::-1],
        "measures": MEASURES,
    }

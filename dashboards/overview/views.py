"""The company overview of HR and leadership: published figures of groups, and nothing else."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import access
from accounts.signin.decorators import role_required
from dashboards.overview import tables
from dashboards.overview.charts import trend_chart
from dashboards.overview.reading import read_company
from reinforcement.progress.figures import Measure
from reinforcement.progress.measures import WORDS
from reinforcement.progress.reading import joined
from reinforcement.published import queries

GROUPS_A_PAGE = 50
# What the table of groups and competencies shows; the first unless asked for otherwise.
MEASURES = (Measure.RIGHT, Measure.CURRENT)

aggregates_only = role_required(access.reads_aggregates)
private = cache_control(private=True, no_cache=True)


@require_safe
@aggregates_only
@private
def company_overview(request):
    found = _company_asked_for(request)
    measure = _measure_asked_for(request)
    minimum = request.member.organization.small_group_minimum
    paginator = Paginator(queries.groups_for(request.member), GROUPS_A_PAGE)
    # They are counted already.
    paginator.count = found.groups
    page = paginator.get_page(request.GET.get("page"))
    rows = queries.rows_of(request.member, page.object_list, found)
    chosen = request.GET.get("competency")
    context = {
        "company": found,
        "reading": read_company(found),
        "without_figure": joined(found.without_figure),
        "minimum": minimum,
        "rows": tables.table_rows(rows, minimum, found.published_at, measure),
        "totals": tables.total_cells(found.competencies, minimum, measure),
        "words": WORDS[measure],
        "measures": [WORDS[each] for each in MEASURES],
        "kept_measure": "" if measure is MEASURES[0] else f"measure={measure}&",
        "page": page,
        "chosen": next((total.competency for total in found.competencies if total.competency.public_id == chosen), None),
        "chart": trend_chart(found),
        "weeks_latest_first": found.weeks[::-1],
        "reads_content": access.reads_all_content(request.member),
    }
    return render(request, "dashboards/company_overview.html", context)


@require_safe
@aggregates_only
@private
def company_figures_download(request):
    """The table of groups and competencies as a file, all groups in it."""
    found = queries.company(request.member)
    rows = queries.rows_of(request.member, queries.groups_for(request.member), found)
    return _as_file(tables.figures_as_csv(found, rows), "groups")


@require_safe
@aggregates_only
@private
def company_weeks_download(request):
    """Every published week as a file."""
    groups, competencies = queries.group_weeks(request.member), queries.competency_weeks(request.member)
    return _as_file(tables.weeks_as_csv(groups, competencies), "weeks")


def _measure_asked_for(request) -> Measure:
    asked = request.GET.get("measure", MEASURES[0])
    if asked not in MEASURES:
        raise Http404
    return Measure(asked)


def _company_asked_for(request):
    asked = request.GET.get("competency")
    try:
        competency = str(UUID(asked)) if asked else None
    except ValueError:
        raise Http404 from None
    try:
        return queries.company(request.member, competency)
    except queries.NotPublished:
        raise Http404 from None


def _as_file(content: str, name: str) -> HttpResponse:
    # With the mark in front, spreadsheets read the names as UTF-8.
    response = HttpResponse(content.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response

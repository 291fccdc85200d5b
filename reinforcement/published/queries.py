"""Reads of published figures: rows of groups alone, none of people, so their number follows teams and not sellers or answers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet, Sum

from accounts.models import Member, Team
from reinforcement.competencies.models import Competency
from reinforcement.progress.figures import CompetencyName, percent
from reinforcement.published.figures import (
    PARTICIPATION_WEEKS,
    Company,
    CompetencyTotal,
    GroupCell,
    GroupRow,
    Share,
    WeekTotal,
    latest_mean,
)
from reinforcement.published.models import CompetencyWeek, FigureGroup, GroupFigure, GroupWeek, Publication

SHOWN_WEEKS = 26


def groups_for(reader: Member) -> QuerySet[FigureGroup]:
    """Groups that are formed now and hold the minimum of people, in the order of the page."""
    minimum = reader.organization.small_group_minimum
    return FigureGroup.objects.visible_to(reader).filter(is_current=True, people__gte=minimum).order_by("position", "pk")


class NotPublished(LookupError):
    """The competency has no published figure."""


def company(reader: Member, competency_public_id: str | None = None) -> Company:
    """What is published of the reader's organization; the weeks of one competency where it is named. Six statements.

    Raises NotPublished where the named competency has no published figure.
    """
    publication = Publication.objects.visible_to(reader).first()
    size = groups_for(reader).order_by().aggregate(people=Sum("people"), groups=Sum(1))
    totals = tuple(_competency_totals(reader))
    chosen = None
    if competency_public_id is not None:
        chosen = next((total.competency for total in totals if total.competency.public_id == competency_public_id), None)
        if chosen is None:
            raise NotPublished
    return Company(
        published_at=publication.published_at if publication else None,
        groups=size["groups"] or 0,
        people=size["people"] or 0,
        competencies=totals,
        without_figure=tuple(_names_without_figure(reader, totals)),
        weeks=tuple(_weeks(reader, chosen)),
    )


def _figures(reader: Member) -> QuerySet[GroupFigure]:
    minimum = reader.organization.small_group_minimum
    return GroupFigure.objects.visible_to(reader).filter(group__is_current=True, group__people__gte=minimum, with_data__gte=minimum)


def _has_current(reader: Member) -> Q:
    return Q(current_with_data__gte=reader.organization.small_group_minimum)


def _competency_totals(reader: Member) -> Iterable[CompetencyTotal]:
    """Competencies with a published figure, in the organization's order. Two statements."""
    sums = (
        _figures(reader)
        .order_by()
        .values_list("competency_id")
        .annotate(
            weighted=Sum(F("percent") * F("with_data")),
            people=Sum("with_data"),
            current=Sum(F("current_percent") * F("current_with_data"), filter=_has_current(reader)),
            current_people=Sum("current_with_data", filter=_has_current(reader)),
        )
    )
    totals = {competency_id: figures for competency_id, *figures in sums}
    for pk, public_id, name in Competency.objects.visible_to(reader).values_list("pk", "public_id", "name"):
        if pk in totals:
            weighted, with_data, current, people = totals[pk]
            share = Share(percent(current / people / 100), people) if people else Share()
            yield CompetencyTotal(CompetencyName(pk, str(public_id), name), percent(weighted / with_data / 100), with_data, share)


def _names_without_figure(reader: Member, totals: Iterable[CompetencyTotal]) -> Iterable[str]:
    """Names of the others that questions belong to, in the organization's order. One statement."""
    told = [total.competency.pk for total in totals]
    return Competency.objects.visible_to(reader).filter(children=None, archived_at=None).exclude(pk__in=told).values_list("name", flat=True)


def _weeks(reader: Member, competency: CompetencyName | None) -> Iterable[WeekTotal]:
    """The last weeks of all groups together, or of one competency. One statement."""
    minimum = reader.organization.small_group_minimum
    if competency is not None:
        weeks = CompetencyWeek.objects.visible_to(reader).filter(competency_id=competency.pk, people__gte=minimum)
        rows = weeks.order_by("-week_on").values_list("week_on", "answered", "right", "people")[:SHOWN_WEEKS]
        return [WeekTotal(*row) for row in reversed(rows)]
    told = Q(people__gte=minimum)
    asked = Q(people_asked__gte=minimum)
    sums = (
        GroupWeek.objects.visible_to(reader)
        .order_by("-week_on")
        .values("week_on")
        .annotate(
            answers=Sum("answered", filter=told),
            rights=Sum("right", filter=told),
            answerers=Sum("people", filter=told),
            weighted=Sum(F("participation") * F("people_asked"), filter=asked),
            asked=Sum("people_asked", filter=asked),
        )[:SHOWN_WEEKS]
    )
    return [
        WeekTotal(
            row["week_on"],
            row["answers"] or 0,
            row["rights"] or 0,
            row["answerers"] or 0,
            Share(percent(row["weighted"] / row["asked"] / 100), row["asked"]) if row["asked"] else Share(),
        )
        for row in reversed(sums)
    ]


def rows_of(reader: Member, groups: Iterable[FigureGroup], found: Company) -> tuple[GroupRow, ...]:
    """The groups with their figures. Three statements, however many groups."""
    groups = list(groups)
    names = dict(
        Team.objects.visible_to(reader)
        .filter(pk__in={pk for group in groups for pk in group.team_ids})
        .order_by()
        .values_list("pk", "name")
    )
    cells = {
        (figure.group_id, figure.competency_id): _cell(figure, reader.organization.small_group_minimum)
        for figure in _figures(reader).filter(group__in=groups).order_by()
    }
    participation = _participation(reader, groups, found)
    return tuple(
        GroupRow(
            teams=tuple(sorted(names[pk] for pk in group.team_ids if pk in names)),
            people=group.people,
            cells=tuple(cells.get((group.pk, total.competency.pk)) for total in found.competencies),
            participation=participation[group.pk],
        )
        for group in groups
    )


def _cell(figure: GroupFigure, minimum: int) -> GroupCell:
    people = figure.current_with_data
    current = Share(figure.current_percent or 0, people) if people is not None and people >= minimum else Share()
    return GroupCell(figure.percent, figure.with_data, figure.published_at, current)


def _participation(reader: Member, groups: list[FigureGroup], found: Company) -> dict[int, Share]:
    """Of the last published weeks."""
    latest = found.weeks[-1].week_on if found.weeks else date.min + timedelta(weeks=PARTICIPATION_WEEKS)
    weeks = GroupWeek.objects.visible_to(reader).filter(
        group__in=groups,
        week_on__gt=latest - timedelta(weeks=PARTICIPATION_WEEKS),
        people_asked__gte=reader.organization.small_group_minimum,
    )
    by_group: dict[int, list[Share]] = defaultdict(list)
    for group_id, share, people in weeks.order_by().values_list("group_id", "participation", "people_asked"):
        by_group[group_id].append(Share(share, people))
    return {group.pk: latest_mean(by_group[group.pk]) for group in groups}


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A published week of a group or of a competency, with its names."""

    week_on: date
    names: tuple[str, ...]
    total: WeekTotal


def group_weeks(reader: Member) -> Iterable[WeekRow]:
    """Every published week of every group, the oldest first. Two statements."""
    minimum = reader.organization.small_group_minimum
    names = dict(Team.objects.visible_to(reader).order_by().values_list("pk", "name"))
    weeks = GroupWeek.objects.visible_to(reader).select_related("group").order_by("week_on", "group__position", "group_id")
    for week in weeks:
        is_told = week.people is not None and week.people >= minimum
        is_asked = week.people_asked is not None and week.people_asked >= minimum
        takes_part = Share(week.participation, week.people_asked) if is_asked else Share()
        total = WeekTotal(week.week_on, participation=takes_part)
        if is_told:
            total = WeekTotal(week.week_on, week.answered, week.right, week.people, takes_part)
        yield WeekRow(week.week_on, tuple(sorted(names[pk] for pk in week.group.team_ids if pk in names)), total)


def competency_weeks(reader: Member) -> Iterable[WeekRow]:
    """Every published week of every competency, the oldest first. One statement."""
    weeks = CompetencyWeek.objects.visible_to(reader).filter(people__gte=reader.organization.small_group_minimum)
    weeks = weeks.select_related("competency").order_by("week_on", "competency__position", "competency__name", "competency_id")
    for week in weeks:
        yield WeekRow(week.week_on, (week.competency.name,), WeekTotal(week.week_on, week.answered, week.right, week.people))

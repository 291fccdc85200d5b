"""Publishes the figures of groups, a round a day, and each closed week once.

What is shown is only ever added to by enough people at once, so that two figures, of two groups or of two days, never differ by
a few. The rules and why they hold: docs/decisions/0009-published-figures.md. Each step is one transaction that holds the
organization's row of publishing: killed and run again, or run twice at once, it comes to the same end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from accounts.models import Member, Organization, Team, TeamMembership
from accounts.organizations import sum_over_organizations
from reinforcement.progress.figures import percent
from reinforcement.progress.models import LastAnswers, MemberWeek
from reinforcement.published import contributions
from reinforcement.published.grouping import Group, TeamSize, groups_of
from reinforcement.published.models import CompetencyWeek, FigureGroup, GroupFigure, GroupWeek, Publication
from reinforcement.published.subtraction import hidden_totals

# An organization that is published for the first time shows this many weeks at most.
WEEKS_AT_FIRST = 26
# A week is closed when it has ended everywhere.
CLOSED_AFTER = timedelta(days=8)


def publish_due(now: datetime) -> int:
    """Publishes every organization that has not been published on its local day; how many those were."""
    return sum_over_organizations("publishing figures", lambda organization: publish(organization, now))


def publish(organization: Organization, now: datetime) -> bool:
    """The round of the local day of `now` and the weeks that have closed; False where both stand already."""
    Publication.objects.get_or_create(organization=organization)
    today = timezone.localdate(now, ZoneInfo(organization.time_zone))
    has_changed = _publish_round(organization, today, now)
    while _publish_week(organization, today):
        has_changed = True
    return has_changed


def _held(organization: Organization) -> Publication:
    """The organization's row of publishing, held until the transaction ends."""
    return Publication.objects.select_for_update(no_key=True).get(organization=organization)


@transaction.atomic
def _publish_round(organization: Organization, today: date, now: datetime) -> bool:
    publication = _held(organization)
    if publication.published_on is not None and publication.published_on >= today:
        return False
    groups = _publish_groups(organization, today)
    _publish_figures(organization, groups, today, now)
    publication.published_on, publication.published_at = today, now
    publication.save(update_fields=["published_on", "published_at"])
    return True


def _publish_groups(organization: Organization, today: date) -> list[FigureGroup]:
    """The groups of today; those that are no longer formed keep their weeks alone."""
    formed = groups_of(_team_sizes(organization, today), organization.small_group_minimum)
    FigureGroup.objects.bulk_create(
        [
            FigureGroup(organization=organization, key=_key_of(group), people=group.people, position=position, is_current=True)
            for position, group in enumerate(formed)
        ],
        update_conflicts=True,
        unique_fields=["organization", "key"],
        update_fields=["people", "position", "is_current"],
    )
    groups = FigureGroup.objects.filter(organization=organization)
    groups.exclude(key__in=[_key_of(group) for group in formed]).update(is_current=False)
    GroupFigure.objects.filter(organization=organization, group__is_current=False).delete()
    return list(groups.filter(is_current=True))


def _key_of(group: Group) -> str:
    return ",".join(str(pk) for pk in sorted(group.teams))


def learners_of(organization: Organization):
    """Active people of the organization who learn: sellers, and whoever has answered."""
    has_answered = Exists(LastAnswers.objects.filter(organization=organization, member_id=OuterRef("pk")))
    return Member.objects.active().filter(Q(is_seller=True) | has_answered, organization=organization)


def _memberships(organization: Organization, today: date):
    in_force = Q(ended_on=None) | Q(ended_on__gt=today)
    return TeamMembership.objects.filter(in_force, organization=organization, started_on__lte=today)


def _team_sizes(organization: Organization, today: date) -> list[TeamSize]:
    """Every team in the order of its name, with the learners who are in it."""
    people = _memberships(organization, today).filter(member__in=learners_of(organization))
    sizes = dict(people.order_by().values_list("team_id").annotate(Count("pk")))
    teams = Team.objects.filter(organization=organization).order_by("name", "pk").values_list("pk", "parent_id")
    return [TeamSize(pk, parent_id, sizes.get(pk, 0)) for pk, parent_id in teams]


def _publish_figures(organization: Organization, groups: list[FigureGroup], today: date, now: datetime) -> None:
    """Replaces the figures in which enough people have something new; hides those of too few; the others stand with their date."""
    minimum = organization.small_group_minimum
    group_of = {team_id: group for group in groups for team_id in group.team_ids}
    standing: dict[tuple[int, int], contributions.Standing] = defaultdict(contributions.Standing)
    for row in contributions.standing(organization.pk, today):
        if row.team_id in group_of:
            standing[group_of[row.team_id].pk, row.competency_id] += row
    for pk, group_id, competency_id in list(
        GroupFigure.objects.filter(organization=organization).values_list("pk", "group_id", "competency_id")
    ):
        figure = GroupFigure.objects.filter(organization=organization, pk=pk)
        if standing[group_id, competency_id].with_data < minimum:
            figure.delete()
        elif standing[group_id, competency_id].current_with_data < minimum:
            figure.filter(current_percent__isnull=False).update(current_percent=None, current_with_data=None)
    people = {group.pk: group for group in groups}
    replaced = {place: found for place, found in standing.items() if is_enough_new(found, minimum)}
    GroupFigure.objects.bulk_create(
        [
            GroupFigure(
                organization=organization,
                group_id=group_id,
                competency_id=competency_id,
                percent=percent(found.shares / found.with_data),
                with_data=found.with_data,
                people=people[group_id].people,
                **_current(found, minimum),
                published_at=now,
            )
            for (group_id, competency_id), found in replaced.items()
        ],
        update_conflicts=True,
        unique_fields=["group", "competency"],
        update_fields=["percent", "with_data", "people", "current_percent", "current_with_data", "published_at"],
    )
    teams: dict[int, list[int]] = defaultdict(list)
    for group_id, competency_id in replaced:
        teams[competency_id] += people[group_id].team_ids
    for competency_id, team_ids in teams.items():
        contributions.keep(organization.pk, competency_id, team_ids, today)


def _current(found: contributions.Standing, minimum: int) -> dict[str, int]:
    """Current proficiency where enough of its own people have something new; nothing where not."""
    if found.current_new < minimum:
        return {}
    # An answer moves the sums between two nights; a mean stays what it can be.
    share = min(max(found.current_shares / found.current_with_data, 0.0), 1.0)
    return {"current_percent": percent(share), "current_with_data": found.current_with_data}


def is_enough_new(found: contributions.Standing, minimum: int) -> bool:
    """Whether a figure may be shown: among its people are the minimum who contribute what no figure has shown yet.

    That alone suffices. In any sum of figures, the latest one leaves what those people contribute, for no earlier one holds it.
    """
    return found.new >= minimum


@dataclass
class _WeekOfGroup:
    """Sums of one group in one week, over its people."""

    answered: int = 0
    right: int = 0
    people: int = 0
    presented: int = 0
    answered_of_presented: int = 0
    people_asked: int = 0


@dataclass
class _WeekOfPerson:
    answered: int = 0
    right: int = 0
    presented: int = 0
    competencies: set[int] = field(default_factory=set)


@transaction.atomic
def _publish_week(organization: Organization, today: date) -> bool:
    """The oldest closed week that is not published; False where there is none."""
    publication = _held(organization)
    week_on = _next_week(organization, publication)
    if week_on is None or week_on + CLOSED_AFTER > today:
        return False
    groups = list(FigureGroup.objects.filter(organization=organization, is_current=True))
    _write_week(organization, groups, week_on, today)
    publication.weeks_through = week_on
    publication.save(update_fields=["weeks_through"])
    return True


def _next_week(organization: Organization, publication: Publication) -> date | None:
    if publication.weeks_through is not None:
        return publication.weeks_through + timedelta(weeks=1)
    earliest = MemberWeek.objects.filter(member__organization=organization).aggregate(week_on=Min("week_on"))["week_on"]
    if earliest is None or publication.published_on is None:
        return None
    monday = publication.published_on - timedelta(days=publication.published_on.weekday())
    return max(earliest, monday - timedelta(weeks=WEEKS_AT_FIRST))


def _write_week(organization: Organization, groups: list[FigureGroup], week_on: date, today: date) -> None:
    minimum = organization.small_group_minimum
    by_group: dict[int, _WeekOfGroup] = defaultdict(_WeekOfGroup)
    by_competency: dict[int, _WeekOfGroup] = defaultdict(_WeekOfGroup)
    people: Counter[frozenset[tuple[str, int]]] = Counter()
    for group_id, person, rows in _people_of_week(organization, groups, week_on, today):
        sums = by_group[group_id]
        sums.presented += person.presented
        sums.answered_of_presented += min(person.answered, person.presented)
        sums.people_asked += person.presented > 0
        if not person.answered:
            continue
        sums.answered += person.answered
        sums.right += person.right
        sums.people += 1
        for competency_id, answered, right in rows:
            by_competency[competency_id].answered += answered
            by_competency[competency_id].right += right
            by_competency[competency_id].people += 1
        people[frozenset({("group", group_id), *(("competency", competency_id) for competency_id, _answered, _right in rows)})] += 1
    hidden = hidden_totals(people, minimum)
    GroupWeek.objects.bulk_create(
        GroupWeek(
            organization=organization,
            group_id=group_id,
            week_on=week_on,
            **(_answers(sums) if sums.people and ("group", group_id) not in hidden else {}),
            **(_participation(sums) if sums.people_asked >= minimum else {}),
        )
        for group_id, sums in by_group.items()
    )
    CompetencyWeek.objects.bulk_create(
        CompetencyWeek(organization=organization, competency_id=competency_id, week_on=week_on, **_answers(sums))
        for competency_id, sums in by_competency.items()
        if ("competency", competency_id) not in hidden
    )


def _answers(sums: _WeekOfGroup) -> dict[str, int]:
    return {"answered": sums.answered, "right": sums.right, "people": sums.people}


def _participation(sums: _WeekOfGroup) -> dict[str, int]:
    return {"participation": percent(sums.answered_of_presented / sums.presented), "people_asked": sums.people_asked}


def _people_of_week(
    organization: Organization, groups: list[FigureGroup], week_on: date, today: date
) -> Iterable[tuple[int, _WeekOfPerson, list[tuple[int, int, int]]]]:
    """Each person of a group who was asked or answered: the group, the week's sums, and what was answered by competency."""
    group_of_team = {team_id: group.pk for group in groups for team_id in group.team_ids}
    members = _memberships(organization, today).filter(member__in=learners_of(organization)).values_list("member_id", "team_id")
    group_of = {member_id: group_of_team[team_id] for member_id, team_id in members.iterator() if team_id in group_of_team}
    weeks = MemberWeek.objects.filter(member__organization=organization, week_on=week_on).order_by("member_id")
    columns = weeks.values_list("member_id", "competency_id", "answered", "right", "presented")
    current: int | None = None
    person = _WeekOfPerson()
    rows: list[tuple[int, int, int]] = []
    for member_id, competency_id, answered, right, presented in columns.iterator(chunk_size=5000):
        if member_id != current:
            if current in group_of:
                yield group_of[current], person, rows
            current, person, rows = member_id, _WeekOfPerson(), []
        person.answered += answered
        person.right += right
        person.presented += presented
        if answered:
            rows.append((competency_id, answered, right))
    if current in group_of:
        yield group_of[current], person, rows

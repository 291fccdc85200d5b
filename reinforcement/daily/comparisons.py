"""The two groups of adaptive programs that are compared: counted each night from the log, never a hot row in the answer's path.

What can be told are answers to questions that were drawn by lot, since neither way of choosing had a hand in them. So that nobody can read
a person's answer from two nights' counts, both groups of a program are counted anew only when the organization's minimum of people in each
have answered such a question since; until then the older counts stand with their date. Both at once: recall grows, and a group that was
counted later would look better by that alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max, Q

from accounts.models import Organization
from accounts.organizations import sum_over_organizations
from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.programs.comparison import fewest_people, group_of
from reinforcement.programs.models import ComparedGroup, Program


@dataclass
class _Tally:
    """One group while it is counted: answers to questions drawn by lot and rights of each person, and when each gave the latest of them."""

    people: list[tuple[int, int]] = field(default_factory=list)
    latest: list[datetime] = field(default_factory=list)
    taking_part: int = 0
    answered: int = 0

    def has_enough(self, counted_at: datetime | None, minimum: int) -> bool:
        """Whether the group may be counted, or counted anew where it was counted at `counted_at`."""
        if counted_at is None:
            return len(self.people) >= fewest_people(minimum)
        return sum(moment > counted_at for moment in self.latest) >= minimum


def count_comparisons(now: datetime) -> int:
    """Counts the groups of all compared programs; how many groups have new counts."""
    return sum_over_organizations("counting comparisons", lambda organization: count_comparisons_of(organization, now))


@transaction.atomic
def count_comparisons_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. Two at once wait for one another, and no answer waits for them."""
    compared = Program.objects.filter(organization=organization, mode=Program.Mode.ADAPTIVE, fixed_share__gt=0)
    held = compared.exclude(state=Program.State.DRAFT).select_for_update(no_key=True).order_by("pk")
    programs = [program.pk for program in held]
    if not programs:
        return 0
    shown = dict(ComparedGroup.objects.filter(organization=organization, program__in=programs).values_list("program_id", "counted_at"))
    groups = []
    for program, tallies in _tallies(organization, programs, now).items():
        if all(tallies[is_fixed].has_enough(shown.get(program), organization.small_group_minimum) for is_fixed in (False, True)):
            groups += [_counted(organization, program, is_fixed, tally, now) for is_fixed, tally in tallies.items()]
    ComparedGroup.objects.bulk_create(
        groups,
        update_conflicts=True,
        unique_fields=["program", "is_fixed"],
        update_fields=["people", "answers", "right", "variance", "taking_part", "answered", "counted_at"],
    )
    return len(groups)


def _counted(organization: Organization, program: int, is_fixed: bool, tally: _Tally, now: datetime) -> ComparedGroup:
    group = group_of(tally.people)
    return ComparedGroup(
        organization=organization,
        program_id=program,
        is_fixed=is_fixed,
        people=group.people,
        answers=group.answers,
        right=group.right,
        variance=group.variance,
        taking_part=tally.taking_part,
        answered=tally.answered,
        counted_at=now,
    )


def _tallies(organization: Organization, programs: list[int], now: datetime) -> dict[int, dict[bool, _Tally]]:
    """By program and whether people run by the fixed rule. What somebody answers after leaving a program does not count there."""
    answers = Answer.objects.filter(
        Q(program__enrollments__ended_on=None) | Q(received_at__date__lt=F("program__enrollments__ended_on")),
        organization=organization,
        program__in=programs,
        received_at__lte=now,
        program__enrollments__organization=organization,
        program__enrollments__member=F("member"),
        item__daily_set__local_date__gte=F("program__enrollments__started_on"),
    )
    drawn = Q(item__reason=DailySetItem.Reason.RANDOM)
    people = (
        answers.order_by()
        .values_list("program_id", "program__enrollments__is_fixed", "member_id")
        .annotate(
            answered=Count("pk"),
            drawn=Count("pk", filter=drawn),
            right=Count("pk", filter=drawn & Q(verdict=Answer.Verdict.RIGHT)),
            latest=Max("received_at", filter=drawn),
        )
    )
    tallies: dict[int, dict[bool, _Tally]] = defaultdict(lambda: {False: _Tally(), True: _Tally()})
    for program, is_fixed, _member, answered, answers_drawn, right, latest in people.iterator(chunk_size=2000):
        tally = tallies[program][is_fixed]
        tally.taking_part += 1
        tally.answered += answered
        if answers_drawn:
            tally.people.append((answers_drawn, right))
            tally.latest.append(latest)
    return tallies

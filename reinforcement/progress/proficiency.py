"""Current proficiency of everybody: counted each night from what memory knows, a batch of people at a time.

Nobody's answer waits while it is counted. What is written is what was read: whoever has answered meanwhile is counted again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Organization
from accounts.organizations import sum_over_organizations
from reinforcement.memory import store
from reinforcement.memory.features import Item
from reinforcement.memory.packing import DAY_SECONDS
from reinforcement.memory.proficiency import Standing, standing
from reinforcement.memory.versions import Models
from reinforcement.programs.models import Enrollment, Program, ProgramQuestion
from reinforcement.progress.models import ProficiencyWeek

# Held in memory at once: what is known of so many people.
PEOPLE_AT_ONCE = 100
# Whoever answers each time while it is counted is counted the next night.
TRIES = 3
# Fractions of a question that a figure in whole questions does not show.
DECIMALS = 4


def count_proficiency(now: datetime) -> int:
    """Counts all organizations' people; how many rows are current."""
    return sum_over_organizations("counting proficiency", lambda organization: count_proficiency_of(organization, now))


def count_proficiency_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. A second call at the same moment writes the same rows."""
    counting = _Counting.of(organization, now)
    active = Member.objects.filter(organization=organization, is_active=True, enrollments__isnull=False)
    members = list(active.distinct().order_by("pk").values_list("pk", flat=True))
    return sum(counting.count(members[start : start + PEOPLE_AT_ONCE]) for start in range(0, len(members), PEOPLE_AT_ONCE))


@dataclass(frozen=True)
class _Programs:
    """The organization's programs that were launched: the questions of each, with their competencies, and which run on a day."""

    questions: dict[int, list[tuple[int, int]]]
    days: dict[int, tuple[bool, date, date]]

    @classmethod
    def of(cls, organization: Organization) -> "_Programs":
        """Two statements."""
        launched = Program.objects.filter(organization=organization).exclude(state=Program.State.DRAFT).order_by()
        days = {
            pk: (state == Program.State.RUNNING, starts_on, ends_on or date.max)
            for pk, state, starts_on, ends_on in launched.values_list("pk", "state", "starts_on", "ends_on")
        }
        lines = ProgramQuestion.objects.filter(organization=organization, question__archived_at=None).order_by()
        questions: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for program, question, competency in lines.values_list("program_id", "question_id", "question__competency_id").iterator():
            questions[program].append((question, competency))
        return cls(questions, days)

    def assigned(self, enrollments: Iterable[tuple[int, date, date | None]], answered: Iterable[int], today: date) -> dict[int, set[int]]:
        """Question ids by competency: all of what a person takes part in today, and of what is over those that were `answered`.

        `enrollments` are program, first day, and the day after the last one.
        """
        by_competency: dict[int, set[int]] = defaultdict(set)
        answered = set(answered)
        for program, started_on, ended_on in enrollments:
            if program not in self.days or started_on > today:
                continue
            is_running, starts_on, ends_on = self.days[program]
            goes_on = is_running and starts_on <= today <= ends_on and (ended_on is None or ended_on > today)
            for question, competency in self.questions[program]:
                if goes_on or question in answered:
                    by_competency[competency].add(question)
        return by_competency


@dataclass(frozen=True)
class _Counting:
    """One organization's counting of a moment, with what it reads once."""

    organization: Organization
    now: datetime
    models: Models
    items: dict[int, Item]
    programs: _Programs

    @classmethod
    def of(cls, organization: Organization, now: datetime) -> "_Counting":
        models = store.models_of(store.fitted_in_force(organization.pk))
        return cls(organization, now, models, store.items_of(organization.pk), _Programs.of(organization))

    def count(self, members: list[int]) -> int:
        """Writes the rows of these members; how many. Six statements for each try, and some for each hundreds of rows."""
        written = 0
        for _try in range(TRIES):
            known = store.known_of(self.organization.pk, members)
            rows = list(self._rows(members, known))
            with transaction.atomic():
                answers = store.held(self.organization.pk, members)
                still = {member for member in members if answers[member] == known[member].answers}
                written += self._write(still, [row for row in rows if row.member_id in still])
            members = [member for member in members if member not in still]
            if not members:
                break
        return written

    def _rows(self, members: list[int], known: dict[int, store.Known]) -> Iterator[ProficiencyWeek]:
        enrollments: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
        whose = {"organization": self.organization, "member_id__in": members}
        for row in Enrollment.objects.filter(**whose).values_list("member_id", "program_id", "started_on", "ended_on"):
            enrollments[row[0]].append(row[1:])
        for member in Member.objects.filter(organization=self.organization, pk__in=members).order_by("pk"):
            today = timezone.localdate(self.now, member.zone)
            own = known[member.pk]
            for competency, questions in sorted(self.programs.assigned(enrollments[member.pk], own.practices, today).items()):
                yield self._row(member.pk, competency, today - timedelta(days=today.weekday()), self._standing(own, competency, questions))

    def _standing(self, known: store.Known, competency: int, questions: set[int]) -> Standing:
        asked = ((known.record(question, competency), self.items[question]) for question in sorted(questions))
        return standing(self.models, asked, self.now.timestamp() / DAY_SECONDS)

    def _row(self, member: int, competency: int, week_on: date, found: Standing) -> ProficiencyWeek:
        return ProficiencyWeek(
            organization=self.organization,
            member_id=member,
            competency_id=competency,
            week_on=week_on,
            counted_at=self.now,
            questions=found.proficiency.questions,
            answers=found.proficiency.answers,
            expected=found.proficiency.expected,
            variance=found.proficiency.variance,
            unpractised=[round(expected, DECIMALS) for expected in found.unpractised],
        )

    def _write(self, members: set[int], rows: list[ProficiencyWeek]) -> int:
        """Puts the rows in the place of those that were current. What is not assigned any more has no current row."""
        current = ProficiencyWeek.objects.filter(organization=self.organization, member_id__in=members, is_current=True)
        kept = {(row.member_id, row.competency_id, row.week_on) for row in rows}
        gone = [pk for pk, *place in current.values_list("pk", "member_id", "competency_id", "week_on") if tuple(place) not in kept]
        if gone:
            ProficiencyWeek.objects.filter(organization=self.organization, pk__in=gone).update(is_current=False)
        ProficiencyWeek.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["member", "competency", "week_on"],
            update_fields=["counted_at", "questions", "answers", "expected", "variance", "unpractised", "is_current"],
        )
        return len(rows)

"""Current proficiency of everybody: counted each night from what memory knows, a batch of people at a time.

Nobody's answer waits while it is counted. What is written is what was read: whoever has answered meanwhile is counted again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Organization
from accounts.organizations import sum_over_organizations
from outbox.models import Job
from outbox.services import queue_jobs
from reinforcement.memory import store
from reinforcement.memory.features import Item
from reinforcement.memory.packing import DAY_SECONDS
from reinforcement.memory.proficiency import CURVE_DAYS, Standing, standing
from reinforcement.memory.versions import Models
from reinforcement.programs.assigned import Assigned, Coming, Programs
from reinforcement.programs.models import Enrollment
from reinforcement.progress.models import ProficiencyWeek

KIND = "count_proficiency"
# Held in memory at once: what is known of so many people.
PEOPLE_AT_ONCE = 100
# Whoever answers each time while it is counted is counted the next night.
TRIES = 3
# Of a question, in the curves that are kept.
DECIMALS = 4


def owe_proficiency(now: datetime) -> None:
    """Owes this night's counting, a job for each organization: once a UTC date, however often it is asked."""
    queue_jobs(
        Job(
            kind=KIND,
            key=f"{KIND}:{public_id}:{now.date()}",
            organization=public_id,
            payload={"organization": str(public_id)},
            due_at=now,
        )
        for public_id in Organization.objects.order_by("pk").values_list("public_id", flat=True)
    )


def run(payload: dict) -> None:
    """The job: counts one organization's people, as of now."""
    organization = Organization.objects.filter(public_id=payload["organization"]).first()
    if organization is not None:
        count_proficiency_of(organization, timezone.now())


def count_proficiency(now: datetime) -> int:
    """Counts all organizations' people; how many rows are current."""
    return sum_over_organizations("counting proficiency", lambda organization: count_proficiency_of(organization, now))


def count_proficiency_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. A second call at the same moment writes the same rows."""
    counting = _Counting(
        organization,
        now,
        store.models_of(store.fitted_in_force(organization.pk)),
        store.items_of(organization.pk),
        Programs(organization),
    )
    active = Member.objects.filter(organization=organization, is_active=True, enrollments__isnull=False)
    members = list(active.distinct().order_by("pk").values_list("pk", flat=True))
    return sum(counting.count(members[start : start + PEOPLE_AT_ONCE]) for start in range(0, len(members), PEOPLE_AT_ONCE))


@dataclass
class _Person:
    """What is counted of a member: where the person stands in each competency, by its id, and the recall of each question."""

    member: int
    today: date
    known: store.Known
    coming: Coming | None
    standings: dict[int, Standing] = field(default_factory=dict)
    recalls: dict[int, float] = field(default_factory=dict)
    # What the coming questions add on each of CURVE_DAYS, by competency.
    gains: dict[int, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Counting:
    """One organization's counting of a moment, with what it reads once."""

    organization: Organization
    now: datetime
    models: Models
    items: dict[int, Item]
    programs: Programs

    @property
    def moment(self) -> float:
        """As records count time."""
        return self.now.timestamp() / DAY_SECONDS

    def count(self, members: list[int]) -> int:
        """Writes the rows of these members; how many. Seven statements for each try, and one for each hundreds of rows."""
        written = 0
        for _try in range(TRIES):
            known = store.known_of(self.organization.pk, members)
            people = list(self._people(members, known))
            self._foresee(people)
            with transaction.atomic():
                answers = store.held(self.organization.pk, members)
                still = {member for member in members if answers[member] == known[member].answers}
                written += self._write(still, [row for person in people if person.member in still for row in self._rows(person)])
            members = [member for member in members if member not in still]
            if not members:
                break
        return written

    def _people(self, members: list[int], known: dict[int, store.Known]) -> Iterator[_Person]:
        enrollments: dict[int, list[Enrollment]] = defaultdict(list)
        for enrollment in Enrollment.objects.filter(organization=self.organization, member_id__in=members):
            enrollments[enrollment.member_id].append(enrollment)
        for member in Member.objects.filter(organization=self.organization, pk__in=members).order_by("pk"):
            today = timezone.localdate(self.now, member.zone)
            own, whose = known[member.pk], enrollments[member.pk]
            person = _Person(member.pk, today, own, self.programs.coming(whose, member.working_days, today))
            by_competency: dict[int, list[int]] = defaultdict(list)
            for assigned in self.programs.assigned(whose, own.practices, today):
                by_competency[assigned.competency].append(assigned.question)
            for competency, questions in by_competency.items():
                asked = ((own.record(question, competency), self.items[question]) for question in questions)
                found = person.standings[competency] = standing(self.models, asked, self.moment)
                person.recalls.update(zip(questions, found.recalls, strict=True))
            yield person

    def _foresee(self, people: list[_Person]) -> None:
        """Adds what the coming questions gain, for those together to whom the same is coming on the same weekday."""
        alike: dict[tuple[Coming, int], list[_Person]] = defaultdict(list)
        for person in people:
            if person.coming is not None:
                alike[person.coming, person.today.weekday()].append(person)
        for (coming, weekday), group in alike.items():
            self._foresee_alike(coming, weekday, group)

    def _foresee_alike(self, coming: Coming, weekday: int, people: list[_Person]) -> None:
        # Workers only: web processes load this module, and never numpy.
        from reinforcement.memory.foresight import Schedule
        from reinforcement.memory.gains import gains

        schedule = Schedule(coming.rule, coming.weekdays, weekday, coming.new_per_day, coming.cap_per_day, coming.days, coming.begun)
        found = gains(
            self.models.trace,
            [[person.known.record(asked.question, asked.competency) for asked in coming.questions] for person in people],
            [self.items[asked.question] for asked in coming.questions],
            [[person.recalls[asked.question] for asked in coming.questions] for person in people],
            schedule,
            CURVE_DAYS,
            self.moment,
        )
        places = _places(coming.questions)
        for person, gained in zip(people, found, strict=True):
            person.gains = {competency: gained[columns].sum(axis=0).tolist() for competency, columns in places.items()}

    def _rows(self, person: _Person) -> Iterator[ProficiencyWeek]:
        for competency, found in sorted(person.standings.items()):
            gained = person.gains.get(competency)
            yield ProficiencyWeek(
                organization=self.organization,
                member_id=person.member,
                competency_id=competency,
                week_on=person.today - timedelta(days=person.today.weekday()),
                counted_at=self.now,
                questions=found.proficiency.questions,
                answers=found.proficiency.answers,
                expected=found.proficiency.expected,
                variance=found.proficiency.variance,
                unpractised=[round(expected, DECIMALS) for expected in found.unpractised],
                coming=gained and [round(sum(both), DECIMALS) for both in zip(found.unpractised, gained, strict=True)],
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
            update_fields=["counted_at", "questions", "answers", "expected", "variance", "unpractised", "coming", "is_current"],
        )
        return len(rows)


def _places(questions: tuple[Assigned, ...]) -> dict[int, list[int]]:
    """Of each competency, by its id, where its questions stand."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, asked in enumerate(questions):
        places[asked.competency].append(place)
    return places

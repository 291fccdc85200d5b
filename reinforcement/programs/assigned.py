"""What an organization's programs assign to people, and what is still to come of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from accounts.models import Organization
from reinforcement.memory.spacing import Rule
from reinforcement.programs.models import Enrollment, Program, ProgramQuestion
from reinforcement.programs.rules import rule_of


@dataclass(frozen=True, slots=True)
class Assigned:
    """A question in its competency, by their ids."""

    question: int
    competency: int


@dataclass(frozen=True, slots=True)
class Coming:
    """What the programs of a person ask from some day on, on which weekdays (accounts/working_days.py), and for how many days.

    `begun`: for how many days the one that began first has run before.
    """

    questions: tuple[Assigned, ...]
    rule: Rule
    weekdays: int
    new_per_day: int
    cap_per_day: int
    days: int | None
    begun: int


class Programs:
    """The launched programs of an organization with their questions that are not archived, read once. Two statements."""

    def __init__(self, organization: Organization):
        launched = Program.objects.filter(organization=organization).exclude(state=Program.State.DRAFT).order_by("starts_on", "pk")
        self._programs = {program.pk: program for program in launched}
        self._questions: dict[int, list[Assigned]] = defaultdict(list)
        lines = ProgramQuestion.objects.filter(organization=organization, question__archived_at=None).order_by("program_id", "position")
        for program, *assigned in lines.values_list("program_id", "question_id", "question__competency_id").iterator():
            self._questions[program].append(Assigned(*assigned))

    def assigned(self, enrollments: Collection[Enrollment], answered: Collection[int], today: date) -> list[Assigned]:
        """All questions of the programs that a person takes part in on the day, and of what is over those that were `answered`."""
        begun = {enrollment.program_id for enrollment in enrollments if enrollment.started_on <= today}
        running = {program.pk for program in self._running(enrollments, today)}
        found = {
            assigned.question: assigned
            for program in self._programs
            if program in begun
            for assigned in self._questions[program]
            if program in running or assigned.question in answered
        }
        return list(found.values())

    def coming(self, enrollments: Collection[Enrollment], working_days: int, today: date) -> Coming | None:
        """What a person is asked from the day on; None where nothing is.

        Who takes part in several programs is asked as by one: on the days of all of them, as many new questions as all of them bring,
        within the largest cap, and by the rule of the one that began first.
        """
        running = self._running(enrollments, today)
        weekdays = 0
        for program in running:
            weekdays |= program.weekdays & working_days
        questions = {assigned.question: assigned for program in running for assigned in self._questions[program.pk]}
        if not questions or not weekdays:
            return None
        ends = [program.ends_on for program in running]
        is_fixed = any(enrollment.is_fixed for enrollment in enrollments if enrollment.program_id == running[0].pk)
        return Coming(
            tuple(questions.values()),
            rule_of(running[0], is_fixed=is_fixed),
            weekdays,
            sum(program.new_per_day for program in running),
            max(program.cap_per_day for program in running),
            None if None in ends else max((end - today).days + 1 for end in ends if end),
            (today - running[0].starts_on).days,
        )

    def _running(self, enrollments: Collection[Enrollment], today: date) -> list[Program]:
        """Those that ask the person on the day, the one that began first in front."""
        takes_part = {
            enrollment.program_id
            for enrollment in enrollments
            if enrollment.started_on <= today and (enrollment.ended_on is None or enrollment.ended_on > today)
        }
        return [
            program
            for pk, program in self._programs.items()
            if pk in takes_part
            and program.state == Program.State.RUNNING
            and program.starts_on <= today
            and (program.ends_on is None or program.ends_on >= today)
        ]

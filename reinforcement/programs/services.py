"""Verbs that write programs, their audience, and who is enrolled."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member, Organization, Team
from reinforcement.programs.enrolling import enroll_audiences
from reinforcement.programs.models import Program, ProgramAudience, ProgramQuestion
from reinforcement.questions.models import Question


class ProgramNotReady(ValueError):
    """A program can't be launched as it is; the text says what is missing."""


class ProgramEnded(Exception):
    """The program has ended; it is no longer changed."""


@transaction.atomic
def create_program(
    organization: Organization,
    *,
    name: str,
    starts_on: date,
    created_by: Member | None = None,
    questions: Sequence[Question] = (),
    audience: Iterable[Member | Team] = (),
    **settings,
) -> Program:
    """A draft program with `questions` in their order."""
    program = Program.objects.create(organization=organization, name=name, starts_on=starts_on, created_by=created_by, **settings)
    add_questions(program, questions)
    set_audience(program, audience)
    return program


@transaction.atomic
def add_questions(program: Program, questions: Sequence[Question]) -> int:
    """Puts questions at the end of the program, leaving out those it has; how many were added."""
    _same_organization(program, questions)
    present = dict(program.program_questions.values_list("question_id", "position"))
    start = max(present.values(), default=-1) + 1
    added = [question for question in questions if question.pk not in present]
    ProgramQuestion.objects.bulk_create(
        ProgramQuestion(organization_id=program.organization_id, program=program, question=question, position=position)
        for position, question in enumerate(added, start)
    )
    return len(added)


@transaction.atomic
def set_questions(program: Program, questions: Sequence[Question]) -> None:
    """The program holds exactly `questions`, in this order. What was asked from it before stays in the log."""
    _same_organization(program, questions)
    program.program_questions.all().delete()
    add_questions(program, questions)


@transaction.atomic
def remove_question(program: Program, question: Question) -> None:
    """Takes the question out of the program. What was asked of it before stays in the log."""
    program.program_questions.filter(question=question).delete()


@transaction.atomic
def move_question(program: Program, question: Question, *, steps: int) -> None:
    """Moves the question `steps` places down, up where negative, and no further than the ends."""
    # The program's row is held: two moves at once would give two questions the same place.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk, organization_id=program.organization_id)
    lines = list(program.program_questions.order_by("position", "pk"))
    place = next((place for place, line in enumerate(lines) if line.question_id == question.pk), None)
    if place is None:
        return
    lines.insert(max(place + steps, 0), lines.pop(place))
    moved = [(position, line) for position, line in enumerate(lines) if line.position != position]
    for position, line in moved:
        line.position = position
    ProgramQuestion.objects.bulk_update([line for _position, line in moved], ["position"])


@transaction.atomic
def update_program(
    program: Program, *, questions: Sequence[Question] | None = None, audience: Iterable[Member | Team] | None = None, **settings
) -> None:
    """Changes settings of the program, and its questions and audience where they are given. Raises ProgramEnded.

    What a running program has asked before stays as it was.
    """
    if program.state == Program.State.ENDED:
        raise ProgramEnded
    for name, value in settings.items():
        setattr(program, name, value)
    program.save(update_fields=list(settings))
    if questions is not None:
        set_questions(program, questions)
    if audience is not None:
        set_audience(program, audience)


@transaction.atomic
def set_audience(program: Program, audience: Iterable[Member | Team]) -> None:
    """The program is for exactly these members and teams (with the teams below them). A running one enrolls at once."""
    audience = list(audience)
    _same_organization(program, audience)
    program.audience.all().delete()
    ProgramAudience.objects.bulk_create(
        ProgramAudience(
            organization_id=program.organization_id,
            program=program,
            member=one if isinstance(one, Member) else None,
            team=one if isinstance(one, Team) else None,
        )
        for one in audience
    )
    if program.state == Program.State.RUNNING:
        enroll_audiences(timezone.now(), program=program)


@transaction.atomic
def launch(program: Program, *, now: datetime | None = None) -> None:
    """The program runs from its start date; one that runs goes on. Raises ProgramNotReady without questions or audience, ProgramEnded.

    An end that has passed in the whole organization is not ready either.
    """
    if program.state == Program.State.ENDED:
        raise ProgramEnded
    if not program.program_questions.exists():
        raise ProgramNotReady(_("Add at least one question before you launch."))
    if not program.audience.exists():
        raise ProgramNotReady(_("Choose who takes part before you launch."))
    today = timezone.localdate(now, ZoneInfo(program.organization.time_zone))
    if program.ends_on is not None and program.ends_on < today:
        raise ProgramNotReady(_("The end has passed. Choose a later one, or none, before you launch."))
    program.state = Program.State.RUNNING
    program.save(update_fields=["state"])
    enroll_audiences(now or timezone.now(), program=program)


@transaction.atomic
def end(program: Program, *, on: date) -> None:
    """No set draws from the program after `on`; its answers and figures stay."""
    program.state = Program.State.ENDED
    program.ends_on = max(on, program.starts_on)
    program.save(update_fields=["state", "ends_on"])


def _same_organization(program: Program, rows: Iterable) -> None:
    if any(row.organization_id != program.organization_id for row in rows):
        raise ValueError("a row is of another organization")

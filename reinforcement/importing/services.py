"""Questions from a file into the bank: whole, or not at all.

A question is known again by its id in the source, else by its prompt. What is not in the file stays as it is in the bank: a column
that is not mapped never empties a field, and answers keep their ids, so that wordings in other languages go on to hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member, Organization
from accounts.tables import MOST_PROBLEMS, Table
from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import create_competency
from reinforcement.importing.comparing import Comparison, Entry, State
from reinforcement.importing.models import QuestionImport
from reinforcement.importing.reading import Source, read
from reinforcement.programs.models import Program
from reinforcement.programs.services import add_questions, create_program
from reinforcement.questions import queries, services
from reinforcement.questions.formats.base import ImportProblem
from reinforcement.questions.models import Question, QuestionVersion

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. With problems nothing is written."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    warnings: tuple[ImportProblem, ...] = ()
    new_competencies: tuple[str, ...] = ()
    format: str = ""
    encoding: str = ""
    mapping: str = ""
    table: Table | None = None

    def count(self, state: State) -> int:
        return sum(entry.state == state for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Done:
    """An import that was carried out; `questions` in the order of the file."""

    plan: Plan
    questions: tuple[Question, ...]
    program: Program | None = None


class ImportRejected(Exception):
    """Nothing was changed; `plan.problems` says why, by row and column."""

    def __init__(self, plan: Plan):
        super().__init__(plan.problems)
        self.plan = plan


def plan_import(organization: Organization, source: Source) -> Plan:
    """What importing `source` would do; writes nothing. A constant number of queries."""
    found = read(source, language=organization.language, languages=LANGUAGES)
    plan = Plan(
        problems=found.parsed.problems,
        warnings=found.parsed.warnings,
        format=found.format,
        encoding=found.encoding,
        mapping=found.mapping,
        table=found.table,
    )
    if not found.parsed.questions:
        nothing = ImportProblem(1, "", _("There is no question in this file that can be asked here."))
        return replace(plan, problems=plan.problems or (nothing,))
    comparison = Comparison(organization, source.competency, found.says, found.parsed.questions)
    entries, refused = comparison.entries()
    problems = sorted([*plan.problems, *refused], key=lambda problem: problem.row)[:MOST_PROBLEMS]
    return replace(plan, entries=tuple(entries), problems=tuple(problems), new_competencies=tuple(comparison.new_competencies))


@transaction.atomic
def import_questions(
    organization: Organization,
    source: Source,
    *,
    created_by: Member | None = None,
    restarts: bool = False,
    program_name: str = "",
) -> Done:
    """Writes the whole file, or raises ImportRejected.

    A changed question keeps its dates unless `restarts`. With a name the questions join the program of that name that has not
    ended, else a new draft. Statements grow with each 500 rows, not with each row.
    """
    # Two imports into one organization wait for each other: otherwise both would find the same question missing.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    plan = plan_import(organization, source)
    if plan.problems:
        raise ImportRejected(plan)
    competencies = {competency.name.casefold(): competency for competency in Competency.objects.filter(organization=organization)}
    for name in plan.new_competencies:
        competencies[name.casefold()] = create_competency(organization, name=name)
    fresh = [entry for entry in plan.entries if entry.state == State.NEW]
    made = services.write_questions(
        organization,
        [services.NewQuestion(competencies[entry.competency.casefold()], entry.asked, entry.external_id) for entry in fresh],
        created_by=created_by,
    )
    change = QuestionVersion.Change.MEANING if restarts else QuestionVersion.Change.WORDING
    changed = [(entry.question, entry.asked) for entry in plan.entries if entry.question is not None and entry.has_new_version]
    services.write_versions(
        organization,
        [
            services.NewVersion(question, asked, change, services.words_that_hold(queries.version_of(question), asked, change))
            for question, asked in changed
        ],
        created_by=created_by,
    )
    touched = []
    for entry in plan.entries:
        if entry.question is not None and entry.moves:
            entry.question.competency = competencies[entry.competency.casefold()]
            entry.question.archived_at = None
            touched.append(entry.question)
    Question.objects.bulk_update(touched, ["competency", "archived_at"], batch_size=services.BATCH)
    by_row = {entry.row: question for entry, question in zip(fresh, made, strict=True)}
    questions = tuple(entry.question or by_row[entry.row] for entry in plan.entries)
    return Done(plan, questions, _program(organization, program_name, questions, created_by) if program_name else None)


def _program(organization: Organization, name: str, questions: Sequence[Question], created_by: Member | None) -> Program:
    """The program of that name that has not ended, with the questions at its end; a draft from today where there is none."""
    program = Program.objects.filter(organization=organization, name=name).exclude(state=Program.State.ENDED).first()
    if program is None:
        today = timezone.localdate(timezone=ZoneInfo(organization.time_zone))
        return create_program(organization, name=name, starts_on=today, created_by=created_by, questions=questions)
    add_questions(program, questions)
    return program


@transaction.atomic
def keep_file(member: Member, *, file_name: str, data: bytes, competency: str, now: datetime) -> QuestionImport:
    """The file, kept for a day so that its author can look at it first; files of the organization past that day go."""
    QuestionImport.objects.expired(now).filter(organization_id=member.organization_id).delete()
    return QuestionImport.objects.create(
        organization_id=member.organization_id, created_by=member, file_name=file_name[-200:], data=data, competency=competency
    )


@transaction.atomic
def say_about(waiting: QuestionImport, *, mapping: str, has_header: bool) -> None:
    """Which column of the file holds what; an empty mapping is guessed."""
    waiting.mapping, waiting.has_header = mapping, has_header
    waiting.save(update_fields=["mapping", "has_header"])


@transaction.atomic
def read_as(waiting: QuestionImport, *, file_format: str, encoding: str) -> None:
    """In which format and encoding the file is to be read; empty is found out. What was said of columns counts for a table alone."""
    waiting.format, waiting.encoding, waiting.mapping, waiting.has_header = file_format, encoding, "", None
    waiting.save(update_fields=["format", "encoding", "mapping", "has_header"])


@transaction.atomic
def apply_file(waiting: QuestionImport, *, restarts: bool = False, program_name: str = "") -> Done:
    """As `import_questions`; then the file goes. QuestionImport.DoesNotExist when it went already: two taps import once."""
    held = QuestionImport.objects.select_for_update(of=("self",), no_key=True).filter(organization_id=waiting.organization_id)
    waiting = held.select_related("organization", "created_by").get(pk=waiting.pk)
    done = import_questions(
        waiting.organization, source_of(waiting), created_by=waiting.created_by, restarts=restarts, program_name=program_name
    )
    waiting.delete()
    return done


@transaction.atomic
def forget_file(waiting: QuestionImport) -> None:
    waiting.delete()


def source_of(waiting: QuestionImport) -> Source:
    return Source(
        bytes(waiting.data),
        waiting.mapping,
        waiting.has_header,
        waiting.competency,
        waiting.format,
        waiting.file_name,
        waiting.encoding,
    )

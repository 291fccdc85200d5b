"""Questions from a file into the bank: whole, or not at all.

A question is known again by its id in the source, else by its prompt. What is not in the file stays as it is in the bank: a column
that is not mapped never empties a field, and answers keep their ids, so that wordings in other languages go on to hold.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Member, Organization
from accounts.tables import MOST_PROBLEMS, Table, TableError, read_csv
from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import create_competency
from reinforcement.importing.models import QuestionImport
from reinforcement.programs.models import Program
from reinforcement.programs.services import add_questions, create_program
from reinforcement.questions import queries, services
from reinforcement.questions.editors.base import free_id
from reinforcement.questions.formats import comma_separated
from reinforcement.questions.formats.base import FileQuestion, ImportProblem
from reinforcement.questions.formats.columns import ColumnMapping, MappingError, guess_header, guess_mapping, read_mapping
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.letters import place_reference
from reinforcement.questions.models import Question, QuestionVersion
from reinforcement.questions.rich_text import to_plain_text
from reinforcement.questions.sameness import normalised, same_key

FORMATS = ("csv",)
LONGEST_NAME = 120
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what a person said about it; `mapping` and `has_header` empty: found out from the file."""

    data: bytes
    mapping: str = ""
    has_header: bool | None = None
    competency: str = ""
    """Where new questions go whose row names no competency; without it they go under "Unsorted"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the file and what it would do."""

    row: int
    state: State
    asked: services.Asked
    competency: str
    """Where the question stands after the import."""
    external_id: str = ""
    question: Question | None = None
    has_new_version: bool = False
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. With problems nothing is written."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    new_competencies: tuple[str, ...] = ()
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
    try:
        table = table_of(source)
    except TableError as error:
        return Plan(problems=tuple(ImportProblem(problem.row, problem.column, problem.message) for problem in error.problems))
    try:
        mapping = read_mapping(source.mapping, table) if source.mapping else guess_mapping(table)
    except MappingError as error:
        return Plan(problems=(ImportProblem(1, "", error.message),), table=table)
    parsed = comma_separated.parse(table, mapping, language=organization.language, languages=LANGUAGES)
    planner = _Planner(organization, source, mapping, parsed.questions)
    entries, problems = planner.entries()
    problems = sorted([*parsed.problems, *problems], key=lambda problem: problem.row)[:MOST_PROBLEMS]
    return Plan(tuple(entries), tuple(problems), tuple(planner.new_competencies), mapping.as_text(), table)


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
    return Source(bytes(waiting.data), waiting.mapping, waiting.has_header, waiting.competency)


def table_of(source: Source) -> Table:
    """The file as a table, with its header where it has one; TableError when it cannot be read."""
    table = read_csv(source.data, has_header=False)
    has_header = guess_header([row.cells for row in table.rows[:1]]) if source.has_header is None else source.has_header
    return table.with_header() if has_header else table


class _Planner:
    """Compares the rows of a file with the bank."""

    def __init__(self, organization: Organization, source: Source, mapping: ColumnMapping, rows: Sequence[FileQuestion]):
        self.rows = rows
        self.mapped = set(mapping.columns)
        with override(organization.language):
            self.default = source.competency.strip() or _("Unsorted")
        known = Competency.objects.filter(organization=organization)
        self.competencies = {competency.name.casefold(): competency for competency in known}
        self.new_competencies: dict[str, None] = {}
        self.by_id: dict[str, Question] = {}
        self.by_key: dict[str, Question] = {}
        for question in _questions_like(organization, rows):
            if question.external_id:
                self.by_id[question.external_id] = question
            known_as = self.by_key.setdefault(question.same_key, question)
            # Of two that ask the same, the one in use is meant, then the older one.
            if known_as.archived_at and not question.archived_at:
                self.by_key[question.same_key] = question

    def entries(self) -> tuple[list[Entry], list[ImportProblem]]:
        entries, problems = [], []
        row_of: dict[int, int] = {}
        for row in self.rows:
            question = self.by_id.get(row.external_id) if row.external_id else self.by_key.get(same_key(row.prompt))
            if question is not None and row_of.setdefault(question.pk, row.row) != row.row:
                message = _("Row %(row)d is the same question in the bank. Remove one of the two.") % {"row": row_of[question.pk]}
                problems.append(ImportProblem(row.row, "prompt", message))
                continue
            try:
                entries.append(self._entry(row, question))
            except ContentError as error:
                problems += [ImportProblem(row.row, problem.field, str(problem.message)) for problem in error.problems]
            except _Refused as refused:
                problems.append(ImportProblem(row.row, refused.column, refused.message))
        return entries, problems

    def _entry(self, row: FileQuestion, question: Question | None) -> Entry:
        if question is None:
            asked = services.checked(_asked(row))
            return Entry(row.row, State.NEW, asked, self._place(row.competency or self.default), row.external_id)
        version = queries.version_of(question)
        if row.language != version.language:
            message = _("The bank holds this question in “%(language)s”. Add another language on the question's own page.")
            raise _Refused("language", message % {"language": version.language})
        current = services.words_of(queries.wording_in(version, version.language))
        there = services.checked(services.Asked(version.kind, version.answer_key, current))
        asked = services.checked(self._laid_over(there, _asked(row)))
        place = self._place(row.competency) if row.competency else question.competency.name
        has_new_version = asked != there
        moves = place.casefold() != question.competency.name.casefold() or question.archived_at is not None
        state = State.CHANGED if has_new_version or moves else State.UNCHANGED
        return Entry(row.row, state, asked, place, row.external_id, question, has_new_version, moves)

    def _place(self, name: str) -> str:
        """The competency's name as the tree has it; a new one is remembered, one that cannot be used refused."""
        competency = self.competencies.get(name.casefold())
        if competency is None:
            if len(name) > LONGEST_NAME:
                raise _Refused("competency", _("This name has more than %(longest)d characters.") % {"longest": LONGEST_NAME})
            known = {new.casefold(): new for new in self.new_competencies}
            self.new_competencies.setdefault(known.get(name.casefold(), name))
            return known.get(name.casefold(), name)
        if competency.archived_at is not None:
            raise _Refused("competency", _("“%(name)s” is archived. Restore it first, or name another one.") % {"name": competency.name})
        return competency.name

    def _laid_over(self, there: services.Asked, row: services.Asked) -> services.Asked:
        """What the row says over what the bank holds: unmapped fields stay, answers keep their ids and feedback."""
        kept = {name: getattr(there.words, name) for name in ("situation", "explanation", "source") if name not in self.mapped}
        for name in ("situation", "explanation"):
            # The file is plain text: where it says the same words, the author's bold and lists stay.
            if to_plain_text(getattr(there.words, name)) == to_plain_text(getattr(row.words, name)):
                kept[name] = getattr(there.words, name)
        content, answer_key = row.words.content, row.answer_key
        if there.kind == row.kind:
            content, answer_key = _aligned(there.words.content, row.words.content, row.answer_key)
        return replace(row, words=replace(row.words, content=content, **kept), answer_key=answer_key)


class _Refused(Exception):
    def __init__(self, column: str, message: str):
        super().__init__(message)
        self.column, self.message = column, message


def _questions_like(organization: Organization, rows: Sequence[FileQuestion]) -> list[Question]:
    """The bank's questions that one of `rows` may be, oldest first."""
    ids = {row.external_id for row in rows if row.external_id}
    keys = {same_key(row.prompt) for row in rows if not row.external_id}
    bank = queries.with_wordings(Question.objects.filter(organization=organization)).select_related("competency", "current_version")
    found: dict[int, Question] = {}
    for field, values in (("external_id", ids), ("same_key", keys)):
        for batch in _batches(values):
            found |= {question.pk: question for question in bank.filter(**{f"{field}__in": batch})}
    return [found[pk] for pk in sorted(found)]


def _batches(values: Collection[str], size: int = 5000) -> list[list[str]]:
    ordered = sorted(values)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _asked(row: FileQuestion) -> services.Asked:
    """The row as a version; answers that speak of each other's places keep their order."""
    content = dict(row.content)
    texts = [row.explanation, *(option["text"] for option in content.get("options", ()))]
    if "options" in content and any(place_reference(to_plain_text(text)) for text in texts):
        content["keep_order"] = True
    words = services.Words(
        language=row.language,
        prompt=row.prompt,
        content=content,
        situation=row.situation,
        explanation=row.explanation,
        source=row.source,
    )
    return services.Asked(row.kind, dict(row.answer_key), words)


def _aligned(there: Mapping[str, Any], content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`content` and `answer_key` with the ids that the same answers have in `there`, and with their feedback.

    An answer is the same by its text, else by its place among those whose text is found nowhere.
    """
    if "options" not in content:
        return {**content, "feedback": there["feedback"]}, dict(answer_key)
    old = {normalised(option["text"]): option for option in there["options"]}
    new_keys = [normalised(option["text"]) for option in content["options"]]
    gone = [option for key, option in old.items() if key not in new_keys]
    taken = {option["id"] for option in there["options"]}
    options, renamed = [], {}
    for option, key in zip(content["options"], new_keys, strict=True):
        same = old.get(key) or (gone.pop(0) if gone else None)
        option_id = same["id"] if same else free_id(taken)
        taken.add(option_id)
        renamed[option["id"]] = option_id
        kept_text = same["text"] if same and to_plain_text(same["text"]) == to_plain_text(option["text"]) else option["text"]
        options.append({"id": option_id, "text": kept_text, "feedback": same["feedback"] if same else option["feedback"]})
    keep_order = content.get("keep_order", False) or there.get("keep_order", False)
    return {"options": options, "keep_order": keep_order}, {"right": [renamed[option_id] for option_id in answer_key["right"]]}

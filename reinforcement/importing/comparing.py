"""What the rows of a file would do to the bank: new, changed or unchanged. Reads the bank, writes nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Organization
from reinforcement.competencies.models import Competency
from reinforcement.questions import queries, services
from reinforcement.questions.editors.base import free_id
from reinforcement.questions.formats.base import FileQuestion, ImportProblem
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.letters import place_reference
from reinforcement.questions.models import Question
from reinforcement.questions.rich_text import to_plain_text
from reinforcement.questions.sameness import normalised, same_key

LONGEST_NAME = 120


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


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


class Comparison:
    """The rows of a file beside the bank. `says` are the fields that the file speaks of; `competency` is for rows that name none."""

    def __init__(self, organization: Organization, competency: str, says: frozenset[str], rows: Sequence[FileQuestion]):
        self.rows = rows
        self.says = says
        with override(organization.language):
            self.default = competency.strip() or _("Unsorted")
        known = Competency.objects.filter(organization=organization)
        self.competencies = {competency.name.casefold(): competency for competency in known}
        self.new_competencies: dict[str, None] = {}
        self.by_id: dict[str, Question] = {}
        self.by_key: dict[str, list[Question]] = defaultdict(list)
        for question in _questions_like(organization, rows):
            if question.external_id:
                self.by_id[question.external_id] = question
            self.by_key[question.same_key].append(question)

    def entries(self) -> tuple[list[Entry], list[ImportProblem]]:
        """What each row would do, and what is wrong with those that can do nothing."""
        entries, problems = [], []
        row_of: dict[int, int] = {}
        for row, question in zip(self.rows, self._meant(), strict=True):
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

    def _meant(self) -> list[Question | None]:
        """The question of the bank that each row means: by its id in the source, else by its prompt.

        Where several ask the same, each row means one that it leaves as it is, else the next one: in use before archived, then older.
        """
        meant: list[Question | None] = [self.by_id.get(row.external_id) if row.external_id else None for row in self.rows]
        alike: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            if not row.external_id:
                alike[same_key(row.prompt)].append(place)
        for key, places in alike.items():
            left = sorted(self.by_key[key], key=lambda question: (question.archived_at is not None, question.pk))
            if len(places) > 1:
                for place in places:
                    meant[place] = next((question for question in left if self._is_unchanged(self.rows[place], question)), None)
                    left = [question for question in left if question is not meant[place]]
            for place in places:
                if meant[place] is None and left:
                    meant[place] = left.pop(0)
        return meant

    def _is_unchanged(self, row: FileQuestion, question: Question) -> bool:
        try:
            return self._entry(row, question).state == State.UNCHANGED
        except (ContentError, _Refused):
            return False

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
        kept = {name: getattr(there.words, name) for name in ("situation", "explanation", "source") if name not in self.says}
        for name in ("situation", "explanation"):
            # The file is plain text: where it says the same words, the author's bold and lists stay.
            if to_plain_text(getattr(there.words, name)) == to_plain_text(getattr(row.words, name)):
                kept[name] = getattr(there.words, name)
        content, answer_key = row.words.content, row.answer_key
        if there.kind == row.kind:
            keeps_feedback = "feedback" not in self.says
            content, answer_key = _aligned(there.words.content, row.words.content, row.answer_key, keeps_feedback=keeps_feedback)
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


def _aligned(
    there: Mapping[str, Any], content: Mapping[str, Any], answer_key: Mapping[str, Any], *, keeps_feedback: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """`content` and `answer_key` with the ids that the same answers have in `there`, and with their feedback if it is kept.

    An answer is the same by its text, else by its place among those whose text is found nowhere.
    """
    if "items" in content:
        return _items_aligned(there, content, answer_key)
    if "options" not in content:
        # What is typed or arranged has the ids that its format gives it each time.
        return {**content, **({"feedback": there["feedback"]} if keeps_feedback and "feedback" in there else {})}, dict(answer_key)
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
        feedback = same["feedback"] if same and keeps_feedback else option["feedback"]
        options.append({"id": option_id, "text": kept_text, "feedback": feedback})
    # The bank's author has decided of the same answers; of others, words that speak of places ask for the order.
    is_same = sorted(old) == sorted(new_keys)
    keep_order = there.get("keep_order", False) or (content.get("keep_order", False) and not is_same)
    return {"options": options, "keep_order": keep_order}, {"right": [renamed[option_id] for option_id in answer_key["right"]]}


def _items_aligned(
    there: Mapping[str, Any], content: Mapping[str, Any], answer_key: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Things to put in order with the ids and places that the same ones have in `there`; others come after them."""
    old = {normalised(item["text"]): item for item in there["items"]}
    new = {normalised(item["text"]): item for item in content["items"]}
    taken = {item["id"] for item in there["items"]}
    items, renamed = [], {}
    for key in [*(key for key in old if key in new), *(key for key in new if key not in old)]:
        item_id = old[key]["id"] if key in old else free_id(taken)
        taken.add(item_id)
        renamed[new[key]["id"]] = item_id
        items.append({"id": item_id, "text": new[key]["text"]})
    return {"items": items}, {"order": [renamed[item_id] for item_id in answer_key["order"]]}

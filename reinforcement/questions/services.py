"""Verbs that write the bank. Every text passes its kind's `parse` and is cleaned before it is kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member, Organization
from reinforcement.competencies.models import Competency
from reinforcement.questions.kinds.base import ContentError, Problem
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.models import Question, QuestionVersion, QuestionWording
from reinforcement.questions.queries import version_of
from reinforcement.questions.rich_text import clean_html
from reinforcement.questions.sameness import same_key

Change = QuestionVersion.Change
BATCH = 500
LONGEST_PROMPT = 1000
LONGEST_SOURCE = 300

_when_meaning_changes: list[Callable[[Question], object]] = []


def when_meaning_changes(listener: Callable[[Question], object]) -> None:
    """Has `listener(question)` called in the transaction of every version that changes the meaning.

    Memory stands above the bank and is told this way; it registers when its app is ready.
    """
    _when_meaning_changes.append(listener)


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says in one language. Situation, explanation and the texts in `content` are rich, prompt and source plain."""

    language: str
    prompt: str
    content: dict[str, Any]
    situation: str = ""
    explanation: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a version asks and how it is judged, with the words of its original language."""

    kind: str
    answer_key: dict[str, Any]
    words: Words


@dataclass(frozen=True, slots=True)
class NewQuestion:
    competency: Competency
    asked: Asked
    external_id: str = ""
    difficulty: str = ""
    other_words: tuple[Words, ...] = ()
    """Wordings in other languages, as their kind has parsed them."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    question: Question
    asked: Asked
    change: str
    other_words: tuple[Words, ...] = ()
    """Wordings in other languages that go on to hold; they are kept as they are."""


def checked(asked: Asked) -> Asked:
    """`asked` parsed by its kind and cleaned, or ContentError with all that is wrong. What comes back passes unchanged again."""
    problems = _problems_of_texts(asked.words)
    try:
        parsed = kind(asked.kind).parse(asked.words.content, asked.answer_key)
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    words = replace(
        asked.words,
        prompt=asked.words.prompt.strip(),
        content=parsed.content,
        situation=clean_html(asked.words.situation),
        explanation=clean_html(asked.words.explanation),
        source=asked.words.source.strip(),
    )
    return Asked(asked.kind, parsed.answer_key, words)


def _problems_of_texts(words: Words) -> list[Problem]:
    problems = []
    if not words.prompt.strip():
        problems.append(Problem("prompt", _("Write the question.")))
    for field, longest in (("prompt", LONGEST_PROMPT), ("source", LONGEST_SOURCE)):
        if len(getattr(words, field).strip()) > longest:
            problems.append(Problem(field, _("This text has more than %(longest)d characters.") % {"longest": longest}))
    return problems


@transaction.atomic
def create_question(
    *, competency: Competency, asked: Asked, created_by: Member | None = None, external_id: str = "", difficulty: str = ""
) -> Question:
    """A new question with its first version, in the organization of `competency`; ContentError when it cannot be asked."""
    [question] = write_questions(competency.organization, [NewQuestion(competency, asked, external_id, difficulty)], created_by=created_by)
    return question


@transaction.atomic
def publish_version(question: Question, *, change: str, asked: Asked, created_by: Member | None = None) -> QuestionVersion:
    """The next version of the question; the earlier ones stay as they were.

    With a change of wording dates are kept, and so are the other languages where the answers have the same ids. A change of meaning
    starts every memory of the question again and leaves the other languages behind, since they now say something else.
    """
    question = _locked(question)
    new = NewVersion(question, asked, change, words_that_hold(version_of(question), asked, change))
    [version] = write_versions(question.organization, [new], created_by=created_by)
    return version


@transaction.atomic
def add_wording(version: QuestionVersion, words: Words, *, created_by: Member | None = None) -> QuestionWording:
    """The words of the question's current version in one more language, judged by the same key.

    Where the language is there already a version is never touched: a new one, a change of wording, takes the new words.
    """
    question = _locked(version.question)
    current = version_of(question)
    words = checked(Asked(current.kind, current.answer_key, words)).words
    ids = kind(current.kind).ids
    if ids(words.content) != ids(_original(current).content):
        raise ContentError([Problem("options", _("Every language has the same answers. Load the page again."))])
    if not any(wording.language == words.language for wording in current.wordings.all()):
        return QuestionWording.objects.create(organization_id=question.organization_id, version=current, **_columns(words))
    kept = {wording.language: words_of(wording) for wording in current.wordings.all()} | {words.language: words}
    original = kept.pop(current.language)
    new = NewVersion(question, Asked(current.kind, current.answer_key, original), Change.WORDING, tuple(kept.values()))
    [version] = write_versions(question.organization, [new], created_by=created_by)
    return version.wordings.get(language=words.language)


@transaction.atomic
def file_under(question: Question, competency: Competency) -> None:
    """From the next answer on, the question counts for `competency`; earlier answers stay where they were counted."""
    if competency.organization_id != question.organization_id:
        raise ValueError("the competency belongs to another organization")
    question.competency = competency
    question.save(update_fields=["competency"])


@transaction.atomic
def archive_question(question: Question) -> None:
    """The question leaves the bank's lists; its answers and figures stay."""
    question.archived_at = question.archived_at or timezone.now()
    question.save(update_fields=["archived_at"])


@transaction.atomic
def restore_question(question: Question) -> None:
    question.archived_at = None
    question.save(update_fields=["archived_at"])


def guess_difficulty(question: Question, difficulty: str) -> None:
    """Keeps the author's guess, empty for none. It counts from the next prediction on, until the question has answers enough."""
    question.difficulty = difficulty
    question.save(update_fields=["difficulty"])


@transaction.atomic
def write_questions(organization: Organization, new: Sequence[NewQuestion], *, created_by: Member | None = None) -> list[Question]:
    """The new questions with their first versions, in the order given; a constant number of statements for each 500."""
    parsed = [replace(item, asked=checked(item.asked)) for item in new]
    if any(item.competency.organization_id != organization.pk for item in parsed):
        raise ValueError("the competency belongs to another organization")
    questions = Question.objects.bulk_create(
        [
            Question(
                organization=organization,
                competency=item.competency,
                external_id=item.external_id,
                difficulty=item.difficulty,
                same_key=same_key(item.asked.words.prompt),
                created_by=created_by,
            )
            for item in parsed
        ],
        batch_size=BATCH,
    )
    _insert_versions(
        organization,
        [NewVersion(question, item.asked, Change.FIRST, item.other_words) for question, item in zip(questions, parsed, strict=True)],
        created_by,
    )
    return questions


@transaction.atomic
def write_versions(organization: Organization, new: Sequence[NewVersion], *, created_by: Member | None = None) -> list[QuestionVersion]:
    """The next version of each question, whose row must be held and whose current version must be loaded.

    A constant number of statements for each 500, and one more for each change of meaning.
    """
    parsed = [replace(item, asked=checked(item.asked)) for item in new]
    versions = _insert_versions(organization, parsed, created_by)
    asks_anew = [item.question for item in parsed if item.question.same_key != same_key(item.asked.words.prompt)]
    for item in parsed:
        item.question.same_key = same_key(item.asked.words.prompt)
    Question.objects.bulk_update(asks_anew, ["same_key"], batch_size=BATCH)
    for item in parsed:
        if item.change == Change.MEANING:
            for listener in _when_meaning_changes:
                listener(item.question)
    return versions


def _insert_versions(organization: Organization, new: Sequence[NewVersion], created_by: Member | None) -> list[QuestionVersion]:
    versions = QuestionVersion.objects.bulk_create(
        [
            QuestionVersion(
                organization=organization,
                question=item.question,
                number=item.question.current_version.number + 1 if item.question.current_version else 1,
                kind=item.asked.kind,
                answer_key=item.asked.answer_key,
                language=item.asked.words.language,
                change=item.change,
                created_by=created_by,
            )
            for item in new
        ],
        batch_size=BATCH,
    )
    QuestionWording.objects.bulk_create(
        [
            QuestionWording(organization=organization, version=version, **_columns(words))
            for version, item in zip(versions, new, strict=True)
            for words in (item.asked.words, *item.other_words)
        ],
        batch_size=BATCH,
    )
    _make_current(organization, versions)
    return versions


def _make_current(organization: Organization, versions: Iterable[QuestionVersion]) -> None:
    versions = list(versions)
    newest = QuestionVersion.objects.filter(organization=organization, question=OuterRef("pk")).order_by("-number")
    for start in range(0, len(versions), BATCH):
        ids = [version.question_id for version in versions[start : start + BATCH]]
        Question.objects.filter(organization=organization, pk__in=ids).update(current_version_id=Subquery(newest.values("pk")[:1]))
    for version in versions:
        version.question.current_version = version


def words_that_hold(version: QuestionVersion, asked: Asked, change: str) -> tuple[Words, ...]:
    """The wordings of `version` in other languages that a next version may carry on."""
    if change != Change.WORDING or asked.kind != version.kind or asked.words.language != version.language:
        return ()
    ids = kind(version.kind).ids
    others = [wording for wording in version.wordings.all() if wording.language != version.language]
    return tuple(words_of(wording) for wording in others if ids(wording.content) == ids(asked.words.content))


def words_of(wording: QuestionWording) -> Words:
    return Words(wording.language, wording.prompt, wording.content, wording.situation, wording.explanation, wording.source)


def _columns(words: Words) -> dict[str, Any]:
    return {name: getattr(words, name) for name in Words.__dataclass_fields__}


def _original(version: QuestionVersion) -> QuestionWording:
    return next(wording for wording in version.wordings.all() if wording.language == version.language)


def _locked(question: Question) -> Question:
    """The question as it stands now, held until the transaction ends: two authors cannot make the same version."""
    held = Question.objects.select_for_update(of=("self",), no_key=True).filter(organization_id=question.organization_id)
    return held.select_related("current_version", "organization").prefetch_related("current_version__wordings").get(pk=question.pk)

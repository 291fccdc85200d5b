"""The starter set: questions of our own writing over eight competencies in three languages, read from `content/`.

Pure: files in, frozen values out. No models; whoever installs the set gives each text to `questions.services`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import KINDS, kind

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("en", "nl", "fr")
DIFFICULTIES = ("easy", "medium", "hard")
_KIND_NAMES = frozenset(kind.name for kind in KINDS)
_TEXTS = ("situation", "prompt", "explanation")


class StarterError(ValueError):
    """A file of the set that cannot be read as it should; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class StarterCompetency:
    """A competency of the set; `names` and `descriptions` in each of `LANGUAGES`."""

    slug: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StarterWording:
    """The words of a question in one language. `content` as its kind parsed it; situation and explanation are rich, the rest is plain."""

    language: str
    situation: str
    prompt: str
    content: Mapping[str, Any]
    explanation: str
    source: str


@dataclass(frozen=True, slots=True)
class StarterQuestion:
    """A question with a wording in each of `LANGUAGES`, whose answers have the same ids; `original` is the language it was written in."""

    id: str
    competency: str
    kind: str
    difficulty: str
    answer_key: Mapping[str, Any]
    original: str
    wordings: Mapping[str, StarterWording]


@dataclass(frozen=True, slots=True)
class StarterSet:
    """Competencies in the order of their file, questions in the order of the competencies."""

    competencies: tuple[StarterCompetency, ...]
    questions: tuple[StarterQuestion, ...]


def load_starter(folder: Path = CONTENT) -> StarterSet:
    """Read and check all files of `folder`, in some milliseconds; StarterError names the file and the entry that is not right."""
    competencies = tuple(_read_competencies(folder / "competencies.json"))
    questions = [
        question
        for competency in competencies
        for question in _read_questions(folder / f"questions_{competency.slug}.json", competency.slug)
    ]
    ids = [question.id for question in questions]
    if twice := sorted({question_id for question_id in ids if ids.count(question_id) > 1}):
        raise StarterError(f"{folder.name}: the id {twice[0]} stands twice")
    return StarterSet(competencies, tuple(questions))


def _read_competencies(path: Path) -> Iterator[StarterCompetency]:
    for place, row in _entries(path, "slug"):
        _check_fields(row, ("slug", "names", "descriptions"), place)
        names, descriptions = (_in_each_language(row[field], f"{place}, {field}") for field in ("names", "descriptions"))
        yield StarterCompetency(row["slug"], names, descriptions)


def _read_questions(path: Path, competency: str) -> Iterator[StarterQuestion]:
    for place, row in _entries(path, "id"):
        _check_fields(row, ("id", "kind", "difficulty", "answer_key", "original", "wordings"), place)
        _check(row["id"].startswith(f"starter-{competency}-"), place, f"the id does not begin with starter-{competency}-")
        _check(row["kind"] in _KIND_NAMES, place, f"there is no kind {row['kind']!r}")
        _check(row["difficulty"] in DIFFICULTIES, place, f"there is no difficulty {row['difficulty']!r}")
        _check(row["original"] in LANGUAGES, place, f"there is no language {row['original']!r}")
        _check_fields(row["wordings"], LANGUAGES, f"{place}, wordings")
        parsed = {language: _parse(row, language, place) for language in LANGUAGES}
        original, original_key = parsed[row["original"]]
        for language, (wording, answer_key) in parsed.items():
            is_same = kind(row["kind"]).ids(wording.content) == kind(row["kind"]).ids(original.content) and answer_key == original_key
            _check(is_same, f"{place}, {language}", "the answers have other ids than in the original language")
        wordings = MappingProxyType({language: wording for language, (wording, _key) in parsed.items()})
        yield StarterQuestion(row["id"], competency, row["kind"], row["difficulty"], original_key, row["original"], wordings)


def _parse(row: Mapping[str, Any], language: str, place: str) -> tuple[StarterWording, dict[str, Any]]:
    """The wording of `row` in `language`, and the answer key as its kind parsed it."""
    place, words = f"{place}, {language}", row["wordings"][language]
    _check_fields(words, (*_TEXTS, "content", "source"), place)
    for field in _TEXTS:
        _check_text(words[field], place, field)
    _check(isinstance(words["source"], str), place, "source is not text")
    try:
        parsed = kind(row["kind"]).parse(words["content"], row["answer_key"])
    except ContentError as error:
        problems = "; ".join(f"{problem.field}: {problem.message}" for problem in error.problems)
        raise StarterError(f"{place}: {problems}") from error
    wording = StarterWording(language, words["situation"], words["prompt"], parsed.content, words["explanation"], words["source"])
    return wording, parsed.answer_key


def _entries(path: Path, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object of the list in `path`, with the place that a complaint names: the file and its `key`."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StarterError(f"{path.name}: {error}") from error
    _check(isinstance(rows, list), path.name, "is not a list")
    for number, row in enumerate(rows, start=1):
        name = row.get(key) if isinstance(row, dict) else None
        _check(isinstance(name, str) and name.strip(), f"{path.name}, entry {number}", f"has no {key}")
        yield f"{path.name}, {name}", row


def _in_each_language(texts: Any, place: str) -> Mapping[str, str]:
    _check_fields(texts, LANGUAGES, place)
    for language in LANGUAGES:
        _check_text(texts[language], place, language)
    return MappingProxyType(texts)


def _check_fields(values: Any, fields: Iterable[str], place: str) -> None:
    _check(isinstance(values, dict), place, "is not an object")
    missing, unknown = sorted(set(fields) - set(values)), sorted(set(values) - set(fields))
    _check(not missing, place, f"lacks {', '.join(missing)}")
    _check(not unknown, place, f"has unknown fields {', '.join(unknown)}")


def _check_text(value: Any, place: str, field: str) -> None:
    _check(isinstance(value, str) and value.strip(), place, f"{field} is empty")


def _check(is_fine: object, place: str, complaint: str) -> None:
    if not is_fine:
        raise StarterError(f"{place}: {complaint}")

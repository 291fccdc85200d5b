"""The demo's content: competencies, people, questions and programs of our own writing, read from `content/`.

Pure: files in, frozen values out. No models, no clock: dates are days before the demo is filled.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("en", "nl", "fr")
KINDS = ("single", "multiple", "true_false")
ROLES = ("owner", "hr", "leadership", "author", "seller")
MODES = ("adaptive", "fixed", "errors", "once")
ALLOWED_TAGS = ("p", "br", "strong", "em", "ul", "ol", "li", "blockquote")
PROGRAM_FIELDS = (
    *("organization", "slug", "name", "mode", "cap", "new_per_day"),
    *("weekdays", "started_days_ago", "teams", "questions"),
)


@dataclass(frozen=True)
class Level:
    """A step of a competency, 1 to 4, with what a colleague would see the person do, by language (see `in_language`)."""

    number: int
    anchors: Mapping[str, str]


@dataclass(frozen=True)
class Competency:
    """A leaf of the tree; `names` and `descriptions` by language."""

    slug: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class CompetencyGroup:
    """A branch of the tree with its leaves, in order."""

    slug: str
    names: Mapping[str, str]
    competencies: tuple[Competency, ...]


@dataclass(frozen=True)
class OptionText:
    """What one option says in one language; `feedback` says why it is tempting, or why it is right."""

    text: str
    feedback: str


@dataclass(frozen=True)
class Wording:
    """The words of a question in one language. `situation` and `explanation` are HTML, the rest is plain text."""

    language: str
    situation: str
    prompt: str
    options: Mapping[str, OptionText]
    explanation: str
    source: str


@dataclass(frozen=True)
class Question:
    """A question with its wording in each language; option ids are the same in each of them."""

    external_id: str
    competency: str
    kind: str
    option_ids: tuple[str, ...]
    right_ids: frozenset[str]
    original_language: str
    wordings: Mapping[str, Wording]


@dataclass(frozen=True)
class Person:
    """A member of one organization. A manager is whoever others name in `manager_email`; that needs no role.

    `working_days` are ISO weekdays (1 is Monday). `skill` is the share right at first sight by competency and `diligence`
    the share of sets that get answered, both 0 to 1; they drive the simulated answers and belong to sellers only.
    """

    name: str
    email: str
    roles: frozenset[str]
    team: tuple[str, ...]
    manager_email: str | None
    time_zone: str
    language: str
    working_days: frozenset[int]
    preferred_hour: time
    hired_days_ago: int
    skill: Mapping[str, float]
    diligence: float


@dataclass(frozen=True)
class Program:
    """A program over questions by external id, for whole teams. `weekdays` are ISO weekdays."""

    slug: str
    name: str
    mode: str
    cap: int
    new_per_day: int
    weekdays: frozenset[int]
    started_days_ago: int
    teams: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Organization:
    """One organization of the demo with everything in it. People come in an order in which managers stand before reports."""

    slug: str
    name: str
    language: str
    time_zone: str
    people: tuple[Person, ...]
    questions: tuple[Question, ...]
    programs: tuple[Program, ...]


@dataclass(frozen=True)
class Library:
    """All content of the demo. The competency tree is the same in every organization."""

    competency_groups: tuple[CompetencyGroup, ...]
    organizations: tuple[Organization, ...]

    @property
    def competencies(self) -> tuple[Competency, ...]:
        """The leaves of the tree, in order."""
        return tuple(competency for group in self.competency_groups for competency in group.competencies)


class Entry:
    """One JSON object with its place, so that each complaint names file and entry."""

    def __init__(self, values: Any, place: str, required: Iterable[str], optional: Iterable[str] = ()):
        self.place = place
        required = set(required)
        self.check(isinstance(values, dict), "is not an object")
        missing, unknown = required - set(values), set(values) - required - set(optional)
        self.check(not missing, f"lacks {', '.join(sorted(missing))}")
        self.check(not unknown, f"has unknown fields {', '.join(sorted(unknown))}")
        self.values = values

    def __getitem__(self, field: str) -> Any:
        return self.values[field]

    def check(self, is_fine: object, complaint: str) -> None:
        """Raise ValueError with file, entry and complaint unless `is_fine`."""
        if not is_fine:
            raise ValueError(f"{self.place}: {complaint}")

    def text(self, field: str) -> str:
        """A text that is not empty and holds no HTML but the allowed tags."""
        value = self.values[field]
        self.check(isinstance(value, str) and value.strip(), f"{field} is empty")
        left_over = re.sub(rf"</?(?:{'|'.join(ALLOWED_TAGS)})>", "", value)
        self.check("<" not in left_over and ">" not in left_over, f"{field} has HTML that is not allowed")
        return value

    def choice(self, field: str, choices: Iterable[str]) -> str:
        """A value that is one of `choices`."""
        value = self.values[field]
        self.check(value in choices, f"unknown {field} {value!r}")
        return value

    def count(self, field: str, at_least: int) -> int:
        """A whole number from `at_least` up."""
        value = self.values[field]
        self.check(type(value) is int and value >= at_least, f"{field} is not a whole number from {at_least} up")
        return value

    def share(self, field: str) -> float:
        """A number from 0 to 1."""
        value = self.values[field]
        self.check(type(value) in (int, float) and 0 <= value <= 1, f"{field} is not between 0 and 1")
        return value

    def weekdays(self, field: str) -> frozenset[int]:
        """ISO weekdays, at least one."""
        value = self.values[field]
        self.check(value and set(value) <= set(range(1, 8)), f"{field} are not ISO weekdays")
        return frozenset(value)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`, else in English, which is always there."""
    return texts.get(language, texts["en"])


def _texts(entry: Entry, field: str) -> Mapping[str, str]:
    """Texts by language; English has to be among them."""
    texts = Entry(entry[field], f"{entry.place}, {field}", ("en",), LANGUAGES)
    return MappingProxyType({language: texts.text(language) for language in texts.values})


def load_library(folder: Path = CONTENT) -> Library:
    """Read and check all files of `folder`; ValueError names the file and the entry that is not right."""
    groups = tuple(_read_groups(folder / "competencies.json"))
    competencies = tuple(competency.slug for group in groups for competency in group.competencies)
    organizations = [_read_organization(path, competencies) for path in sorted(folder.glob("people_*.json"))]
    slugs = {organization.slug for organization in organizations}
    for row in _read_json(folder / "programs.json")["programs"]:
        Entry(row, f"programs.json, {row.get('slug')}", PROGRAM_FIELDS).choice("organization", slugs)
    return Library(groups, tuple(organizations))


def _read_organization(people_path: Path, competencies: tuple[str, ...]) -> Organization:
    fields = ("organization", "name", "language", "time_zone", "people")
    head = Entry(_read_json(people_path), people_path.name, fields)
    slug = head.text("organization")
    people = tuple(_read_people(people_path, head["people"], competencies))
    questions = tuple(_read_questions(people_path.with_name(f"questions_{slug}.json"), competencies))
    programs = tuple(_read_programs(people_path.with_name("programs.json"), slug, people, questions))
    language, time_zone = head.choice("language", LANGUAGES), head.choice("time_zone", available_timezones())
    return Organization(slug, head.text("name"), language, time_zone, people, questions, programs)


def _read_groups(path: Path) -> Iterator[CompetencyGroup]:
    seen: set[str] = set()
    for group in _entries(path, _read_json(path)["groups"], "slug", ("slug", "names", "competencies")):
        leaves = []
        for leaf in _entries(path, group["competencies"], "slug", ("slug", "names", "descriptions", "levels"), seen=seen):
            rows = _entries(path, leaf["levels"], "number", ("number", "anchors"), within=leaf.place)
            levels = tuple(Level(row["number"], _texts(row, "anchors")) for row in rows)
            leaf.check([level.number for level in levels] == [1, 2, 3, 4], "levels are not 1 to 4")
            leaves.append(Competency(leaf.text("slug"), _names(leaf), _texts(leaf, "descriptions"), levels))
        yield CompetencyGroup(group.text("slug"), _names(group), tuple(leaves))


def _read_people(path: Path, rows: list[Any], competencies: tuple[str, ...]) -> Iterator[Person]:
    fields = (
        *("name", "email", "roles", "team", "manager_email", "time_zone", "language"),
        *("working_days", "preferred_hour", "hired_days_ago"),
    )
    before: set[str | None] = {None}
    for row in _entries(path, rows, "email", fields, ("skill", "diligence")):
        row.check(row["manager_email"] in before, f"manager {row['manager_email']} does not stand before this person")
        before.add(row["email"])
        row.check(set(row["roles"]) <= set(ROLES), "unknown role")
        row.check(row["team"], "team is empty")
        is_seller = "seller" in row["roles"]
        skill = Entry(row.values.get("skill", {}), f"{row.place}, skill", competencies if is_seller else ())
        row.check(is_seller == ("diligence" in row.values), "diligence belongs to sellers, and to each of them")
        yield Person(
            name=row.text("name"),
            email=row.text("email"),
            roles=frozenset(row["roles"]),
            team=tuple(row["team"]),
            manager_email=row["manager_email"],
            time_zone=row.choice("time_zone", available_timezones()),
            language=row.choice("language", LANGUAGES),
            working_days=row.weekdays("working_days"),
            preferred_hour=time.fromisoformat(row["preferred_hour"]),
            hired_days_ago=row.count("hired_days_ago", at_least=0),
            skill=MappingProxyType({competency: skill.share(competency) for competency in skill.values}),
            diligence=row.share("diligence") if is_seller else 0.0,
        )


def _read_questions(path: Path, competencies: tuple[str, ...]) -> Iterator[Question]:
    head = Entry(_read_json(path), path.name, ("organization", "language", "questions"))
    original = head.choice("language", LANGUAGES)
    fields = ("external_id", "competency", "kind", "situation", "prompt", "options", "explanation")
    rows = list(_entries(path, head["questions"], "external_id", fields, ("source",)))
    option_fields = ("id", "text", "is_right", "feedback")
    options_of = {row["external_id"]: list(_entries(path, row["options"], "id", option_fields, within=row.place)) for row in rows}
    ids_of = {external_id: tuple(option["id"] for option in options) for external_id, options in options_of.items()}
    translations = _read_translations(path, original, ids_of)
    for row in rows:
        options, ids = options_of[row["external_id"]], ids_of[row["external_id"]]
        right_ids = frozenset(option["id"] for option in options if option["is_right"] is True)
        kind = row.choice("kind", KINDS)
        row.check(right_ids, "no right option")
        row.check(kind == "multiple" or len(right_ids) == 1, f"{len(right_ids)} right options where one is asked")
        row.check(kind != "multiple" or 1 < len(right_ids) < len(ids), "multiple needs two right options and a wrong one")
        row.check((set(ids) == {"true", "false"}) == (kind == "true_false"), f"options do not fit {kind}")
        row.check(len(ids) >= 2, "fewer than two options")
        wordings = {original: _wording(row, original, options)}
        wordings |= {wording.language: wording for wording in translations.get(row["external_id"], ())}
        competency = row.choice("competency", competencies)
        yield Question(row.text("external_id"), competency, kind, ids, right_ids, original, MappingProxyType(wordings))


def _read_translations(original_path: Path, original: str, ids_of: Mapping[str, tuple[str, ...]]) -> dict[str, list[Wording]]:
    fields = ("external_id", "situation", "prompt", "options", "explanation")
    translations: dict[str, list[Wording]] = {}
    for language in LANGUAGES:
        path = original_path.with_name(f"{original_path.stem}_{language}.json")
        if not path.exists():
            continue
        head = Entry(_read_json(path), path.name, ("organization", "language", "questions"))
        head.check(head["language"] == language != original, "language does not fit the file's name")
        for row in _entries(path, head["questions"], "external_id", fields, ("source",)):
            row.check(row["external_id"] in ids_of, "translates an unknown question")
            options = list(_entries(path, row["options"], "id", ("id", "text", "feedback"), within=row.place))
            ids = tuple(option["id"] for option in options)
            row.check(ids == ids_of[row["external_id"]], "option ids differ from the original's")
            translations.setdefault(row["external_id"], []).append(_wording(row, language, options))
    return translations


def _wording(row: Entry, language: str, options: list[Entry]) -> Wording:
    texts = {option["id"]: OptionText(option.text("text"), option.text("feedback")) for option in options}
    source = row.text("source") if "source" in row.values else ""
    situation, prompt, explanation = row.text("situation"), row.text("prompt"), row.text("explanation")
    return Wording(language, situation, prompt, MappingProxyType(texts), explanation, source)


def _read_programs(path: Path, organization: str, people: tuple[Person, ...], questions: tuple[Question, ...]) -> Iterator[Program]:
    for row in _entries(path, _read_json(path)["programs"], "slug", PROGRAM_FIELDS):
        if row["organization"] != organization:
            continue
        teams = tuple(tuple(team) for team in row["teams"])
        row.check(teams and set(teams) <= {person.team for person in people}, "unknown team")
        unknown = set(row["questions"]) - {question.external_id for question in questions}
        row.check(not unknown, f"unknown questions {', '.join(sorted(unknown))}")
        row.check(len(set(row["questions"])) == len(row["questions"]) > 0, "a question stands twice, or there is none")
        yield Program(
            slug=row.text("slug"),
            name=row.text("name"),
            mode=row.choice("mode", MODES),
            cap=row.count("cap", at_least=1),
            new_per_day=row.count("new_per_day", at_least=1),
            weekdays=row.weekdays("weekdays"),
            started_days_ago=row.count("started_days_ago", at_least=0),
            teams=teams,
            questions=tuple(row["questions"]),
        )


def _entries(
    path: Path,
    rows: list[Any],
    key: str,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    within: str = "",
    seen: set[str] | None = None,
) -> Iterator[Entry]:
    """Each row as an Entry placed by its `key`; a key that stands twice (or is in `seen`) is refused."""
    seen = set() if seen is None else seen
    for number, row in enumerate(rows, start=1):
        name = row.get(key, f"entry {number}") if isinstance(row, dict) else f"entry {number}"
        entry = Entry(row, f"{within or path.name}, {name}", required, optional)
        entry.check(entry[key] not in seen, f"{key} stands twice")
        seen.add(entry[key])
        yield entry


def _names(entry: Entry) -> Mapping[str, str]:
    names = Entry(entry["names"], f"{entry.place}, names", LANGUAGES)
    return MappingProxyType({language: names.text(language) for language in LANGUAGES})


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error

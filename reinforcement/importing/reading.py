"""A file in any of the formats there are, as questions. Which format it is, is found out from what it holds, not from its name alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from django.utils.translation import gettext as _

from accounts.tables import MOST_BYTES, Table, TableError, read_csv
from reinforcement.importing.encodings import decoded
from reinforcement.questions.formats import aiken, comma_separated, gift, moodle_xml
from reinforcement.questions.formats.base import ImportProblem, ParsedFile
from reinforcement.questions.formats.columns import MappingError, guess_header, guess_mapping, read_mapping

FORMATS = {"csv": "CSV", "xlsx": "XLSX", "gift": "GIFT", "aiken": "Aiken", "moodlexml": "Moodle XML"}
TABLES = frozenset({"csv", "xlsx"})
# What a file of a format with kinds of its own speaks of: what it leaves empty is empty.
_SAID = frozenset({"situation", "explanation", "feedback"})
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".gift": "gift", ".xml": "moodlexml"}
_AIKEN_ANSWER = re.compile(r"^ANSWER\s*:\s*[A-Z](?:\s*[,;]\s*[A-Z])*\s*$", re.MULTILINE)
_AIKEN_OPTION = re.compile(r"^[A-Z][.)]\s", re.MULTILINE)
_GIFT_ANSWERS = re.compile(r"(?<!\\)\{\s*(?:[=~#]|(?:T|F|TRUE|FALSE)\s*[#}]|\})", re.IGNORECASE)
_SAMPLE = 200_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what a person said about it; what is empty is found out from the file."""

    data: bytes
    mapping: str = ""
    has_header: bool | None = None
    competency: str = ""
    """Where new questions go of which the file names no competency; without it they go under "Unsorted"."""
    format: str = ""
    name: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `says`: the fields that the file speaks of, so that others of the bank stay as they are."""

    format: str
    parsed: ParsedFile
    says: frozenset[str]
    encoding: str = ""
    table: Table | None = None
    mapping: str = ""


def read(source: Source, *, language: str, languages: Sequence[str]) -> Reading:
    """The questions of the file; `language` stands in where it names none. Whatever is wrong with it is among the problems."""
    if len(source.data) > MOST_BYTES:
        problem = ImportProblem(1, "", _("The file is larger than 20 MB. Split it into smaller files."))
        return Reading("", ParsedFile((), (problem,)), frozenset())
    found = source.format or format_of(source.data, source.name)
    if found in TABLES:
        return _table(source, found, language, languages)
    if found == "moodlexml":
        parsed, encoding = moodle_xml.read(source.data), ""
    else:
        text = decoded(source.data, source.encoding)
        parsed = gift.read(text.text) if found == "gift" else aiken.read(text.text)
        parsed, encoding = _with_guess(parsed, is_guess=text.is_guess), text.encoding
    questions = tuple([replace(question, language=question.language or language) for question in parsed.questions])
    return Reading(found, replace(parsed, questions=questions), _SAID, encoding)


def format_of(data: bytes, name: str = "") -> str:
    """Which of FORMATS the file is in: by what it holds; where it may be two, by its name; a table where nothing speaks for another."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    head = decoded(data[:_SAMPLE]).text
    if head.lstrip().startswith("<"):
        return "moodlexml"
    said = _SUFFIXES.get(PurePath(name).suffix.lower(), "")
    if said in {"gift", "csv"}:
        return said
    if _AIKEN_ANSWER.search(head) and _AIKEN_OPTION.search(head):
        return "aiken"
    return "gift" if _GIFT_ANSWERS.search(head) else "csv"


def table_of(source: Source) -> Table:
    """The file as a table, with its header where it has one; TableError when it cannot be read."""
    if (source.format or format_of(source.data, source.name)) == "xlsx":
        # Its library brings numpy with it: web processes stay light until a workbook comes.
        from accounts.workbooks import read_xlsx

        table = read_xlsx(source.data, has_header=False)
    else:
        data = decoded(source.data, source.encoding).text.encode() if source.encoding else source.data
        table = read_csv(data, has_header=False)
    has_header = guess_header([row.cells for row in table.rows[:1]]) if source.has_header is None else source.has_header
    return table.with_header() if has_header else table


def _table(source: Source, found: str, language: str, languages: Sequence[str]) -> Reading:
    text = decoded(source.data, source.encoding) if found == "csv" else None
    if text is not None and text.is_guess and source.data[:4] not in _BINARY:
        # Read as it is guessed; the problem of the unreadable cell would keep the author from seeing whether the guess is right.
        source = replace(source, encoding=text.encoding)
    encoding = text.encoding if text is not None else ""
    try:
        table = table_of(source)
    except TableError as error:
        problems = tuple([ImportProblem(problem.row, problem.column, problem.message) for problem in error.problems])
        return Reading(found, ParsedFile((), problems), frozenset(), encoding)
    try:
        mapping = read_mapping(source.mapping, table) if source.mapping else guess_mapping(table)
    except MappingError as error:
        problem = ImportProblem(1, "", error.message)
        return Reading(found, ParsedFile((), (problem,)), frozenset(), encoding, table)
    parsed = comma_separated.parse(table, mapping, language=language, languages=languages)
    parsed = _with_guess(parsed, is_guess=text is not None and text.is_guess)
    return Reading(found, parsed, frozenset(mapping.columns), encoding, table, mapping.as_text())


# A workbook of the old kind, a PDF, and pictures: no text in any encoding.
_BINARY = frozenset({b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1"})


def _with_guess(parsed: ParsedFile, *, is_guess: bool) -> ParsedFile:
    if not is_guess:
        return parsed
    message = _("The file is not UTF-8. It was read as Western (Windows): look whether accents are right, or choose another encoding.")
    return replace(parsed, warnings=(ImportProblem(1, "", message), *parsed.warnings))

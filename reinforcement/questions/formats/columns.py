"""Which column of a table holds what: said by a person (`prompt=1,options=2-5,answer=6`) or guessed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.tables import Table
from reinforcement.questions.formats.answers import AnswerError, right_places

FIELDS = ("id", "language", "kind", "situation", "prompt", "options", "answer", "explanation", "competency", "source")
REQUIRED = ("prompt", "answer")

_NAMES = {
    "id": "id, external id, question id, identifier, code, vraag id, identifiant",
    "language": "language, lang, taal, langue",
    "kind": "kind, type, question type, soort, type vraag, vraagtype, type de question",
    "situation": "situation, context, case, scenario, situatie, contexte, cas",
    "prompt": "prompt, question, question text, stem, text, vraag, vraagtekst, tekst, enonce, intitule, texte",
    "answer": "answer, answers, correct, correct answer, correct answers, right, right answer, right answers, key, answer key, solution, "
    "antwoord, juist, juist antwoord, juiste antwoord, correct antwoord, goed antwoord, goede antwoord, oplossing, "
    "reponse, bonne reponse, bonnes reponses, reponse correcte, reponse juste, corrige",
    "explanation": "explanation, rationale, feedback, why, uitleg, toelichting, verklaring, explication, justification, commentaire",
    "competency": "competency, competence, skill, topic, category, competentie, vaardigheid, onderwerp, categorie, theme",
    "source": "source, bron, reference, referentie",
}
_FIELD_BY_NAME = {name.strip(): field for field, names in _NAMES.items() for name in names.split(",")}
_OPTION = re.compile(r"(?:(?:answer )?option|choice|answer|optie|keuze|antwoord|antwoordoptie|choix|reponse|proposition)? ?([a-z]|\d{1,2})")
_RANGE = re.compile(r"(.+?)\s*-\s*(.+)")
_ROWS_LOOKED_AT = 50


class MappingError(Exception):
    """A mapping that does not fit the table; `message` says what to change."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns by field, counted from 0."""

    columns: Mapping[str, tuple[int, ...]]

    def column(self, field: str) -> int | None:
        """The column of `field`; None when the table has none."""
        return self.columns[field][0] if field in self.columns else None

    def as_text(self) -> str:
        """The mapping as a person writes it: `prompt=1,options=2-5,answer=6`."""
        return ",".join(f"{field}={_places_as_text(self.columns[field])}" for field in FIELDS if field in self.columns)


def read_mapping(text: str, table: Table) -> ColumnMapping:
    """The mapping written in `text` with numbers from 1, ranges, or names of the header; MappingError when it does not fit `table`."""
    columns: dict[str, tuple[int, ...]] = {}
    field = ""
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, place = part.partition("=")
        if sign:
            field = name.strip().casefold()
            if field not in FIELDS:
                raise MappingError(_("“%(name)s” is not a field. Use: %(fields)s.") % {"name": name.strip(), "fields": ", ".join(FIELDS)})
            if field in columns:
                raise MappingError(_("“%(name)s” is given twice.") % {"name": field})
        elif not field:
            raise MappingError(_("Write which column holds what, such as prompt=1,options=2-5,answer=6."))
        columns[field] = (*columns.get(field, ()), *_places(place if sign else part, table))
    return _checked(columns, table)


def guess_mapping(table: Table) -> ColumnMapping:
    """The mapping from the names of the header (English, Dutch, French), else from the shape: prompt, options, answer.

    MappingError when neither says enough.
    """
    columns = _columns_by_name(table.header or ())
    if all(field in columns for field in REQUIRED):
        return ColumnMapping(columns)
    if table.width >= 2 and table.rows and _ends_in_answers(table):
        options = tuple(range(1, table.width - 1))
        return ColumnMapping({"prompt": (0,), **({"options": options} if options else {}), "answer": (table.width - 1,)})
    raise MappingError(_("Say which column holds the question, the options and the answer, such as prompt=1,options=2-5,answer=6."))


def guess_header(rows: Iterable[Sequence[str]]) -> bool:
    """Whether the first of `rows` names columns: a name for the question, and one for the answer or the options.

    Only known names count: taking a first question for a header would lose it in silence.
    """
    first = next(iter(rows), ())
    columns = _columns_by_name(first)
    return "prompt" in columns and ("answer" in columns or "options" in columns)


def _columns_by_name(header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    columns: dict[str, tuple[int, ...]] = {}
    for place, cell in enumerate(header):
        name = _plain_name(cell)
        field = _FIELD_BY_NAME.get(name)
        if field is not None:
            columns.setdefault(field, (place,))
        elif name and _OPTION.fullmatch(name):
            columns["options"] = (*columns.get("options", ()), place)
    return columns


def _plain_name(cell: str) -> str:
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", cell.casefold()) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def _ends_in_answers(table: Table) -> bool:
    """Whether the last cell names an option in most of the first rows; a faulty row is then named, not guessed around."""
    rows = table.rows[:_ROWS_LOOKED_AT]
    return sum(_names_option(row.cells) for row in rows) > len(rows) / 2


def _names_option(cells: Sequence[str]) -> bool:
    try:
        right_places(cells[-1], cells[1:-1])
    except AnswerError:
        return False
    return True


def _places(text: str, table: Table) -> tuple[int, ...]:
    text = text.strip()
    place = _place(text, table)
    if place is not None:
        return (place,)
    if between := _RANGE.fullmatch(text):
        first, last = _place(between[1], table), _place(between[2], table)
        if first is not None and last is not None and first <= last:
            return tuple(range(first, last + 1))
    raise MappingError(_("There is no column “%(name)s”. The table has %(width)d columns.") % {"name": text, "width": table.width})


def _place(text: str, table: Table) -> int | None:
    # A number is always a place, also where the header names columns "1", "2".
    if text.isascii() and text.isdigit():
        return int(text) - 1 if len(text) < 4 and 1 <= int(text) <= table.width else None
    for place, name in enumerate(table.header or ()):
        if name.casefold() == text.casefold():
            return place
    return None


def _checked(columns: dict[str, tuple[int, ...]], table: Table) -> ColumnMapping:
    used: dict[int, str] = {}
    for field, places in columns.items():
        if field != "options" and len(places) > 1:
            raise MappingError(_("“%(name)s” takes one column.") % {"name": field})
        for place in places:
            if place in used:
                values = {"column": table.column_name(place), "first": used[place], "second": field}
                raise MappingError(_("Column “%(column)s” is used for %(first)s and for %(second)s.") % values)
            used[place] = field
    for field in REQUIRED:
        if field not in columns:
            raise MappingError(_("Say which column holds “%(name)s”.") % {"name": field})
    return ColumnMapping(columns)


def _places_as_text(places: tuple[int, ...]) -> str:
    if len(places) > 1 and places == tuple(range(places[0], places[-1] + 1)):
        return f"{places[0] + 1}-{places[-1] + 1}"
    return ",".join(str(place + 1) for place in places)

"""What the columns of a table of people are called, and how each cell is read. Knows no rows of the database."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models.member import Role
from accounts.tables import RowProblem, Table, TableError
from accounts.time_zones import known_time_zones
from accounts.working_days import read_weekdays

# Headers in English, Dutch and French, compared without case, accents, spaces and signs. The first is what we call the column.
HEADERS: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail address", "mail", "e-mailadres", "mailadres", "adresse e-mail", "courriel", "adresse électronique"),
    "name": ("name", "full name", "naam", "volledige naam", "nom", "nom complet"),
    "team": ("team", "team path", "teampad", "équipe", "chemin équipe"),
    "manager": (
        "manager email", "manager", "manager e-mail address", "line manager", "e-mail manager", "leidinggevende", "e-mail leidinggevende",
        "responsable", "e-mail responsable", "e-mail du responsable", "courriel du responsable",
    ),
    "roles": ("roles", "role", "rollen", "rol", "rôles", "rôle"),
    "time_zone": ("time zone", "timezone", "tijdzone", "fuseau horaire"),
    "language": ("language", "taal", "langue"),
    "working_days": ("working days", "work days", "werkdagen", "jours ouvrés", "jours de travail"),
    "preferred_hour": ("preferred hour", "preferred time", "hour", "voorkeursuur", "gewenst uur", "uur", "heure préférée", "heure"),
    "hired_on": ("hired on", "hire date", "hired", "in dienst sinds", "in dienst", "date d'embauche", "embauché le", "date d'entrée"),
}  # fmt: skip
# What a page calls each column; in every language a header that is known above.
LABELS: dict[str, Any] = {
    "email": gettext_lazy("e-mail address"),
    "name": gettext_lazy("name"),
    "team": gettext_lazy("Team"),
    "manager": gettext_lazy("manager"),
    "roles": gettext_lazy("Roles"),
    "time_zone": gettext_lazy("time zone"),
    "language": gettext_lazy("language"),
    "working_days": gettext_lazy("working days"),
    "preferred_hour": gettext_lazy("preferred hour"),
    "hired_on": gettext_lazy("hired on"),
}
_ROLE_WORDS = {
    Role.SELLER: ("seller", "sales", "verkoper", "vendeur", "vendeuse", "commercial", "commerciale"),
    Role.AUTHOR: ("author", "auteur", "autrice"),
    Role.HR: ("hr", "human resources", "rh", "p&o"),
    Role.LEADERSHIP: ("leadership", "directie", "leiding", "direction"),
    Role.OWNER: ("owner", "eigenaar", "proprietaire"),
}
_MANAGER_WORDS = ("manager", "leidinggevende", "responsable")
_LANGUAGE_WORDS = {
    "en": ("en", "english", "engels", "anglais"),
    "nl": ("nl", "dutch", "nederlands", "neerlandais"),
    "fr": ("fr", "french", "frans", "francais"),
}
# Two letters are the whole word; three are how a word begins.
_DAY_WORDS = {
    "mon": ("ma", "mon", "maa", "lun"), "tue": ("di", "tue", "din", "mar"), "wed": ("wo", "wed", "woe", "mer"),
    "thu": ("do", "thu", "don", "jeu"), "fri": ("vr", "fri", "vri", "ven"), "sat": ("za", "sat", "zat", "sam"),
    "sun": ("zo", "sun", "zon", "dim"),
}  # fmt: skip
_HOUR = re.compile(r"^([01]?\d|2[0-3])(?:[:.hu]([0-5]\d)?)?$")
MOST_NAME_CHARACTERS = 120


@dataclass(slots=True)
class PersonRow:
    """One row. A field is missing from `values` where its cell is empty or cannot be read, or its column is not there."""

    number: int
    email: str
    """Empty where the address is missing or cannot be read."""
    values: dict[str, Any] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    """Columns with a problem of their own. Such a row is looked at for more problems and never taken."""


@dataclass(slots=True)
class People:
    rows: list[PersonRow]
    problems: list[RowProblem]
    column_names: dict[str, str]
    """How the file calls each of our columns; our own name where it has none."""
    emails: set[str] = field(default_factory=set)
    """Every address of the file."""


def read_people(table: Table) -> People:
    """The people in `table`, which has a header, and what is wrong with their cells. TableError where columns are amiss."""
    places = _places(table)
    names = {column: headers[0] for column, headers in HEADERS.items()}
    names |= {column: table.column_name(place) for column, place in places.items()}
    people = People([], [], names)
    seen: dict[str, int] = {}
    for row in table.rows:
        person, problems = _read_row(row.number, row.cells, places, names)
        if person.email in seen:
            message = _("Row %(row)d has this address too. Keep one of the two.") % {"row": seen[person.email]}
            problems.append(RowProblem(row.number, names["email"], message))
            person.unreadable |= {"email"}
        elif person.email:
            seen[person.email] = row.number
        people.problems += problems
        people.rows.append(person)
    people.emails.update(seen)
    return people


def _places(table: Table) -> dict[str, int]:
    """Where each of our columns stands in the table."""
    known = {plain(header): column for column, headers in HEADERS.items() for header in headers}
    places: dict[str, int] = {}
    problems = []
    for index, header in enumerate(table.header or ()):
        column = known.get(plain(header))
        if column is None and plain(header):
            wanted = ", ".join(headers[0] for headers in HEADERS.values())
            message = _("This column is not known. Remove it, or use one of: %(columns)s.") % {"columns": wanted}
            problems.append(RowProblem(1, header, message))
        elif column in places:
            problems.append(RowProblem(1, header, _("Two columns mean “%(column)s”. Keep one.") % {"column": HEADERS[column][0]}))
        elif column is not None:
            places[column] = index
    if "email" not in places:
        problems.append(RowProblem(1, HEADERS["email"][0], _("The table has no such column. Name it in the first row.")))
    if problems:
        raise TableError(problems)
    return places


def plain(text: str) -> str:
    """`text` for comparing: small letters and digits only, without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum() or letter == "&")


def _read_row(number: int, cells: Sequence[str], places: dict[str, int], names: dict[str, str]) -> tuple[PersonRow, list[RowProblem]]:
    problems: list[RowProblem] = []
    values: dict[str, Any] = {}
    unreadable = set()
    for column, place in places.items():
        cell = cells[place].strip()
        if not cell:
            continue
        try:
            values[column] = _READERS[column](cell)
        except ValueError as problem:
            problems.append(RowProblem(number, names[column], str(problem)))
            unreadable.add(column)
    if not cells[places["email"]].strip():
        problems.append(RowProblem(number, names["email"], _("The address is missing.")))
        unreadable.add("email")
    return PersonRow(number, values.pop("email", ""), values, frozenset(unreadable)), problems


def _read_email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise ValueError(_("“%(cell)s” is not an e-mail address.") % {"cell": shortened(cell)}) from None
    if len(cell) > 254:
        raise ValueError(_("The address is longer than 254 characters."))
    return cell.lower()


def _read_name(cell: str) -> str:
    if len(cell) > MOST_NAME_CHARACTERS:
        raise ValueError(_("The name is longer than 120 characters."))
    return " ".join(cell.split())


def _read_team(cell: str) -> tuple[str, ...]:
    path = tuple(" ".join(part.split()) for part in cell.split("/"))
    if not all(path):
        raise ValueError(_("A part of the path is empty. Write it such as “Benelux / South”."))
    if any(len(part) > MOST_NAME_CHARACTERS for part in path):
        raise ValueError(_("The name of a team is longer than 120 characters."))
    if len(path) > 20:
        raise ValueError(_("The path has more than 20 parts."))
    return path


def _read_roles(cell: str) -> frozenset[str]:
    words = {plain(word): role for role, known in _ROLE_WORDS.items() for word in known}
    roles = set()
    for part in filter(None, (part.strip() for part in re.split(r"[;,]", cell))):
        if plain(part) in _MANAGER_WORDS:
            raise ValueError(_("Manager is not a role to give: it follows from the people who report to somebody. Leave it out."))
        if plain(part) not in words:
            known = ", ".join(Role.values)
            raise ValueError(_("“%(role)s” is not a role. Choose from: %(known)s.") % {"role": shortened(part), "known": known})
        roles.add(str(words[plain(part)]))
    if not roles:
        raise ValueError(_("There is no role between the separators."))
    return frozenset(roles)


def _read_time_zone(cell: str) -> str:
    if cell not in known_time_zones():
        raise ValueError(_("“%(zone)s” is not a time zone. Use a name such as Europe/Brussels.") % {"zone": shortened(cell)})
    return cell


def _read_language(cell: str) -> str:
    for code, words in _LANGUAGE_WORDS.items():
        if plain(cell) in words:
            return code
    known = ", ".join(code for code, _name in settings.LANGUAGES)
    raise ValueError(_("“%(language)s” is not offered. Choose from: %(known)s.") % {"language": shortened(cell), "known": known})


def _read_working_days(cell: str) -> int:
    def english(match: re.Match) -> str:
        word = plain(match.group())[:3]
        return next((day for day, words in _DAY_WORDS.items() if word in words), match.group())

    try:
        return read_weekdays(re.sub(r"[^\W\d_]+", english, cell.replace("\N{EN DASH}", "-")))
    except ValueError:
        message = _("“%(days)s” are not working days. Write them such as mon-fri or mon,tue,thu.")
        raise ValueError(message % {"days": shortened(cell)}) from None


def _read_hour(cell: str) -> time:
    match = _HOUR.match(cell.replace(" ", "").lower())
    if match is None:
        raise ValueError(_("“%(hour)s” is not an hour of the day. Write it such as 8 or 08:15.") % {"hour": shortened(cell)})
    return time(int(match[1]), int(match[2] or 0))


def _read_day(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(_("“%(day)s” is not a date. Write it such as 2026-01-31.") % {"day": shortened(cell)}) from None


def shortened(text: str) -> str:
    """`text`, cut where it would fill the message."""
    return text if len(text) <= 60 else text[:59] + "…"


_READERS: dict[str, Callable[[str], Any]] = {
    "email": _read_email,
    "name": _read_name,
    "team": _read_team,
    "manager": _read_email,
    "roles": _read_roles,
    "time_zone": _read_time_zone,
    "language": _read_language,
    "working_days": _read_working_days,
    "preferred_hour": _read_hour,
    "hired_on": _read_day,
}

"""Statements in the path of every answer, which PostgreSQL reads and plans once for a connection.

Several writes go to it as one statement, a part each, since each trip to the server costs more than a small write. Where statements
cannot be kept (SQLite, or a pool that shares connections: DISABLE_SERVER_SIDE_CURSORS), the parts run one after the other.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction

# What PostgreSQL says when a migration has changed a column that a kept statement gives, and when it knows no such statement (any more).
OUTDATED = {"0A000", "26000"}
# What it says to one of two transactions that wait for each other, or that may not both be: to try again.
BROKEN_OFF = {"40P01", "40001"}
# What it says where a part that must find its row found none, and the statement then divides by the number of rows.
_FOUND_NONE = "22012"
TRIES = 3
# Each try that finds a row changed was in vain because another one succeeded; so many at once are answers of one person.
TRIES_AFTER_CHANGES = 50

S = TypeVar("S")
T = TypeVar("T")


class ChangedMeanwhile(Exception):
    """A row is not any more as it was when it was read. Nothing was written."""


class Part(NamedTuple):
    """SQL with a %s for each parameter, on the database's own values. One that `must_find` a row and finds none undoes all parts."""

    text: str
    parameters: Sequence[Any]
    must_find: bool = False


@dataclass(frozen=True)
class _Kept:
    """A statement under its name, as the server is told to keep it, and how it is called."""

    name: str
    preparation: str
    call: str
    parts: tuple["_Shape", ...]
    beside: "_Shape | None"


class _Shape(NamedTuple):
    """A part without its values."""

    text: str
    slots: int
    must_find: bool


_KEPT: dict[str, _Kept] = {}


def write(*parts: Part, beside: Part | None = None) -> list[tuple]:
    """Runs the parts, all of them or none; the rows of the first one, where it gives any. Raises ChangedMeanwhile.

    Parts must not write the same row. What each of them sees is the state before all of them. A kept statement needs no
    transaction around it, whose begin and end are trips of their own. `beside` is a read of that state: where the first part
    gives one row, each row is that one followed by one of the read, or by nothing but None where it finds none.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if _is_kept(connection) and not connection.in_atomic_block:
        return run(*parts, beside=beside)
    with transaction.atomic():
        return run(*parts, beside=beside)


def run(*parts: Part, beside: Part | None = None) -> list[tuple]:
    """The same for a single part, or for a caller who holds a transaction."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if not _is_kept(connection):
            return _run_one_by_one(cursor, parts, beside)
        kept = _kept(tuple(map(_shape, parts)), beside and _shape(beside))
        values = [value for part in ([*parts, beside] if beside else parts) for value in part.parameters]
        try:
            return _called(connection, cursor, kept, values)
        except DatabaseError as problem:
            if _code_of(problem) == _FOUND_NONE:
                raise ChangedMeanwhile from problem
            if _code_of(problem) not in OUTDATED:
                raise
            _forget(connection)
            if connection.in_atomic_block:
                # The transaction is lost; `tried_again` does its work again.
                raise
            return _called(connection, cursor, kept, values)


def _shape(part: Part) -> _Shape:
    return _Shape(part.text, len(part.parameters), part.must_find)


def _run_one_by_one(cursor, parts: Sequence[Part], beside: Part | None) -> list[tuple]:
    rows: list[tuple] = []
    read: list[tuple] = [()]
    if beside is not None:
        cursor.execute(beside.text, beside.parameters)
        read = cursor.fetchall() or [(None,) * len(cursor.description)]
    for place, part in enumerate(parts):
        cursor.execute(part.text, part.parameters)
        found = cursor.fetchall() if cursor.description else []
        if part.must_find and not (found if cursor.description else cursor.rowcount):
            raise ChangedMeanwhile
        if place == 0:
            rows = [row + more for row in found for more in read]
    return rows


def tried_again(work: Callable[[S], T], read: S, read_again: Callable[[], S]) -> T:
    """What `work`, whose writes are one `write`, makes of what was `read`.

    Where another's writes came between, it is read and done again.
    """
    changes = failures = 0
    while True:
        try:
            return work(read)
        except ChangedMeanwhile:
            changes += 1
            if changes == TRIES_AFTER_CHANGES:
                raise
        except DatabaseError as problem:
            failures += 1
            if failures == TRIES or _code_of(problem) not in OUTDATED | BROKEN_OFF:
                raise
        read = read_again()


def _code_of(problem: DatabaseError) -> str | None:
    return getattr(problem.__cause__, "pgcode", None)


def _called(connection, cursor, kept: _Kept, values: list[Any]) -> list[tuple]:
    _provide(connection, kept)
    cursor.execute(kept.call, values)
    return cursor.fetchall() if cursor.description else []


def parts_of(call: str, parameters: Sequence[Any]) -> list[Part]:
    """What a call of a kept statement stands for; for whoever reads statements."""
    kept = _KEPT[call.split("(")[0].split()[1]]
    found, start = [], 0
    for shape in [*kept.parts, *filter(None, [kept.beside])]:
        found.append(Part(shape.text, parameters[start : start + shape.slots], shape.must_find))
        start += shape.slots
    return found


def _is_kept(connection) -> bool:
    return connection.vendor == "postgresql" and not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")


def _provide(connection, kept: _Kept) -> None:
    """Has the server keep the statement, once for each connection; a statement that is kept outlives the transaction.

    `connection.kept_statements` is the link to the server and the names that it keeps, None where those are outdated.
    """
    link, names = getattr(connection, "kept_statements", (None, None))
    if link is not connection.connection:
        names = set()
    elif names is None:
        _tell(connection, "DEALLOCATE ALL")
        names = set()
    if kept.name not in names:
        _tell(connection, kept.preparation)
        names.add(kept.name)
    connection.kept_statements = (connection.connection, names)


def _forget(connection) -> None:
    connection.kept_statements = (connection.connection, None)


def _tell(connection, command: str) -> None:
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(command)


def _giving_rows(part: _Shape) -> str:
    """The text of a part, which gives the rows that it changes where they are counted."""
    return part.text + " RETURNING 1" if part.must_find and part.text.startswith("UPDATE") else part.text


@lru_cache(maxsize=1_000)
def _kept(parts: tuple[_Shape, ...], beside: _Shape | None) -> _Kept:
    count = sum(part.slots for part in parts) + (beside.slots if beside else 0)
    text = parts[0].text
    if len(parts) > 1 or beside:
        frame = [f"part_{place} AS ({_giving_rows(part)})" for place, part in enumerate(parts)]
        gives = "SELECT * FROM part_0" if "RETURNING" in text else "SELECT 1"
        if beside:
            frame.append(f"beside AS ({beside.text})")
            gives += " LEFT JOIN beside ON true"
        needed = [place for place, part in enumerate(parts) if part.must_find]
        finds = " AND ".join(f"1 / (SELECT COUNT(*) FROM part_{place}) = 1" for place in needed)  # noqa: S608 - numbers
        text = f"WITH {', '.join(frame)} {gives}{f' WHERE {finds}' if finds else ''}"
    name = "kept_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    numbered = text % tuple(f"${number}" for number in range(1, count + 1))
    call = f"EXECUTE {name} ({', '.join(['%s'] * count)})" if count else f"EXECUTE {name}"
    kept = _KEPT[name] = _Kept(name, f"PREPARE {name} AS {numbered}", call, parts, beside)
    return kept

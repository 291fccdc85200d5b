"""Statements in the path of every answer, which PostgreSQL reads and plans once for a connection.

Several writes go to it as one statement, a part each, since each trip to the server costs more than a small write. Where statements
cannot be kept (SQLite, or a pool that shares connections: DISABLE_SERVER_SIDE_CURSORS), the parts run one after the other.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction

# What PostgreSQL says when a migration has changed a column that a kept statement gives, and when it knows no such statement (any more).
OUTDATED = {"0A000", "26000"}
# What it says to one of two transactions that wait for each other, or that may not both be: to try again.
BROKEN_OFF = {"40P01", "40001"}
TRIES = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """SQL with a %s for each parameter, on the database's own values."""

    text: str
    parameters: Sequence[Any]


@dataclass(frozen=True)
class _Kept:
    """A statement under its name, as the server is told to keep it, and how it is called."""

    name: str
    preparation: str
    call: str
    parts: tuple[tuple[str, int], ...]


_KEPT: dict[str, _Kept] = {}


def run(*parts: Part) -> list[tuple]:
    """Runs the parts, all of them or none when the caller holds a transaction; the rows of the first one, where it gives any.

    Parts must not write the same row. What each of them sees is the state before all of them.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if not _is_kept(connection):
            cursor.execute(parts[0].text, parts[0].parameters)
            rows = cursor.fetchall() if cursor.description else []
            for part in parts[1:]:
                cursor.execute(part.text, part.parameters)
            return rows
        kept = _kept(tuple((part.text, len(part.parameters)) for part in parts))
        values = [value for part in parts for value in part.parameters]
        try:
            return _called(connection, cursor, kept, values)
        except DatabaseError as problem:
            if _code_of(problem) not in OUTDATED:
                raise
            _forget(connection)
            if connection.in_atomic_block:
                # The transaction is lost; `in_transaction` begins it again.
                raise
            return _called(connection, cursor, kept, values)


def in_transaction(work: Callable[[], T]) -> T:
    """What `work` gives, done in a transaction; begun again, a few times at most, where the database broke it off."""
    for _attempt in range(TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except DatabaseError as problem:
            if _code_of(problem) not in OUTDATED | BROKEN_OFF:
                raise
    with transaction.atomic():
        return work()


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
    for text, count in kept.parts:
        found.append(Part(text, parameters[start : start + count]))
        start += count
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


@lru_cache(maxsize=1_000)
def _kept(parts: tuple[tuple[str, int], ...]) -> _Kept:
    count = sum(count for _text, count in parts)
    first, *others = (text for text, _count in parts)
    text = first
    if others:
        gives = "RETURNING" in first
        frame = [f"part_0 AS ({first})", *(f"part_{place} AS ({other})" for place, other in enumerate(others, 1))]
        text = f"WITH {', '.join(frame)} {'SELECT * FROM part_0' if gives else 'SELECT 1'}"  # noqa: S608 - texts of our own
    name = "kept_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    numbered = text % tuple(f"${number}" for number in range(1, count + 1))
    call = f"EXECUTE {name} ({', '.join(['%s'] * count)})" if count else f"EXECUTE {name}"
    kept = _KEPT[name] = _Kept(name, f"PREPARE {name} AS {numbered}", call, parts)
    return kept

"""Copies of the database by its own means: pg_dump and pg_restore for PostgreSQL, the backup API for SQLite.

Both copy one moment: what is answered while the copy is made is wholly in it or not at all. The counts are of that same moment.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from dashboards.backup.archive import BackupRefused, Held


def copy_to(target: Path) -> dict[str, Held]:
    """Writes the database into the file; what each table of the copy holds."""
    if connection.vendor == "sqlite":
        return _copy_sqlite(target)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
        return _held_by_postgres(cursor)


def restore_from(source: Path) -> None:
    """Fills the empty database from the file, whole or not at all. Raises BackupRefused."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            copy.backup(connection.connection)
        return
    # Nothing of ours may hold a lock on what pg_restore makes.
    connection.close()
    _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", file=source)


def held() -> dict[str, Held]:
    """What each table of the database holds now."""
    if connection.vendor == "sqlite":
        # Django's own connection turns texts into dates; a copy is counted as it lies there.
        with closing(sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)) as opened:
            return _held_by_sqlite(opened)
    with connection.cursor() as cursor:
        return _held_by_postgres(cursor)


def is_readable(source: Path) -> bool:
    """Whether the copy can be read to its end by the program that restores it."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            try:
                return copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            except sqlite3.DatabaseError:
                return False
    try:
        _run("pg_restore", "--file=/dev/null", file=source, is_connected=False)
    except BackupRefused:
        return False
    return True


def _held_by_postgres(cursor) -> dict[str, Held]:
    """The sum of the rows' hashes does not depend on their order, so no table is sorted or kept in memory for it."""
    found = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        name = connection.ops.quote_name(table)
        cursor.execute(f"SELECT COUNT(*), COALESCE(SUM(('x' || left(md5(row::text), 15))::bit(60)::bigint), 0) FROM {name} row")  # noqa: S608
        rows, total = cursor.fetchone()
        found[table] = Held(rows, str(total))
    return found


def _copy_sqlite(target: Path) -> dict[str, Held]:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        return _held_by_sqlite(copy)


def _held_by_sqlite(opened: sqlite3.Connection) -> dict[str, Held]:
    tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall()
    found = {}
    for (table,) in tables:
        rows, total = 0, 0
        name = connection.ops.quote_name(table)
        for row in opened.execute(f"SELECT * FROM {name}"):  # noqa: S608 - the name of a table of ours
            rows += 1
            total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()[:7])
        found[table] = Held(rows, str(total))
    return found


def _run(program: str, *options: str, file: Path | None = None, is_connected: bool = True) -> None:
    """One of PostgreSQL's programs on our database; the password goes by its environment, which no list of processes shows."""
    path = shutil.which(program)
    if path is None:
        raise BackupRefused(f"{program} is not on this machine: install PostgreSQL's client programs, of the server's release or newer.")
    words, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *place, name = words[1:]
    command = [path, *options, *([*place, f"--dbname={name}"] if is_connected else []), *([str(file)] if file else [])]
    done = subprocess.run(command, env=os.environ | (secrets or {}), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupRefused(f"{program} ended with {done.returncode}: {said[0] if said else 'it said nothing'}")

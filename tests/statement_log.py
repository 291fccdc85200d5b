"""The statement log: no statement of the application reads or writes rows of an organization without saying whose.

Each statement on a tenant table (its model has a foreign key `organization`) must have, for each tenant table in it,

- a condition on the organization, a member or a user (a foreign key to one of them), or
- a condition on a key of a row that was read or written under such a condition in the same unit of work, in an earlier
  statement or in the same one (a join, a subquery).

The condition must hold for every row: `a AND b` has it when one of them has it, `a OR b` when both have it, `NOT a` never.

**What is watched.** A *unit of work* is one request (test client, API client or live server), one Celery task or one management
command: the outermost of these doors on the stack. Inside a door everything is watched, third-party code too, and the unit
starts with no keys: it must find its rows itself. Outside a door, a statement is watched when the innermost frame of ours is
application code: a service that a test calls directly. There the test is the door: keys of rows that it made or read count.
Statements of tests and factories themselves are only listened to.

The stack is read, nothing is marked: a door that forgets to mark itself would be a door without a net. System work that must
see all organizations stands in `SYSTEM`, and where a secret says who somebody is in `ENTRANCES`, each function with its reason.
"""

import functools
import inspect
import re
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.handlers.base import BaseHandler
from django.core.management.base import BaseCommand
from django.db.backends.utils import CursorWrapper

from accounts import statements
from tests.statement_plan import Keys, Parameter, Plan, Unreadable, names_of_tenant_tables, plan_of, unbound_tables

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "outbox", "crm", "reinforcement", "coaching", "dashboards", "config")

# "module:qualified name" of a function -> why it may look across organizations. It covers all that the function calls.
SYSTEM = {
    "django.core.management.commands.migrate:Command.handle": "migrations change the rows of all organizations",
    "reinforcement.programs.planner:count_owed": "one number for the operator: how many sets of all organizations wait to be made",
    "reinforcement.daily.preparing:prepare_sets": "the morning run makes the sets of all organizations, a batch of members at a time",
    "reinforcement.daily.preparing:_Morning.help": "the same, in a thread beside it",
    "reinforcement.programs.enrolling:enroll_audiences": "enrolments of all running programs follow their audiences in three statements",
    "reinforcement.daily.links:open_link": "the signed token names the set: before it is read, nobody is known",
    "reinforcement.daily.messages:send_again": "the same: the token names the set, the set its member",
    "reinforcement.daily.shares:count_option_shares": "a periodic batch counts the answers to the versions of all organizations",
    "reinforcement.daily.fits:fit_pooled": "the models of organizations with few answers are fitted on the answers of all",
    "dashboards.backup.databases:copy_to": "a backup holds all organizations; it counts the rows of each table",
    "dashboards.backup.databases:held": "a restore is compared with its manifest, table by table",
    "dashboards.doctor.examination:look": "an operator looks at the work that is owed in all organizations, and reads counts only",
    "reinforcement.management.commands.rebuild_memory:Command.handle": "an operator proves the memory of all organizations",
    "reinforcement.management.commands.rebuild_rollups:Command.handle": "an operator proves the roll-ups of all organizations",
}

# Functions that ask who somebody is, with the reason: here the key from outside is a secret or signed. Only their own statements
# are let through, and what they read is known from then on.
ENTRANCES = {
    "accounts.api.authentication:TokenAuthentication.authenticate": "the secret of the token names the member",
    "accounts.invitations.views:invitation": "the secret of the link names the invitation",
    "reinforcement.daily.links:open_link": "the signature of the link names the set and its member",
    "reinforcement.daily.links:member_who_stops": "the signature of the link names the member",
    "dashboards.demo.views:sign_in": "the demo lets anybody on the own machine sign in as one of its people",
}


@dataclass(frozen=True)
class Violation:
    sql: str
    place: str
    missing: tuple[str, ...]

    def __str__(self):
        return (
            f"{self.place}\n    no condition on organization, member, user or a key known in this unit of work,"
            f" for: {', '.join(self.missing)}\n    {self.sql}"
        )


# The stack: which unit of work is this, and who asks?


@dataclass(frozen=True)
class Stack:
    """`door` is the frame of the outermost door or None; `is_let_through` says that a named function asks."""

    door: Any
    is_let_through: bool
    is_application: bool
    place: str


_DOORS = {BaseHandler.get_response.__code__, BaseHandler.get_response_async.__code__, BaseCommand.execute.__code__}
_TESTS = str(ROOT / "tests") + "/"
_APPLICATION = tuple(f"{ROOT / room}/" for room in ROOMS)


@functools.lru_cache(maxsize=1)
def task_codes() -> frozenset:
    """The code of every Celery task of the rooms."""
    from config.celery import app

    app.loader.import_default_modules()
    return frozenset(inspect.unwrap(task.run).__code__ for name, task in app.tasks.items() if name.startswith(ROOMS))


def _name_of(frame) -> str:
    return f"{frame.f_globals.get('__name__')}:{frame.f_code.co_qualname}"


def read_stack(frame) -> Stack:
    doors = _DOORS | task_codes()
    door, is_let_through, ours = None, False, None
    while frame is not None:
        code = frame.f_code
        if code in doors:
            door = frame
        if ours is None and code.co_filename.startswith((*_APPLICATION, _TESTS)):
            ours = frame
            place = f"{Path(code.co_filename).relative_to(ROOT)}:{frame.f_lineno} in {code.co_qualname}"
            is_let_through = is_let_through or _name_of(frame) in ENTRANCES
        is_let_through = is_let_through or _name_of(frame) in SYSTEM
        frame = frame.f_back
    is_application = ours is not None and not ours.f_code.co_filename.startswith(_TESTS)
    return Stack(door, is_let_through, is_application, place if ours is not None else "outside the project's files")


class StatementLog:
    """Listens to every cursor; `violations` are those of the running test."""

    def __init__(self):
        self.violations: list[Violation] = []
        self.watched = 0
        self._given = Keys()
        self._units = threading.local()

    def start_test(self) -> None:
        self.violations = []
        self._units = threading.local()

    def forget_keys(self) -> None:
        """A new module of tests: keys of the rows that other modules made are gone."""
        self._given = Keys()

    def _keys_of(self, door) -> Keys:
        if door is None:
            return self._given
        if getattr(self._units, "door", None) is not door:
            self._units.door, self._units.keys = door, Keys()
        return self._units.keys

    def on_statement(self, cursor, sql: str, parameters) -> None:
        """Called before a statement runs; leaves on the cursor what its rows will teach."""
        cursor.statement = None
        stack = read_stack(sys._getframe(2))
        keys = self._keys_of(stack.door)
        text = str(sql)
        plan = None
        if names_of_tenant_tables().search(text) and not _is_about_tables(text):
            plan = self._check(cursor, text, parameters, stack, keys)
        cursor.statement = (keys, plan, parameters)
        if text.startswith("INSERT"):
            keys.learn_uuids(parameters or ())

    def _check(self, cursor, sql: str, parameters, stack: Stack, keys: Keys) -> Plan | None:
        is_watched = (stack.door is not None or stack.is_application) and not stack.is_let_through
        if sql.startswith("INSERT") and " SELECT " not in sql:
            sql = re.sub(r"\bVALUES\b.*?(?=\bRETURNING\b|$)", "VALUES (1) ", sql, flags=re.DOTALL)
        try:
            plan = plan_of(sql, "postgres" if cursor.db.vendor == "postgresql" else "sqlite")
        except Unreadable:
            if is_watched:
                self.violations.append(Violation(sql, stack.place, ("a statement that cannot be read",)))
            return None
        if is_watched:
            self.watched += 1
            if missing := unbound_tables(plan, keys, parameters):
                self.violations.append(Violation(sql % tuple(map(repr, parameters)) if parameters else sql, stack.place, missing))
                return None
        return plan

    @staticmethod
    def on_rows(cursor, rows) -> None:
        """Called with the rows that were fetched."""
        if not rows or getattr(cursor, "statement", None) is None:
            return
        keys, plan, parameters = cursor.statement
        for row in rows:
            keys.learn_uuids(row)
        if plan is None:
            return
        for position, table in plan.columns:
            for row in rows:
                keys.learn(table, row[position])
        for table, value in plan.proves:
            keys.learn(table, parameters[value.position] if isinstance(value, Parameter) else value)


def _is_about_tables(sql: str) -> bool:
    """Whether the statement shapes the database instead of reading or writing rows."""
    return sql.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "PRAGMA", "TRUNCATE", "ANALYZE", "EXPLAIN", "SAVEPOINT", "SET"))


log = StatementLog()


def install() -> None:
    """Puts the log around every cursor of the process, once."""
    original = {name: getattr(CursorWrapper, name) for name in ("execute", "executemany", "__iter__")}

    def execute(self, sql, params=None):
        if str(sql).startswith("EXECUTE "):
            # A kept statement: its parts are judged one by one. Its rows are those of the first part, which therefore comes last.
            for part in reversed(statements.parts_of(str(sql), params or ())):
                log.on_statement(self, part.text, part.parameters)
        else:
            log.on_statement(self, sql, params)
        result = original["execute"](self, sql, params)
        if self.cursor.rowcount and self.cursor.rowcount > 0 and str(sql).startswith(("UPDATE", "DELETE")):
            log.on_rows(self, [()])
        return result

    def executemany(self, sql, param_list):
        rows = list(param_list)
        for params in rows:
            log.on_statement(self, sql, params)
        return original["executemany"](self, sql, rows)

    def fetch(name):
        def fetched(self, *args, **kwargs):
            with self.db.wrap_database_errors:
                rows = getattr(self.cursor, name)(*args, **kwargs)
            log.on_rows(self, ([] if rows is None else [rows]) if name == "fetchone" else rows)
            return rows

        return fetched

    def iterate(self):
        for row in original["__iter__"](self):
            log.on_rows(self, [row])
            yield row

    CursorWrapper.execute, CursorWrapper.executemany, CursorWrapper.__iter__ = execute, executemany, iterate
    for name in ("fetchone", "fetchmany", "fetchall"):
        setattr(CursorWrapper, name, fetch(name))

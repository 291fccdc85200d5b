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
see all organizations stands in `SYSTEM`, each function with its reason.
"""

import functools
import inspect
import re
import sys
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlglot
from django.apps import apps
from django.core.handlers.base import BaseHandler
from django.core.management.base import BaseCommand
from django.db.backends.utils import CursorWrapper
from django.db.models import UUIDField
from sqlglot import exp

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "outbox", "crm", "reinforcement", "coaching", "dashboards", "config")

# "module:qualified name" of a function -> why it may look across organizations. It covers all that the function calls.
SYSTEM = {
    "django.core.management.commands.migrate:Command.handle": "migrations change the rows of all organizations",
    "accounts.api.authentication:TokenAuthentication.authenticate": "the secret names the member: before it is read, nobody is known",
    "reinforcement.daily.preparing:prepare_sets": "the morning run makes the sets of all organizations, a batch of members at a time",
    "reinforcement.programs.enrolling:enroll_audiences": "enrolments of all running programs follow their audiences in three statements",
    "reinforcement.daily.links:open_link": "the signed token names the set: before it is read, nobody is known",
    "reinforcement.daily.messages:send_again": "the same: the token names the set, the set its member",
    "reinforcement.daily.shares:count_option_shares": "a periodic batch counts the answers to the versions of all organizations",
    "reinforcement.management.commands.rebuild_memory:Command.handle": "an operator proves the memory of all organizations",
    "reinforcement.management.commands.rebuild_rollups:Command.handle": "an operator proves the roll-ups of all organizations",
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


# The tables and their keys, by reflection.


@dataclass
class Table:
    name: str
    is_tenant: bool
    primary_key: str
    # Column -> table that it points to; the primary key points to its own table.
    keys: dict[str, str] = field(default_factory=dict)
    # Columns that name an organization, a member or a user.
    owners: set[str] = field(default_factory=set)
    uuids: set[str] = field(default_factory=set)


@functools.cache
def tables() -> dict[str, Table]:
    """Every table of the project with its keys. A table is a tenant table when its model has a foreign key `organization`."""
    from accounts.models import Member, Organization, User

    owners = (Organization, Member, User)
    found = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        related = {f for f in options.local_concrete_fields if f.is_relation and f.related_model}
        table = Table(
            options.db_table,
            is_tenant=any(f.name == "organization" and f.related_model is Organization for f in related),
            primary_key=options.pk.column,
        )
        table.keys = {f.column: f.related_model._meta.db_table for f in related}
        table.keys.setdefault(table.primary_key, table.name)
        table.owners = {f.column for f in related if f.related_model in owners}
        table.uuids = {f.column for f in options.local_concrete_fields if isinstance(f, UUIDField)}
        found[table.name] = table
    return found


@functools.cache
def _names_of_tenant_tables() -> re.Pattern:
    names = sorted((table.name for table in tables().values() if table.is_tenant), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")


# A statement, read once: which tenant tables it touches, and what binds them.


@dataclass(frozen=True)
class Bind:
    """`alias` is bound when `needs` is empty, or when every value in `needs` is a known key of `table`."""

    alias: str
    table: str = ""
    values: tuple = ()


@dataclass(frozen=True)
class Join:
    """`alias` is bound when `other` is."""

    alias: str
    other: str


@dataclass(frozen=True)
class Every:
    parts: tuple


@dataclass(frozen=True)
class Either:
    parts: tuple


@dataclass
class Block:
    """One SELECT, UPDATE or DELETE with the tenant tables it names itself."""

    tenants: dict[str, str]
    given: frozenset[str]
    condition: Every


@dataclass
class Plan:
    blocks: list[Block]
    # Position of a result column -> table of which it is a key.
    columns: list[tuple[int, str]]
    # Keys that a row of the answer proves: (table, value) of conditions `primary key = value`.
    proves: list[tuple[str, Any]]


@dataclass(frozen=True)
class Parameter:
    position: int


class Unreadable(Exception):
    """The parser does not understand the statement."""


@functools.lru_cache(maxsize=4096)
def plan_of(sql: str, dialect: str) -> Plan:
    """What a statement touches and what binds it. Raises Unreadable."""
    count = iter(range(sys.maxsize))
    text = re.sub(r"%s|%%", lambda hit: f":p{next(count)}" if hit.group() == "%s" else "%", sql)
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except sqlglot.errors.SqlglotError as problem:
        raise Unreadable(str(problem)) from problem
    common = {cte.alias for cte in tree.find_all(exp.CTE)}
    blocks = [_block(node, common) for node in tree.find_all(exp.Select, exp.Update, exp.Delete)]
    return Plan(blocks, _result_columns(tree), _proven(tree))


def _sources(node) -> dict[str, exp.Expression]:
    """Alias -> table or derived table that the block itself names."""
    found = {}
    if isinstance(node, exp.Update | exp.Delete):
        found[node.this.alias_or_name] = node.this
    origin = node.args.get("from_") or node.args.get("from")
    for source in [origin.this] if origin else []:
        found[source.alias_or_name] = source
    for join in node.args.get("joins") or []:
        found[join.this.alias_or_name] = join.this
    for source in node.args.get("using") or []:
        found[source.alias_or_name] = source
    return found


def _block(node, common: set[str]) -> Block:
    sources = _sources(node)
    names = {alias: source.name if isinstance(source, exp.Table) else "" for alias, source in sources.items()}
    tenants = {a: name for a, name in names.items() if name not in common and name in tables() and tables()[name].is_tenant}
    outer = set()
    for parent in _ancestors(node):
        outer |= set(_sources(parent))
    # Derived tables, common table expressions and shared tables are bound: what they read is checked in its own block.
    given = frozenset((set(names) - set(tenants)) | (outer - set(names)))
    reader = _Conditions(names, given)
    where = node.args.get("where")
    parts = [reader.read(where.this)] if where else []
    for join in node.args.get("joins") or []:
        if (on := join.args.get("on")) is not None:
            only = None if (join.side or "").upper() not in {"LEFT", "FULL"} else join.this.alias_or_name
            parts.append(_restricted(reader.read(on), only))
    return Block(tenants, given, Every(tuple(parts)))


def _ancestors(node):
    parent = node.parent
    while parent is not None:
        if isinstance(parent, exp.Select | exp.Update | exp.Delete):
            yield parent
        parent = parent.parent


def _restricted(condition, alias: str | None):
    """An outer join binds only the table that is joined."""
    if alias is None:
        return condition
    if isinstance(condition, Every | Either):
        return type(condition)(tuple(_restricted(part, alias) for part in condition.parts))
    return condition if condition.alias == alias else Every(())


class _Conditions:
    """Turns the conditions of a block into what they bind."""

    def __init__(self, names: dict[str, str], given: frozenset[str]):
        self.names, self.given = names, given

    def read(self, node):
        if isinstance(node, exp.Paren):
            return self.read(node.this)
        if isinstance(node, exp.And):
            return Every((self.read(node.left), self.read(node.right)))
        if isinstance(node, exp.Or):
            return Either((self.read(node.left), self.read(node.right)))
        if isinstance(node, exp.EQ):
            return Every(tuple(self._equal(node.left, node.right)) + tuple(self._equal(node.right, node.left)))
        if isinstance(node, exp.In):
            return Every(tuple(self._among(node)))
        return Every(())

    def _column(self, node) -> tuple[str, str] | None:
        """Alias and column, or None where the node is no column of this block."""
        node = node.unnest()
        if not isinstance(node, exp.Column):
            return None
        alias = node.table or (next(iter(self.names)) if len(self.names) == 1 else "")
        return (alias, node.name) if alias else None

    def _equal(self, left, right):
        here = self._column(left)
        if here is None or here[0] not in self.names:
            return
        there = self._column(right)
        if there is not None:
            if there[0] != here[0] and self._is_key(*here):
                yield Bind(here[0]) if there[0] in self.given or there[0] not in self.names else Join(here[0], there[0])
            return
        yield from self._bound_by(here, [right])

    def _among(self, node):
        here = self._column(node.this)
        if here is None or here[0] not in self.names:
            return
        query = node.args.get("query")
        yield from self._bound_by(here, [query] if query is not None else node.expressions)

    def _bound_by(self, here, values):
        alias, column = here
        table = tables().get(self.names[alias])
        if table is None:
            return
        if column in table.owners and column != table.primary_key:
            yield Bind(alias)
        elif all(isinstance(value, exp.Query | exp.Subquery) for value in values):
            # The subquery is a block of its own; its rows were read under a condition.
            if self._is_key(alias, column):
                yield Bind(alias)
        else:
            read = tuple(_value(value) for value in values)
            if all(value is not None for value in read):
                if column in table.keys:
                    yield Bind(alias, table.keys[column], read)
                elif column in table.uuids:
                    yield Bind(alias, "uuid", read)

    def _is_key(self, alias: str, column: str) -> bool:
        table = tables().get(self.names[alias])
        return table is None or column in table.keys or column in table.uuids


def _value(node):
    """A parameter or a literal, else None."""
    if isinstance(node, exp.Cast | exp.Paren):
        return _value(node.this)
    if isinstance(node, exp.Placeholder):
        return Parameter(int(node.name[1:]))
    if isinstance(node, exp.Literal):
        return node.this if node.is_string else int(node.this) if node.this.isdigit() else None
    return None


def _result_columns(tree) -> list[tuple[int, str]]:
    if isinstance(tree, exp.Insert | exp.Update | exp.Delete):
        returning = tree.args.get("returning")
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        expressions, sources = (returning.expressions if returning else []), {target.alias_or_name: target}
    else:
        select = tree.find(exp.Select)
        if select is None:
            return []
        expressions, sources = select.expressions, _sources(select)
    found = []
    for position, expression in enumerate(expressions):
        column = expression.unalias()
        if not isinstance(column, exp.Column):
            continue
        source = sources.get(column.table or (next(iter(sources)) if len(sources) == 1 else ""))
        table = tables().get(source.name) if isinstance(source, exp.Table) else None
        if table is not None and column.name in table.keys:
            found.append((position, table.keys[column.name]))
    return found


def _all_of(node):
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _all_of(node.left)
        yield from _all_of(node.right)
    else:
        yield node


def _proven(tree) -> list[tuple[str, Any]]:
    """Conditions `primary key = value` that hold for every row of the answer."""
    where = tree.args.get("where")
    if where is None or isinstance(tree, exp.Insert):
        return []
    sources, found = _sources(tree), []
    for part in _all_of(where.this):
        if isinstance(part, exp.EQ) and isinstance(part.left, exp.Column) and (value := _value(part.right)) is not None:
            source = sources.get(part.left.table or (next(iter(sources)) if len(sources) == 1 else ""))
            table = tables().get(source.name) if isinstance(source, exp.Table) else None
            if table is not None and part.left.name == table.primary_key:
                found.append((table.name, value))
    return found


# Keys that a unit of work knows.


class Keys:
    """Keys of rows that were read or written under a condition, by table; and UUIDs, which name a row by themselves."""

    def __init__(self):
        self.by_table: dict[str, set] = defaultdict(set)

    def learn(self, table: str, value) -> None:
        if value is not None:
            self.by_table[table].add(_same(value))

    def learn_uuids(self, values) -> None:
        for value in values:
            if (text := _as_uuid(value)) is not None:
                self.by_table["uuid"].add(text)

    def knows(self, table: str, value) -> bool:
        return _same(value) in self.by_table[table]


def _as_uuid(value) -> str | None:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, str) and len(value) in (32, 36):
        try:
            return uuid.UUID(value).hex
        except ValueError:
            return None
    return None


def _same(value) -> str:
    """One form for a key: SQLite keeps a UUID as 32 characters."""
    return _as_uuid(value) or str(value)


def _binds(condition, bound: set[str], keys: Keys, parameters) -> set[str]:
    if isinstance(condition, Bind):
        values = [parameters[v.position] if isinstance(v, Parameter) else v for v in condition.values]
        return {condition.alias} if all(keys.knows(condition.table, value) for value in values) else set()
    if isinstance(condition, Join):
        return {condition.alias} if condition.other in bound else set()
    parts = [_binds(part, bound, keys, parameters) for part in condition.parts]
    if isinstance(condition, Either):
        return set.intersection(*parts) if parts else set()
    return set().union(*parts)


def unbound_tables(plan: Plan, keys: Keys, parameters) -> tuple[str, ...]:
    """Tenant tables of the statement that no condition binds."""
    missing = []
    for block in plan.blocks:
        bound = set(block.given)
        while more := _binds(block.condition, bound, keys, parameters) - bound:
            bound |= more
        missing += [name for alias, name in block.tenants.items() if alias not in bound]
    return tuple(dict.fromkeys(missing))


# The stack: which unit of work is this, and who asks?


@dataclass(frozen=True)
class Stack:
    """`door` is the frame of the outermost door or None, `system` whether a function of `SYSTEM` is on the stack."""

    door: Any
    is_system: bool
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


def read_stack(frame) -> Stack:
    doors = _DOORS | task_codes()
    door, is_system, ours = None, False, None
    while frame is not None:
        code = frame.f_code
        if code in doors:
            door = frame
        if ours is None and code.co_filename.startswith((*_APPLICATION, _TESTS)):
            ours = frame
            place = f"{Path(code.co_filename).relative_to(ROOT)}:{frame.f_lineno} in {code.co_qualname}"
        is_system = is_system or f"{frame.f_globals.get('__name__')}:{code.co_qualname}" in SYSTEM
        frame = frame.f_back
    is_application = ours is not None and not ours.f_code.co_filename.startswith(_TESTS)
    return Stack(door, is_system, is_application, place if ours is not None else "outside the project's files")


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
        if _names_of_tenant_tables().search(text) and not _is_about_tables(text):
            plan = self._check(cursor, text, parameters, stack, keys)
        cursor.statement = (keys, plan, parameters)
        if text.startswith("INSERT"):
            keys.learn_uuids(parameters or ())

    def _check(self, cursor, sql: str, parameters, stack: Stack, keys: Keys) -> Plan | None:
        is_watched = (stack.door is not None or stack.is_application) and not stack.is_system
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

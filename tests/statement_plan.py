"""Reads a statement: which tenant tables it touches, and which of its conditions bind them (the rule: tests/statement_log.py)."""

import functools
import re
import sys
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from django.apps import apps
from django.db.models import UUIDField
from sqlglot import exp

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
    # Columns that name one row by themselves.
    unique: set[str] = field(default_factory=set)


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
        table.unique = {f.column for f in options.local_concrete_fields if f.unique}
        found[table.name] = table
    return found


@functools.cache
def names_of_tenant_tables() -> re.Pattern:
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
    """One SELECT, UPDATE or DELETE with the tenant tables it names itself.

    `given` are derived tables, whose rows were read under the conditions of their own block. A table that all organizations
    share is not given: it is bound when a condition names one of its rows, such as the slug of an organization.
    """

    tenants: dict[str, str]
    names: frozenset[str]
    given: frozenset[str]
    condition: Every
    # The blocks around this one, from inside out, by their place in the plan.
    around: tuple[int, ...]


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
    common = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    nodes = list(tree.find_all(exp.Select, exp.Update, exp.Delete))
    places = {id(node): place for place, node in enumerate(nodes)}
    blocks = [_block(node, common, tuple(places[id(outer)] for outer in _ancestors(node))) for node in nodes]
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


def _block(node, common: dict[str, exp.Expression], around: tuple[int, ...]) -> Block:
    sources = _sources(node)
    tables_of = {a: source.name for a, source in sources.items() if isinstance(source, exp.Table) and source.name not in common}
    tenants = {alias: name for alias, name in tables_of.items() if name in tables() and tables()[name].is_tenant}
    derived = {alias: common.get(source.name, source) for alias, source in sources.items() if alias not in tables_of}
    given = frozenset(alias for alias, source in derived.items() if _reads_tenants(source))
    reader = _Conditions({alias: tables_of.get(alias, "") for alias in sources})
    where = node.args.get("where")
    parts = [reader.read(where.this)] if where else []
    for join in node.args.get("joins") or []:
        if (on := join.args.get("on")) is not None:
            only = None if (join.side or "").upper() not in {"LEFT", "FULL"} else join.this.alias_or_name
            parts.append(_restricted(reader.read(on), only))
    return Block(tenants, frozenset(sources), given, Every(tuple(parts)), around)


def _reads_tenants(node) -> bool:
    """Whether a query reads a tenant table: its rows then come under the conditions that its own block must have."""
    return any(source.name in tables() and tables()[source.name].is_tenant for source in node.find_all(exp.Table))


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

    def __init__(self, names: dict[str, str]):
        self.names = names

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
        while isinstance(node, exp.Cast | exp.Upper | exp.Lower):
            node = node.this.unnest()
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
                yield Join(here[0], there[0])
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
        if all(isinstance(value, exp.Query | exp.Subquery) for value in values):
            # The subquery is a block of its own; its rows were read under a condition.
            if self._is_key(alias, column) and all(_reads_tenants(value) or _names_its_row(value) for value in values):
                yield Bind(alias)
            return
        read = tuple(_value(value) for value in values)
        if any(value is None for value in read):
            return
        if table.is_tenant:
            if column in table.owners and column != table.primary_key:
                yield Bind(alias)
            elif column in table.keys:
                yield Bind(alias, table.keys[column], read)
            elif column in table.uuids:
                yield Bind(alias, "uuid", read)
        elif column in table.unique:
            yield Bind(alias)

    def _is_key(self, alias: str, column: str) -> bool:
        table = tables().get(self.names[alias])
        return table is None or column in table.keys or column in table.uuids


def _names_its_row(query) -> bool:
    """Whether a query of shared tables asks for a row by its name, such as the user with an address."""
    select = query.find(exp.Select)
    where = select.args.get("where") if select is not None else None
    if where is None:
        return False
    names = {alias: source.name for alias, source in _sources(select).items() if isinstance(source, exp.Table)}
    return bool(_binds(_Conditions(names).read(where.this), set(), Keys(), defaultdict(lambda: None)))


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
    bound_in: list[set[str]] = []
    for block in plan.blocks:
        bound = set(block.given)
        hidden = set(block.names)
        for place in block.around:
            bound |= bound_in[place] - hidden
            hidden |= plan.blocks[place].names
        while more := _binds(block.condition, bound, keys, parameters) - bound:
            bound |= more
        bound_in.append(bound)
        missing += [name for alias, name in block.tenants.items() if alias not in bound]
    return tuple(dict.fromkeys(missing))

"""The machinery of the matrix of access: the routes of the resolver, the cells of each, and one request for each cell."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode

from tests.access_policy import ROLES, DataClass
from tests.access_world import World, missing

# Tables that a reading request may write, with the reason.
BOOKKEEPING = {
    "accounts_session": "the session remembers the sign-in and the notes for the next page",
    "account_emailaddress": "allauth copies a user's address when a link for a new password is opened",
    "cache_entry": "counters of how often a sign-in was tried and the API was called",
}
LET_IN = {200, 201, 202, 204, 301, 302, 303, 400, 409, 422}


@dataclass(frozen=True)
class Route:
    """A named address. `parameters` are the parts of it that vary."""

    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: str

    def __str__(self):
        return self.name or self.pattern


def routes(resolver=None, prefix: str = "", names: tuple[str, ...] = (), given: tuple[str, ...] = ()) -> Iterator[Route]:
    """Every route of the resolver; the same view under a format suffix (`.json`) counts as the route itself."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        parameters = (*given, *_parameters(entry.pattern))
        if isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from routes(entry, pattern, inner, parameters)
        elif isinstance(entry, URLPattern) and "format" not in parameters:
            view = getattr(entry.callback, "view_class", getattr(entry.callback, "cls", entry.callback))
            # A route without a name and without parameters is known by its address.
            unnamed = "" if parameters else f"/{pattern}"
            yield Route(
                ":".join([*names, entry.name]) if entry.name else unnamed, pattern, parameters, f"{view.__module__}.{view.__name__}"
            )


def _parameters(pattern) -> tuple[str, ...]:
    if hasattr(pattern, "regex") and not getattr(pattern, "converters", None):
        return tuple(pattern.regex.groupindex)
    return tuple(pattern.converters)


def line_to_add(route: Route) -> str:
    """What the policy needs for a route that it does not know."""
    named = ", ".join(f'{name}="…"' for name in route.parameters)
    suffix = f".of({named})" if named else ""
    if not route.name:
        return f"    /{route.pattern} ({route.view}) has no name: give it one in its urls"
    return f'    "{route.name}": <class of data>{suffix},  # /{route.pattern} {route.view}'


@dataclass(frozen=True)
class Cell:
    method: str
    role: str
    side: str

    def __str__(self):
        return f"{self.method} by {self.role}, {self.side} organization"

    def is_of_other(self, parameter: str) -> bool:
        """Whether the parameter names an object of the other organization."""
        return self.side == "other" or self.side.endswith(f" {parameter}")


def sides_of(rule: DataClass) -> tuple[str, ...]:
    """`own`; `other`, with every object of the other organization; and where an address names several, each one alone."""
    in_path = [parameter for parameter, name in (rule.path | rule.query).items() if ":" not in name]
    names_objects = in_path or any(value.startswith("object:") for value in rule.posted.values())
    if rule.is_apart or not names_objects:
        return ("own",)
    return ("own", "other", *(f"own organization but for {name}" for name in in_path if len(in_path) > 1))


def cells(rule: DataClass) -> Iterator[Cell]:
    in_path = any(":" not in name for name in (rule.path | rule.query).values())
    for side in sides_of(rule):
        for method in rule.methods:
            if side != "own" and not in_path and method == "GET":
                continue
            for role in ROLES:
                yield Cell(method, role, side)


def expected(rule: DataClass, cell: Cell) -> set[str]:
    """Outcomes that the policy allows in a cell."""
    refusal = rule.refusals.get(cell.role, "404")
    if cell.method not in rule.let_in:
        # Whoever may enter by another method learns that this one does not exist; others may be refused before.
        enters = any(cell.role in roles for roles in rule.let_in.values())
        return {"405"} if enters and cell.side == "own" else {"405", refusal}
    if cell.role not in rule.let_in[cell.method]:
        return {refusal}
    return {"in"} if cell.side == "own" else {"404"}


@dataclass
class Answer:
    outcome: str
    status: int
    body: bytes
    # Tables that the request wrote, without the bookkeeping.
    written: set[str]
    location: str = ""


class Caller:
    """Sends the requests. Each one is rolled back, so that no cell sees what another one did."""

    def __init__(self, world: World):
        self.world = world
        # One handler for all: its middleware is built once.
        self.client = Client()
        self.strict = Client(enforce_csrf_checks=True)

    def call(self, route: Route, rule: DataClass, cell: Cell, *, is_strict: bool = False, is_missing: bool = False) -> Answer:
        client = self.strict if is_strict else self.client
        client.cookies.clear()
        if session := self.world.sessions.get(cell.role):
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        path = {name: self._value(name, rule.path[name], cell, is_missing) for name in route.parameters}
        query = {name: self._value(name, text, cell, is_missing) for name, text in rule.query.items()}
        address = (route.name if route.name.startswith("/") else reverse(route.name, kwargs=path)) + (
            f"?{urlencode(query)}" if query else ""
        )
        form = {name: str(self._value(name, text, cell, is_missing)) for name, text in rule.posted.items()}
        with transaction.atomic(), writes() as written:
            if cell.method == "GET":
                response = client.get(address)
            elif cell.method == "POST" and not rule.sends_json:
                response = client.post(address, form)
            else:
                response = client.generic(cell.method, address, "{}", content_type="application/json")
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        return Answer(outcome_of(response, rule), response.status_code, body, written - set(BOOKKEEPING), response.get("Location", ""))

    def _value(self, parameter: str, named: str, cell: Cell, is_missing: bool):
        """What stands for the parameter: a literal `text:…`, else the object, or where asked one that does not exist."""
        kind, _colon, rest = named.rpartition(":")
        if kind == "text":
            return rest
        side = self.world.other if cell.is_of_other(parameter) else self.world.own
        value = side.value(rest, cell.role)
        return missing(value) if is_missing and cell.is_of_other(parameter) else value


def outcome_of(response, rule: DataClass) -> str:
    """`in`, `sign-in`, or the status of the refusal."""
    if rule.refusals and response.status_code == 302 and response["Location"].split("?")[0] == reverse(settings.LOGIN_URL):
        return "sign-in"
    return "in" if response.status_code in {*LET_IN, *rule.also_in} else str(response.status_code)


_WRITES = re.compile(r'\s*(?:WITH\b.*?)?\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE | re.DOTALL)


@contextmanager
def writes():
    """The names of the tables that statements write in the block."""
    written: set[str] = set()

    def listen(execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith("SELECT") and (found := _WRITES.match(sql)):
            written.add(found.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield written


_RANDOM = [
    re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(rb'nonce="[^"]*"'),
    re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]*'),
    re.compile(rb'(?<="X-CSRFToken": ")[^"]*'),
]


def masked(body: bytes) -> bytes:
    """The body without ids and what is drawn for each answer."""
    for pattern in _RANDOM:
        body = pattern.sub(b"...", body)
    return body

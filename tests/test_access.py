"""The matrix of access: every route x method x role x own and other organization, decided by tests/access_policy.py (S1, S2, S12).

Templates are rendered for real: a page that breaks for one role is found, and a body can tell an object of another organization.
"""

import types

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import get_resolver, path
from django.views.decorators.csrf import csrf_exempt

from accounts.signin.decorators import member_required
from reinforcement.models import Question
from tests import statement_log
from tests.access_matrix import Caller, Cell, Route, cells, expected, line_to_add, masked, routes
from tests.access_policy import MEMBERS, POLICY, ROLES, content_pages, own_pages, own_verbs
from tests.access_world import make_world

pytestmark = pytest.mark.django_db

ROUTES = sorted(routes(), key=str)
DECIDED = [route for route in ROUTES if route.name in POLICY]


@pytest.fixture(scope="module")
def caller(django_db_setup, django_db_blocker):
    """The two organizations, made once for all cells and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Caller(make_world())
        transaction.set_rollback(True)


def test_every_route_is_decided(capsys):
    undecided = [line_to_add(route) for route in ROUTES if route.name not in POLICY]
    unnamed = [
        f"{line_to_add(route)}  # name an object for: {', '.join(sorted(set(route.parameters) - set(POLICY[route.name].path)))}"
        for route in DECIDED
        if not set(route.parameters) <= set(POLICY[route.name].path)
    ]
    with capsys.disabled():
        count = sum(1 for route in DECIDED for _cell in cells(POLICY[route.name]))
        print(f"\naccess: {len(ROUTES)} routes, {count} cells, {len(undecided) + len(unnamed)} routes undecided")  # noqa: T201 - the figure of the matrix
    assert not undecided + unnamed, "\n".join(["Undecided; add to POLICY in tests/access_policy.py:", *undecided, *unnamed])


def test_the_policy_names_only_routes_that_are_there():
    assert set(POLICY) <= {route.name for route in ROUTES}


def mismatches(caller: Caller, route: Route, rule) -> list[str]:
    found = []
    for cell in cells(rule):
        answer = caller.call(route, rule, cell)
        if answer.outcome not in expected(rule, cell):
            found.append(f"{cell}: {answer.outcome} ({answer.status} {answer.location}), not {' or '.join(sorted(expected(rule, cell)))}")
        if answer.written and (cell.method == "GET" or answer.outcome != "in"):
            found.append(f"{cell}: {answer.outcome}, and wrote {', '.join(sorted(answer.written))}")
        if cell.side != "own" and cell.role in rule.let_in.get(cell.method, ()):
            nowhere = caller.call(route, rule, cell, is_missing=True)
            if (masked(answer.body), answer.status) != (masked(nowhere.body), nowhere.status):
                found.append(f"{cell}: the answer differs from the one for an object that does not exist")
    return found


@pytest.mark.parametrize("route", DECIDED, ids=str)
def test_each_cell_is_as_decided(caller, route):
    found = mismatches(caller, route, POLICY[route.name])
    assert not found, "\n".join([f"{route.name} /{route.pattern}", *found])


def without_token(caller: Caller, route: Route, rule) -> list[str]:
    """Posts of those who are let in, without the CSRF token: each must be a 403 and change nothing."""
    found = []
    for method in set(rule.let_in) - {"GET"}:
        for role in (rule.let_in[method] or ROLES)[-1:]:
            answer = caller.call(route, rule, Cell(method, role, "own"), is_strict=True)
            # Where nobody is let in there may be nothing at all to refuse.
            if answer.status not in ({403} if rule.let_in[method] else {403, 404}) or answer.written:
                found.append(f"{method} by {role} without a CSRF token: {answer.status}, wrote {sorted(answer.written)}")
    return found


@pytest.mark.parametrize("route", [route for route in DECIDED if set(POLICY[route.name].let_in) - {"GET"}], ids=str)
def test_a_change_without_the_csrf_token_is_refused(caller, route):
    assert not without_token(caller, route, POLICY[route.name])


# The twins: a planted view that breaks the rule is found.


@pytest.fixture
def planted(caller, settings):
    """Runs the matrix over one view, which stands at /planted/ with or without an object in its address."""

    def run(view, rule):
        module = types.ModuleType("planted")
        address = "planted/<uuid:public_id>/" if rule.path else "planted/"
        module.urlpatterns = [path(address, view, name="planted"), *get_resolver("config.urls").url_patterns]
        settings.ROOT_URLCONF = module
        [route] = [route for route in routes(get_resolver(module)) if route.name == "planted"]
        return mismatches(caller, route, rule), without_token(caller, route, rule)

    return run


def test_a_view_without_its_check_is_found(planted):
    found, _tokens = planted(lambda request: HttpResponse("all of it"), own_pages)
    assert any("visitor" in line for line in found)


def test_a_view_that_finds_other_organizations_objects_is_found(planted):
    @member_required
    def view(request, public_id):
        return HttpResponse(get_object_or_404(Question, public_id=public_id).pk)

    found, _tokens = planted(view, content_pages.of(public_id="question"))
    statement_log.log.violations = []
    assert any("other organization" in line and "author" in line for line in found)


def test_a_get_that_writes_is_found(planted):
    @member_required
    def view(request):
        request.member.name = "changed"
        request.member.save()
        return HttpResponse()

    found, _tokens = planted(view, own_pages)
    assert sum("wrote accounts_member" in line for line in found) >= len(MEMBERS)


def test_a_view_that_answers_any_method_is_found(planted):
    found, _tokens = planted(member_required(lambda request: HttpResponse()), own_pages)
    assert any(line.startswith("PUT by seller") for line in found)


def test_a_post_without_csrf_protection_is_found(planted):
    _found, tokens = planted(csrf_exempt(member_required(lambda request: HttpResponse())), own_verbs)
    assert tokens
    _found, tokens = planted(member_required(lambda request: HttpResponse()), own_verbs)
    assert not tokens


def test_an_undecided_route_says_which_line_to_add():
    route = Route("coaching:visit", "visits/<uuid:public_id>/", ("public_id",), "coaching.visits.views.visit")
    assert '"coaching:visit": <class of data>.of(public_id="…"),' in line_to_add(route)
    assert "has no name" in line_to_add(Route("", "x/", (), "coaching.views.x"))

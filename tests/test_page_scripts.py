"""Charts that plotly.js draws are for managers, HR and leadership: no page that a seller opens brings them."""

import pytest
from django.db import transaction
from django.urls import reverse

from tests.access_matrix import Caller, Cell, routes
from tests.access_policy import POLICY
from tests.access_world import make_world
from tests.factories import LastAnswersFactory, make_line

pytestmark = pytest.mark.django_db

OF_CHARTS = ("js/charts.js", "vendor/plotly.min.js", "vendor/chart.css")
# Pages that a seller opens, and nobody who reads charts only.
SELLERS_PAGES = [
    route for route in sorted(routes(), key=str) if route.name in POLICY and "seller" in POLICY[route.name].let_in.get("GET", ())
]


@pytest.fixture(scope="module")
def caller(django_db_setup, django_db_blocker):
    """The two organizations of the matrix of access, made once and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Caller(make_world())
        transaction.set_rollback(True)


def test_sellers_pages_are_found():
    assert {"reinforcement:today", "reinforcement:progress", "accounts:me"} <= {route.name for route in SELLERS_PAGES}


@pytest.mark.parametrize("route", SELLERS_PAGES, ids=str)
def test_seller_loads_nothing_of_charts(caller, route):
    answer = caller.call(route, POLICY[route.name], Cell("GET", "seller", "own"))
    assert answer.outcome == "in"
    assert not [name for name in OF_CHARTS if name in str(answer.body)]


def test_manager_loads_the_charts(client):
    manager, [seller] = make_line(sellers=1)
    LastAnswersFactory(member=seller)
    client.force_login(manager.user)
    page = client.get(reverse("reinforcement:team")).content.decode()
    assert all(name in page for name in OF_CHARTS)

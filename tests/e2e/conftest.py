"""A real browser for the journeys: one Chromium for all, a page of its own for each test."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from accounts.middleware import MEMBER_SESSION_KEY
from tests.e2e.browsing import DESK, PHONE, Watch

HERE = Path(__file__).resolve().parent
# Long enough for a busy machine; nothing asserts how long something takes.
PATIENCE_MILLISECONDS = 15_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def open_page(browser, live_server, transactional_db, settings):
    """Opens a page with cookies of its own: `open_page(PHONE)`. What no page may do fails the test at its end."""
    cache.clear()
    settings.SITE_URL = live_server.url
    contexts, watches = [], []

    def opened(size=DESK, **options):
        options = {"base_url": live_server.url, "viewport": size, "has_touch": size == PHONE, "locale": "en-GB"} | options
        context = browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        watches.append(Watch(context, live_server.url))
        return context.new_page()

    yield opened
    for context in contexts:
        # A request that is still under way would meet the emptying of the database.
        for page in context.pages:
            page.goto("about:blank")
        context.close()
    troubles = [trouble for watch in watches for trouble in watch.troubles]
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def phone(open_page):
    return open_page(PHONE)


@pytest.fixture
def desk(open_page):
    return open_page(DESK)


@pytest.fixture(params=["phone", "desk"])
def device(request, open_page):
    """The same journey on a phone and at a desk."""
    return open_page(PHONE) if request.param == "phone" else open_page(DESK)


@pytest.fixture
def sign_in(live_server):
    """`sign_in(page, member)`: the page's browser is signed in and acts for the member."""

    def signed_in(page, member):
        client = Client()
        client.force_login(member.user)
        session = client.session
        session[MEMBER_SESSION_KEY] = member.pk
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return signed_in

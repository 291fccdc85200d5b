"""What all tests share."""

import os
import shutil

# Playwright runs an event loop in the thread of the test; the tests' own queries are meant.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import hypothesis
import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import sync_playwright

from tests import figures, statement_log

# A busy machine is no reason to fail: nothing here asserts a time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def pytest_configure(config):
    statement_log.install()


@pytest.fixture
def figure(record_property):
    """`figure(row, what, bar, seen)`: a measured figure of this test, for the table at the end of the run (tests/figures.py)."""

    def recorded(row: str, what: str, bar: object, seen: object) -> None:
        record_property(figures.PROPERTY, [row, what, str(bar), str(seen)])

    return recorded


def pytest_terminal_summary(terminalreporter):
    figures.write_table(terminalreporter)


@pytest.fixture(scope="session")
def browser():
    """Chromium of the machine. Its absence is an error: a journey that nobody made proves nothing."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("The browser tests need Chromium: install the package chromium, or run `make test-fast`.", pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(autouse=True, scope="module")
def _keys_of_this_module_only():
    statement_log.log.forget_keys()


@pytest.fixture(autouse=True)
def _language_of_the_source():
    """A request leaves its language with the thread, as in production, where the next request brings its own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _nothing_kept_of_another_test():
    """A process keeps wordings and fitted models that it has read; between tests the database forgets them and gives their keys again."""
    # Loaded here: models are there only once Django is.
    from reinforcement.memory.store import models_of
    from reinforcement.questions.kept import wording_with_version

    models_of.cache_clear()
    wording_with_version.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    statement_log.log.start_test()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test whose application code ran a statement outside the rule fails, whatever it asserts."""
    result = yield
    if violations := statement_log.log.violations:
        pytest.fail("\n".join(["Statements outside the rule of access:", *map(str, violations)]), pytrace=False)
    return result

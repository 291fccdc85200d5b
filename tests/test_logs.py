"""Lines of the log in production: one JSON object each, with what an operator needs and without people, their words, or keys."""

import json
import logging
import sys
import threading
import uuid

import pytest
from django.db import DatabaseError
from django.test import Client, RequestFactory
from gunicorn.glogging import SafeAtoms

from config import environment, logs
from config.celery import app as celery
from config.logs import JsonFormatter, masked
from config.middleware import RequestIdMiddleware
from outbox.wake import _start
from tests.factories import SellerFactory
from tests.reinforcement.asking import signed_in

ADDRESS = "anna.maes@acme.example"


def line_of(record: logging.LogRecord) -> dict:
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def record(message, *arguments, name="reinforcement", level=logging.WARNING, error=None, **extra):
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.getLogger(name).makeRecord(name, level, "file", 1, message, arguments, info, extra=extra)
    return made


@pytest.fixture
def lines():
    """Collects the lines that the root logger writes."""
    written: list[dict] = []

    class Collecting(logging.Handler):
        def emit(self, made):
            written.append(line_of(made))

    handler = Collecting()
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Not Found: /t/AbC-12.x/", "Not Found: /t/-/"),
        ("GET /t/AbC-12.x/stop/?q=1", "GET /t/-/"),
        ("/invitation/0b0e4a5c-9b1f-4a52-a3d7-000000000000/", "/invitation/-/"),
        ("/accounts/password/reset/key/3-set-password/", "/accounts/password/reset/key/-/"),
        ("Error at /people/?q=Anna and more", "Error at /people/ and more"),
        (f"refused <{ADDRESS}> and {ADDRESS}: no", "refused <-> and -: no"),
        ("/people/teams/", "/people/teams/"),
        ("12 sets prepared. Why? Because.", "12 sets prepared. Why? Because."),
    ],
)
def test_keys_questions_and_addresses_are_masked(text, written):
    assert masked(text) == written


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    note = "canary in a local variable"
    try:
        raise error from cause
    except type(error) as caught:
        assert note
        return caught


def test_an_error_is_told_by_type_code_and_place_and_never_by_its_text():
    cause = OSError(111, "canary")
    text = json.dumps(line := line_of(record("it failed: %s", DatabaseError("canary"), error=raised(DatabaseError("canary"), cause))))
    assert "canary" not in text
    assert line["message"] == "it failed: django.db.utils.DatabaseError"
    assert [entry["type"] for entry in line["error"]] == ["django.db.utils.DatabaseError", "builtins.ConnectionRefusedError"]
    assert line["error"][1]["code"] == 111
    assert any("tests/test_logs.py" in place and place.endswith(" raised") for place in line["error"][0]["at"])


def test_what_libraries_hang_on_a_record_stays_out():
    line = line_of(record("heard", data={"args": "canary"}, note="canary"))
    assert set(line) == {"time", "level", "logger", "message"}


def test_a_failing_task_leaves_its_error_and_arguments_out_of_the_log(lines):
    @celery.task(name="tests.failing")
    def failing(note):
        raise ValueError("canary")

    try:
        failing.apply(("canary",))
    finally:
        celery.tasks.unregister("tests.failing")
    [line] = [line for line in lines if line["logger"] == "celery.app.trace"]
    assert "canary" not in json.dumps(line)
    assert (line["level"], line["error"][0]["type"]) == ("ERROR", "builtins.ValueError")
    assert "tests.failing" in line["message"]


def test_lines_of_a_task_carry_its_name_and_id(lines):
    @celery.task(name="tests.talking")
    def talking():
        logging.getLogger("reinforcement").warning("at work")

    try:
        result = talking.apply()
    finally:
        celery.tasks.unregister("tests.talking")
    [line] = [line for line in lines if line["message"] == "at work"]
    assert (line["task"], line["task_id"]) == ("tests.talking", result.id)


@pytest.mark.django_db
def test_lines_of_a_request_carry_its_id_and_public_ids_only(lines, monkeypatch):
    seller = SellerFactory(name="canary", email="canary@acme.example")
    browser = signed_in(seller)
    browser.raise_request_exception = False

    def fail(*_arguments, **_options):
        raise ValueError("canary")

    monkeypatch.setattr("reinforcement.today.views.render", fail)
    given = uuid.uuid4().hex
    answer = browser.get("/today/?q=canary", headers={"X-Request-ID": given})
    assert (answer.status_code, answer["X-Request-ID"]) == (500, given)
    [line] = [line for line in lines if line["level"] == "ERROR"]
    assert line["request_id"] == given
    assert line["member"] == str(seller.public_id)
    assert line["organization"] == str(seller.organization.public_id)
    assert line["message"] == "Internal Server Error: /today/"
    assert "canary" not in json.dumps(lines)


@pytest.mark.parametrize("given", ["", "short", "x" * 200, 'abc","level":"0123456789', "0123456789abcdef\ninjected"])
def test_an_id_that_no_proxy_made_is_replaced(given):
    request = RequestFactory().get("/", headers={"X-Request-ID": given})
    RequestIdMiddleware(lambda request: {})(request)
    assert uuid.UUID(hex=request.id)


@pytest.mark.django_db
def test_work_in_the_background_logs_under_the_request_that_woke_it(monkeypatch):
    seen = []
    done = threading.Event()

    def deliver(pk):
        seen.append(logs.request_in_hand.get())
        done.set()

    monkeypatch.setattr("outbox.wake._deliver", deliver)
    request = RequestFactory().get("/")
    RequestIdMiddleware(lambda request: _start(1) or {})(request)
    assert done.wait(10)
    assert seen == [request]
    assert logs.request_in_hand.get() is None


def test_gunicorns_line_has_no_key_no_query_and_no_client():
    atoms = SafeAtoms({"m": "GET", "U": "/t/canary/", "s": "200", "L": "0.01", "{x-request-id}o": "abc", "h": "192.0.2.1", "q": "canary"})
    line = line_of(record("%(m)s %(U)s", atoms, name="gunicorn.access", level=logging.INFO))
    assert line.pop("time")
    assert line == {
        "level": "INFO",
        "logger": "gunicorn.access",
        "message": "GET /t/-/",
        "status": 200,
        "seconds": 0.01,
        "request_id": "abc",
    }


def test_errors_that_nobody_caught_become_a_line(lines, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logs.watch_uncaught()
    error = raised(ValueError("canary"))
    sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=raised_again, args=(error,))
    thread.start()
    thread.join()
    assert [(line["logger"], line["error"][0]["type"]) for line in lines] == [("uncaught", "builtins.ValueError")] * 2
    assert "canary" not in json.dumps(lines)


def raised_again(error):
    raise error


@pytest.mark.parametrize(
    ("mode", "given", "is_json"), [("TESTING", "", False), ("", "", True), ("", "lines", False), ("TESTING", "json", True)]
)
def test_production_writes_json_and_others_write_lines_unless_told(monkeypatch, mode, given, is_json):
    for name in ("DEBUG", "DEMO", "TESTING", "LOG_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    if mode:
        monkeypatch.setenv(mode, "1")
    if given:
        monkeypatch.setenv("LOG_FORMAT", given)
    assert environment.logs_are_json() == is_json
    assert isinstance(logs.formatter(), JsonFormatter) == is_json


@pytest.mark.django_db
def test_pages_for_machines_answer_under_any_host_name_and_others_do_not(settings):
    settings.ALLOWED_HOSTS = [".feedforward.example"]
    by_number = Client(headers={"host": "10.0.0.7:8000"})
    assert by_number.get("/healthz").status_code == 200
    assert by_number.get("/accounts/login/").status_code == 400

"""One morning through the shipped files: every service's own command, nginx in front over TLS, a seller with a mail in Chromium."""

import contextlib
import json
import os
import re
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from playwright.sync_api import expect

from tests.deploy.conftest import OWNER_ADDRESS, PROMPT, RIGHT, SELLER, SELLER_ADDRESS
from tests.deploy.containers import ROOT, settings_of_postgres
from tests.deploy.installation import METRICS_TOKEN
from tests.e2e.browsing import PHONE, Watch, press
from tests.e2e.mailing import links_in
from tests.parts.servers import postgres_server, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.faults]


def mail_to(mail, address):
    return next((message for message in mail.received if message["To"] == address), None)


def test_seller_answers_the_question_that_beat_and_worker_brought(installation, mail, browser):
    wait_for(lambda: mail_to(mail, SELLER_ADDRESS) and mail_to(mail, OWNER_ADDRESS), "both mails are there")
    message = mail_to(mail, SELLER_ADDRESS)
    link = links_in(message.get_body(("html",)).get_content())["Answer now"]
    assert link.startswith(f"{installation.url}/t/")
    context = browser.new_context(viewport=PHONE, has_touch=True, ignore_https_errors=True, locale="en-GB", reduced_motion="reduce")
    watch = Watch(context, installation.url)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(PROMPT)
    page.locator("label.answer", has_text=RIGHT).tap()
    press(page, "Check")
    expect(page.get_by_role("heading", level=1)).to_have_text("Right")
    context.close()
    assert not watch.troubles, watch.troubles
    check_metrics_of_the_morning(installation)
    check_logs(installation, [*secrets_of(mail), installation.api_token])


def check_metrics_of_the_morning(installation):
    _status, _headers, body = installation.ask_web("/metrics", Authorization=f"Bearer {METRICS_TOKEN}")
    text = body.decode()
    assert re.search(r'^feedforward_requests_total\{status="3xx",view="reinforcement:link"\} [1-9]', text, re.MULTILINE), text
    assert re.search(r"^feedforward_sets_owed 0\.0$", text, re.MULTILINE)
    assert re.search(r"^feedforward_database_up 1\.0$", text, re.MULTILINE)
    assert len(set(re.findall(r'process_resident_memory_bytes\{pid="(\d+)"\}', text))) == 2
    assert "canary" not in text


def secrets_of(mail) -> list[str]:
    """The keys in the links of all mails: what follows /t/ and /invitation/."""
    bodies = " ".join(message.get_body(("plain",)).get_content() for message in mail.received)
    found = re.findall(r"/(?:t|invitation)/([^/\s?]+)", bodies)
    assert found
    return found


def check_logs(installation, secrets):
    """No name, address, question, answer or key in any line of any process, and every line of ours is JSON."""
    installation.ask(f"/t/{secrets[0]}/?q=canary-query")
    installation.ask("/people/?q=canary-query")
    installation.ask("/canary-mail@acme.example/")
    wait_for(lambda: installation.log_of("nginx").read_text().count("/people/") >= 1, "nginx has written")
    wait_for(lambda: installation.log_of("web").read_text().count("/people/") >= 1, "gunicorn has written")
    for name in installation.processes:
        text = installation.log_of(name).read_text()
        for secret in ("canary", SELLER, *secrets):
            assert secret not in text, (name, secret, [line for line in text.splitlines() if secret in line])
    for name in ("web", "nginx"):
        lines = [json.loads(line) for line in installation.log_of(name).read_text().splitlines()]
        assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, lines))
        assert any("/t/-/" in line["message"] for line in lines)
    requests = {name: ids_of_requests(installation, name) for name in ("web", "nginx")}
    assert requests["web"] & requests["nginx"]


@pytest.mark.parametrize("settings", [settings_of_postgres(), {}], ids=["as shipped", "by default"])
def test_postgres_writes_that_it_refused_a_row_and_only_by_default_what_stood_in_it(settings):
    with TemporaryDirectory() as directory, postgres_server(Path(directory), settings) as server:
        with contextlib.closing(psycopg2.connect(server.url())) as link, link.cursor() as cursor:
            cursor.execute("CREATE TABLE person (address text PRIMARY KEY)")
            cursor.execute("INSERT INTO person VALUES ('canary@acme.example')")
            with pytest.raises(psycopg2.errors.UniqueViolation):
                cursor.execute("INSERT INTO person VALUES ('canary@acme.example')")
        text = server.log.read_text()
        assert "duplicate key value" in text
        assert ("canary" in text) == (not settings)


def ids_of_requests(installation, name):
    lines = map(json.loads, installation.log_of(name).read_text().splitlines())
    return {line["request_id"] for line in lines if line["message"] == "GET /t/-/"}


@pytest.mark.parametrize("path", ["/healthz", "/events/healthz", "/readyz"])
def test_health_is_answered_through_nginx(installation, path):
    status, _headers, body = installation.ask(path)
    assert (status, json.loads(body)["status"]) == (200, "ok")


def test_pages_carry_security_headers_and_arrive_compressed(installation):
    status, headers, _body = installation.ask("/accounts/login/", **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert "includeSubDomains" in headers["strict-transport-security"]
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["server"] == "nginx"
    assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"])
    assert "__Host-csrf=" in headers["set-cookie"]
    assert "Secure" in headers["set-cookie"]


def test_static_files_are_compressed_and_kept(installation):
    _status, _headers, page = installation.ask("/accounts/login/")
    address = re.search(r'href="(/static/vendor/app\.[0-9a-f]+\.css)"', page.decode())[1]
    for encoding in ("br", "gzip"):
        status, headers, _body = installation.ask(address, **{"Accept-Encoding": encoding})
        assert (status, headers["content-encoding"]) == (200, encoding)
        assert "immutable" in headers["cache-control"]
        assert headers["x-content-type-options"] == "nosniff"


def test_nothing_but_events_is_behind_events_and_metrics_are_not_for_the_world(installation):
    assert installation.ask("/events/other")[0] == 404
    assert installation.ask("/metrics", Authorization=f"Bearer {METRICS_TOKEN}")[0] == 404
    assert installation.ask_web("/metrics")[0] == 404


def test_health_checks_of_the_compose_file_find_every_service_well(installation):
    """Each check is run as written; for each there is a service that is not there, which it finds."""
    for service in ("web", "events", "worker", "long_worker", "beat"):
        assert health_of(installation, service) == 0, service
    for service in ("web", "events"):
        assert health_of(installation, service, port="1") != 0, service


def health_of(installation, service, port=""):
    kind, *words = installation.compose["services"][service]["healthcheck"]["test"]
    shipped = {"web": "8000", "events": "8001"}.get(service)
    if shipped:
        words = [word.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{port or installation.ports[service]}") for word in words]
    words = [word.replace("/data/", f"{installation.data}/") for word in words]
    environment = installation.environment_of(service, HOSTNAME=socket.gethostname())
    command = words if kind == "CMD" else ["/bin/sh", "-c", *words]
    return subprocess.run(command, cwd=ROOT, env=environment | {"LC_ALL": "C"}, capture_output=True, check=False, timeout=60).returncode


def test_request_with_the_name_of_another_host_is_refused(installation):
    assert installation.ask("/accounts/login/", Host="elsewhere.example")[0] == 400


def test_the_parts_run_as_compose_names_them(installation):
    assert set(installation.processes) == set(installation.compose["services"]) - {"postgres", "redis", "migrate"}
    assert all(os.getpgid(process.pid) == process.pid for process in installation.processes.values())

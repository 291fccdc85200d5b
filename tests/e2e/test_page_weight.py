"""What a phone loads for the question, from the server as it is run: hashed and compressed files behind gunicorn."""

import gzip
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter

import pytest

from tests.e2e.browsing import PHONE, ROOT, Watch
from tests.mail_server import free_port

# frontend budget of the question page, cold: bytes as transferred, with headers. HTML is not compressed here; a proxy does that.
MOST_BYTES = 90_000
MOST_SCRIPT_BYTES = 25_000
MOST_STYLE_BYTES = 16_000
MOST_ZIPPED_HTML_BYTES = 8_000
MOST_REQUESTS = 9
START_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a real server on SQLite with one seller, and the cookie of that seller's session."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    unwanted = {"TESTING", "DEBUG", "DATABASE_URL", "REDIS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in unwanted} | {
        "DEMO": "1",
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "SITE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def run(*command: str) -> str:
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("manage.py", "collectstatic", "--noinput", "-v0")
    run("manage.py", "migrate", "-v0")
    cookie = json.loads(run("-m", "tests.e2e.small_database"))
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    process = subprocess.Popen([*command, "--worker-class", "gthread", "--threads", "4"], cwd=ROOT, env=environment)
    try:
        wait_for(f"{address}/healthz", process)
        yield address, cookie
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The server did not answer at {url}.")


def test_question_page_is_light_when_loaded_cold(browser, server, capsys):
    address, cookie = server
    context = browser.new_context(base_url=address, viewport=PHONE, has_touch=True)
    watch = Watch(context, address)
    context.add_cookies([{**cookie, "url": address}])
    page = context.new_page()
    kinds, sizes, forgotten = {}, {}, []

    def note(event):
        kinds[event["requestId"]] = event["type"]
        if event["type"] != "Document" and "immutable" not in event["response"]["headers"].get("Cache-Control", ""):
            forgotten.append(event["response"]["url"])

    network = context.new_cdp_session(page)
    network.on("Network.responseReceived", note)
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}))
    network.send("Network.enable")
    response = page.goto("/today/", wait_until="networkidle")
    html = len(gzip.compress(response.body()))
    context.close()

    by_kind = Counter()
    for request, size in sizes.items():
        by_kind[kinds[request]] += size
    total = sum(sizes.values())
    with capsys.disabled():
        figures = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in by_kind.most_common())
        print(f"\nquestion page, cold: {total / 1000:.1f} kB in {len(sizes)} requests ({figures}; HTML zipped {html / 1000:.1f})")  # noqa: T201
    assert response.ok
    assert not watch.troubles
    assert {"Document", "Stylesheet", "Script", "Font"} <= set(by_kind), "a kind of file is missing: was it really loaded?"
    assert not forgotten, "these are loaded again with every page"
    assert total <= MOST_BYTES
    assert by_kind["Script"] <= MOST_SCRIPT_BYTES
    assert by_kind["Stylesheet"] <= MOST_STYLE_BYTES
    assert html <= MOST_ZIPPED_HTML_BYTES
    assert len(sizes) <= MOST_REQUESTS

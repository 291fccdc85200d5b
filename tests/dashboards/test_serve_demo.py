"""The demo's processes: they start together, end together, and leave nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.mail_server import free_port

pytestmark = pytest.mark.faults


def environment(data_directory, **more):
    kept = {name: value for name, value in os.environ.items() if name not in {"TESTING", "DATABASE_URL", "REDIS_URL"}}
    return kept | {"DEMO": "1", "DATA_DIR": str(data_directory), "STATIC_ROOT": str(data_directory)} | more


def processes_of(data_directory) -> dict[int, str]:
    """Command lines, by process number, of everything that was started for this data directory."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"DATA_DIR={data_directory}\0".encode() in (entry / "environ").read_bytes():
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it ended while we looked
            continue
    return {number: command for number, command in found.items() if command}  # an ended one has no command line


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A data directory whose database has its tables."""
    directory = tmp_path_factory.mktemp("migrated")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=settings.BASE_DIR, env=environment(directory), check=True)
    return directory


@pytest.fixture
def demo(migrated, tmp_path):
    """A demo that has announced itself, with its `port`; what it printed until then is in `announced`."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve_demo", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.port = port
        process.announced = [process.stdout.readline() for _ in range(3)]
        try:
            yield process
        finally:
            process.kill()
            for number in processes_of(tmp_path):
                os.kill(number, signal.SIGKILL)


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_demo_prints_address_and_sign_in_and_ends_on_sigterm_without_leftovers(demo, tmp_path):
    assert f"http://127.0.0.1:{demo.port}/" in demo.announced[0]
    assert f"http://127.0.0.1:{demo.port}/demo/" in demo.announced[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/healthz") as answer:
        assert answer.read() == b'{"status": "ok"}'
    commands = " ".join(processes_of(tmp_path).values())
    assert "gunicorn" in commands
    assert "celery" in commands
    demo.terminate()
    assert demo.wait(20) == 0
    assert processes_of(tmp_path) == {}


def test_demo_ends_on_ctrl_c_without_leftovers(demo, tmp_path):
    os.killpg(demo.pid, signal.SIGINT)  # what a terminal does
    os.killpg(demo.pid, signal.SIGINT)  # and does again for an impatient person
    assert demo.wait(20) == 0
    assert "Traceback" not in demo.stderr.read()
    assert processes_of(tmp_path) == {}


def test_demo_ends_with_one_sentence_when_a_process_dies(demo, tmp_path):
    wait_until(lambda: any("celery" in command for command in processes_of(tmp_path).values()))
    worker = min(number for number, command in processes_of(tmp_path).items() if "celery" in command)
    os.kill(worker, signal.SIGKILL)
    assert demo.wait(20) == 1
    assert "The worker ended by itself (exit code -9)" in demo.stderr.read()
    assert processes_of(tmp_path) == {}


def run(data_directory, port, **more):
    command = [sys.executable, "manage.py", "serve_demo", "--port", str(port)]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment(data_directory, **more), capture_output=True, text=True, check=False, timeout=30
    )


def test_taken_port_is_refused_with_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run(tmp_path, port)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [f"CommandError: Port {port} is taken: choose another one, such as PORT={port + 1}."]


def test_serving_outside_demo_mode_is_refused(tmp_path):
    refused = run(tmp_path, free_port(), DEMO="0", TESTING="1")
    assert refused.returncode == 1
    assert "demo mode only" in refused.stderr

"""The web processes that are measured: the floor and the project under the same gunicorn, in production mode behind a pretended proxy."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mail_server import free_port

ROOT = Path(__file__).resolve().parent.parent
HOST = "bench.example"
SECRET_KEY = "a-key-for-these-benches-only-0123456789-abcdefghijklmnopqrstuvwxyz"
# As docs/operations.md says; tests/test_bench.py compares them.
GUNICORN = ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
WORKERS = 2
START_SECONDS = 60
_NOT_KEPT = {"DEBUG", "DEMO", "TESTING", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "STORAGE_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE"}


def environment(subject: str, database_url: str, directory: Path) -> dict[str, str]:
    """What the processes of `subject` ("ours" or "floor") are told: production, one database, and a directory of their own."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_KEPT}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings" if subject == "ours" else "bench.floor.settings",
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "ALLOWED_HOSTS": HOST,
        "DATA_DIR": str(directory / "data"),
        "STATIC_ROOT": str(directory / "static"),
        "PYTHONPATH": str(ROOT),
    }


def run(command: list[str], environment: dict[str, str]) -> str:
    """The output of a command of Python (`-m …` or a file with its arguments). Raises RuntimeError with what it said where it fails."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


class Web:
    """A gunicorn that runs."""

    def __init__(self, subject: str, environment: dict[str, str], first_page: str):
        self.port = free_port()
        application = "config.wsgi:application" if subject == "ours" else "bench.floor.wsgi:application"
        command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{self.port}", *GUNICORN, "--log-level", "warning"]
        began = time.perf_counter()
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stdin=subprocess.DEVNULL)
        self._wait_for(first_page)
        self.cold_start_seconds = time.perf_counter() - began

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _wait_for(self, page: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._status_of(page) != 200:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the web processes did not answer {page}")
            time.sleep(0.01)

    def _status_of(self, page: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            connection.request("GET", page, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


@contextmanager
def serving(subject: str, environment: dict[str, str], first_page: str) -> Iterator[Web]:
    """The running web processes, gone at the end. `first_page` is the one whose first answer ends the cold start."""
    web = Web(subject, environment, first_page)
    try:
        yield web
    finally:
        web.stop()

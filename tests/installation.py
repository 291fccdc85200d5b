"""A production installation of its own, driven as an operator drives it: by the documented commands, with an environment of its own."""

import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tests.mail_server import free_port

ROOT = Path(settings.BASE_DIR)
MANAGE = ".venv/bin/python manage.py "
BACKUPS = "/var/backups/feedforward"
NOT_KEPT = {"TESTING", "DEBUG", "DEMO", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "STORAGE_URL", "SITE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}


class Installation:
    """A production installation of its own in a directory: SQLite and the embedded broker, unless `given` names others.

    Paths of the documentation that begin with /var/backups/feedforward lie in `backups` of the directory.
    """

    def __init__(self, directory: Path, **given: str):
        self.directory = directory
        self.backups = directory / "backups"
        kept = {name: value for name, value in os.environ.items() if name not in NOT_KEPT}
        self.environment = kept | {
            "SECRET_KEY": "a-key-for-these-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
            "ALLOWED_HOSTS": "feedforward.example",
            "DATA_DIR": str(directory),
            "STATIC_ROOT": str(directory / "static"),
            "PYTHONPATH": str(ROOT),
            **given,
        }

    def run(self, command: str) -> subprocess.CompletedProcess:
        """The documented `command`, beside the files it names."""
        words = shlex.split(command.replace(BACKUPS, str(self.backups)))
        words[:2] = [sys.executable, str(ROOT / "manage.py")]
        return subprocess.run(words, cwd=self.directory, env=self.environment, capture_output=True, text=True, check=False, timeout=120)

    def manage(self, *words: str) -> subprocess.CompletedProcess:
        return self.run(MANAGE + shlex.join(words))

    def start(self, command: str, port: int) -> subprocess.Popen:
        program, *words = shlex.split(command.replace("127.0.0.1:8000", f"127.0.0.1:{port}"))
        program = str(Path(sys.executable).parent / Path(program).name)
        return subprocess.Popen(
            [program, *words],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class running:  # noqa: N801 - used as a verb
    """Starts the commands and gives the port of the web process; ends their whole groups."""

    def __init__(self, ours: Installation, commands: list[str]):
        self.port = free_port()
        self.processes = [ours.start(command, self.port) for command in commands]

    def __enter__(self) -> int:
        return self.port

    def __exit__(self, *problem) -> None:
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def answer_of(port: int, address: str) -> int | None:
    """The status, or None where nobody answers."""
    try:
        return Visitor(port).ask("GET", address).status
    except OSError:
        return None


class Visitor:
    """Somebody with a browser, as the web process sees them behind a proxy that ends TLS: cookies are kept."""

    def __init__(self, port: int):
        self._port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, **fields: str) -> http.client.HTTPResponse:
        """The response, with its text as `page`; it is not followed where it leads elsewhere."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {"Host": "feedforward.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers["Referer"] = "https://feedforward.example" + address
            if fields:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, address, urlencode(fields) or None, headers)
            response = connection.getresponse()
            response.page = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return response

    def send_form(self, address: str, **fields: str) -> http.client.HTTPResponse:
        """Opens the page and sends its form."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("GET", address).page)
        return self.ask("POST", address, csrfmiddlewaretoken=token[1], **fields)

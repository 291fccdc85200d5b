"""The web processes as production starts them, and somebody who calls them as the proxy in front of them would."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client, override_settings

from accounts.models import ApiToken, Member
from tests.mail_server import free_port
from tests.parts.servers import wait_for

HOST = "feedforward.example"
SECRET_KEY = "the-key-of-web-processes-in-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
# A page form proves itself by sending the same token twice; which one is the browser's affair.
CSRF_TOKEN = "0123456789abcdef" * 2
# Whoever waits longer than this hangs. It bounds a fault, it measures nothing.
PATIENCE_SECONDS = 30
# What another mode, or another installation, would say to the processes.
NOT_KEPT = ("TESTING", "DEBUG", "DEMO", "SITE_URL", "STORAGE_URL", "STATIC_ROOT", "TRUSTED_PROXY_COUNT", "BROKER_PREFIX")


class WebServer:
    """gunicorn, as docs/operations.md starts it, on a free port of 127.0.0.1."""

    def __init__(
        self,
        directory: Path,
        *,
        database_url: str,
        redis_url: str = "redis://127.0.0.1:1/0",
        settings_module: str = "tests.parts.production",
        workers: int = 2,
        threads: int = 4,
    ):
        self.port = free_port()
        self._log = directory / "web.log"
        self._size = ["--workers", str(workers), "--threads", str(threads)]
        self._environment = {name: value for name, value in os.environ.items() if name not in NOT_KEPT} | {
            "DJANGO_SETTINGS_MODULE": settings_module,
            "SECRET_KEY": SECRET_KEY,
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "EMAIL_URL": "smtp://127.0.0.1:1",
            "DATA_DIR": str(directory),
        }
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Returns as soon as it answers."""
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}"]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [*command, "--worker-class", "gthread", *self._size],
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self._answers, f"gunicorn answers (its log: {self._log})")

    def stop(self) -> None:
        """In good order: requests that run are finished."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9 of all its processes."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        return self._log.read_text()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if how is signal.SIGKILL:
            os.killpg(self._process.pid, how)
        else:
            self._process.send_signal(how)
        self._process.wait(timeout=60)
        self._process = None

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"gunicorn has ended: {self.log()[-2000:]}")
        try:
            return Caller(self.port, patience_seconds=2).get("/healthz").status == 200
        except OSError:
            return False


@dataclass(frozen=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Caller:
    """One browser or program. Its requests carry what the proxy adds: that they came over TLS, and from which address.

    Raises OSError (refused, reset, silent for longer than its patience) as a browser would show an error of the net.
    """

    port: int
    session: str = ""
    token: str = ""
    address: str = "192.0.2.1"
    patience_seconds: float = PATIENCE_SECONDS
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Reply:
        return self.send(self.request("GET", path))

    def post(self, path: str, form: dict | None = None, *, is_htmx: bool = False) -> Reply:
        return self.send(self.form_post(path, form or {}, is_htmx=is_htmx))

    def form_post(self, path: str, form: dict, *, is_htmx: bool = False) -> bytes:
        """The bytes of a form as a page sends it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}", "X-CSRFToken": CSRF_TOKEN}
        return self.request("POST", path, urlencode(form).encode(), headers | ({"HX-Request": "true"} if is_htmx else {}))

    def json_post(self, path: str, value: object, headers: dict[str, str]) -> bytes:
        """The bytes of a call of the API."""
        return self.request("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json"} | headers)

    def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
        """The whole request as it goes over the wire; the connection ends with its answer."""
        cookies = {"__Host-csrf": CSRF_TOKEN, **self.cookies} | ({"__Host-session": self.session} if self.session else {})
        lines = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.address,
            "Connection": "close",
            "Content-Length": str(len(body)),
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            **(headers or {}),
        }
        if self.token:
            lines["Authorization"] = f"Token {self.token}"
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=self.patience_seconds)

    def send(self, request: bytes) -> Reply:
        with self.connect() as connection:
            connection.sendall(request)
            return read_reply(connection)


def read_reply(connection: socket.socket) -> Reply:
    """The answer on a connection on which a request was sent. Raises OSError where none comes."""
    response = HTTPResponse(connection)
    try:
        response.begin()
        return Reply(response.status, response.headers, response.read())
    except HTTPException as broken:
        raise ConnectionError(f"no whole answer came: {broken}") from broken
    finally:
        response.close()


def caller_of(server: WebServer, member: Member, **options) -> Caller:
    """Somebody who is signed in as the member: by the session of pages and by a token of the API."""
    browser = Client()
    with override_settings(SECRET_KEY=SECRET_KEY):
        browser.force_login(member.user)
    _token, secret = ApiToken.issue(member, "tests")
    return Caller(server.port, session=browser.cookies[settings.SESSION_COOKIE_NAME].value, token=secret, **options)

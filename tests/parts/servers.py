"""Servers of our own, for tests and benches that stop, restart, empty or measure them: nobody else's work hangs on these.

Each is started on a free port of 127.0.0.1, keeps its data in a directory that the caller gives, and ends with the caller.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import redis

from tests.mail_server import free_port

START_SECONDS = 60


class MissingServer(Exception):
    """A program that the test needs is not on this machine; the text says which package brings it."""


def wait_for(condition: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Returns as soon as the condition holds. Raises TimeoutError where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} within {seconds:.0f} seconds: it never came to that")
        time.sleep(0.05)


class PostgresServer:
    """A cluster of its own with the superuser `postgres`, trusted on 127.0.0.1."""

    def __init__(self, directory: Path, settings: dict[str, str] | None = None):
        self.port = free_port()
        self._directory = directory / "postgres"
        self._binaries = postgres_binaries()
        # PostgreSQL refuses to run as root.
        self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        self._settings = settings or {}
        self._make()

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    @property
    def is_up(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def pid(self) -> int:
        """The postmaster; every backend is a child of it."""
        return int((self._directory / "postmaster.pid").read_text().splitlines()[0])

    @property
    def log(self) -> Path:
        """What the server says, since its first start."""
        return self._directory / "server.log"

    def start(self) -> None:
        # Its log goes to a file: a child that held our standard output open would keep a caller's pipe open too.
        self._control("start", "-w", "-l", str(self.log))

    def stop(self, mode: str = "fast") -> None:
        """`mode` as pg_ctl names it: immediate is a crash, recovery follows at the next start."""
        self._control("stop", "-w", "-m", mode)

    def restart(self, mode: str = "immediate") -> None:
        self.stop(mode)
        self.start()

    def create_database(self, name: str, template: str = "template0") -> str:
        """An empty database, or a copy of `template`; its address."""
        connection = self._connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\'')
        connection.close()
        return self.url(name)

    def _connect(self, database: str):
        return psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database, connect_timeout=3)

    def _make(self) -> None:
        self._directory.mkdir(parents=True)
        if self._as_user:
            shutil.chown(self._directory, "postgres", "postgres")
        self._run("initdb", "-D", str(self._directory), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        given = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": "", **self._settings}
        with (self._directory / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in given.items())

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._directory), "-t", str(START_SECONDS), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        if self._as_user:
            # Again and again: another run of the tests closes the folder that ours has in common with it.
            _open_path(self._directory)
        command = [*self._as_user, str(self._binaries / program), *arguments]
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}")


def postgres_binaries() -> Path:
    """The directory of initdb and pg_ctl, of the newest release here."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for directory in found:
        if (directory / "initdb").exists():
            return directory
    raise MissingServer("initdb of PostgreSQL is not here: install the package postgresql.")


def _open_path(directory: Path) -> None:
    """Lets another user walk down to the directory; what lies beside it keeps its rights."""
    for parent in directory.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


@contextmanager
def postgres_server(directory: Path, settings: dict[str, str] | None = None) -> Iterator[PostgresServer]:
    """A running PostgreSQL of our own, gone at the end. `settings` are lines of postgresql.conf."""
    server = PostgresServer(directory, settings)
    server.start()
    try:
        yield server
    finally:
        if server.is_up:
            server.stop("immediate")


class RedisServer:
    """A Redis of its own that keeps nothing on disk."""

    def __init__(self, directory: Path):
        self.port = free_port()
        self._directory = directory
        self._process: subprocess.Popen | None = None

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=2, socket_connect_timeout=2)

    def start(self) -> None:
        binary = shutil.which("redis-server")
        if binary is None:
            raise MissingServer("redis-server is not here: install the package redis-server.")
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self._directory / "redis.log").open("a") as log:
            self._process = subprocess.Popen([*command, "--dir", str(self._directory)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_for(lambda: self.is_up, "Redis answers")

    @property
    def is_up(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """kill -9: what it knew is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def redis_server(directory: Path) -> Iterator[RedisServer]:
    """A running Redis of our own, gone at the end."""
    server = RedisServer(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()

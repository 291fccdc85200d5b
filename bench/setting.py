"""Where a bench runs: one PostgreSQL of our own for floor and project, and databases in it that are filled once and copied."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psycopg2

from bench import web, world
from tests.parts.servers import PostgresServer, postgres_server

# The same for floor and project. Without autovacuum, whose work would be booked on whoever runs then; each load ends with VACUUM ANALYZE.
POSTGRES = {
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
    "log_line_prefix": "%d ",
    "max_connections": "60",
}
_STATEMENT = re.compile(r"^(\w+) LOG:  statement: (\w+)", re.MULTILINE)
_NOT_COUNTED = {"BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"}


class Setting:
    """The directory and the server of a run."""

    def __init__(self, directory: Path, postgres: PostgresServer):
        self.directory = directory
        self.postgres = postgres
        self._migrated = False

    def environment(self, subject: str, database: str) -> dict[str, str]:
        return web.environment(subject, self.postgres.url(database), self.directory)

    def fill_project(self, database: str, size: world.Size) -> dict:
        """Makes and fills a database of the project; what clients need to know of it."""
        self._provide_template()
        self.postgres.create_database(database, template="migrated")
        directory = self.directory / database
        directory.mkdir()
        web.run(["-m", "bench.world", json.dumps({**asdict(size), "directory": str(directory)})], self.environment("ours", database))
        return json.loads((directory / "world.json").read_text())

    def fill_floor(self, database: str, learners: int, questions: int) -> dict:
        self.postgres.create_database(database)
        plan = {"learners": learners, "questions": questions, "directory": str(self.directory)}
        web.run(["-m", "bench.floor.filling", json.dumps(plan)], self.environment("floor", database))
        return json.loads((self.directory / "floor.json").read_text())

    def _provide_template(self) -> None:
        """An empty database with the project's tables, and its static files: made once in a run."""
        if self._migrated:
            return
        self.postgres.create_database("migrated")
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            web.run(["manage.py", *command], self.environment("ours", "migrated"))
        self._migrated = True

    def execute(self, database: str, statement: str, parameters: tuple = ()) -> list[tuple]:
        """The rows of one statement, in a connection of its own."""
        connection = psycopg2.connect(self.postgres.url(database))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def timed(self, database: str, statement: str) -> float:
        """Seconds that one statement takes, as its client waits for it."""
        began = time.perf_counter()
        self.execute(database, statement)
        return time.perf_counter() - began

    @contextmanager
    def logged_statements(self, database: str) -> Iterator[list[str]]:
        """The first words of the statements that reach `database` meanwhile, as the server saw them, without the frame of transactions."""
        log = self.postgres.log
        self._log_statements("all")
        began = log.stat().st_size
        seen: list[str] = []
        yield seen
        self._log_statements("none")
        with log.open() as file:
            file.seek(began)
            found = _STATEMENT.findall(file.read())
        seen += [word.upper() for name, word in found if name == database and word.upper() not in _NOT_COUNTED]

    def _log_statements(self, which: str) -> None:
        self.execute("postgres", f"ALTER SYSTEM SET log_statement = '{which}'")
        self.execute("postgres", "SELECT pg_reload_conf()")
        # The server passes the change on by signals; a connection sees it with its next statement.
        time.sleep(0.3)


@contextmanager
def bench_setting() -> Iterator[Setting]:
    """A directory and a running PostgreSQL, both gone at the end."""
    directory = Path(tempfile.mkdtemp(prefix="feedforward-bench-"))
    try:
        with postgres_server(directory, POSTGRES) as postgres:
            yield Setting(directory, postgres)
    finally:
        shutil.rmtree(directory, ignore_errors=True)

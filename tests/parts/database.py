"""A database of our own for a whole test: for the processes that it starts and for its own rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import environ
from django.conf import settings
from django.db import connections

from tests.parts.servers import PostgresServer

MIGRATED = "migrated"


def make_migrated(server: PostgresServer) -> None:
    """An empty database with all tables, to be copied with `create_database(name, template=MIGRATED)`."""
    environment = os.environ | {
        "TESTING": "1",
        "DATABASE_URL": server.create_database(MIGRATED),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"migrate ended with {done.returncode}: {done.stderr}")


@contextmanager
def working_on(url: str) -> Iterator[None]:
    """This process' own statements, in all its threads, go to the database at `url`; afterwards to where they went before."""
    kept_settings, kept = connections.settings["default"], connections["default"]
    connections.settings["default"] = connections.configure_settings({"default": environ.Env.db_url_config(url)})["default"]
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = kept_settings, kept

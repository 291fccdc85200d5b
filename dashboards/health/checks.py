"""What the installation needs to do its work, looked at one by one. Each check ends within a bounded time."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from outbox.models import Heartbeat

# Six ticks of beat may be missed before somebody is told.
BEAT_LATEST = timedelta(seconds=60)
# For the connection and again for the answer, so that a silent broker costs less than two seconds.
BROKER_TIMEOUT_SECONDS = 0.8


class NotReady(Exception):
    """What is wrong, in words for an operator; it is read without signing in, so it names no address."""


def database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as problem:
        raise NotReady("The database does not answer.") from problem


def migrations() -> None:
    applied = MigrationRecorder(connection).applied_migrations()
    missing = len(_known_migrations() - set(applied))
    if missing:
        raise NotReady(f"{missing} migrations are not applied: run manage.py migrate.")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def beat() -> None:
    heartbeat = Heartbeat.objects.filter(name="beat").first()
    if heartbeat is None:
        raise NotReady("Beat has never ticked: start a worker and beat.")
    age = timezone.now() - heartbeat.beaten_at
    if age > BEAT_LATEST:
        raise NotReady(f"Beat ticked {age.total_seconds():.0f} seconds ago: look at the worker and at beat.")


def broker() -> None:
    if not settings.REDIS_URL:
        _folder_is_writable(settings.BROKER_DIR / "queue", "broker")
        return
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_TIMEOUT_SECONDS,
        socket_timeout=BROKER_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    except (redis.RedisError, OSError) as problem:
        raise NotReady("The broker does not answer.") from problem
    finally:
        client.close()


def storage() -> None:
    _folder_is_writable(Path(settings.MEDIA_ROOT), "storage")


def _folder_is_writable(folder: Path, name: str) -> None:
    # The folder for files is made with the first file: until then its nearest parent counts.
    while not folder.exists():
        folder = folder.parent
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
        raise NotReady(f"The folder of the {name} cannot be written.")


CHECKS: dict[str, Callable[[], None]] = {"database": database, "broker": broker, "storage": storage, "migrations": migrations, "beat": beat}
NEED_DATABASE = {"migrations", "beat"}


def readiness() -> dict[str, str]:
    """Each dependency with "ok" or what is wrong with it."""
    states: dict[str, str] = {}
    for name, check in CHECKS.items():
        if name in NEED_DATABASE and states["database"] != "ok":
            states[name] = "Unknown without the database."
            continue
        try:
            check()
        except NotReady as problem:
            states[name] = str(problem)
        except Error:
            states[name] = "The database refused the question."
        else:
            states[name] = "ok"
    return states

"""The database and what has to lie in it before anybody signs in."""

import sqlite3
import time
import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.utils import timezone

from accounts.models import Member, Organization, Session
from dashboards.doctor.findings import Finding, counted, ok, problem, warning
from dashboards.health import checks as health

# Sessions that have ended; more of them slow down nothing yet, but nobody clears them.
MOST_ENDED_SESSIONS = 10_000
SKEW_SECONDS = 2.0
CONNECTIONS_SHARE = 0.8


def answers() -> Finding:
    try:
        health.database()
    except health.NotReady:
        return problem("The database does not answer.", "Start it, or correct DATABASE_URL.")
    return ok("The database answers.")


def product() -> Finding:
    if connection.vendor == "sqlite":
        return warning(
            f"SQLite {sqlite3.sqlite_version}: for one machine with few people.",
            "Name a PostgreSQL in DATABASE_URL once people depend on the installation.",
        )
    oldest = connection.features.minimum_database_version
    found = divmod(int(_one("SHOW server_version_num")), 10_000)
    if oldest is not None and found < oldest:
        return problem(
            f"PostgreSQL {found[0]} is older than {oldest[0]}.", f"Upgrade the server to PostgreSQL {oldest[0]} or newer; back up first."
        )
    return ok(f"PostgreSQL {found[0]}.{found[1]}.")


def encoding() -> Finding:
    if connection.vendor == "sqlite":
        return _encoding_is(_one("PRAGMA encoding").replace("-", ""))
    return _encoding_is(_one("SHOW server_encoding"))


def _encoding_is(name: str) -> Finding:
    if name.upper() not in {"UTF8", "UTF16LE", "UTF16BE"}:
        return problem(
            f"The database stores text as {name}: names of people cannot all be written in it.",
            "Make a database with ENCODING 'UTF8' TEMPLATE template0, and restore a backup into it.",
        )
    return ok(f"Text is stored as {name}.")


def connections() -> Finding:
    if connection.vendor == "sqlite":
        return ok("SQLite knows no connections of a server.")
    used, most = int(_one("SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")), int(_one("SHOW max_connections"))
    if used >= most * CONNECTIONS_SHARE:
        return warning(
            f"{used} of {most} connections of the server are in use.",
            "Raise max_connections in postgresql.conf, or run fewer web threads and worker processes.",
        )
    return ok(f"{used} of {most} connections of the server are in use.")


def migrations() -> Finding:
    try:
        health.migrations()
    except health.NotReady as missing:
        return problem(str(missing), "manage.py migrate")
    return ok("All migrations are applied.")


def release() -> Finding:
    """Migrations of a newer release: this checkout is older than the database."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = set(apps.app_configs)
    unknown = sorted(
        f"{app}.{name}"
        for app, name in MigrationRecorder(connection).applied_migrations()
        if app in ours and (app, name) not in loader.disk_migrations
    )
    if unknown:
        return problem(
            f"The database has {counted(len(unknown), 'migration')} of another release: {', '.join(unknown[:3])}.",
            "Bring the checkout to the release that the database was last migrated with, or restore the backup made before.",
        )
    return ok("The database is of no newer release than the code.")


def models() -> Finding:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    if changes:
        return problem(
            f"The code of {', '.join(sorted(changes))} does not fit its migrations: the checkout was changed by hand.",
            "Bring the checkout to a release: git status shows what differs.",
        )
    return ok("Code and migrations fit.")


def clocks() -> Finding:
    before = time.time()
    told = _one("SELECT EXTRACT(EPOCH FROM clock_timestamp())" if connection.vendor == "postgresql" else "SELECT julianday('now')")
    middle = (before + time.time()) / 2
    database = float(told) if connection.vendor == "postgresql" else (float(told) - 2440587.5) * 86400
    apart = abs(database - middle)
    if apart > SKEW_SECONDS:
        return problem(
            f"The clocks of this machine and of the database are {apart:.0f} seconds apart.",
            "Set both by NTP: timedatectl set-ntp true.",
        )
    return ok("The clocks of this machine and of the database agree.")


def time_zones() -> Finding:
    missing = []
    for name in Member.objects.order_by().values_list("time_zone", flat=True).distinct():
        try:
            datetime.now(UTC).astimezone(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            missing.append(name)
    if missing:
        return problem(
            f"Time zone data lacks {', '.join(sorted(missing)[:5])}: whoever lives there gets no set.",
            "make setup installs the data; a zone that is misspelt is corrected on the page of the person.",
        )
    return ok("The time zones of all people are known.")


def cache_table() -> Finding:
    token = uuid.uuid4().hex
    cache.set("doctor", token, 60)
    if cache.get("doctor") != token:
        return problem("The cache keeps nothing: limits on sign-in do not count.", "manage.py createcachetable")
    return ok("The cache keeps what it is given.")


def sessions() -> Finding:
    ended = Session.objects.filter(expire_date__lt=timezone.now()).count()
    if ended > MOST_ENDED_SESSIONS:
        return warning(f"{counted(ended, 'session')} have ended and still lie in their table.", "manage.py clearsessions, once a week")
    return ok(f"{counted(ended, 'ended session')} to clear.")


def organizations() -> Finding:
    if not Organization.objects.exists():
        return warning("There is no organization yet.", "manage.py create_organization SLUG --name NAME --owner EMAIL")
    owned = Member.objects.filter(is_active=True, is_owner=True, user__is_active=True).values("organization_id")
    without = list(Organization.objects.exclude(pk__in=owned).order_by("slug").values_list("slug", flat=True)[:6])
    if without:
        return problem(
            f"Nobody owns {', '.join(without[:5])}{' and more' if len(without) > 5 else ''}: nobody can invite people there.",
            "manage.py import_members FILE --organization SLUG, with the role owner for somebody",
        )
    return ok("Each organization has an owner.")


def _one(statement: str):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]

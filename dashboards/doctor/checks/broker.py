"""The broker. Rows in the database say what is owed, so what goes wrong here makes work late and loses none."""

from contextlib import closing

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboards.doctor.findings import Finding, counted, ok, problem, warning
from dashboards.health import checks as health

EMBEDDED = "The embedded broker is used: files in DATA_DIR."
# Names of queues are looked for among so many keys at most.
MOST_KEYS = 10_000
FULL_SHARE = 0.9


def answers() -> Finding:
    try:
        health.broker()
    except health.NotReady as silent:
        fix = "Start Redis, or correct REDIS_URL." if settings.REDIS_URL else "Give the service user the right to write DATA_DIR."
        return problem(str(silent), fix)
    return ok("Redis answers." if settings.REDIS_URL else EMBEDDED)


def takes_writes() -> Finding:
    """Redis that answers may still refuse each write: a replica, or one whose last snapshot failed."""
    if not settings.REDIS_URL:
        return ok(EMBEDDED)
    with closing(_client()) as client:
        info = client.info()
        refuses = client.config_get("stop-writes-on-bgsave-error") if _may_read_settings(client) else {}
    if info["role"] != "master":
        return problem("This Redis is a replica: it takes no wake-ups.", "Name the primary in REDIS_URL.")
    if info["rdb_last_bgsave_status"] != "ok" and refuses.get("stop-writes-on-bgsave-error", "yes") == "yes":
        return problem(
            "The last snapshot of Redis failed, and until one succeeds it refuses all writes.",
            "Make room for the snapshot, or turn snapshots off, as nothing here needs them: redis-cli CONFIG SET save ''.",
        )
    return ok("Redis is a primary and takes writes.")


def memory() -> Finding:
    if not settings.REDIS_URL:
        return ok(EMBEDDED)
    with closing(_client()) as client:
        info = client.info("memory")
    most, used, policy = info["maxmemory"], info["used_memory"], info["maxmemory_policy"]
    if not most:
        return ok("Redis has no bound on its memory, so it evicts nothing.")
    if policy != "noeviction":
        return warning(
            f"A full Redis throws wake-ups away (maxmemory-policy {policy}): work is then late.",
            "redis-cli CONFIG SET maxmemory-policy noeviction, and the same line in redis.conf",
        )
    if used >= most * FULL_SHARE:
        return warning(f"Redis uses {used / most:.0%} of its memory; full, it refuses wake-ups.", "Raise maxmemory in redis.conf.")
    return ok(f"Redis uses {used / most:.0%} of its memory and evicts nothing.")


def prefix() -> Finding:
    """Two installations under one prefix take each other's wake-ups."""
    if not settings.REDIS_URL:
        return ok(EMBEDDED)
    own = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    if not own:
        return problem(
            "Keys in Redis have no prefix: another program there may take the wake-ups.", "Set BROKER_PREFIX to a word of its own."
        )
    marker = b"_kombu.binding."
    with closing(_client()) as client:
        seen = [key for _count, key in zip(range(MOST_KEYS), client.scan_iter(count=1000), strict=False) if marker in key]
    others = {key.partition(marker)[0] for key in seen} - {own.encode()}
    shared = f"; {counted(len(others), 'other program')} with queues uses this Redis" if others else ""
    return ok(f"Keys in Redis begin with {own}{shared}.")


def _may_read_settings(client: redis.Redis) -> bool:
    """Hosted servers often refuse CONFIG."""
    try:
        client.config_get("save")
    except redis.ResponseError:
        return False
    return True


def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=health.BROKER_TIMEOUT_SECONDS,
        socket_timeout=health.BROKER_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )

"""Readers of the environment: what the product is told from outside, checked with one plain sentence each."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DEVELOPMENT_KEY = "for-development-only-and-never-accepted-by-a-production-start"

read = environ.Env()


def secret_key(*, is_production: bool) -> str:
    """The signing key. Raises ImproperlyConfigured where production has none or a weak one."""
    key = read.str("SECRET_KEY", default="" if is_production else DEVELOPMENT_KEY)
    if not is_production:
        return key
    if not key:
        raise ImproperlyConfigured("SECRET_KEY is missing: set it to a random text of at least 50 characters.")
    if key == DEVELOPMENT_KEY or len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured("SECRET_KEY is a default or too short: set a random text of at least 50 characters.")
    return key


def demo_key(data_directory: Path) -> str:
    """The demo's own random key, made at its first start and kept beside its data."""
    path = data_directory / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


def allowed_hosts(*, is_production: bool) -> list[str]:
    """Host names that are served. Raises ImproperlyConfigured where production names none or all."""
    hosts = read.list("ALLOWED_HOSTS", default=[] if is_production else ["127.0.0.1", "localhost", "[::1]", "testserver"])
    if is_production and not hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is missing: name the hosts that this installation answers to.")
    if is_production and any(host.strip() in {"*", "."} for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS must not be *: name the hosts that this installation answers to.")
    return hosts


def database(data_directory: Path) -> dict:
    """Django's settings of the one database: DATABASE_URL, else SQLite in the data directory."""
    try:
        settings = read.db_url("DATABASE_URL", default=f"sqlite:///{data_directory / 'feedforward.sqlite3'}")
    except (ValueError, KeyError) as problem:
        raise ImproperlyConfigured("DATABASE_URL is not a database address, such as postgres://user@host/name.") from problem
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # A file, not memory: tests with threads and processes then meet the locks that production meets.
        settings["TEST"] = {"NAME": str(data_directory / "test.sqlite3")}
    elif settings["ENGINE"] == "django.db.backends.postgresql":
        settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        settings.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    else:
        raise ImproperlyConfigured("DATABASE_URL must name SQLite or PostgreSQL.")
    return settings


def redis_url() -> str:
    """Address of Redis, or an empty text where the embedded broker is used."""
    url = read.str("REDIS_URL", default="")
    if url and urlsplit(url).scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured("REDIS_URL is not a Redis address, such as redis://host:6379/0.")
    return url


def email() -> dict:
    """Django's mail settings from EMAIL_URL, such as smtp+tls://user:password@host:587."""
    return read.email_url("EMAIL_URL", default="consolemail://")


def storage_directory(data_directory: Path) -> Path:
    """Where private files lie. Raises ImproperlyConfigured for a scheme that is not there yet."""
    parts = urlsplit(read.str("STORAGE_URL", default=f"file://{data_directory / 'files'}"))
    if parts.scheme != "file" or not parts.path:
        raise ImproperlyConfigured("STORAGE_URL must be a file address, such as file:///srv/feedforward/files.")
    return Path(parts.path)

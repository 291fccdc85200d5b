"""Readers of the environment: what the product is told from outside, checked with one plain sentence each."""

import secrets
import warnings
from ipaddress import ip_address
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
    if _is_weak(key):
        raise ImproperlyConfigured("SECRET_KEY is a default or too short: set a random text of at least 50 characters.")
    return key


def secret_key_fallbacks(*, is_production: bool) -> list[str]:
    """Earlier signing keys that are still accepted. Raises ImproperlyConfigured where production names a weak one."""
    keys = read.list("SECRET_KEY_FALLBACKS", default=[])
    if is_production and any(_is_weak(key) for key in keys):
        raise ImproperlyConfigured("SECRET_KEY_FALLBACKS holds a default or a text under 50 characters: name earlier keys only.")
    return keys


def _is_weak(key: str) -> bool:
    return key == DEVELOPMENT_KEY or len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-")


def data_directory(default: Path) -> Path:
    """Where the product keeps what it writes; made where it is missing."""
    directory = Path(read.str("DATA_DIR", default=str(default))).resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(f"DATA_DIR {directory} cannot be made or is no directory: {problem.strerror}.") from problem
    return directory


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


def refuse_open_doors(modes: dict[str, bool], hosts: list[str], database_host: str) -> None:
    """Raises ImproperlyConfigured where a mode that leaves doors open is on and others can reach the hosts, or share the database."""
    mode = next((name for name, is_on in modes.items() if is_on), None)
    if mode is None:
        return
    if outside := [host for host in hosts if not is_this_machine(host)]:
        raise ImproperlyConfigured(f"{mode}=1 is for this machine only: turn it off to serve {outside[0]}.")
    if not is_this_machine(database_host):
        raise ImproperlyConfigured(f"{mode}=1 is for this machine only: turn it off to use the database on {database_host}.")


def is_this_machine(host: str) -> bool:
    """Whether `host` is a loopback address or name, the test client's name, a socket's directory, or none at all."""
    name = host.strip().strip("[]").lower()
    if name in {"", "localhost", "testserver"} or name.endswith(".localhost") or name.startswith("/"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def database(data_directory: Path) -> dict:
    """Django's settings of the one database: DATABASE_URL, else SQLite in the data directory."""
    try:
        with warnings.catch_warnings():
            # It warns of an engine that it does not know, and goes on; that is refused below.
            warnings.simplefilter("ignore", UserWarning)
            settings = read.db_url("DATABASE_URL", default=f"sqlite:///{data_directory / 'feedforward.sqlite3'}")
    except ValueError as problem:
        raise ImproperlyConfigured("DATABASE_URL is not a database address, such as postgres://user@host/name.") from problem
    engine = settings.get("ENGINE", "")
    if engine == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # A file, not memory: tests with threads and processes then meet the locks that production meets.
        settings["TEST"] = {"NAME": str(data_directory / "test.sqlite3")}
    elif engine == "django.db.backends.postgresql":
        if not settings["NAME"]:
            raise ImproperlyConfigured("DATABASE_URL names no database: write it such as postgres://user@host/name.")
        settings |= {"ENGINE": "config.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        settings.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    else:
        raise ImproperlyConfigured("DATABASE_URL must name SQLite or PostgreSQL, such as postgres://user@host/name.")
    return settings


def redis_url() -> str:
    """Address of Redis, or an empty text where the embedded broker is used."""
    url = read.str("REDIS_URL", default="")
    if url and not is_redis_address(url):
        raise ImproperlyConfigured("REDIS_URL is not a Redis address, such as redis://host:6379/0.")
    return url


def is_redis_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def email() -> dict:
    """Django's mail settings from EMAIL_URL, such as smtp+tls://user:password@host:587."""
    try:
        settings = read.email_url("EMAIL_URL", default="consolemail://")
    except (ValueError, ImproperlyConfigured) as problem:
        raise ImproperlyConfigured("EMAIL_URL is not the address of a mail server, such as smtp+tls://user:password@host:587.") from problem
    if settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not settings["EMAIL_HOST"]:
        raise ImproperlyConfigured("EMAIL_URL names no mail server: write it such as smtp+tls://user:password@host:587.")
    if settings["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
        # The reader takes the leading slash of filemail:///var/mail for a separator.
        settings["EMAIL_FILE_PATH"] = "/" + settings["EMAIL_FILE_PATH"].lstrip("/")
    return settings


def storage_directory(data_directory: Path) -> Path:
    """Where private files lie. Raises ImproperlyConfigured for a scheme that is not there yet."""
    parts = urlsplit(read.str("STORAGE_URL", default=f"file://{data_directory / 'files'}"))
    if parts.scheme != "file" or not parts.path.startswith("/") or parts.netloc:
        raise ImproperlyConfigured("STORAGE_URL must be a file address, such as file:///srv/feedforward/files.")
    return Path(parts.path)


def trusted_proxy_count(default: int) -> int:
    """How many proxies of ours stand before the web processes, each adding the address that it saw to X-Forwarded-For."""
    text = read.str("TRUSTED_PROXY_COUNT", default=str(default))
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured("TRUSTED_PROXY_COUNT must be a whole number, such as 1 for one proxy before the web processes.")
    return int(text)


def site_url(default: str) -> str:
    """The address that stands in mails, without a slash at its end."""
    url = read.str("SITE_URL", default=default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise ImproperlyConfigured("SITE_URL must be an address without a path, such as https://feedforward.example.")
    return url


def logs_are_json() -> bool:
    """Whether each line of the log is a JSON object: LOG_FORMAT says so, else production does."""
    is_production = not any(read.bool(mode, default=False) for mode in ("DEBUG", "DEMO", "TESTING"))
    log_format = read.str("LOG_FORMAT", default="json" if is_production else "lines")
    if log_format not in {"json", "lines"}:
        raise ImproperlyConfigured("LOG_FORMAT must be json or lines.")
    return log_format == "json"


def log_level() -> str:
    """The least level that is logged."""
    level = read.str("LOG_LEVEL", default="INFO").upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    return level


def metrics_token() -> str:
    """What Prometheus has to show at /metrics, or an empty text where nobody may ask."""
    token = read.str("METRICS_TOKEN", default="")
    if token and len(token) < 20:
        raise ImproperlyConfigured("METRICS_TOKEN is too short: set a random text of at least 20 characters, or none.")
    return token

"""Runs the tests on the real parts that answer, and says which they are. `CI=true` demands PostgreSQL and Redis.

fast: no browser, no faults. all: everything, in sample sizes. full: the full figures as well.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"
# Begun first: a file that takes long and comes last is waited for by all the others.
LONGEST = ("tests/test_operations.py", "tests/test_bench.py", "tests/faults", "tests/backup", "tests/upgrade", "tests/deploy")
SELECTIONS = {"fast": "not browser and not faults and not full", "all": "not full", "full": ""}


def main() -> int:
    selection = sys.argv[1] if len(sys.argv) > 1 else "all"
    environment = {**os.environ, "TESTING": "1", "DATA_DIR": str(ROOT / "var" / "tests")}
    environment.pop("REDIS_URL", None)
    database = postgres_address()
    redis = redis_address()
    if IN_CI and not (database and redis):
        print("CI=true demands PostgreSQL and Redis, and one of them does not answer.", file=sys.stderr)
        return 1
    if database:
        environment["DATABASE_URL"] = database
    if redis:
        environment["REDIS_URL"] = redis
    print(f"Database: {'PostgreSQL' if database else 'SQLite (no PostgreSQL answers on 127.0.0.1:5432)'}", flush=True)
    print(f"Broker:   {'Redis' if redis else 'files (no Redis answers on 127.0.0.1:6379)'}", flush=True)
    if selection != "fast" and not (provide_chromium() and provide_nginx()):
        return 1
    expression = SELECTIONS[selection]
    # Browsers and killed processes mostly wait, for one another's servers never: three files of them fit where two of the others do.
    waiting = "(browser or faults)"
    codes = [run_pytest(environment, join(expression, f"not {waiting}"), "-n", "2")]
    if selection != "fast":
        codes.append(
            run_pytest(environment, join(expression, waiting), "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", *LONGEST, "tests")
        )
    if database:
        print("Once more on SQLite, the embedded default: rooms' own tests.", flush=True)
        on_sqlite = {name: value for name, value in environment.items() if name != "DATABASE_URL"}
        codes.append(
            run_pytest(on_sqlite, join(expression, f"not {waiting}"), "-n", "2", "tests/accounts", "tests/outbox", "tests/reinforcement")
        )
    # A run that a signal ended has a code below zero, so the largest one says nothing.
    return int(any(codes))


def join(*expressions: str) -> str:
    return " and ".join(f"({expression})" for expression in expressions if expression)


def run_pytest(environment: dict, expression: str, *arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-m", expression, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def answers(address: str, port: int) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=2):
            return True
    except OSError:
        return False


def postgres_address() -> str | None:
    """DATABASE_URL where it is set, else a database of this checkout on the local server, when one lets us in."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    name = "feedforward_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    address = f"postgres://postgres@127.0.0.1:5432/{name}"
    if not answers(address, 5432):
        return None
    import psycopg2

    try:
        psycopg2.connect(host="127.0.0.1", port=5432, user="postgres", dbname="postgres", connect_timeout=3).close()
    except psycopg2.OperationalError:
        return None
    return address


def redis_address() -> str | None:
    address = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9")
    return address if answers(address, 6379) else None


def provide_chromium() -> bool:
    """Chromium from the machine, else from apt where we may; False after saying what is missing."""
    return provide("Chromium", "chromium", find_chromium, "The browser tests need Chromium")


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def provide_nginx() -> bool:
    """The same for nginx, and for openssl, which makes its certificate."""
    return provide("nginx", "nginx openssl", find_nginx, "The tests of the deployment need nginx and openssl")


def find_nginx() -> str | None:
    return shutil.which("openssl") and (shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"))


def provide(name: str, packages: str, find: Callable[[], str | None], needed: str) -> bool:
    """Whether it is here, or could be installed with apt; a sentence says what to do where it is not."""
    if find():
        return True
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print(f"Installing {name} with apt …", flush=True)
        subprocess.run([apt, "update", "-qq"], check=False)
        # Installing nginx starts it where it can; nobody wants it on port 80.
        environment = {**os.environ, "RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "install", "-y", "-qq", *packages.split()], check=False, stdout=subprocess.DEVNULL, env=environment)
    if find():
        return True
    print(
        f"{needed}, and it can't be installed here. Install the packages {packages}, or run `make test-fast`,"
        " which leaves out browsers and real parts.",
        file=sys.stderr,
    )
    return False


if __name__ == "__main__":
    sys.exit(main())

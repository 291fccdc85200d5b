"""A production start with a weak or mistyped setting is refused with one sentence; a good one passes Django's deploy check."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

GOOD = {
    "SECRET_KEY": "a-key-for-these-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "feedforward.example",
    "DATABASE_URL": "postgres://feedforward@127.0.0.1/feedforward",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://mail.feedforward.example:587",
}
# The last one is for the tests in a browser, and the deploy check refuses it.
NOT_KEPT = {
    *GOOD,
    "SECRET_KEY_FALLBACKS",
    "DEBUG",
    "TRUSTED_PROXY_COUNT",
    "DEMO",
    "TESTING",
    "SITE_URL",
    "STORAGE_URL",
    "STATIC_ROOT",
    "DATA_DIR",
    "BROKER_PREFIX",
    "DEFAULT_FROM_EMAIL",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
}


@pytest.fixture
def manage(tmp_path):
    """Runs manage.py with the good production settings and the given changes; None takes a variable away."""

    def run(*arguments, **changes):
        kept = {name: value for name, value in os.environ.items() if name not in NOT_KEPT}
        given = {name: value for name, value in (GOOD | {"DATA_DIR": str(tmp_path)} | changes).items() if value is not None}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=kept | given, capture_output=True, text=True, check=False, timeout=60)

    return run


REFUSED = [
    ({"SECRET_KEY": None}, "SECRET_KEY is missing"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or too short"),
    ({"SECRET_KEY": "for-development-only-and-never-accepted-by-a-production-start"}, "SECRET_KEY is a default or too short"),
    ({"SECRET_KEY": "django-insecure-" + "0123456789" * 5}, "SECRET_KEY is a default or too short"),
    ({"SECRET_KEY": "abab" * 20}, "SECRET_KEY is a default or too short"),
    ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS holds a default or a text under 50 characters"),
    ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is missing"),
    ({"ALLOWED_HOSTS": "feedforward.example,*"}, "ALLOWED_HOSTS must not be *"),
    ({"DEBUG": "1"}, "DEBUG=1 is for this machine only: turn it off to serve feedforward.example."),
    ({"DEBUG": "1", "ALLOWED_HOSTS": "*"}, "DEBUG=1 is for this machine only"),
    (
        {"DEBUG": "1", "ALLOWED_HOSTS": None, "DATABASE_URL": "postgres://feedforward@database.example/feedforward"},
        "DEBUG=1 is for this machine only: turn it off to use the database on database.example.",
    ),
    ({"DEMO": "1"}, "DEMO=1 is for this machine only"),
    ({"TESTING": "1"}, "TESTING=1 is for this machine only"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must name SQLite or PostgreSQL"),
    ({"DATABASE_URL": ""}, "DATABASE_URL must name SQLite or PostgreSQL"),
    ({"DATABASE_URL": "mysql://host/feedforward"}, "DATABASE_URL must name SQLite or PostgreSQL"),
    ({"DATABASE_URL": "postgres://host"}, "DATABASE_URL names no database"),
    ({"DATABASE_URL": "postgres://host:port/feedforward"}, "DATABASE_URL is not a database address"),
    ({"REDIS_URL": "http://host"}, "REDIS_URL is not a Redis address"),
    ({"REDIS_URL": "redis://host:port/0"}, "REDIS_URL is not a Redis address"),
    ({"EMAIL_URL": "nonsense"}, "EMAIL_URL is not the address of a mail server"),
    ({"EMAIL_URL": "smtp://host:port"}, "EMAIL_URL is not the address of a mail server"),
    ({"EMAIL_URL": "smtp://"}, "EMAIL_URL names no mail server"),
    ({"STORAGE_URL": "ftp://host/files"}, "STORAGE_URL must be a file address"),
    ({"STORAGE_URL": "file://files"}, "STORAGE_URL must be a file address"),
    ({"SITE_URL": "feedforward.example"}, "SITE_URL must be an address without a path"),
    ({"TRUSTED_PROXY_COUNT": "one"}, "TRUSTED_PROXY_COUNT must be a whole number"),
    ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR /dev/null/data cannot be made"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=[f"{'-'.join(changes)}:{said[:40]}" for changes, said in REFUSED])
def test_start_is_refused_with_one_sentence(manage, changes, sentence):
    refused = manage("check", **changes)
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1, refused.stderr
    assert refused.stdout == ""


def test_production_settings_pass_the_deploy_check(manage):
    checked = manage("check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_debug_starts_on_this_machine(manage):
    started = manage("check", DEBUG="1", SECRET_KEY=None, ALLOWED_HOSTS="localhost,127.0.0.1,[::1],.localhost", DATABASE_URL=None)
    assert started.returncode == 0, started.stderr


def test_production_turns_on_what_protects_sessions(manage):
    names = ["DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SITE_URL"]
    shown = manage(
        "shell", "--no-imports", "-c", f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"
    )
    assert shown.stdout.split() == ["False", "True", "True", "True", "https://feedforward.example"], shown.stderr


def test_a_line_that_cannot_be_logged_is_not_told_with_what_it_holds(manage):
    broken = "import logging; logging.getLogger('x').warning('%d sets', 'of an@example.org')"
    assert "example.org" not in (told := manage("shell", "-c", broken)).stdout + told.stderr
    assert "example.org" in manage("shell", "-c", broken, DEBUG="1", ALLOWED_HOSTS="localhost").stderr

"""What load balancers and operators see of an installation."""

import socket
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from dashboards.health import checks
from outbox.models import Heartbeat
from tests.mail_server import free_port


@pytest.fixture
def ready(db, settings, tmp_path):
    """An installation on the embedded broker that lacks nothing."""
    settings.REDIS_URL = ""
    settings.BROKER_DIR = tmp_path
    (tmp_path / "queue").mkdir()
    settings.MEDIA_ROOT = str(tmp_path / "files")
    Heartbeat.objects.create(name="beat", beaten_at=timezone.now())


def wrong(client):
    """The entries of /readyz that are not ok; checks the status code against them."""
    response = client.get("/readyz")
    entries = {name: state for name, state in response.json()["dependencies"].items() if state != "ok"}
    assert response.status_code == (503 if entries else 200)
    assert response.json()["status"] == ("unavailable" if entries else "ok")
    return entries


def test_healthz_answers_without_a_database(client):
    # No database mark: pytest-django refuses every query.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-cache" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_readyz_has_one_entry_per_dependency(client, ready):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "dependencies": {"database": "ok", "broker": "ok", "storage": "ok", "migrations": "ok", "beat": "ok"}},
    )


def test_readyz_costs_the_same_whatever_lies_in_the_database(client, ready, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get("/readyz")


def test_readyz_says_when_beat_is_late_or_never_ticked(client, ready):
    Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(seconds=90))
    assert wrong(client) == {"beat": "Beat ticked 90 seconds ago: look at the worker and at beat."}
    Heartbeat.objects.all().delete()
    assert wrong(client) == {"beat": "Beat has never ticked: start a worker and beat."}


def test_readyz_says_that_migrations_are_missing(client, ready):
    MigrationRecorder(connection).record_unapplied("outbox", "0001_initial")
    assert wrong(client) == {"migrations": "1 migrations are not applied: run manage.py migrate."}


def test_readyz_answers_when_the_database_does_not(client, ready, monkeypatch):
    def refuse():
        raise DatabaseError("no route to db.internal")

    with monkeypatch.context() as outage:
        outage.setattr(connection, "cursor", refuse)
        entries = wrong(client)
    assert entries == {
        "database": "The database does not answer.",
        "migrations": "Unknown without the database.",
        "beat": "Unknown without the database.",
    }


def test_readyz_says_that_a_folder_is_missing(client, ready, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = str(tmp_path / "file")
    settings.BROKER_DIR = tmp_path / "file"
    assert wrong(client) == {
        "storage": "The folder of the storage cannot be written.",
        "broker": "The folder of the broker cannot be written.",
    }


def test_r4_readyz_says_that_redis_refuses(client, ready, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert wrong(client) == {"broker": "The broker does not answer."}


def test_r5_silent_redis_is_given_up_after_one_bounded_wait(client, ready, settings, monkeypatch):
    monkeypatch.setattr(checks, "BROKER_TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(5)
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        assert wrong(client) == {"broker": "The broker does not answer."}
        silent.accept()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):  # it came once, and did not try again and again
            silent.accept()

"""`manage.py doctor`: every check is fine in a sound installation, and names what broke with its fix."""

import json
import os
import shutil
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from redis import ResponseError

from accounts.models import Member, Session
from dashboards.doctor.checks import CHECKS, database, files, work
from dashboards.doctor.examination import examine, look
from dashboards.doctor.findings import Check, Finding, Level, ok, problem, warning
from dashboards.management.commands import doctor
from outbox.models import Heartbeat, Job, OutboxMessage
from outbox.services import queue_job
from reinforcement.daily.models import Answer, DailySet
from reinforcement.daily.preparing import prepare_sets
from reinforcement.daily.services import answer, items_to_answer
from reinforcement.programs import services as programs
from reinforcement.progress.models import MemberWeek
from tests.factories import DailySetFactory, OwnerFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in
from tests.mail_server import free_port, running_mail_server
from tests.parts.servers import MissingServer, redis_server, wait_for
from tests.reinforcement.planted import rewrite

KEY = "sound-8f2c1d4e6b7a9035-sound-5d3b1f7e9c2a4680-abcdefghijk"
CHECK = {check.name: check for check in CHECKS}


def seen(name: str) -> Finding:
    return look(CHECK[name], seconds=10)


@pytest.fixture(scope="module")
def mail_server():
    with running_mail_server() as server:
        yield server


@pytest.fixture
def redis_of_our_own(tmp_path):
    (tmp_path / "redis").mkdir()
    try:
        with redis_server(tmp_path / "redis") as server:
            yield server
    except MissingServer as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))


@pytest.fixture
def sound(db, settings, monkeypatch, tmp_path, mail_server, redis_of_our_own):
    """An installation in which nothing is wrong, with an organization, a seller, and a set that was answered."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # of the tests in a browser only
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, []
    settings.DEBUG = settings.DEMO = settings.TESTING = False
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["feedforward.example"], "https://feedforward.example"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.DEFAULT_FROM_EMAIL = "Feedforward <training@feedforward.example>"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    settings.REDIS_URL = redis_of_our_own.url()
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": "feedforward:"}
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = str(tmp_path / "files")
    collect_static_files(settings, tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    for language in ("nl", "fr"):
        folder = tmp_path / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").touch()
        (folder / "django.mo").touch()
    for name in ("beat", "backup"):
        Heartbeat.objects.create(name=name, beaten_at=timezone.now())
    seller = SellerFactory(organization=OwnerFactory().organization, working_days=127)
    program = ProgramFactory(organization=seller.organization, weekdays=127)
    put_in(program, *QuestionFactory.create_batch(3, organization=seller.organization))
    enroll(program, seller)
    programs.set_audience(program, [seller])
    now = timezone.now()
    for moment in (now - work.PREPARED_WITHIN, now):
        prepare_sets(moment)
    answer(seller, items_to_answer(seller).order_by("daily_set__local_date", "position").last(), {"chosen": ["a"]})
    OutboxMessage.objects.update(due_at=now + timedelta(hours=1))
    return tmp_path


def collect_static_files(settings, directory):
    source = directory / "source"
    source.mkdir()
    (source / "app.css").write_text("p{}")
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], directory / "static"
    call_command("collectstatic", interactive=False, verbosity=0)


class World:
    """What a break may touch."""

    def __init__(self, settings, monkeypatch, directory: Path, redis):
        self.settings, self.monkeypatch, self.directory, self.redis = settings, monkeypatch, directory, redis

    def set(self, **values):
        for name, value in values.items():
            setattr(self.settings, name, value)

    def owe(self, owed=OutboxMessage, **columns):
        address = {"address": "lea@example.org", "language": "en", "time_zone": "UTC"} if owed is OutboxMessage else {}
        owed._default_manager.create(kind="invitation", key=str(uuid.uuid4()), **address, **columns)


def give_up(world):
    world.owe(Job, state=Job.State.PARKED, due_at=timezone.now(), finished_at=timezone.now(), last_error="lea@example.org refused")


def fall_behind(world):
    world.owe(due_at=timezone.now() - timedelta(minutes=6))


def fail_the_snapshot(world):
    shutil.rmtree(world.directory / "redis")
    with world.redis.client() as client:
        client.config_set("save", "3600 1")
        client.set("key", "value")
        client.bgsave()
        wait_for(lambda: client.info()["rdb_last_bgsave_status"] == "err", "the snapshot fails")
        with pytest.raises(ResponseError, match="MISCONF"):
            client.set("key", "value")


def bound_the_memory(world):
    with world.redis.client() as client:
        client.config_set("maxmemory", "100mb")
        client.config_set("maxmemory-policy", "allkeys-lru")


def lose_the_cache_table(world):
    world.set(CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}})


def end_many_sessions(world):
    world.monkeypatch.setattr(database, "MOST_ENDED_SESSIONS", 1)
    ended = timezone.now() - timedelta(days=1)
    Session.objects.bulk_create(Session(session_key=f"ended{n}", session_data="", expire_date=ended) for n in range(2))


def close_the_storage(world):
    (world.directory / "file").touch()
    world.set(MEDIA_ROOT=str(world.directory / "file"))


def change_a_model(world):
    world.monkeypatch.setattr(OutboxMessage._meta.get_field("language"), "max_length", 6)


def break_the_figures(world):
    assert MemberWeek.objects.filter(answered=1).update(right=2)


# Name of the check -> what breaks it, its level then, a part of what is found.
BREAKS = {
    "secret key": (lambda world: world.set(SECRET_KEY="short"), Level.PROBLEM, "can be guessed"),
    "modes": (lambda world: world.set(DEBUG=True), Level.PROBLEM, "DEBUG is on"),
    "site address": (lambda world: world.set(ALLOWED_HOSTS=["other.example"]), Level.PROBLEM, "feedforward.example, and that host is not"),
    "https": (lambda world: world.set(SESSION_COOKIE_SECURE=False), Level.PROBLEM, "1 complaint: security.W011"),
    "proxies": (lambda world: world.set(ALLAUTH_TRUSTED_PROXY_COUNT=0), Level.WARNING, "No proxy is trusted"),
    "sender": (lambda world: world.set(DEFAULT_FROM_EMAIL="Feedforward <feedforward@localhost>"), Level.PROBLEM, "feedforward@localhost"),
    "mail server": (lambda world: world.set(EMAIL_PORT=free_port()), Level.PROBLEM, "does not greet within"),
    "database": (lambda world: world.monkeypatch.setattr(connection, "cursor", refuse), Level.PROBLEM, "does not answer"),
    "database product": (
        lambda world: world.monkeypatch.setattr(connection.features, "minimum_database_version", (99,)),
        Level.PROBLEM,
        "is older than 99",
    ),
    "encoding": (lambda world: world.monkeypatch.setattr(database, "_one", lambda asked: "SQL_ASCII"), Level.PROBLEM, "text as SQL"),
    "connections": (lambda world: world.monkeypatch.setattr(database, "CONNECTIONS_SHARE", 0), Level.WARNING, "connections of the server"),
    "clocks": (
        lambda world: world.monkeypatch.setattr(database, "time", OtherClock()),
        Level.PROBLEM,
        "are 90 seconds apart",
    ),
    "migrations": (lambda world: MigrationRecorder(connection).record_unapplied("outbox", "0001_initial"), Level.PROBLEM, "1 migrations"),
    "release": (
        lambda world: MigrationRecorder(connection).record_applied("outbox", "9999_tomorrow"),
        Level.PROBLEM,
        "outbox.9999_tomorrow",
    ),
    "models": (change_a_model, Level.PROBLEM, "The code of outbox does not fit"),
    "time zones": (lambda world: Member.objects.update(time_zone="Europe/Atlantis"), Level.PROBLEM, "lacks Europe/Atlantis"),
    "cache": (lose_the_cache_table, Level.PROBLEM, "keeps nothing"),
    "sessions": (end_many_sessions, Level.WARNING, "2 sessions have ended"),
    "organizations": (lambda world: Member.objects.update(is_owner=False), Level.PROBLEM, "Nobody owns"),
    "broker": (lambda world: world.set(REDIS_URL=f"redis://127.0.0.1:{free_port()}"), Level.PROBLEM, "broker does not answer"),
    "broker writes": (fail_the_snapshot, Level.PROBLEM, "refuses all writes"),
    "broker memory": (bound_the_memory, Level.WARNING, "allkeys-lru"),
    "broker prefix": (lambda world: world.set(CELERY_BROKER_TRANSPORT_OPTIONS={"global_keyprefix": ""}), Level.PROBLEM, "no prefix"),
    "beat": (lambda world: Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(minutes=2)), Level.PROBLEM, "120 seconds ago"),
    "worker": (fall_behind, Level.PROBLEM, "Nobody takes 1 message or job that is due for over 5 minutes"),
    "given up": (give_up, Level.WARNING, "invitation 1"),
    "sets": (lambda world: forget_sets(), Level.PROBLEM, "owed to 1 seller"),
    "figures": (break_the_figures, Level.PROBLEM, "The figures of 1 of 1 person differ"),
    "backup": (lambda world: Heartbeat.objects.filter(name="backup").delete(), Level.WARNING, "No backup was made"),
    "storage": (close_the_storage, Level.PROBLEM, "The folder of the storage cannot be written"),
    "room on disk": (lambda world: world.monkeypatch.setattr(files, "LITTLE_ROOM", 10**18), Level.WARNING, "GB are free"),
    "static files": (lambda world: (world.directory / "source" / "new.css").write_text("p{}"), Level.PROBLEM, "such as new.css"),
    "translations": (lambda world: (world.directory / "locale/nl/LC_MESSAGES/django.mo").unlink(), Level.PROBLEM, "into nl"),
}
# On SQLite these have nothing to find wrong: there is no server.
OF_A_SERVER = {"database product": Level.WARNING, "encoding": Level.OK, "connections": Level.OK}


def refuse():
    raise OperationalError("no route to db.internal")


class OtherClock:
    @staticmethod
    def time() -> float:
        return timezone.now().timestamp() + 90


def forget_sets():
    Answer.objects.all()._raw_delete(Answer.objects.db)
    DailySet.objects.all().delete()


def test_there_are_enough_checks_and_each_has_a_break():
    assert set(BREAKS) == set(CHECK)
    assert len(CHECK) == len(CHECKS) >= 15


@pytest.mark.parametrize("name", BREAKS)
def test_check_is_fine_and_then_names_what_broke_with_its_fix(name, sound, settings, monkeypatch, redis_of_our_own):
    if connection.vendor == "sqlite" and name in OF_A_SERVER:
        assert seen(name).level is OF_A_SERVER[name]
        return
    fine = seen(name)
    assert (fine.level, fine.fix) == (Level.OK, ""), fine
    cause, level, part = BREAKS[name]
    with monkeypatch.context() as broken:
        cause(World(settings, broken, sound, redis_of_our_own))
        finding = seen(name)
    assert finding.level is level, finding
    assert part in finding.found
    assert finding.fix
    assert "lea@example.org" not in finding.found + finding.fix


def test_a_check_that_raises_is_a_finding_and_the_next_ones_are_looked_at():
    def stumble():
        raise RuntimeError("the first line\nand a second one")

    results = examine([Check("odd", stumble), Check("even", lambda: ok("Fine."))])
    assert [(result.name, result.finding.level) for result in results] == [("odd", Level.PROBLEM), ("even", Level.OK)]
    assert results[0].finding.found == "This could not be looked at: RuntimeError: the first line"


def test_a_check_that_hangs_is_left_behind():
    released = threading.Event()

    def hang():
        released.wait()
        return ok("Too late.")

    results = examine([Check("slow", hang), Check("even", lambda: ok("Fine."))], seconds=0.1)
    released.set()
    assert [result.finding.level for result in results] == [Level.PROBLEM, Level.OK]
    assert results[0].finding.found == "No answer within 0.1 seconds."


def test_what_needs_a_broken_part_is_not_looked_at():
    looked = []
    checks = [Check("database", lambda: problem("It is away.", "Start it.")), Check("beat", lambda: looked.append(1), needs="database")]
    assert [result.finding.level for result in examine(checks)] == [Level.PROBLEM, Level.WARNING]
    assert not looked


def test_no_secret_leaves_the_examination(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, ["earlier" + KEY]
    settings.REDIS_URL = "redis://:s%2Fcret-of-redis@127.0.0.1:6379/0"
    settings.EMAIL_HOST_PASSWORD = "s/cret of mail"
    settings.DATABASES["default"]["PASSWORD"] = "s/cret of postgres"

    def tell():
        words = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, settings.REDIS_URL, "s/cret of mail", "s%2Fcret%20of%20postgres"]
        raise OSError(" ".join(words))

    try:
        (result,) = examine([Check("talkative", tell)])
    finally:
        settings.DATABASES["default"]["PASSWORD"] = ""
    assert not {"cret", "sound"} & set(result.finding.found.replace("-", " ").replace("/", " ").replace("%2F", " ").split())
    assert result.finding.found.endswith("OSError: … … redis://:…@127.0.0.1:6379/0 … …")


def test_statement_that_is_too_slow_ends_on_the_server_too(db):
    if connection.vendor != "postgresql":
        return  # SQLite has no server that could go on

    def sleep():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    finding = look(Check("slow", sleep, uses_database=True), seconds=0.2)
    assert "statement timeout" in finding.found


@pytest.mark.django_db(transaction=True)
def test_command_prints_json_and_exits_with_1_on_a_problem(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    printed = json.loads(capsys.readouterr().out)
    assert (ended.value.code, printed["status"]) == (1, "problem")
    assert [check["name"] for check in printed["checks"]] == list(CHECK)
    assert all(set(check) == {"name", "level", "found", "fix"} for check in printed["checks"])
    assert all(bool(check["fix"]) == (check["level"] != "ok") for check in printed["checks"])


def test_command_prints_a_line_for_each_check_and_ends_well_on_warnings(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "CHECKS", [Check("first", lambda: ok("Fine.")), Check("second", lambda: warning("Nearly.", "Do this."))])
    call_command("doctor")
    assert capsys.readouterr().out.splitlines() == [
        "ok       first             Fine.",
        "warning  second            Nearly.",
        "                           fix: Do this.",
        "",
        "0 problems, 1 warning, 1 fine.",
    ]


@pytest.mark.parametrize(("hours", "level"), [(9, Level.OK), (11, Level.PROBLEM)])
def test_long_job_may_wait_for_others_through_the_night(db, hours, level):
    queue_job(key="fit", kind="fit_memory", due_at=timezone.now() - timedelta(hours=hours))
    assert seen("worker").level == level


def test_row_of_the_log_that_cannot_be_is_named(db):
    daily_set = DailySetFactory(question_count=1)
    given = answer(daily_set.member, items_to_answer(daily_set.member).get(daily_set=daily_set), {"chosen": ["a"]}).answer
    rewrite(given, predicted=7.0)
    finding = seen("figures")
    assert (finding.level, f"answer {given.pk}:" in finding.found) == (Level.PROBLEM, True)

"""What the shipped files say: nothing is missing, nobody is root, nothing secret is inside, and every service is watched."""

import re
import subprocess
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.urls import get_resolver

from config import logs
from config.long_work import app as long_work
from tests.access_matrix import routes
from tests.deploy import containers
from tests.deploy.containers import ROOT, MissingVariable, Stage, is_sent_to_build, read_compose, read_dockerfile, seconds

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text()
EXAMPLE = containers.read_environment_file((ROOT / ".env.example").read_text())
NEEDED = {"SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "POSTGRES_PASSWORD", "EMAIL_URL", "DEFAULT_FROM_EMAIL"}
FILLED = EXAMPLE | {name: EXAMPLE[name] or "filled-in-for-this-test" for name in NEEDED}
OURS = {"migrate", "web", "events", "worker", "long_worker", "beat"}


@pytest.fixture
def stages() -> list[Stage]:
    return read_dockerfile(DOCKERFILE)


@pytest.fixture
def services() -> dict:
    return read_compose(FILLED)["services"]


def not_there(stages: list[Stage], ignored: str) -> list[str]:
    """Sources that a COPY names and that are not in the checkout, or that .dockerignore keeps out."""
    sources = [source for stage in stages for other, named, _target in stage.copied if not other for source in named]
    return [source for source in sources if not (ROOT / source).exists() or not is_sent_to_build(source, ignored)]


def test_every_copied_file_is_there_and_reaches_the_build(stages):
    assert not_there(stages, IGNORED) == []


def test_a_file_that_is_missing_or_kept_out_is_found(stages):
    assert not_there(stages, IGNORED + "\nlocale\n") == ["locale/"]
    assert not_there(read_dockerfile("FROM a\nCOPY nowhere.txt ./\n"), "") == ["nowhere.txt"]


def test_every_room_and_nothing_of_this_machine_reaches_the_image(stages):
    copied = {source.rstrip("/") for stage in stages for other, named, _target in stage.copied if not other for source in named}
    rooms = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()} | {"config", "templates", "static", "locale"}
    assert rooms <= copied
    kept_out = [".env", ".git", ".venv", "node_modules", "var", "tests", "tls", "static/vendor/app.css", "accounts/__pycache__/x.pyc"]
    assert [path for path in kept_out if is_sent_to_build(path, IGNORED)] == []


def test_the_image_is_small_and_nobody_in_it_is_root(stages):
    build, final = stages
    assert final.user.isdigit()
    assert int(final.user) > 0
    assert "-slim" in final.image
    # Only what the first stage has made: no compiler, no Node.js, no test comes along.
    assert {source for source, _named, _target in final.copied} == {build.name}
    assert any("node_modules" in line for line in build.run if line.startswith("rm -rf"))
    assert not any("node" in word for _stage, named, _target in final.copied for word in named)


def clients_in(stage: Stage) -> list[str]:
    """Releases of PostgreSQL's client programs that the stage installs."""
    return [release for line in stage.run for release in re.findall(r"postgresql-client-(\d+)", line)]


def test_the_image_can_back_up_the_database_that_it_is_shipped_with(stages, services):
    assert clients_in(stages[-1]) == [re.match(r"postgres:(\d+)", services["postgres"]["image"])[1]]
    # Where a backup may be written on a read-only file system: a volume that belongs to the image's user.
    assert any("install -d -o feedforward" in line and "/backups" in line for line in stages[-1].run)
    assert all("backups:/backups" in services[name]["volumes"] for name in OURS)


def test_an_image_without_the_client_programs_is_found():
    assert clients_in(read_dockerfile("FROM a\nRUN apt-get install --yes git\n")[0]) == []


def test_packages_are_installed_with_their_hashes(stages):
    installing = [line for stage in stages for line in stage.run if "pip install" in line]
    assert installing
    assert all("--require-hashes" in line for line in installing)


def secrets_in(stages: list[Stage], compose: str) -> list[str]:
    """Values that somebody must keep to themselves and that stand in a file."""
    named = [f"{name}={value}" for stage in stages for name, value in stage.environment.items()]
    named += [word for stage in stages for line in stage.run for word in line.split() if "=" in word]
    named += re.findall(r"^\s+(\w+: .+)$", compose, re.MULTILINE)
    secret = re.compile(r"\w*(?:SECRET|PASSWORD|TOKEN|KEY|EMAIL_URL|DATABASE_URL)\w*\s*[:=]\s*(?P<value>.+)", re.IGNORECASE)
    found = [(text, secret.match(text)) for text in named]
    return [text for text, match in found if match and not re.search(r"\$\{\w+(?::[-?])", match["value"])]


def test_no_secret_is_in_the_files(stages):
    compose = (ROOT / "docker-compose.yml").read_text()
    assert secrets_in(stages, compose) == []
    assert EXAMPLE["SECRET_KEY"] == EXAMPLE["POSTGRES_PASSWORD"] == EXAMPLE["METRICS_TOKEN"] == EXAMPLE["EMAIL_URL"] == ""


def test_a_secret_in_a_file_is_found(stages):
    assert secrets_in(read_dockerfile("FROM a\nENV SECRET_KEY=abc\n"), "") == ["SECRET_KEY=abc"]
    assert secrets_in([], "  x:\n    POSTGRES_PASSWORD: abc\n") == ["POSTGRES_PASSWORD: abc"]


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_compose_refuses_to_start_without(name):
    with pytest.raises(MissingVariable, match=f"{name}: set it in .env"):
        read_compose(FILLED | {name: ""})


def test_the_example_names_every_variable_of_compose_and_no_other():
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert set(EXAMPLE) == used


def test_git_keeps_the_environment_file_and_the_certificate_out():
    done = subprocess.run(["git", "check-ignore", ".env", "tls/privkey.pem"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [".env", "tls/privkey.pem"]


def test_every_service_starts_again_and_is_watched(services):
    lasting = {name: service for name, service in services.items() if name != "migrate"}
    assert {name for name, service in lasting.items() if service["restart"] != "unless-stopped"} == set()
    assert {name for name, service in lasting.items() if not service.get("healthcheck", {}).get("test")} == set()
    assert {name for name, service in services.items() if "memory" not in service["deploy"]["resources"]["limits"]} == set()
    assert services["migrate"]["restart"] == "no"


def test_web_is_judged_by_its_own_health_only(services, stages):
    for test in (" ".join(services["web"]["healthcheck"]["test"]), stages[-1].healthcheck):
        assert "/healthz" in test
        assert "readyz" not in test


def test_processes_wait_for_migrations(services):
    for name in OURS - {"migrate"}:
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}, name
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_our_processes_have_no_rights_that_they_do_not_need(services):
    for name in OURS:
        service = services[name]
        assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"]), name
        assert "user" not in service
    # The database, the broker, and the processes themselves are reached from inside only.
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def gunicorn_settings():
    found: dict = {}
    exec(compile((ROOT / "deploy/gunicorn.conf.py").read_text(), "gunicorn.conf.py", "exec"), found)  # noqa: S102 - our own
    return found


def test_web_processes_take_away_only_the_metrics_directory_that_they_made(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    gunicorn_settings()["on_exit"](None)
    assert tmp_path.is_dir()
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    found = gunicorn_settings()
    assert Path(found["own_metrics"]).is_dir()
    found["on_exit"](None)
    assert not Path(found["own_metrics"]).exists()


def test_processes_get_the_time_that_they_need_to_end(services, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))  # else the file makes one, for this process too
    gunicorn = gunicorn_settings()
    assert seconds(services["web"]["stop_grace_period"]) > gunicorn["graceful_timeout"]
    assert seconds(services["worker"]["stop_grace_period"]) > settings.CELERY_TASK_TIME_LIMIT
    events = services["events"]["command"]
    assert seconds(services["events"]["stop_grace_period"]) > int(events[events.index("--timeout-graceful-shutdown") + 1])


@pytest.mark.parametrize("name", ["worker", "long_worker"])
def test_workers_leave_a_silent_broker(services, name):
    assert {"--without-heartbeat", "--without-gossip", "--without-mingle"} <= set(services[name]["command"])


def test_beat_is_alone(services):
    assert services["beat"]["command"].count("beat") == 1
    assert "replicas" not in services["beat"]["deploy"]
    assert not any("-B" in service.get("command", []) or "--beat" in service.get("command", []) for service in services.values())


def test_who_reads_the_settings_of_long_work_goes_on_publishing_to_the_short_queue():
    assert current_app.main == "feedforward"


def test_long_work_keeps_its_queue_and_its_time(services):
    command = services["long_worker"]["command"]
    assert command[command.index("--queues") + 1] == "long"
    assert long_work.conf.task_time_limit > settings.CELERY_TASK_TIME_LIMIT
    if settings.REDIS_URL:
        assert long_work.conf.task_default_queue == "long"
        short, long = settings.CELERY_BROKER_TRANSPORT_OPTIONS, long_work.conf.broker_transport_options
        assert long["visibility_timeout"] > long_work.conf.task_time_limit
        assert long["global_keyprefix"] == short["global_keyprefix"] + "long:"
        assert short["visibility_timeout"] == 300  # that of the others is left alone
    else:
        # The embedded broker has one worker for all, and it reads the queue of the short tasks.
        assert long_work.conf.task_default_queue == current_app.conf.task_default_queue


# Parameters of routes that are a key to something: whoever has it may use it.
KEYS = {"token", "secret", "uidb36"}


def test_every_key_in_an_address_is_hidden_in_the_logs_of_nginx_and_ours():
    prefixes = {
        f"/{route.pattern.replace('^', '').partition('<')[0].partition('(')[0]}" for route in routes() if KEYS & set(route.parameters)
    }
    assert prefixes == set(logs.SECRET_PATHS)
    in_nginx = re.findall(r'"~\^(/\S+)" "\S+/-/";', (ROOT / "deploy/nginx/nginx.conf").read_text())
    assert set(in_nginx) == set(logs.SECRET_PATHS)
    assert get_resolver().resolve("/t/some-token/").kwargs == {"token": "some-token"}

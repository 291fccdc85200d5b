"""One installation of real parts for all tests of this folder that need it."""

import json
from datetime import UTC, datetime

import pytest

from tests.deploy.installation import Installation
from tests.mail_server import running_mail_server
from tests.parts.servers import postgres_server, redis_server

ORGANIZATION = "canary-organization-name"
SELLER = "canary-seller-name"
SELLER_ADDRESS = "canary-seller@acme.example"
OWNER_ADDRESS = "canary-owner@acme.example"
PROMPT = "canary-question: what do you ask first?"
RIGHT, WRONG = "canary-answer right", "canary-answer wrong"

# What only the product's own services can do from outside, as its pages would.
LAUNCH = """
from datetime import timedelta
from accounts.models import Member
from reinforcement.programs import services
from reinforcement.models import Program
program = Program.objects.get(organization__slug="acme")
Program.objects.update(starts_on=program.starts_on - timedelta(days=2), weekdays=127)
program.refresh_from_db()
services.set_audience(program, [Member.objects.get(user__email="SELLER")])
services.launch(program)
""".replace("SELLER", SELLER_ADDRESS)


def zone_where_it_is_ten() -> str:
    """A time zone whose morning it is now, so that the test may run at any hour."""
    hours_ahead = (10 - datetime.now(UTC).hour + 12) % 24 - 12
    return "Etc/GMT" if hours_ahead == 0 else f"Etc/GMT{-hours_ahead:+d}"


@pytest.fixture(scope="session")
def mail():
    with running_mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def installation(tmp_path_factory, mail):
    """Everything of docker-compose.yml, up and ready, with one organization, one seller and one running program."""
    directory = tmp_path_factory.mktemp("installation")
    with postgres_server(directory) as postgres, redis_server(directory) as redis:
        ours = Installation(directory, postgres, redis, mail.port)
        try:
            collecting = ours.collect_static()
            ours.run(*ours.command_of("migrate"))
            fill(ours)
            assert collecting.wait(120) == 0
            for service in ("web", "events", "worker", "long_worker"):
                ours.start(service)
            ours.start("beat", DJANGO_SETTINGS_MODULE="tests.deploy.settings")
            ours.start_nginx()
            ours.wait_until_up("/healthz", "/events/healthz", "/readyz")
            yield ours
        finally:
            ours.stop()


def fill(ours: Installation) -> None:
    """By the commands that docs/operations.md names."""
    create = ["create_organization", "acme", "--name", ORGANIZATION, "--owner", OWNER_ADDRESS, "--json"]
    assert json.loads(ours.run("python", "manage.py", *create))["slug"] == "acme"
    people = ours.directory / "people.csv"
    people.write_text(
        "email,name,team path,manager email,roles,time zone,language,working days,preferred hour,hired on\n"
        f'{SELLER_ADDRESS},{SELLER},South,,seller,{zone_where_it_is_ten()},en,"mon,tue,wed,thu,fri,sat,sun",8:00,2024-09-02\n'
    )
    ours.run("python", "manage.py", "import_members", str(people), "--organization", "acme", "--json")
    questions = ours.directory / "questions.csv"
    questions.write_text(f"id,prompt,option A,option B,answer,explanation,competency\nC-1,{PROMPT},{WRONG},{RIGHT},B,Because.,Talks\n")
    ours.run("python", "manage.py", "import_questions", str(questions), "--organization", "acme", "--program", "First weeks", "--json")
    ours.run("python", "manage.py", "shell", "--no-imports", "-c", LAUNCH)

"""One installation of real parts for all tests of this folder that need it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.deploy.containers import settings_of_postgres
from tests.deploy.installation import Installation
from tests.mail_server import running_mail_server
from tests.parts.servers import postgres_server, redis_server

ORGANIZATION = "canary-organization-name"
SELLER = "canary-seller-name"
SELLER_ADDRESS = "canary-seller@acme.example"
SECOND_ADDRESS = "canary-second@acme.example"
OWNER_ADDRESS = "canary-owner@acme.example"
PROMPT = "canary-question: what do you ask first?"
RIGHT, WRONG = "canary-answer right", "canary-answer wrong"

# What only the product's own services can do from outside, as its pages would. Prints a key of the second seller for the API.
LAUNCH = f"""
from datetime import timedelta
from accounts.me.services import issue_token
from accounts.models import Member
from reinforcement.programs import services
from reinforcement.models import Program
sellers = Member.objects.filter(user__email__in=["{SELLER_ADDRESS}", "{SECOND_ADDRESS}"])
program = Program.objects.get(organization__slug="acme")
services.update_program(program, starts_on=program.starts_on - timedelta(days=2), weekdays=127, audience=sellers)
services.launch(program)
print(issue_token(sellers.get(user__email="{SECOND_ADDRESS}"), "load"))
"""


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
    with postgres_server(directory, settings_of_postgres()) as postgres, redis_server(directory) as redis:
        ours = Installation(directory, postgres, redis, mail.port)
        try:
            collecting = ours.collect_static()
            ours.run(*ours.command_of("migrate"))
            for service in ("events", "worker", "long_worker"):
                ours.start(service)
            ours.start("beat", DJANGO_SETTINGS_MODULE="tests.deploy.settings")
            fill(ours)
            assert collecting.wait(120) == 0
            ours.start("web")
            ours.start_nginx()
            ours.wait_until_up("/healthz", "/events/healthz", "/readyz")
            yield ours
        finally:
            ours.stop()


def fill(ours: Installation) -> None:
    """By the commands that docs/operations.md names."""
    create = ["create_organization", "acme", "--name", ORGANIZATION, "--owner", OWNER_ADDRESS, "--json"]
    assert json.loads(ours.run("python", "manage.py", *create))["slug"] == "acme"
    people, questions = ours.directory / "people.csv", ours.directory / "questions.csv"
    columns = f'South,,seller,{zone_where_it_is_ten()},en,"mon,tue,wed,thu,fri,sat,sun",8:00,2024-09-02'
    people.write_text(
        "email,name,team path,manager email,roles,time zone,language,working days,preferred hour,hired on\n"
        f"{SELLER_ADDRESS},{SELLER},{columns}\n{SECOND_ADDRESS},canary-second-name,{columns}\n"
    )
    questions.write_text(f"id,prompt,option A,option B,answer,explanation,competency\nC-1,{PROMPT},{WRONG},{RIGHT},B,Because.,Talks\n")
    with ThreadPoolExecutor() as pool:
        importing = [
            pool.submit(ours.run, "python", "manage.py", "import_members", str(people), "--organization", "acme"),
            pool.submit(
                ours.run, "python", "manage.py", "import_questions", str(questions), "--organization", "acme", "--program", "First"
            ),
        ]
        for one in importing:
            one.result()
    ours.api_token = ours.run("python", "manage.py", "shell", "--no-imports", "-c", LAUNCH).split()[-1]

"""An installation that lives, as a process of its own: it is filled, answers come in, somebody signs in, and its rows are counted.

python -m tests.backup.living fill | answer | sign-in | counts, with the environment of the installation.
"""

import json
import sys
import time

import django

ADDRESS = "owner@acme.example"


def fill() -> None:
    """An organization with an owner who has a password, and sellers whose sets are prepared and half answered."""
    from django.utils import timezone

    from reinforcement.daily.preparing import prepare_sets
    from reinforcement.programs import services as programs
    from tests.factories import PASSWORD, OrganizationFactory, OwnerFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in

    organization = OrganizationFactory(slug="acme", name="Acmé ☂")
    owner = OwnerFactory(organization=organization, email=ADDRESS)
    owner.user.set_password(PASSWORD)
    owner.user.save()
    sellers = SellerFactory.create_batch(30, organization=organization, working_days=127)
    program = ProgramFactory(organization=organization, weekdays=127, new_per_day=6, cap_per_day=6)
    put_in(program, *QuestionFactory.create_batch(12, organization=organization))
    enroll(program, *sellers)
    programs.set_audience(program, sellers)
    prepare_sets(timezone.now())
    answer(at_most=60, pause_seconds=0)


def answer(at_most: int | None = None, pause_seconds: float = 0.2) -> None:
    """Answers what is open, one at a time; writes a line for each answer that was acknowledged."""
    from accounts.models import Member
    from reinforcement.daily.services import answer, items_to_answer

    for member in Member.objects.filter(is_seller=True).order_by("pk"):
        for item in items_to_answer(member).filter(answer=None):
            if at_most is not None:
                if at_most == 0:
                    return
                at_most -= 1
            answer(member, item, {"chosen": ["ab"[item.pk % 2]]})
            sys.stdout.write(f"{item.pk}\n")
            sys.stdout.flush()
            time.sleep(pause_seconds)


def sign_in() -> None:
    """Signs in as the owner with address and password, and writes what the API then answers to the session."""
    from django.test import Client

    from tests.factories import PASSWORD

    client = Client(SERVER_NAME="feedforward.example", headers={"X-Forwarded-Proto": "https"})
    client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD}, secure=True)
    sys.stdout.write(str(client.get("/api/v1/programs/", secure=True).status_code))


def counts() -> None:
    """Rows and sums of every table, as JSON."""
    from django.db import connection

    from dashboards.backup import databases

    connection.ensure_connection()
    sys.stdout.write(json.dumps({name: [held.rows, held.sum] for name, held in databases.held().items()}))


if __name__ == "__main__":
    django.setup()
    {"fill": fill, "answer": answer, "sign-in": sign_in, "counts": counts}[sys.argv[1]]()

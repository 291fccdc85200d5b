"""How tests of Today ask, answer and read."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reinforcement.daily import services


def items_of(daily_set):
    return list(daily_set.items.order_by("position"))


def address(item):
    return reverse("reinforcement:today_question", args=[item.key])


def signed_in(member, **options):
    client = Client(**options)
    client.force_login(member.user)
    return client


def words(response) -> str:
    return " ".join(response.content.decode().split())


def answer_all(daily_set, response=("a",)):
    for position in range(daily_set.size):
        item = services.items_to_answer(daily_set.member).get(daily_set=daily_set, position=position)
        services.answer(daily_set.member, item, {"chosen": list(response)})


def statements(call) -> int:
    """How many statements `call` makes, other than those that only mark a transaction."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    marks = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return sum(not query["sql"].upper().startswith(marks) for query in captured)

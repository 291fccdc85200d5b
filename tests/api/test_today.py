"""Today's set and answering in the API: what is told when, and that every answer counts once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from reinforcement.models import Answer, DailySet, MemberWeek
from reinforcement.questions.kinds.registry import kind
from tests.factories import AuthorFactory, DailySetFactory, MemberFactory, QuestionFactory, SellerFactory

pytestmark = pytest.mark.django_db

TODAY = "/api/v1/today/"


def at(item):
    return f"{TODAY}items/{item.key}/answer/"


def send(client, item, chosen=("a",), key=None, **body):
    headers = {"Idempotency-Key": str(key or uuid.uuid4())}
    return client.post(at(item), {"response": {"chosen": list(chosen)}} | body, format="json", headers=headers)


@pytest.fixture
def seller():
    return SellerFactory()


@pytest.fixture
def items(seller):
    """Two items of today's set; a colleague has a set of the same questions."""
    daily_set = DailySetFactory(member=seller)
    questions = [item.question for item in daily_set.items.all()]
    DailySetFactory(member=SellerFactory(organization=seller.organization), questions=questions, program=daily_set.items.first().program)
    return list(daily_set.items.all())


def test_today_shows_the_current_set_without_what_is_right(api, seller, items):
    response = api(seller).get(TODAY)
    shown = response.json()["set"]
    assert [item["key"] for item in shown["items"]] == [str(item.key) for item in items]
    assert {option["id"] for option in shown["items"][0]["shown"]["options"]} == {"a", "b", "c"}
    assert (shown["size"], shown["answered"], shown["is_open"]) == (2, 0, True)
    for secret in ("right", "answer_key", "explanation", "feedback", "Fast, but"):
        assert secret not in response.content.decode()


def test_today_shows_options_in_the_order_of_the_pages(api, seller, items):
    [first, _second] = api(seller).get(TODAY).json()["set"]["items"]
    assert first["order_seed"] == items[0].seed
    shown = kind("single").show(items[0].wording.content, items[0].seed)
    assert [option["id"] for option in first["shown"]["options"]] == [option.id for option in shown.options]


def test_today_is_empty_before_the_first_set(api, seller):
    assert api(seller).get(TODAY).json() == {"set": None}


def test_an_answer_is_judged_explained_and_dated(api, seller, items):
    response = send(api(seller), items[0], ["b"], confidence="sure")
    assert response.status_code == 201
    body = response.json()
    assert body["created"] is True
    answer = body["answer"]
    assert (answer["verdict"], answer["credit"], answer["confidence"], answer["is_first"]) == ("wrong", 0, "sure", True)
    assert {option["id"]: option["state"] for option in answer["options"]} == {"a": "missed", "b": "chosen_wrong", "c": "none"}
    assert answer["explanation"].startswith("<p>Before the cause")
    today = timezone.localdate(timezone=seller.zone)
    assert answer["due_on"] == (today + timedelta(days=12)).isoformat()
    shown = api(seller).get(TODAY).json()["set"]
    assert ([item["is_answered"] for item in shown["items"]], shown["answered"]) == ([True, False], 1)


def test_a_replay_is_answered_with_the_same_body(api, seller, items):
    key = uuid.uuid4()
    moment = timezone.now() - timedelta(minutes=5)
    first = send(api(seller), items[0], key=key, confidence="guess", answered_at=moment.isoformat())
    again = send(api(seller), items[0], key=key, confidence="guess", answered_at=moment.isoformat())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"created": False}
    assert Answer.objects.get().answered_at == moment
    assert MemberWeek.objects.get(member=seller).answered == 1


def test_the_same_answer_under_another_key_counts_once(api, seller, items):
    assert send(api(seller), items[0]).status_code == 201
    again = send(api(seller), items[0])
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("change", [{"chosen": ["b"]}, {"confidence": "sure"}, {"answered_at": "2020-01-01T00:00:00Z"}])
def test_a_key_with_another_body_is_refused(api, seller, items, change):
    key = uuid.uuid4()
    send(api(seller), items[0], key=key)
    response = send(api(seller), items[0], key=key, **change)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "key_used")
    assert Answer.objects.get().response == {"chosen": ["a"]}


def test_a_key_used_for_another_question_is_refused(api, seller, items):
    key = uuid.uuid4()
    send(api(seller), items[0], key=key)
    response = send(api(seller), items[1], key=key)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "key_used")
    assert Answer.objects.count() == 1


def test_two_members_may_make_the_same_key(api, seller, items):
    key = uuid.uuid4()
    send(api(seller), items[0], key=key)
    colleague = DailySet.objects.exclude(member=seller).get()
    assert send(api(colleague.member), colleague.items.first(), key=key).status_code == 201


def test_another_answer_is_told_which_one_counts(api, seller, items):
    send(api(seller), items[0], ["b"])
    response = send(api(seller), items[0], ["a"])
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "already_answered"
    assert (response.json()["answer"]["response"], response.json()["answer"]["verdict"]) == ({"chosen": ["b"]}, "wrong")


def test_the_same_choice_in_another_order_is_the_same_answer(api, seller):
    question = QuestionFactory(organization=seller.organization, kind="multiple", right=("a", "b"))
    [item] = DailySetFactory(member=seller, questions=[question]).items.all()
    key = uuid.uuid4()
    assert send(api(seller), item, ["b", "a"], key=key).status_code == 201
    assert send(api(seller), item, ["a", "b", "a"], key=key).status_code == 200


@pytest.mark.parametrize("header", [None, "", "nonsense"])
def test_an_answer_needs_a_key(api, seller, items, header):
    headers = {} if header is None else {"Idempotency-Key": header}
    response = api(seller).post(at(items[0]), {"response": {"chosen": ["a"]}}, format="json", headers=headers)
    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, ["Idempotency-Key"])
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "response"),
        ({"response": "a"}, "response"),
        ({"response": {"chosen": []}}, "response"),
        ({"response": {"chosen": ["a", "b"]}}, "response"),
        ({"response": {"chosen": ["z"]}}, "response"),
        ({"response": {"chosen": ["a"]}, "confidence": "very"}, "confidence"),
        ({"response": {"chosen": ["a"]}, "answered_at": "yesterday"}, "answered_at"),
    ],
)
def test_an_answer_with_a_fault_is_refused_at_its_field(api, seller, items, body, field):
    response = api(seller).post(at(items[0]), body, format="json", headers={"Idempotency-Key": str(uuid.uuid4())})
    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, [field])
    assert not Answer.objects.exists()


def test_nobody_else_answers(api, seller, items):
    manager = MemberFactory(organization=seller.organization)
    colleague = SellerFactory(organization=seller.organization, manager=manager)
    for member in (colleague, manager, AuthorFactory(organization=seller.organization), SellerFactory()):
        assert send(api(member), items[0]).status_code == 404
    assert not Answer.objects.exists()


def test_a_closed_set_takes_no_answer(api, seller):
    long_ago = timezone.now() - timedelta(days=15)
    daily_set = DailySetFactory(member=seller, prepared_at=long_ago, local_date=long_ago.date())
    client = api(seller)
    assert client.get(TODAY).json()["set"]["is_open"] is False
    response = send(client, daily_set.items.first())
    assert (response.status_code, response.json()["error"]["code"]) == (409, "set_closed")


def at_once(*steps):
    """Runs the steps in threads of their own; what each returned, in order."""
    found = [None] * len(steps)
    gate = threading.Barrier(len(steps))

    def run(place, step):
        try:
            gate.wait(10)
            found[place] = step()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_many_times_at_once_counts_once(api, seller, items):
    key = uuid.uuid4()
    clients = [api(seller) for _ in range(4)]
    responses = at_once(*[lambda client=client: send(client, items[0], key=key) for client in clients])
    assert sorted(response.status_code for response in responses) == [200, 200, 200, 201]
    assert len({str(response.json()["answer"]) for response in responses}) == 1
    assert Answer.objects.count() == 1
    assert MemberWeek.objects.get(member=seller).answered == 1
    assert DailySet.objects.get(member=seller).answered == 1


@pytest.mark.django_db(transaction=True)
def test_one_key_for_two_questions_at_once_counts_for_one(api, seller, items):
    key = uuid.uuid4()
    clients = [api(seller), api(seller)]
    responses = at_once(
        *[lambda client=client, item=item: send(client, item, key=key) for client, item in zip(clients, items, strict=True)]
    )
    assert sorted(response.status_code for response in responses) == [201, 409]
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_today_costs_the_same_however_many_questions(api, seller, number, django_assert_num_queries):
    DailySetFactory(member=seller, question_count=number)
    client = api(seller)
    client.get(TODAY)
    with django_assert_num_queries(9):
        client.get(TODAY)


@pytest.mark.parametrize("number", [1, 3])
def test_answering_costs_the_same_however_many_questions(api, seller, number, django_assert_num_queries):
    daily_set = DailySetFactory(member=seller, question_count=number)
    client = api(seller)
    client.get(TODAY)
    # What an answer writes goes to PostgreSQL as one statement.
    with django_assert_num_queries(13 if connection.vendor == "postgresql" else 22):
        send(client, daily_set.items.first())

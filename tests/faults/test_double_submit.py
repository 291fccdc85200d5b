"""The same answer sent a hundred times at once, to real web processes: it counts once, and everybody is told the same."""

import json
import uuid
from collections import Counter
from collections.abc import Iterable

import pytest
from django.db import connection

from reinforcement.models import Answer, DailySet, DailySetItem, MemberWeek, MemoryState, TeamWeek
from tests.faults.answering import NONE, Ledger, Task, damage_of, lay_out, make_sellers
from tests.parts.web import Reply, read_reply

pytestmark = pytest.mark.faults
AT_ONCE = 100
ROUNDS = pytest.mark.parametrize("rounds", [4, pytest.param(200, marks=pytest.mark.full)], ids=["sample", "full"])


def send_at_once(task: Task, requests: Iterable[bytes], *, drop_first: bool = False) -> list[Reply]:
    """The replies to all requests, each on a connection of its own that stood before the first byte was sent.

    With `drop_first` the first connection is closed as soon as its request is sent, as a browser does at a second click.
    """
    requests = list(requests)
    connections = [task.caller.connect() for _request in requests]
    for number, (open_connection, request) in enumerate(zip(connections, requests, strict=True)):
        open_connection.sendall(request)
        if drop_first and number == 0:
            open_connection.close()
    replies = []
    for open_connection in connections[drop_first:]:
        with open_connection:
            replies.append(read_reply(open_connection))
    return replies


def told(task: Task, reply: Reply) -> str:
    """What the reply says, the same for the first and for every repeat: of the API's answer all but who was first."""
    if task.way == "api":
        return json.dumps(reply.json()["answer"], sort_keys=True)
    return f"{reply.status} {reply.headers['Location']} {reply.text}"


def counted(task: Task) -> Counter:
    """How often the answer stands in each place."""
    item = DailySetItem.objects.select_related("daily_set").get(pk=task.item_id)
    week = {"competency_id": item.competency_id}
    return Counter(
        rows=Answer.objects.filter(item=item).count(),
        steps=MemoryState.objects.get(member_id=item.daily_set.member_id, question_id=item.question_id).answered,
        member_weeks=sum(MemberWeek.objects.filter(member_id=item.daily_set.member_id, **week).values_list("answered", flat=True)),
        team_weeks=sum(TeamWeek.objects.filter(team_id=item.daily_set.team_id, **week).values_list("answered", flat=True)),
        sets=DailySet.objects.get(pk=item.daily_set_id).answered,
    )


@ROUNDS
@pytest.mark.parametrize("way", ["htmx", "form", "api"])
def test_r12_a_hundred_equal_posts_at_once_count_once_and_are_told_the_same(web, tmp_path, figure, way, rounds):
    ledger = Ledger(tmp_path / "ledger")
    statuses: Counter[int] = Counter()
    for number in range(rounds):
        # A question of a set of two and the last one of a set: the second completes it.
        if number % 2 == 0:
            tasks = lay_out(web, make_sellers(1), mornings=1, questions=2, ways=(way,), seed=number)
        task = tasks[number % 2]
        dropped = number % 3 == 2
        replies = send_at_once(task, [task.request()] * AT_ONCE, drop_first=dropped)
        statuses.update(reply.status for reply in replies)
        assert len(replies) == AT_ONCE - dropped
        assert all(task.is_acknowledged(reply.status, reply.headers["Location"]) for reply in replies), statuses
        assert len({told(task, reply) for reply in replies}) == 1
        assert counted(task) == Counter(rows=1, steps=1, member_weeks=1, team_weeks=1, sets=1 + number % 2)
        ledger.acknowledge(task, replies[0].status, AT_ONCE)
    if way == "api":
        assert statuses[201] <= rounds, "more than one was told that it was the first"
    figure("R12", f"rounds of {AT_ONCE} equal posts ({way}): answers in the log", rounds, Answer.objects.count())
    figure("R12", f"rounds of {AT_ONCE} equal posts ({way}): answers with 500", 0, statuses[500])
    assert damage_of(ledger) == NONE


def drop_constraint(table: str, columns: list[str]) -> None:
    """Takes the unique constraint on exactly these columns out of the test's own database."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
        [name] = [name for name, found in constraints.items() if found["unique"] and sorted(found["columns"]) == sorted(columns)]
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')


def test_r12_without_the_unique_item_the_same_posts_would_be_seen_to_count_more_than_once(web, tmp_path):
    """Of a question that was answered before: a first answer is also kept single by the memory that it makes."""
    drop_constraint("reinforcement_answer", ["item_id"])
    ledger = Ledger(tmp_path / "ledger")
    for number in range(10):
        earlier, task = lay_out(web, make_sellers(1), mornings=2, questions=1, ways=("htmx",), seed=number)
        for one, times in ((earlier, 1), (task, AT_ONCE)):
            send_at_once(one, [one.request()] * times)
            ledger.acknowledge(one, 200, times)
        if damage_of(ledger).doubled:
            break
    assert damage_of(ledger).doubled
    assert Counter(Answer.objects.values_list("item_id", flat=True))[task.item_id] > 1


def one_key_for_all(web, questions: int = 10) -> list[int]:
    """The statuses of as many answers to different questions, sent at once by one person under one request key.

    Of a person who has answered before: a first answer is also kept single by the record that it makes.
    """
    earlier, *tasks = lay_out(web, make_sellers(1), mornings=1, questions=questions + 1, ways=("api",))
    send_at_once(earlier, [earlier.request()])
    key = uuid.uuid4()
    requests = [Task(task.item_id, task.key, task.caller, task.way, task.chosen, key).request() for task in tasks]
    return sorted(reply.status for reply in send_at_once(tasks[0], requests))


def test_r12_one_request_key_for_ten_questions_at_once_is_taken_for_one_of_them(web):
    for _round in range(3):
        before = Answer.objects.count()
        assert one_key_for_all(web) == [201] + [409] * 9
        assert Answer.objects.count() == before + 2


def test_r12_without_the_unique_request_key_it_would_be_taken_for_several(web):
    drop_constraint("reinforcement_answer", ["member_id", "request_key"])
    assert any(one_key_for_all(web).count(201) > 1 for _round in range(20))

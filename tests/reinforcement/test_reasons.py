"""Why this, why now: what is said of each question that is asked is what the log says, and the date that is promised is kept."""

import random
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from reinforcement.daily import services
from reinforcement.memory import policy
from reinforcement.models import Answer, DailySetItem
from reinforcement.today import pages, queries
from reinforcement.today.returning import long_date, returns_on
from tests.reinforcement.asking import address, signed_in, words
from tests.reinforcement.test_adaptive_sets import MONDAY, RIGHT, WRONG, adaptive_program, everyday_seller, live

pytestmark = pytest.mark.django_db
DAYS = 36
SEEN = re.compile(r"Last seen (\d+) days? ago, (right|partly right|not yet right) then")


@pytest.fixture
def told(monkeypatch):
    """Every item that a seller was asked over some weeks, with the sentence of that morning, the verdict's page, and the answer."""
    monkeypatch.setattr(policy, "RANDOM_SHARE", 0.15)
    chance = random.Random(7)
    with time_machine.travel(MONDAY - timedelta(days=7), tick=False):
        seller = everyday_seller()
        adaptive_program(seller, questions=9)
    found = []

    def answers(item, _day):
        today = timezone.localdate(timezone=seller.zone)
        shown = queries.item_of(seller, item.key)
        found.append((item.pk, pages.reason_of(shown, today, seller.zone)))
        return chance.choice([RIGHT, WRONG, None])

    live(DAYS, answers)
    return seller, found


def test_sentence_of_each_question_says_what_the_log_says(told):
    seller, found = told
    kinds = set()
    for pk, sentence in found:
        item = DailySetItem.objects.select_related("daily_set").get(pk=pk)
        before = Answer.objects.filter(member=seller, question_id=item.question_id, answered_at__lt=item.daily_set.prepared_at).last()
        seen = SEEN.search(sentence)
        assert sentence.startswith("New for you") == (before is None)
        # One sentence, whatever it says.
        assert (sentence.count("."), sentence[-1]) == (1, ".")
        assert (seen is not None) == (before is not None)
        if before is not None:
            days = (item.daily_set.local_date - timezone.localdate(before.answered_at, seller.zone)).days
            assert (int(seen[1]), seen[2] == "right") == (days, before.verdict == "right")
        assert ("drawn by lot" in sentence) == (item.reason == "random")
        assert ("among those that keep most" in sentence) == (item.reason == "value")
        kinds.add(item.reason)
    assert kinds == {"new", "value", "random"}


def test_promised_date_is_kept_but_for_what_is_drawn_by_lot(told):
    seller, _found = told
    items = DailySetItem.objects.filter(daily_set__member=seller).select_related("daily_set", "program")
    for answer in Answer.objects.filter(member=seller).select_related("item__program"):
        on = returns_on(seller, answer.item, answer)
        assert on == timezone.localdate(answer.answered_at, seller.zone) + timedelta(days=14 if answer.verdict == "right" else 7)
        # What was drawn by lot and answered meanwhile has a date of its own from then on.
        after = Answer.objects.filter(member=seller, question_id=answer.question_id, pk__gt=answer.pk).first()
        until = min(on, after.item.daily_set.local_date) if after else on
        earlier = items.filter(question_id=answer.question_id, daily_set__local_date__gt=answer.item.daily_set.local_date)
        assert {item.reason for item in earlier.filter(daily_set__local_date__lt=until)} <= {"random"}


def test_verdict_says_from_when_on_the_question_comes_and_that_it_comes_when_it_keeps_most(told):
    seller, _found = told
    answer = Answer.objects.filter(member=seller, verdict="right").select_related("item__program").first()
    page = words(signed_in(seller).get(address(answer.item)))
    on = returns_on(seller, answer.item, answer)
    assert f"Back from {long_date(on, timezone.localdate(answer.answered_at))} on" in page
    assert "then it comes when asking it keeps most" in page
    assert f"Comes back from {long_date(on, timezone.localdate(answer.answered_at))} on." in page


def test_question_that_a_late_answer_came_for_is_not_called_changed():
    with time_machine.travel(MONDAY - timedelta(days=7), tick=False):
        seller = everyday_seller()
        adaptive_program(seller, questions=1)
    live(2, lambda _item, _day: None)
    late, today = DailySetItem.objects.order_by("daily_set__local_date")
    with time_machine.travel(MONDAY + timedelta(days=1, hours=2), tick=False):
        services.answer(seller, services.items_to_answer(seller).get(pk=late.pk), RIGHT, answered_at=MONDAY + timedelta(hours=4))
        sentence = pages.reason_of(queries.item_of(seller, today.key), MONDAY.date() + timedelta(days=1), seller.zone)
    assert today.reason == "new"
    assert sentence.startswith("Last seen 1 day ago, right then")


def test_no_date_is_promised_after_the_end_of_the_program():
    with time_machine.travel(MONDAY - timedelta(days=7), tick=False):
        seller = everyday_seller()
        adaptive_program(seller, questions=1, ends_on=MONDAY.date() + timedelta(days=10))
    live(1, lambda _item, _day: RIGHT)
    page = words(signed_in(seller).get(address(DailySetItem.objects.get())))
    assert "It does not come back before the program ends" in page
    assert "Back from" not in page

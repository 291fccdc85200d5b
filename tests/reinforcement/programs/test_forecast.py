"""The load of a program, before it is launched."""

from dataclasses import replace
from datetime import date

import pytest

from accounts.working_days import EVERY_DAY, MONDAY_TO_FRIDAY
from reinforcement.memory.spacing import FixedRule, OnceRule
from reinforcement.programs.forecast import Plan, forecast

MONDAY = date(2026, 11, 30)
ONCE = Plan(questions=30, rule=OnceRule(), starts_on=MONDAY, ends_on=None, weekdays=MONDAY_TO_FRIDAY, new_per_day=2, cap_per_day=3)
FIXED = replace(ONCE, rule=FixedRule())


def test_forecast_of_once_counts_the_days_of_delivery_only():
    load = forecast(ONCE)
    assert (load.a_day, load.peak, load.asked) == (2, 2, 30)
    assert (load.days_to_see_all, load.all_seen_on, load.last_on) == (15, date(2026, 12, 18), date(2026, 12, 18))


def test_forecast_of_a_last_short_day_ends_on_it():
    load = forecast(replace(ONCE, questions=5))
    assert (load.days_to_see_all, load.all_seen_on) == (3, date(2026, 12, 2))


def test_forecast_of_fixed_with_all_right_asks_each_question_twice():
    load = forecast(FIXED, share_right=1)
    assert load.asked == pytest.approx(60)
    assert load.all_seen_on == date(2026, 12, 18)
    # The last ones return 24 days later, on Monday 11 January, with those due at the weekend: six, of which three fit.
    assert load.last_on == date(2027, 1, 12)


def test_forecast_of_fixed_with_all_wrong_never_ends_and_keeps_the_cap():
    load = forecast(FIXED, share_right=0)
    assert load.peak == 3
    assert load.last_on is None
    assert load.seen == 30


def test_forecast_asks_what_is_due_before_what_is_new():
    plan = replace(FIXED, rule=FixedRule(days_after_wrong=1, days_after_right=1), weekdays=EVERY_DAY, new_per_day=3)
    load = forecast(plan, share_right=1)
    # Three new ones one day, the same three the next: new ones come every second day.
    assert (load.days_to_see_all, load.peak) == (19, 3)


def test_forecast_never_asks_more_than_the_cap():
    load = forecast(replace(FIXED, new_per_day=5, cap_per_day=2))
    assert load.peak == pytest.approx(2)


def test_forecast_stops_at_the_end_of_the_program():
    load = forecast(replace(FIXED, ends_on=date(2026, 12, 4)))
    assert (load.seen, load.days_to_see_all, load.all_seen_on, load.last_on) == (10, None, None, None)


def test_forecast_of_no_questions_is_nothing():
    load = forecast(replace(FIXED, questions=0))
    assert (load.a_day, load.peak, load.asked, load.last_on) == (0, 0, 0, None)


def test_forecast_mastered_later_when_fewer_answers_are_right():
    often, seldom = forecast(FIXED, share_right=0.9), forecast(FIXED, share_right=0.5)
    assert often.last_on < seldom.last_on
    assert often.asked < seldom.asked

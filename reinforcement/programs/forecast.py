"""What a program will ask of one seller, day by day, before it is launched. Pure: values in, values out.

It follows a seller who answers every set, and who answers `share_right` of the questions right each time they come. Questions
flow in fractions: of ten asked, seven go one way and three the other. So the figures are expectations, and are said with "about".
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.working_days import is_working_day
from reinforcement.memory.spacing import Rule, next_step

SHARE_RIGHT = 0.7
"""How often an answer is right, where nothing is known yet."""

HORIZON = timedelta(days=3 * 365)
"""Beyond this the forecast does not look."""

_LAST = 0.5
"""Fewer questions than this are not awaited: less than half a question is more likely none than one."""

_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the load: `questions` in the program, and its settings. `weekdays` as in accounts/working_days.py."""

    questions: int
    rule: Rule
    starts_on: date
    ends_on: date | None
    weekdays: int
    new_per_day: int
    cap_per_day: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`a_day` and `peak` are questions on a day with a set, `a_day` on average until all have been seen."""

    a_day: float
    peak: float
    seen: int
    """Different questions that are asked before the end."""
    asked: float
    """Questions asked in all, repetitions counted."""
    days_to_see_all: int | None
    """Days with a set until each question was asked once; None when the program ends before."""
    all_seen_on: date | None
    last_on: date | None
    """About when the last question is asked; None when the end or the horizon comes before."""


def forecast(plan: Plan, *, share_right: float = SHARE_RIGHT) -> Forecast:
    """The load of `plan` on one seller. A plan without questions asks nothing."""
    unseen = float(plan.questions)
    # Questions that wait: how many, by due date and rights in a row.
    waiting: dict[tuple[date, int], float] = defaultdict(float)
    days: list[tuple[date, float]] = []
    days_to_see_all = all_seen_on = last_on = None
    for day in _delivery_days(plan):
        due = _take(waiting, day, plan.cap_per_day)
        new = min(unseen, plan.new_per_day, plan.cap_per_day - sum(due.values()))
        unseen -= new
        asked = due | {0: due.get(0, 0.0) + new}
        if sum(asked.values()) <= _NOTHING:
            continue
        days.append((day, sum(asked.values())))
        _put_back(waiting, plan.rule, day, asked, share_right)
        if all_seen_on is None and unseen <= _NOTHING:
            days_to_see_all, all_seen_on = len(days), day
        if all_seen_on is not None and sum(waiting.values()) < _LAST:
            last_on = day
            break
    until_seen = days[:days_to_see_all]
    return Forecast(
        a_day=sum(asked for _day, asked in until_seen) / len(until_seen) if until_seen else 0.0,
        peak=max((asked for _day, asked in days), default=0.0),
        seen=round(plan.questions - unseen),
        asked=sum(asked for _day, asked in days),
        days_to_see_all=days_to_see_all,
        all_seen_on=all_seen_on,
        last_on=last_on,
    )


def _delivery_days(plan: Plan) -> Iterator[date]:
    day = plan.starts_on
    last = min(plan.ends_on or date.max, plan.starts_on + HORIZON)
    while day <= last:
        if is_working_day(plan.weekdays, day):
            yield day
        day += timedelta(days=1)


def _take(waiting: dict[tuple[date, int], float], day: date, cap: float) -> dict[int, float]:
    """Takes what is due out of `waiting`, the oldest due first, at most `cap`: how many by rights in a row."""
    taken: dict[int, float] = defaultdict(float)
    room = float(cap)
    for key in sorted(key for key in waiting if key[0] <= day):
        part = min(waiting[key], room)
        room -= part
        taken[key[1]] += part
        waiting[key] -= part
        if waiting[key] <= _NOTHING:
            del waiting[key]
        if room <= _NOTHING:
            break
    return dict(taken)


def _put_back(waiting: dict[tuple[date, int], float], rule: Rule, day: date, asked: dict[int, float], share_right: float) -> None:
    """Where each fraction of what was asked goes: to its next date, or out."""
    for in_a_row, number in asked.items():
        for verdict, share in (("right", share_right), ("wrong", 1 - share_right)):
            step = next_step(rule, verdict, in_a_row)
            if step.days is not None and number * share > _NOTHING:
                waiting[day + timedelta(days=step.days), step.rights_in_a_row] += number * share

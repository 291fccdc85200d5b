"""What a learner's record says about the next answer: counts that fade, kept in constant space, and the features made of them. Pure.

A record keeps no list of answers. What was tried and what was right fades at each of several half-lives at once; together the faded
counts say how much there was, and how long ago. Each step needs the record before it and the answer, nothing else.

Times are days since any fixed moment, as floats. An answer whose clock says an earlier time than the record's takes the record's.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

# In days: an hour, a day, a week, a month, four months, sixteen months.
HALF_LIVES = (1 / 24, 1.0, 7.0, 30.0, 120.0, 480.0)
_RATES = tuple(math.log(2) / half_life for half_life in HALF_LIVES)
# How much of an exposure a wrong answer with its explanation counts, a right one counting 1 (decision 13).
WRONG_EXPOSURE = 0.7
# Shares are shrunk towards the population's by this many answers.
SHRUNK_BY = 3.0
# Elo steps of ability (decision 13): first step, how it shrinks with answers, smallest step.
_LEARNER_STEP = (0.6, 0.12, 0.04)
_COMPETENCY_STEP = (0.5, 0.15, 0.06)
_FAST, _STEADY = 0.2, 0.05
_LONGEST_RUN = 5


class Practice(NamedTuple):
    """A learner's answers to one question, or in one competency.

    `run` counts the latest answers of one kind: rights positive, others negative. `tried` and `rights_left` are the answers and
    the rights, each faded to `at` with the half-lives of HALF_LIVES.
    """

    answers: int
    rights: int
    run: int
    at: float
    tried: tuple[float, ...]
    rights_left: tuple[float, ...]


class Skill(NamedTuple):
    """A learner in one competency: ability in log odds beside the learner's general one, and the practice there."""

    ability: float
    practice: Practice


class Learner(NamedTuple):
    """A learner in general: ability in log odds, averages of rights that follow quickly and steadily, answers faded over an hour.

    Both averages begin at 0; `features` adds the population's share in place of the answers that are not there yet.
    """

    answers: int
    rights: int
    ability: float
    fast: float
    steady: float
    at: float
    this_hour: float


class Item(NamedTuple):
    """What everybody's answers say about a question: log odds of a right answer, of a first right answer, and how many answers."""

    easiness: float
    first_easiness: float
    answers: int


class Record(NamedTuple):
    """All that is known of a learner before an answer to a question. `practice` None: never asked; no `skills`: nothing there yet.

    `competencies` counts those of the question, with or without a record.
    """

    practice: Practice | None
    skills: tuple[Skill, ...]
    competencies: int
    learner: Learner | None


def logit(probability: float) -> float:
    """Log odds of a probability within (0, 1)."""
    return math.log(probability / (1 - probability))


def sigmoid(log_odds: float) -> float:
    """The probability within (0, 1) of log odds, which are cut at ±30."""
    return 1 / (1 + math.exp(-min(max(log_odds, -30.0), 30.0)))


def easiness(rights: float, answers: float, base: float, weight: float = 4.0) -> float:
    """Log odds that an answer is right, from counts and `weight` imagined answers with share `base`."""
    return logit(min(max((rights + weight * base) / (answers + weight), 1e-4), 1 - 1e-4))


def faded(counts: Sequence[float], days: float) -> tuple[float, ...]:
    """The counts after `days` without an answer."""
    return tuple([count * math.exp(-rate * days) for count, rate in zip(counts, _RATES, strict=True)])


def practised(before: Practice | None, is_right: bool, at: float) -> Practice:
    """The practice after one more answer."""
    if before is None:
        ones = (1.0,) * len(HALF_LIVES)
        return Practice(1, int(is_right), 1 if is_right else -1, at, ones, ones if is_right else (0.0,) * len(HALF_LIVES))
    days = max(at - before.at, 0.0)
    fading = [math.exp(-rate * days) for rate in _RATES]
    return Practice(
        answers=before.answers + 1,
        rights=before.rights + is_right,
        run=max(before.run, 0) + 1 if is_right else min(before.run, 0) - 1,
        at=max(at, before.at),
        tried=tuple([count * left + 1.0 for count, left in zip(before.tried, fading, strict=True)]),
        rights_left=tuple([count * left + is_right for count, left in zip(before.rights_left, fading, strict=True)]),
    )


def surprise(record: Record, item: Item, is_right: bool) -> float:
    """How far the answer lies from what ability and easiness let expect, between -1 and 1."""
    return is_right - sigmoid(ability(record) + item.easiness)


def learned(before: Learner | None, is_right: bool, at: float, surprised: float) -> Learner:
    """The learner after one more answer."""
    before = before or Learner(0, 0, 0.0, 0.0, 0.0, at, 0.0)
    days = max(at - before.at, 0.0)
    return Learner(
        answers=before.answers + 1,
        rights=before.rights + is_right,
        ability=before.ability + surprised * _step(_LEARNER_STEP, before.answers),
        fast=before.fast + _FAST * (is_right - before.fast),
        steady=before.steady + _STEADY * (is_right - before.steady),
        at=max(at, before.at),
        this_hour=before.this_hour * math.exp(-_RATES[0] * days) + 1.0,
    )


def skilled(before: Skill | None, is_right: bool, at: float, surprised: float) -> Skill:
    """The learner in a competency after one more answer there."""
    ability, practice = before or (0.0, None)
    return Skill(ability + surprised * _step(_COMPETENCY_STEP, practice.answers if practice else 0), practised(practice, is_right, at))


def _step(steps: tuple[float, float, float], answers: int) -> float:
    first, shrinking, smallest = steps
    return max(first / (1 + shrinking * answers), smallest)


def ability(record: Record) -> float:
    """In log odds: in general and in the question's competencies, on average over these."""
    general = record.learner.ability if record.learner else 0.0
    if not record.skills:
        return general
    return general + sum(skill.ability for skill in record.skills) / record.competencies


FEATURES = (
    "new",
    "last right",
    "run",
    "answers",
    "rights",
    "hours since",
    *(f"tried, faded {number}" for number in range(len(HALF_LIVES))),
    *(f"right, faded {number}" for number in range(len(HALF_LIVES))),
    "competency last right",
    "competency answers",
    "competency rights",
    "competency hours since",
    *(f"competency tried, faded {number}" for number in range(len(HALF_LIVES))),
    *(f"competency right, faded {number}" for number in range(len(HALF_LIVES))),
    "learner answers",
    "learner share",
    "learner fast",
    "learner steady",
    "learner hours since",
    "learner this hour",
    "ability",
    "competency ability",
    "easiness",
    "first easiness if new",
    "easiness if seen",
    "question answers",
    "expected",
)
_UNSEEN = (0.0,) * (5 + 2 * len(HALF_LIVES))
_UNSKILLED = (0.0,) * (4 + 2 * len(HALF_LIVES))


def features(record: Record, item: Item, at: float, share: float) -> list[float]:
    """The numbers of FEATURES, before the answer. `share` is the population's share of rights."""
    row = [1.0, *_UNSEEN] if record.practice is None else [0.0, *_of_practice(record.practice, at)]
    row += _of_skills(record, at) if record.skills else _UNSKILLED
    learner = record.learner or Learner(0, 0, 0.0, 0.0, 0.0, at, 0.0)
    days = max(at - learner.at, 0.0)
    skill = ability(record) - learner.ability
    row += [
        math.log1p(learner.answers),
        logit((learner.rights + SHRUNK_BY * share) / (learner.answers + SHRUNK_BY)),
        _share_logit(learner.fast + share * (1 - _FAST) ** learner.answers),
        _share_logit(learner.steady + share * (1 - _STEADY) ** learner.answers),
        math.log1p(24 * days),
        math.log1p(learner.this_hour * math.exp(-_RATES[0] * days)),
        learner.ability,
        skill,
        item.easiness,
        item.first_easiness if record.practice is None else 0.0,
        0.0 if record.practice is None else item.easiness,
        math.log1p(item.answers),
        learner.ability + skill + item.easiness,
    ]
    return row


def _share_logit(share: float) -> float:
    return logit(min(max(share, 0.02), 0.98))


def _of_practice(practice: Practice, at: float) -> list[float]:
    days = max(at - practice.at, 0.0)
    return [
        float(practice.run > 0),
        float(min(max(practice.run, -_LONGEST_RUN), _LONGEST_RUN)),
        math.log1p(practice.answers),
        math.log1p(practice.rights),
        math.log1p(24 * days),
        *[math.log1p(count) for count in faded(practice.tried, days)],
        *[math.log1p(count) for count in faded(practice.rights_left, days)],
    ]


def _of_skills(record: Record, at: float) -> list[float]:
    """On average over the question's competencies; the gap is the shortest one."""
    rows = []
    for _ability, practice in record.skills:
        days = max(at - practice.at, 0.0)
        tried = [math.log1p(count) for count in faded(practice.tried, days)]
        right = [math.log1p(count) for count in faded(practice.rights_left, days)]
        rows.append([float(practice.run > 0), practice.answers, practice.rights, days, *tried, *right])
    last_right = sum(row[0] for row in rows) / len(rows)
    answers, rights = (math.log1p(sum(row[column] for row in rows) / record.competencies) for column in (1, 2))
    hours = math.log1p(24 * min(row[3] for row in rows))
    rest = [sum(column) / record.competencies for column in list(zip(*rows, strict=True))[4:]]
    return [last_right, answers, rights, hours, *rest]

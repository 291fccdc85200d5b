"""What an answer means for the next time: the rule of a program's mode. Pure: values in, values out.

*Fixed* is the published spaced-education protocol (Kerfoot and others): again 12 days after a wrong or partly right answer,
24 after a right one, mastered after two right in a row; with one right answer it asks errors only. *Once* asks each question one time.
*Adaptive* says only how long a question rests at least: when it comes again is the memory model's choice (memory/policy.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FixedRule:
    """Days until a question returns, and how many rights in a row end its returns."""

    days_after_wrong: int = 12
    days_after_right: int = 24
    rights_to_retire: int = 2


@dataclass(frozen=True)
class AdaptiveRule:
    """Days that a question rests at least. It is never mastered for good."""

    rest_after_wrong: int = 7
    rest_after_right: int = 14


@dataclass(frozen=True)
class OnceRule:
    """Every question is asked one time, whatever the answer."""


Rule = FixedRule | AdaptiveRule | OnceRule


@dataclass(frozen=True)
class Step:
    """The next time: in `days` (adaptive: at the earliest), or never when `retires`. `rights_in_a_row` counts with this answer."""

    days: int | None
    retires: bool
    rights_in_a_row: int


def next_step(rule: Rule, verdict: str, rights_in_a_row: int) -> Step:
    """What follows a `verdict` ("right", "partly" or "wrong") after `rights_in_a_row` rights before it.

    Partly right counts as wrong for spacing and for the rights in a row (docs/decisions/0004-credit.md).
    """
    if verdict not in {"right", "partly", "wrong"}:
        raise ValueError(f"unknown verdict {verdict!r}")
    in_a_row = rights_in_a_row + 1 if verdict == "right" else 0
    if isinstance(rule, OnceRule):
        return Step(days=None, retires=True, rights_in_a_row=in_a_row)
    if isinstance(rule, AdaptiveRule):
        days = rule.rest_after_right if verdict == "right" else rule.rest_after_wrong
        return Step(days=days, retires=False, rights_in_a_row=in_a_row)
    if in_a_row >= rule.rights_to_retire:
        return Step(days=None, retires=True, rights_in_a_row=in_a_row)
    return Step(days=rule.days_after_right if verdict == "right" else rule.days_after_wrong, retires=False, rights_in_a_row=in_a_row)

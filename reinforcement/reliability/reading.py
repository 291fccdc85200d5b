"""How well answers were predicted, in one sentence. Values in, words out; the same figures give the same words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from reinforcement.reliability.figures import LEAST_ANSWERS, Shown, ShownBin, half_up


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a page says of the latest answers. `is_told`: there are enough of them for figures."""

    text: str
    is_told: bool


def in_words(latest: Shown | None) -> Sentence:
    """Such as "Over the last 1,000 answers: predicted 71 %, correct 70 %."."""
    if latest is None:
        needed = gettext("Too few answers yet to say how well they are predicted: %(needed)s are needed.")
        return Sentence(needed % {"needed": _number(LEAST_ANSWERS)}, False)
    words = {"answers": _number(latest.answers), "predicted": _percent(latest.predicted), "right": _percent(latest.right)}
    if not latest.is_whole:
        return Sentence(gettext("Over the last %(answers)s answers: predicted %(predicted)s, correct about %(right)s.") % words, True)
    return Sentence(gettext("Over the last %(answers)s answers: predicted %(predicted)s, correct %(right)s.") % words, True)


def headline(latest: Shown | None, *, is_apart: bool) -> str:
    """The finding of the page; `is_apart` by the shares before they are rounded, which the owners are told by too."""
    if latest is None:
        return gettext("How well answers are predicted")
    if not latest.is_whole:
        return gettext("A first comparison, over few answers")
    if not is_apart:
        return gettext("Predictions and answers agree")
    return _apart(latest.predicted - latest.right)


def read_notice(predicted: float, right: float) -> str:
    """What has drifted, in two sentences; shares between 0 and 1."""
    high, low = half_up(100 * predicted), half_up(100 * right)
    told = gettext("Over the 1,000 answers before that night, %(predicted)s were expected to be right and %(right)s were.")
    # The distance of the two that are named beside it; where they round to the same, the sentence says which way it is at least.
    points = high - low or (1 if predicted > right else -1)
    return f"{_apart(points)}. {told % {'predicted': _percent(high), 'right': _percent(low)}}"


def read_bins(bins: Sequence[ShownBin]) -> str:
    """The bin that stands furthest from what was predicted; an empty text where none is shown."""
    told = [one.shown for one in bins if one.shown is not None]
    if not told:
        return ""
    furthest = max(told, key=lambda one: abs(one.predicted - one.right))
    words = {"predicted": _percent(furthest.predicted), "right": _percent(furthest.right)}
    if not furthest.is_whole:
        return gettext("Furthest from the line: where %(predicted)s was predicted, about %(right)s were right") % words
    return gettext("Furthest from the line: where %(predicted)s was predicted, %(right)s were right") % words


def _apart(points: int) -> str:
    count = abs(points)
    if points > 0:
        words = ngettext("Predictions are %(count)d point too high", "Predictions are %(count)d points too high", count)
    else:
        words = ngettext("Predictions are %(count)d point too low", "Predictions are %(count)d points too low", count)
    return words % {"count": count}


def _percent(value: int) -> str:
    return f"{value}\N{NO-BREAK SPACE}%"


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)

"""What stands between the braces of a GIFT question: which kind of question it is, and its answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reinforcement.questions.formats.base import choices, option_id, truth
from reinforcement.questions.formats.gift.texts import Refused, one_line, plain, rich, split_format
from reinforcement.questions.sameness import normalised

_TRUE, _FALSE = frozenset({"T", "TRUE"}), frozenset({"F", "FALSE"})
_MARK = re.compile(r"([=~])")
_WEIGHT = re.compile(r"%([^%\n]{0,20})%")
_PER_CENT = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,9})?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:[.,]\d{0,15})?|[.,]\d{1,15})")
_ARROW = "->"
# More than any kind takes.
_MOST_ANSWERS = 40
_FULL = 100.0


@dataclass(frozen=True, slots=True)
class Answers:
    """Content and key in the shape of the kind, not yet checked by it; `warnings` say what is read otherwise than it may be meant."""

    kind: str
    content: dict[str, Any]
    answer_key: dict[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as it stands in the file. `weight` in per cent."""

    mark: str
    weight: float
    text: str
    feedback: str


def read_answers(block: str, text_format: str) -> Answers | None:
    """The answers in `block`, which has no general feedback; None for an essay. Refused when they cannot be read.

    Texts without a format of their own are in `text_format`.
    """
    block = block.strip()
    if not block:
        return None
    if block.startswith("#"):
        return _numeric(block[1:], text_format)
    word = block.partition("#")[0].strip().upper()
    if word in _TRUE | _FALSE:
        return _true_false(word in _TRUE, block, text_format)
    head, parts = _split(block)
    if head:
        raise Refused("answers", _("Begin each answer with = when it is right, with ~ when it is wrong."))
    if any(mark == "~" for mark, _text in parts):
        return _choice([_answer(mark, text) for mark, text in parts], text_format)
    has_arrow = [_ARROW in text.partition("#")[0] for _mark, text in parts]
    if all(has_arrow):
        return _matching([text for _mark, text in parts], text_format)
    if any(has_arrow):
        raise Refused("answers", _("Some answers are pairs with -> and some are not. Write all of them as = one -> other."))
    return _short_text([_answer(mark, text) for mark, text in parts], text_format)


def _split(block: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first mark, and each mark with what follows it."""
    head, *rest = _MARK.split(block)
    if len(rest) > 2 * _MOST_ANSWERS:
        raise Refused("answers", _("A question has at most %(most)d answers here. Leave some out.") % {"most": _MOST_ANSWERS})
    return head.strip(), list(zip(rest[::2], rest[1::2], strict=True))


def _answer(mark: str, text: str) -> _Answer:
    text, _sign, feedback = text.strip().partition("#")
    weight = _FULL if mark == "=" else 0.0
    if found := _WEIGHT.match(text):
        number = found[1].strip()
        weight = float(number.replace(",", ".")) if _PER_CENT.fullmatch(number) else _FULL + 1
        if abs(weight) > _FULL:
            message = _("The weight “%(weight)s” is not a number from -100 to 100. Write it as %%50%%.")
            raise Refused("answers", message % {"weight": number})
        text = text[found.end() :]
    return _Answer(mark, weight, text, feedback)


def _rich(text: str, text_format: str) -> str:
    own_format, text = split_format(text, text_format)
    return rich(text, own_format)


def _credit(answer: _Answer) -> int:
    """A whole number of per cent; only a full weight is full credit."""
    return 100 if answer.weight == _FULL else max(0, min(99, round(answer.weight)))


def _choice(answers: Sequence[_Answer], text_format: str) -> Answers:
    full = [place for place, answer in enumerate(answers) if answer.weight == _FULL]
    right = [place for place, answer in enumerate(answers) if answer.weight > 0]
    warnings = []
    # Moodle takes one answer where any is marked with =, and several where weights alone say what is right.
    takes_one = any(answer.mark == "=" for answer in answers) and bool(full)
    if takes_one:
        if len(right) > len(full):
            warnings.append(_("Answers with a part of the credit count as wrong here."))
        if len(full) > 1:
            warnings.append(_("Several answers are right, so all of them are to be chosen here."))
        right = full
    if not right:
        raise Refused("answers", _("No answer is marked as right. Write = before the right one instead of ~."))
    texts = [_rich(answer.text, text_format) for answer in answers]
    feedback = [_rich(answer.feedback, text_format) for answer in answers]
    return Answers("single" if takes_one and len(full) == 1 else "multiple", *choices(texts, right, feedback), tuple(warnings))


def _short_text(answers: Sequence[_Answer], text_format: str) -> Answers:
    return Answers(
        "short_text",
        {
            "answers": [
                {
                    "id": option_id(place),
                    "text": _typed(answer.text),
                    "credit": _credit(answer),
                    "feedback": _rich(answer.feedback, text_format),
                }
                for place, answer in enumerate(answers)
            ]
        },
        {},
    )


def _typed(text: str) -> str:
    """What a person is to type: plain, whatever the format of the question."""
    own_format, text = split_format(text, "plain")
    return plain(text, own_format)


def _true_false(is_true: bool, block: str, text_format: str) -> Answers:
    """The first feedback is for who is wrong, the second for who is right."""
    _word, wrong, right = (*block.split("#", 2), "", "")[:3]
    feedback = {is_true: _rich(right, text_format), not is_true: _rich(wrong, text_format)}
    return Answers("true_false", *truth(is_true, feedback[True], feedback[False]))


def _matching(pairs: Sequence[str], text_format: str) -> Answers:
    """A pair without a left side is a match that belongs to nothing."""
    things: list[dict[str, str]] = []
    matches: dict[str, dict[str, str]] = {}
    belongs: dict[str, str] = {}
    for pair in pairs:
        left, _arrow, right = pair.partition(_ARROW)
        # Moodle shows matches as plain text, whatever the format of the question.
        match = _rich(right, "plain")
        found = matches.setdefault(normalised(match), {"id": f"m{len(matches)}", "text": match})
        if left.strip():
            things.append({"id": option_id(len(things)), "text": _rich(left, text_format)})
            belongs[things[-1]["id"]] = found["id"]
    return Answers("matching", {"things": things, "matches": list(matches.values())}, {"pairs": belongs})


def _numeric(block: str, text_format: str) -> Answers:
    head, parts = _split(block)
    answers = [_answer(mark, text) for mark, text in [*([("=", head)] if head else []), *parts]]
    # What is marked as wrong is feedback for any other number, or earns nothing: neither is kept here.
    kept = [answer for answer in answers if answer.mark == "="]
    warnings = [] if len(kept) == len(answers) else [_("Feedback for any other number is left out.")]
    numbers = [
        {"id": option_id(place), **_number_and_tolerance(answer.text), "credit": _credit(answer)} for place, answer in enumerate(kept)
    ]
    feedback = {option_id(place): _rich(answer.feedback, text_format) for place, answer in enumerate(kept)}
    return Answers("numeric", {"unit": "", "feedback": feedback}, {"answers": numbers}, tuple(warnings))


def _number_and_tolerance(text: str) -> dict[str, str]:
    """From `number`, `number:tolerance` or `lowest..highest`."""
    text = one_line(text)
    low, dots, high = text.partition("..")
    if dots:
        lowest, highest = _number(low), _number(high)
        if lowest > highest:
            raise Refused("answers", _("The range “%(range)s” begins with its highest number. Write the lowest first.") % {"range": text})
        return {"value": f"{(lowest + highest) / 2:f}", "tolerance": f"{(highest - lowest) / 2:f}"}
    value, colon, tolerance = text.partition(":")
    return {"value": f"{_number(value):f}", "tolerance": f"{_number(tolerance):f}" if colon else "0"}


def _number(text: str) -> Decimal:
    """Refused when it is none. Not too many digits: what is made of it can be written down."""
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(text):
        message = _("“%(text)s” is not a number. Write 12.5, with a tolerance 12.5:0.5, or a range 12..13.")
        raise Refused("answers", message % {"text": text[:40]})
    return Decimal(text.replace(",", "."))

"""How a cell says which options are right: by letter, by number, by the text of the option, by true or false."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from reinforcement.questions.sameness import normalised_words

TRUE_WORDS = frozenset({"true", "t", "waar", "juist", "vrai", "v"})
FALSE_WORDS = frozenset({"false", "f", "onwaar", "niet waar", "onjuist", "fout", "faux"})
_SEPARATORS = re.compile(r"[;,|/+&\n]")
_TEXT_SEPARATORS = (";", "|", "\n", ",")
_LETTER = re.compile(r"\(?([a-z])[.)]?", re.IGNORECASE)
_NUMBER = re.compile(r"\(?([0-9]{1,2})[.)]?")


class AnswerError(Exception):
    """An answer that cannot be read; `message` says why."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def is_true_word(text: str) -> bool | None:
    """True or False for a word that says so in English, Dutch or French; None for any other."""
    word = text.strip().rstrip(".").casefold()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def right_places(answer: str, options: Sequence[str]) -> tuple[int, ...]:
    """Places (from 0) of the right ones among `options`, which may hold empty cells; AnswerError when it cannot be said.

    Without options, or with true and false as the two, the answer may be a word for true (place 0 without options) or false (1).
    """
    answer = answer.strip()
    if not answer:
        raise AnswerError(_("The answer is missing."))
    words = [is_true_word(option) for option in options if option.strip()]
    truth = is_true_word(answer)
    if not words:
        if truth is None:
            raise AnswerError(_("A question without options needs true or false as its answer."))
        return (0,) if truth else (1,)
    readings = {reading for reading in (_by_mark(answer, options), _by_text(answer, options)) if reading}
    if not readings and truth is not None and sorted(map(str, words)) == ["False", "True"]:
        readings = {tuple(place for place, option in enumerate(options) if option.strip() and is_true_word(option) is truth)}
    if not readings:
        raise AnswerError(_("The answer “%(answer)s” names none of the options.") % {"answer": _shortened(answer)})
    if len(readings) > 1:
        message = _("The answer “%(answer)s” is the place of one option and the text of another. Write it as a letter.")
        raise AnswerError(message % {"answer": _shortened(answer)})
    return readings.pop()


def _by_mark(answer: str, options: Sequence[str]) -> tuple[int, ...]:
    """The places that letters or numbers name; empty when a part is neither, or names no option."""
    parts = [part.strip() for part in _SEPARATORS.split(answer) if part.strip()]
    places = set()
    for part in parts:
        if letter := _LETTER.fullmatch(part):
            place = ord(letter[1].lower()) - ord("a")
        elif number := _NUMBER.fullmatch(part):
            place = int(number[1]) - 1
        else:
            return ()
        if not 0 <= place < len(options) or not options[place].strip():
            return ()
        places.add(place)
    return tuple(sorted(places))


def _by_text(answer: str, options: Sequence[str]) -> tuple[int, ...]:
    """The places of the options whose text the answer is, whole or in parts; empty when one is not among them."""
    by_key = {normalised_words(option): place for place, option in reversed(list(enumerate(options))) if option.strip()}
    if (whole := by_key.get(normalised_words(answer))) is not None:
        return (whole,)
    for separator in _TEXT_SEPARATORS:
        parts = [part for part in answer.split(separator) if part.strip()]
        if len(parts) > 1 and all(normalised_words(part) in by_key for part in parts):
            return tuple(sorted({by_key[normalised_words(part)] for part in parts}))
    return ()


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"

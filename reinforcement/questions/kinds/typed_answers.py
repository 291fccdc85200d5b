"""When what a person typed is what an author accepts. Pure.

A slip of the fingers is forgiven where the author says so: one in a text of five characters and more, two from ten on, none in a text with
a digit. A slip is a character too many, too few, another one, or two neighbours the wrong way round (optimal string alignment).
"""

import re
import unicodedata

from rapidfuzz.distance import OSA

from reinforcement.questions.sameness import normalised_words

# From so many characters on, so many slips.
_SLIPS = ((10, 2), (5, 1))
_WILDCARD = re.compile(r"(?<!\\)\*")


def matches(typed: str, accepted: str, *, heeds_case: bool, forgives_slips: bool) -> bool:
    """Whether `typed` counts as `accepted`, in which `*` stands for any text and `\\*` for the sign itself."""
    if _WILDCARD.search(accepted):
        pieces = [re.escape(_key(piece, heeds_case=heeds_case)) for piece in _unescaped_pieces(accepted)]
        return re.fullmatch(r"\s*.*\s*".join(pieces), _key(typed, heeds_case=heeds_case), re.DOTALL) is not None
    wanted, found = (_key(text, heeds_case=heeds_case) for text in (accepted.replace("\\*", "*"), typed))
    if wanted == found:
        return True
    slips = slips_forgiven(wanted) if forgives_slips else 0
    return bool(slips) and OSA.distance(_without_accents(wanted), _without_accents(found), score_cutoff=slips) <= slips


def slips_forgiven(text: str) -> int:
    """How many slips of the fingers a text of this length is forgiven."""
    if any(character.isdigit() for character in text):
        return 0
    return next((slips for fewest, slips in _SLIPS if len(text) >= fewest), 0)


def is_anything(accepted: str) -> bool:
    """Whether an accepted text takes whatever was typed."""
    return accepted.strip().strip("*") == "" and "*" in accepted


def _unescaped_pieces(accepted: str) -> list[str]:
    return [piece.replace("\\*", "*") for piece in _WILDCARD.split(accepted)]


def _key(text: str, *, heeds_case: bool) -> str:
    if heeds_case:
        return " ".join(unicodedata.normalize("NFKC", text).split())
    return normalised_words(text)


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))

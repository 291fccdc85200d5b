"""Words that only hold while the answers stand in the author's order. The answers are shuffled for each person."""

import re

_NAMED = r"(?i:answers?|options?|choices?|antwoord(?:en)?|opties?|keuzes?|réponses?|reponses?|choix|proposition)"
_WORD_BETWEEN = r"(?i:and|or|en|of|et|ou)"
_LETTERS = re.compile(
    rf"\b{_NAMED}\s+\(?[A-H]\b\)?(?:\s*(?:{_WORD_BETWEEN}|[&/+,])\s*\(?[A-H]\b\)?)*"  # "answer B", "options A and D"
    rf"|(?<![\w&])\(?[A-H]\)?\s*(?:{_WORD_BETWEEN}\s+|[&+]\s*)\(?[A-H]\)?(?![\w&])"  # "A and D"
    r"|(?<!\w)\([A-H]\)"  # "(B)"
)
_ABOVE = re.compile(
    r"\b(?:all|none|both|neither|any|either|(?:one|two|some) of the|the) (?:of )?(?:the )?(?:answers |options )?above\b"
    r"|\b(?:al|alle|geen|beide)\b[^.]*\bbovenstaande\b|\bbovenstaande antwoorden\b"
    r"|\b(?:toutes|tous|aucune?)\b[^.]*\bci-dessus\b",
    re.IGNORECASE,
)


def letter_reference(text: str) -> str:
    """The first words in plain `text` that name an answer by its letter, such as "A and D"; "" when there are none."""
    letters = _LETTERS.search(text)
    return letters[0] if letters else ""


def place_reference(text: str) -> str:
    """The first words in plain `text` that need the author's order: a letter, or "all of the above"; "" when there are none."""
    above = _ABOVE.search(text)
    return above[0] if above else letter_reference(text)

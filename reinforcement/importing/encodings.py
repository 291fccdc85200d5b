"""How a file of text is written: found out where it says so itself, else guessed and said to be a guess. Pure."""

import codecs
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# What a person may choose from, the usual one of the West first: every byte means something in it, so it is the guess.
ENCODINGS: dict[str, str | Promise] = {
    "utf-8": "UTF-8",
    "cp1252": gettext_lazy("Western (Windows)"),
    "iso8859-15": gettext_lazy("Western (ISO 8859-15)"),
    "mac-roman": gettext_lazy("Western (older Mac)"),
    "cp850": gettext_lazy("Western (DOS)"),
    "cp1250": gettext_lazy("Central European (Windows)"),
    "cp1251": gettext_lazy("Cyrillic (Windows)"),
    "cp1253": gettext_lazy("Greek (Windows)"),
    "utf-16": "UTF-16",
}
GUESS = "cp1252"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, in what it was written, and whether that is a guess that a person should look at."""

    text: str
    encoding: str
    is_guess: bool


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """The text of `data`, in `encoding` where a person named one of ENCODINGS; what has no meaning in it becomes a replacement sign."""
    if encoding in ENCODINGS:
        return Decoded(data.decode(encoding, errors="replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), encoding, is_guess=False)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(marked, errors="replace"), marked.removesuffix("-sig"), is_guess=False)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        return Decoded(data.decode(GUESS, errors="replace"), GUESS, is_guess=True)

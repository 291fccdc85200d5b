"""The signs that mean something in GIFT, how a text says them without that meaning, and what a comment may set.

A sign with a backslash before it is put out of sight first, behind a stand-in; then a file can be cut at its signs by simple searches.
Stand-ins are noncharacters: Unicode keeps them for use inside a program, so no text loses anything when they are taken out of it.
"""

import re
from collections.abc import Mapping

BLANK = "_____"
"""Stands in a prompt where the text has a gap."""

_SIGNS = "~=#{}:\\\n"
_STAND_INS = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_SIGNS)}
_SIGN_BY_STAND_IN = {ord(stand_in): sign for sign, stand_in in _STAND_INS.items()}
SLASH_STAND_IN = "\ufdd8"
"""For a slash in the name of a category."""
# A NUL cannot be stored.
_UNUSABLE = re.compile("[\0\ufdd0-\ufdd8]")
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_TO_ESCAPE = re.compile(r"[~=#{}:\\\n]")
_LINE_END = re.compile(r"\r\n?")

# GIFT knows the id. The others are ours, so that our own files lose nothing; Moodle skips them.
SETTINGS = ("id", "language", "source", "unit", "keep_order", "heeds_case", "forgives_slips")
# One that is not closed goes on to the end: so no part of a line is looked at twice.
_SETTING = re.compile(rf"\[({'|'.join(SETTINGS)})(?::((?:[^\]\\]|\\.)*))?(?:\]|\\?$)")
_ESCAPED_IN_SETTING = re.compile(r"\\([\]\\])")
_TO_ESCAPE_IN_SETTING = re.compile(r"[\]\\]")


def usable(text: str) -> str:
    """`text` without what cannot be stored, and without stand-ins of its own."""
    return _UNUSABLE.sub("", text)


def hidden(line: str) -> str:
    """`line` with a stand-in for each sign that has a backslash before it, and for `\\n`."""
    return _ESCAPED.sub(lambda found: _STAND_INS["\n" if found[1] == "n" else found[1]], line)


def shown(text: str) -> str:
    """`text` with the signs that were hidden: what its author means."""
    return text.translate(_SIGN_BY_STAND_IN)


def escaped(text: str) -> str:
    """`text` on one line in which no sign has a meaning: `shown(hidden(escaped(text)))` is `text` with plain line ends."""
    return _TO_ESCAPE.sub(lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", _LINE_END.sub("\n", text))


def read_settings(comment: str) -> dict[str, str]:
    """What a comment line sets, by name; what is a switch has no text."""
    return {name: " ".join(_ESCAPED_IN_SETTING.sub(r"\1", value).split()) for name, value in _SETTING.findall(comment)}


def write_settings(settings: Mapping[str, str | bool]) -> str:
    """A comment line that `read_settings` understands, without what is empty or off; empty when nothing is left."""
    parts = []
    for name, value in settings.items():
        if value is True:
            parts.append(f"[{name}]")
        elif value and isinstance(value, str):
            text = _TO_ESCAPE_IN_SETTING.sub(r"\\\g<0>", " ".join(value.split()))
            parts.append(f"[{name}:{text}]")
    return f"// {' '.join(parts)}" if parts else ""

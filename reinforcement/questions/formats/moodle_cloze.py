"""Moodle's notation of a gap within a text: `{1:SHORTANSWER:=buyer~%50%client#Nearly}`. The typed kinds, the lists, and numbers."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reinforcement.questions.rich_text import to_plain_text

TYPED = frozenset({"SHORTANSWER", "SA", "MW"})
TYPED_WITH_CASE = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
NUMBERS = frozenset({"NUMERICAL", "NM"})
LISTS = frozenset({f"{name}{ending}" for name in ("MULTICHOICE_", "MC") for ending in ("V", "H", "S", "VS", "HS")} | {"MULTICHOICE", "MC"})
SEVERAL = frozenset({f"{name}{ending}" for name in ("MULTIRESPONSE_", "MR") for ending in ("H", "S", "HS")} | {"MULTIRESPONSE", "MR"})

_START = re.compile(r"\{\d{0,3}:([A-Z_]{2,18}):")
_REST = re.compile(r"((?>\\.|[^\\}])*+)\}", re.DOTALL)
_ANSWER = re.compile(r"(?>\\.|[^\\~])++", re.DOTALL)
# The number sign of "&#125;" begins no feedback.
_TEXT = re.compile(r"(?>\\.|&#|[^\\#])*+", re.DOTALL)
_SHARE = re.compile(r"%(-?\d{1,3}(?:\.\d{0,10})?)%")
_ESCAPED = re.compile(r"\\([}#~/\"\\])")
_SIGNS = re.compile(r"[{}~#=%\\/\"]")


@dataclass(frozen=True, slots=True)
class ClozeGap:
    """A gap as the file says it. `accepted` and `wrong` are plain; those with part of the credit are `partly`, and wrong to us."""

    kind: str
    accepted: tuple[str, ...]
    partly: tuple[str, ...]
    wrong: tuple[str, ...]
    has_tolerance: bool
    has_feedback: bool

    @property
    def is_list(self) -> bool:
        """Whether a person chooses what fills it."""
        return self.kind in LISTS


def with_marks(text: str) -> tuple[str, list[ClozeGap]]:
    """`text` (as in the file) with `[[gap-1]]` and so on in place of its gaps, and these; what is no gap stays as it is."""
    pieces, gaps, position = [], [], 0
    for start in _START.finditer(text):
        if start.start() < position or start[1] not in TYPED | TYPED_WITH_CASE | NUMBERS | LISTS | SEVERAL:
            continue
        rest = _REST.match(text, start.end())
        if rest is None:
            break
        gaps.append(_gap(start[1], rest[1]))
        pieces += [text[position : start.start()], f"[[gap-{len(gaps)}]]"]
        position = rest.end()
    return "".join((*pieces, text[position:])), gaps


def _gap(kind: str, answers: str) -> ClozeGap:
    by_credit: dict[str, list[str]] = {"full": [], "part": [], "none": []}
    has_tolerance = has_feedback = False
    for given in _ANSWER.findall(answers):
        answer = given.strip()
        share = _SHARE.match(answer)
        credit = float(share[1]) if share else 100.0 if answer.startswith("=") else 0.0
        start = share.end() if share else int(answer.startswith("="))
        text = _TEXT.match(answer, start)
        end = text.end() if text else start
        has_feedback = has_feedback or bool(answer[end + 1 :].strip())
        words = " ".join(to_plain_text(_ESCAPED.sub(r"\1", answer[start:end])).split())
        if kind in NUMBERS:
            words, _sign, tolerance = words.partition(":")
            has_tolerance = has_tolerance or tolerance.strip(" 0.,") != ""
        by_credit["full" if credit > 99 else "part" if credit > 0 else "none"].append(words.strip())
    return ClozeGap(kind, tuple(by_credit["full"]), tuple(by_credit["part"]), tuple(by_credit["none"]), has_tolerance, has_feedback)


def as_notation(gap: Mapping[str, Any], *, heeds_case: bool) -> str:
    """The notation of a gap of our kind, as it stands in HTML."""
    kind = "MULTICHOICE" if gap["others"] else "SHORTANSWER_C" if heeds_case else "SHORTANSWER"
    answers = [f"={_written(text)}" for text in gap["accepted"]] + [_written(text) for text in gap["others"]]
    return f"{{1:{kind}:{'~'.join(answers)}}}"


def without_notation(text: str) -> str:
    """HTML in which no brace opens a gap."""
    return text.replace("{", "&#123;")


def _written(text: str) -> str:
    """Signs of the notation as numbers of HTML: Moodle takes them for the signs themselves everywhere, a backslash only before some."""
    return _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", html.escape(text, quote=False))

"""Cuts a GIFT file into questions, each with the category and the comments that stand before it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reinforcement.questions.formats.gift.categories import competency_of
from reinforcement.questions.formats.gift.signs import hidden, read_settings, usable

_LINE_END = re.compile(r"\r\n?|\n")
_BRACE = re.compile(r"[{}]")
_CATEGORY = "$CATEGORY:"
_COMMENT = "//"
_NAME = "::"


@dataclass(frozen=True, slots=True)
class Piece:
    """A question as it stands in the file, its escaped signs hidden. `line` counts from 1."""

    line: int
    text: str
    competency: str
    settings: Mapping[str, str]


def pieces(text: str) -> Iterator[Piece]:
    """The questions of a file and the texts between them, in order.

    An empty line ends a question, but not within braces that are closed later: Moodle breaks off there, people mean it to go on.
    """
    written = _LINE_END.split(usable(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")))
    lines = ["" if _is_comment(line) else hidden(line) for line in written]
    next_braces = _next_braces(lines)
    cutter = _Cutter()
    for place, line in enumerate(lines):
        stripped = line.strip()
        if _is_comment(written[place]):
            # An id begins a question, unless it stands among the answers of one.
            if settings := read_settings(written[place]):
                if not cutter.is_open:
                    yield from cutter.finish()
                cutter.settings_to_come |= settings
        elif stripped.startswith(_CATEGORY):
            yield from cutter.finish()
            # Moodle knows no escapes here.
            cutter.competency = competency_of(written[place].strip().removeprefix(_CATEGORY))
        elif stripped:
            yield from cutter.take(place + 1, line)
        elif not (cutter.is_open and next_braces[place] == "}"):
            yield from cutter.finish()
    yield from cutter.finish()


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(_COMMENT)


def _next_braces(lines: Sequence[str]) -> list[str]:
    """For each line the first brace in the lines after it, empty where there is none."""
    found, result = "", [""] * len(lines)
    for place in range(len(lines) - 1, -1, -1):
        result[place] = found
        if brace := _BRACE.search(lines[place]):
            found = brace[0]
    return result


@dataclass
class _Cutter:
    """Gathers the lines of a question and gives it when it ends."""

    competency: str = ""
    is_open: bool = False
    """Whether a brace is open."""
    settings_to_come: dict[str, str] = field(default_factory=dict)
    _settings: dict[str, str] = field(default_factory=dict)
    _lines: list[tuple[int, str]] = field(default_factory=list)
    _closed: int = 0
    """How many lines there are up to the one with the closing brace, 0 before it."""

    def take(self, number: int, line: str) -> Iterator[Piece]:
        """Adds a line that is not empty; gives the question before it when the line shows that another has begun."""
        if self._closed and not self.is_open:
            if line.lstrip().startswith(_NAME):
                yield from self.finish()
            elif "{" in line:
                # What stands between belongs to the second: a question on several lines is usual, a text after the braces is not.
                rest = self._lines[self._closed :]
                self._lines = self._lines[: self._closed]
                yield from self.finish()
                self._lines = rest
        if not self._lines:
            self._settings, self.settings_to_come = self.settings_to_come, {}
        self._lines.append((number, line))
        opening, closing = line.rfind("{"), line.rfind("}")
        if opening != closing:
            self.is_open = opening > closing
            if not self.is_open:
                self._closed = len(self._lines)

    def finish(self) -> Iterator[Piece]:
        """Gives the question that was gathered, if there is one."""
        if self._lines:
            yield Piece(self._lines[0][0], "\n".join([line for _number, line in self._lines]), self.competency, self._settings)
        self._lines, self._settings, self._closed, self.is_open = [], {}, 0, False

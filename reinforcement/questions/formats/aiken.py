"""Reads questions from Moodle's Aiken: the question, an option a line behind its letter, and the letter of the right one.

What do you ask first?
A. The price
B. The need
ANSWER: B
"""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.tables import MOST_PROBLEMS
from reinforcement.questions.formats.base import LONGEST_PROMPT, LONGEST_TEXT, FileQuestion, ImportProblem, ParsedFile, choices
from reinforcement.questions.formats.parts import part_of
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import from_plain_text

_LINE_END = re.compile(r"\r\n?|\n")
_OPTION = re.compile(r"([A-Za-z])[.)](?:\s(.*))?")
_SEPARATORS = re.compile(r"[\s,;/+&]+")
_ANSWER = re.compile(r"ANSWER\s*:(.*)", re.IGNORECASE)


def read(text: str) -> ParsedFile:
    """Every question of an Aiken file and every problem (at most 200), with the line at which the question or the problem begins.

    Several letters, as in `ANSWER: A, C`, make a question with several right answers.
    """
    reader = _Reader()
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\0", "")), start=1):
        reader.take(number, line.strip())
        if len(reader.problems) >= MOST_PROBLEMS:
            break
    else:
        reader.finish()
    if not (reader.questions or reader.problems):
        reader.problems.append(ImportProblem(1, "prompt", _("There is no question in this file.")))
    return ParsedFile(tuple(reader.questions), tuple(reader.problems[:MOST_PROBLEMS]))


@dataclass
class _Reader:
    """Goes through the lines and remembers what it found."""

    questions: list[FileQuestion] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    _row: int = 0
    """The line at which the question begins, 0 before it."""
    _prompt: list[str] = field(default_factory=list)
    _options: list[list[str]] = field(default_factory=list)
    """The lines of each option."""
    _is_faulty: bool = False
    _is_after_blank: bool = False

    def take(self, number: int, line: str) -> None:
        """Reads a line without space around it."""
        if line:
            self._take(number, line)
        self._is_after_blank = not line

    def _take(self, number: int, line: str) -> None:
        option = _OPTION.fullmatch(line) if self._prompt else None
        place = len(self._options)
        if answer := _ANSWER.fullmatch(line):
            self._answer(number, answer[1].strip())
        elif option and option[1].upper() == string.ascii_uppercase[place : place + 1]:
            self._options.append([(option[2] or "").strip()])
        elif option and option[1].isupper() and self._options:
            self._refuse(number, "options", _("The options do not follow each other: name them A, B, C and so on, up to Z."))
            self._options.append([(option[2] or "").strip()])
        elif self._options and not self._is_after_blank:
            self._options[-1].append(line)
        else:
            # After options and an empty line only another question can come.
            if self._options:
                self.finish()
            self._row = self._row or number
            self._prompt.append(line)

    def finish(self) -> None:
        """Ends a question that has no answer line, if there is one."""
        if self._prompt:
            self._refuse(self._row, "answer", _("The answer is missing. Write a line such as “ANSWER: B” under the options."))
        self._begin_anew()

    def _answer(self, number: int, answer: str) -> None:
        """Ends the question with its answer line."""
        prompt, texts = "\n".join(self._prompt), ["\n".join(lines) for lines in self._options]
        if not prompt:
            self._refuse(number, "prompt", _("There is no question above this answer."))
        elif len(prompt) > LONGEST_PROMPT:
            self._refuse(self._row, "prompt", _("This text has more than %(longest)d characters.") % {"longest": LONGEST_PROMPT})
        elif not texts:
            self._refuse(self._row, "options", _("There are no options. Write each on a line of its own: “A. …”, “B. …”."))
        elif any(len(text) > LONGEST_TEXT for text in texts):
            self._refuse(self._row, "options", _("This text has more than %(longest)d characters.") % {"longest": LONGEST_TEXT})
        else:
            self._read_question(number, prompt, texts, answer)
        self._begin_anew()

    def _read_question(self, number: int, prompt: str, texts: Sequence[str], answer: str) -> None:
        letters = [letter.strip("().").upper() for letter in _SEPARATORS.split(answer) if letter]
        places = [string.ascii_uppercase.find(letter) if len(letter) == 1 else -1 for letter in letters]
        if not places:
            self._refuse(number, "answer", _("The answer is missing."))
        elif not all(0 <= place < len(texts) for place in places):
            self._refuse(number, "answer", _("The answer “%(answer)s” names none of the options.") % {"answer": answer[:60]})
        elif not self._is_faulty:
            name = "single" if len(set(places)) == 1 else "multiple"
            try:
                parsed = kind(name).parse(*choices([from_plain_text(text) for text in texts], sorted(set(places))))
            except ContentError as error:
                self.problems += [ImportProblem(self._row, part_of(problem.field), str(problem.message)) for problem in error.problems]
            else:
                self.questions.append(
                    FileQuestion(row=self._row, kind=name, prompt=prompt, content=parsed.content, answer_key=parsed.answer_key)
                )

    def _begin_anew(self) -> None:
        self._row, self._prompt, self._options, self._is_faulty = 0, [], [], False

    def _refuse(self, number: int, part: str, message: str) -> None:
        self.problems.append(ImportProblem(number, part, message))
        self._is_faulty = True

"""Questions from a Moodle XML file. Moodle's kinds become ours; what ours do not say is left out with a warning at its line."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.safe_xml import XmlError
from accounts.tables import MOST_BYTES, MOST_PROBLEMS, MOST_ROWS
from reinforcement.questions.formats.base import LONGEST_ID, LONGEST_PROMPT, LONGEST_SOURCE, FileQuestion, ImportProblem, ParsedFile
from reinforcement.questions.formats.moodle_elements import OWN, Element, questions_of
from reinforcement.questions.formats.moodle_kinds import Asked, KindReader, LeftOut, Malformed, rich_in
from reinforcement.questions.formats.moodle_texts import parted, pictures_in
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import clean_html, to_plain_text
from reinforcement.questions.sameness import same_key

_LONGEST_COMPETENCY = 120
_CATEGORY_SIGN = re.compile(r"(?<!/)/(?!/)")
_GENERAL_FEEDBACK = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint")
_ONCE = frozenset({"feedback", "feedback of gaps"})


def read(data: bytes) -> ParsedFile:
    """Every question of a Moodle XML file of at most 20 MB, and every problem and warning (at most 200 of each).

    The row of each is the line at which its question begins. Options and answers have the ids a, b, c by their places in the file.
    """
    reader = _Reader()
    if len(data) > MOST_BYTES:
        return ParsedFile((), (ImportProblem(1, "xml", _("The file is larger than 20 MB. Split it into smaller files.")),))
    try:
        for place, element in enumerate(questions_of(data)):
            if place >= MOST_ROWS:
                reader.refuse(element.line, "question", _("The file has more than 50 000 questions. Split it."))
                break
            reader.read(element)
            if len(reader.problems) >= MOST_PROBLEMS:
                break
    except XmlError as error:
        reader.refuse(error.line, "xml", error.message)
    if not reader.questions and not reader.problems:
        reader.refuse(1, "question", _("There is no question in this file that can be imported."))
    return ParsedFile(tuple(reader.questions), tuple(reader.problems[:MOST_PROBLEMS]), tuple(reader.warnings[:MOST_PROBLEMS]))


@dataclass
class _Reader:
    """Goes through the questions and remembers what it found."""

    questions: list[FileQuestion] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    warnings: list[ImportProblem] = field(default_factory=list)
    competency: str = ""
    line_with_key: dict[tuple[str, str], int] = field(default_factory=dict)
    warned_of: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.kinds = KindReader(self.warn)

    def refuse(self, line: int, part: str, message: str) -> None:
        self.problems.append(ImportProblem(line, part, message))

    def warn(self, line: int, part: str, message: str) -> None:
        """Adds a warning; of feedback, which a bank leaves out in every question, only the first."""
        if part in _ONCE and part in self.warned_of:
            return
        self.warned_of.add(part)
        if len(self.warnings) < MOST_PROBLEMS:
            self.warnings.append(ImportProblem(line, part, message))

    def read(self, element: Element) -> None:
        """One question, or the category of those after it."""
        if element.attributes.get("type", "").strip().lower() == "category":
            self._take_category(element)
            return
        before = len(self.problems)
        try:
            question = self._question(element, self.kinds.read(element))
        except LeftOut as left_out:
            self.warn(element.line, "type", left_out.message)
        except Malformed as malformed:
            self.refuse(element.line, malformed.part, malformed.message)
        except ContentError as error:
            for problem in error.problems:
                self.refuse(element.line, _part(problem.field), str(problem.message))
        else:
            self._check(question)
            if len(self.problems) == before:
                self.questions.append(question)
                self._warn_of_what_is_left_out(element)

    def _take_category(self, element: Element) -> None:
        """The last part of a path such as `$course$/top/Closing/Price`; two slashes are one that belongs to a name."""
        parts = [part.replace("//", "/").strip() for part in _CATEGORY_SIGN.split(element.text_of("category"))]
        if parts and parts[0].startswith("$") and parts[0].endswith("$"):
            parts = parts[1:]
        if parts and parts[0].lower() == "top":
            parts = parts[1:]
        self.competency = parts[-1] if parts else ""
        if len(self.competency) > _LONGEST_COMPETENCY:
            message = _("This text has more than %(longest)d characters.") % {"longest": _LONGEST_COMPETENCY}
            self.refuse(element.line, "category", message)

    def _question(self, element: Element, asked: Asked) -> FileQuestion:
        situation, prompt = asked.words or parted(rich_in(element, "questiontext"))
        parsed = kind(asked.kind).parse(asked.content, asked.answer_key)
        own = element.first(OWN)
        attributes = own.attributes if own else {}
        return FileQuestion(
            row=element.line,
            kind=asked.kind,
            prompt=prompt,
            content=parsed.content,
            answer_key=parsed.answer_key,
            external_id=element.text_of("idnumber"),
            language=attributes.get("language", "").strip(),
            situation=clean_html(situation),
            explanation=rich_in(element, "generalfeedback"),
            competency=self.competency,
            source=attributes.get("source", "").strip(),
        )

    def _check(self, question: FileQuestion) -> None:
        """What the bank cannot take, and what another question of the file says already."""
        limits = (
            ("questiontext", question.prompt, LONGEST_PROMPT),
            ("idnumber", question.external_id, LONGEST_ID),
            ("source", question.source, LONGEST_SOURCE),
        )
        for part, text, longest in limits:
            if len(text) > longest:
                self.refuse(question.row, part, _("This text has more than %(longest)d characters.") % {"longest": longest})
        if not question.prompt:
            self.refuse(question.row, "questiontext", _("The question is empty."))
            return
        key = ("id", question.external_id) if question.external_id else ("prompt", same_key(question.prompt))
        first = self.line_with_key.get(key)
        if first is None:
            self.line_with_key[key] = question.row
            return
        if question.external_id:
            self.refuse(question.row, "idnumber", _("The question at line %(line)d has the same id.") % {"line": first})
        else:
            message = _("The question at line %(line)d asks the same. Remove one, or give each its own ID number.")
            self.refuse(question.row, "questiontext", message % {"line": first})

    def _warn_of_what_is_left_out(self, element: Element) -> None:
        names: dict[str, None] = {}
        for part in element.descendants():
            if part.name == "file":
                names[part.attributes.get("name", "")] = None
            elif part.name == "text":
                names.update(dict.fromkeys(pictures_in("".join(part.pieces))))
        for name in list(names)[:20]:
            message = _("The file “%(name)s” is left out: pictures and sound are not imported from Moodle yet.")
            self.warn(element.line, "file", message % {"name": name[:80] or _("without a name")})
        if any(to_plain_text(part.text) for name in _GENERAL_FEEDBACK for part in element.all(name)):
            message = _("Hints and the feedback for right, partly right and wrong are left out; the feedback of each option is kept.")
            self.warn(element.line, "feedback", message)


def _part(path: str) -> str:
    """Where a problem of a kind is, as a person counts: `options.1.text` is the second answer."""
    number = next((part for part in path.split(".") if part.isdigit()), "")
    return f"answer {int(number) + 1}" if number else "questiontext" if path == "text" else "answer"

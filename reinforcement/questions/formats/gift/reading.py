"""Reads questions from Moodle's GIFT.

Titles and tags are not kept, and the category is the competency. A `{` makes a question of a text: what stands behind its braces makes
the gap of a missing word.
"""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.tables import MOST_PROBLEMS
from reinforcement.questions.formats.base import LONGEST_ID, LONGEST_SOURCE, FileQuestion, ImportProblem, ParsedFile
from reinforcement.questions.formats.gift.answers import Answers, read_answers
from reinforcement.questions.formats.gift.pieces import Piece, pieces
from reinforcement.questions.formats.gift.signs import BLANK, shown
from reinforcement.questions.formats.gift.texts import Refused, plain, rich, situation_and_prompt, split_format
from reinforcement.questions.formats.parts import part_of
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind

_GENERAL_FEEDBACK = "####"
_NAME = "::"
_IMAGE = re.compile(r"@@PLUGINFILE@@|<img\s", re.IGNORECASE)


def read(text: str) -> ParsedFile:
    """Every question of a GIFT file and every problem (at most 200), with the line at which the question begins.

    Warnings (at most 200) name what is left out: essays, texts without a question, pictures, credits that do not exist here.
    """
    reader = _Reader()
    for piece in pieces(text):
        reader.read(piece)
        if len(reader.problems) >= MOST_PROBLEMS:
            break
    if not (reader.questions or reader.problems or reader.warnings):
        reader.problems.append(ImportProblem(1, "prompt", _("There is no question in this file.")))
    return ParsedFile(tuple(reader.questions), tuple(reader.problems[:MOST_PROBLEMS]), tuple(reader.warnings[:MOST_PROBLEMS]))


@dataclass
class _Reader:
    """Goes through the pieces and remembers what it found."""

    questions: list[FileQuestion] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    warnings: list[ImportProblem] = field(default_factory=list)

    def read(self, piece: Piece) -> None:
        try:
            question = self._question(piece)
        except Refused as refused:
            self.problems.append(ImportProblem(piece.line, refused.part, refused.message))
        except ContentError as error:
            self.problems += [ImportProblem(piece.line, part_of(problem.field), str(problem.message)) for problem in error.problems]
        else:
            if question is not None:
                self.questions.append(question)

    def _question(self, piece: Piece) -> FileQuestion | None:
        """The question; None, with a warning, where there is none that can be asked here."""
        text_format, text = split_format(_without_name(piece.text), "moodle")
        before, brace, rest = text.partition("{")
        if "}" in before:
            raise Refused("answers", _("A brace closes that was not opened. Write \\} where it is part of the text."))
        if not brace:
            self._warn(piece, "prompt", _("This text asks nothing: it has no answers in braces. It is left out."))
            return None
        block, brace, after = rest.partition("}")
        if not brace:
            raise Refused("answers", _("The answers are not closed. Write } after the last one."))
        if "{" in block:
            raise Refused("answers", _("A brace opens within the answers. Write } before it, or \\{ where it is part of a text."))
        if "{" in after or "}" in after:
            raise Refused("answers", _("There is more than one pair of braces. Write \\{ and \\} where they are part of the text."))
        block, _sign, general = block.partition(_GENERAL_FEEDBACK)
        answers = read_answers(block, text_format)
        if answers is None:
            self._warn(piece, "answers", _("This is a question for a text of one's own, which cannot be judged here. It is left out."))
            return None
        for warning in answers.warnings:
            self._warn(piece, "answers", warning)
        if _IMAGE.search(shown(piece.text)):
            self._warn(piece, "text", _("Pictures cannot come along in this format. They are left out."))
        is_missing_word = bool(plain(after, text_format))
        situation, prompt = situation_and_prompt(f"{before}{BLANK if is_missing_word else ''}{after}", text_format)
        own_format, general = split_format(general, text_format)
        return _checked(piece, answers, situation=situation, prompt=prompt, explanation=rich(general, own_format))

    def _warn(self, piece: Piece, part: str, message: str) -> None:
        self.warnings.append(ImportProblem(piece.line, part, message))


def _without_name(text: str) -> str:
    text = text.strip()
    if not text.startswith(_NAME):
        return text
    _name, sign, rest = text.removeprefix(_NAME).partition(_NAME)
    if not sign:
        raise Refused("name", _("The name after :: does not end. Write :: after it too."))
    return rest


def _checked(piece: Piece, answers: Answers, *, situation: str, prompt: str, explanation: str) -> FileQuestion:
    """The question as its kind keeps it, or ContentError."""
    settings = piece.settings
    for name, longest in {"id": LONGEST_ID, "source": LONGEST_SOURCE}.items():
        if len(settings.get(name, "")) > longest:
            raise Refused(name, _("This text has more than %(longest)d characters.") % {"longest": longest})
    content, answer_key = dict(answers.content), dict(answers.answer_key)
    if answers.kind in {"single", "multiple"}:
        content["keep_order"] = "keep_order" in settings
    elif answers.kind == "short_text":
        answer_key |= {name: name in settings for name in ("heeds_case", "forgives_slips")}
    elif answers.kind == "numeric":
        content["unit"] = settings.get("unit", "")
    parsed = kind(answers.kind).parse(content, answer_key)
    return FileQuestion(
        row=piece.line,
        kind=answers.kind,
        prompt=prompt,
        content=parsed.content,
        answer_key=parsed.answer_key,
        external_id=settings.get("id", ""),
        language=settings.get("language", ""),
        situation=situation,
        explanation=explanation,
        competency=piece.competency,
        source=settings.get("source", ""),
    )

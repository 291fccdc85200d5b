"""Questions as a table, with the names of columns that `columns` knows: for a spreadsheet, and to be read again."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.tables import safe_cell
from reinforcement.questions.formats.answers import AnswerError, right_places
from reinforcement.questions.formats.base import FileQuestion
from reinforcement.questions.kinds.choice import LETTERS
from reinforcement.questions.rich_text import to_plain_text

# What a cell of a workbook holds at most.
LONGEST_CELL = 32_767
_BEFORE = ("id", "language", "kind", "situation", "prompt")
_AFTER = ("answer", "explanation", "competency", "source")
_BETWEEN_PARAGRAPHS = re.compile(r"</p>\s*<p>")
_ESCAPED_SIGN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SEPARATORS = (";", "|", "\n", ",")


def as_rows(questions: Iterable[FileQuestion]) -> tuple[list[list[str]], tuple[FileQuestion, ...]]:
    """A header and a row for each question, all equally long, and the questions that a row cannot say.

    A row is plain text: formats, feedback of options and a kept order are not in it. Read again it gives the same question but for these.
    """
    written, left_out = [], []
    for question in questions:
        options = _options(question)
        answer = None if options is None else _answer(question, options)
        if options is None or answer is None:
            left_out.append(question)
        else:
            written.append((question, options, answer))
    most = max((len(options) for _question, options, _answer in written), default=0)
    header = [*_BEFORE, *(f"option {letter.lower()}" for letter in LETTERS[:most]), *_AFTER]
    rows = [_row(question, [*options, *[""] * (most - len(options))], answer) for question, options, answer in written]
    return [header, *rows], tuple(left_out)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """`rows` as CSV that spreadsheets open rightly: UTF-8 with its mark, commas, and no cell that would run as a formula."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([safe_cell(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """`rows` as a workbook of one sheet, every cell a text. Control characters are left out; a cell ends after 32 767 characters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, _as_cell(text))
            # Else a text that begins with an equals sign is a formula, and one such as #N/A an error.
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _options(question: FileQuestion) -> list[str] | None:
    """The cells of the options; none for true and false, None for a kind that has no options."""
    if question.kind == "true_false":
        return []
    return [_plain(option["text"]) for option in question.content["options"]] if question.kind in {"single", "multiple"} else None


def _answer(question: FileQuestion, options: Sequence[str]) -> str | None:
    """What the cell of the answer says, so that it can be read in one way only; None where nothing does."""
    right = question.answer_key["right"]
    if not options:
        return right[0]
    places = tuple(place for place, option in enumerate(question.content["options"]) if option["id"] in right)
    ways: list[Callable[[int], str]] = [lambda place: LETTERS[place].lower(), lambda place: str(place + 1), lambda place: options[place]]
    for way in ways:
        for separator in _SEPARATORS:
            answer = separator.join(map(way, places))
            if _is_read_as(places, answer, options):
                return answer
    return None


def _is_read_as(places: tuple[int, ...], answer: str, options: Sequence[str]) -> bool:
    try:
        return right_places(answer, options) == places
    except AnswerError:
        return False


def _row(question: FileQuestion, options: Sequence[str], answer: str) -> list[str]:
    return [
        question.external_id,
        question.language,
        question.kind,
        _plain(question.situation),
        question.prompt,
        *options,
        answer,
        _plain(question.explanation),
        question.competency,
        question.source,
    ]


def _plain(rich: str) -> str:
    """The words of rich text, an empty line between paragraphs."""
    return to_plain_text(_BETWEEN_PARAGRAPHS.sub("<br><br>", rich))


def _as_cell(text: str) -> str:
    # A workbook reads _x0041_ as the sign with that number, unless its first line is escaped itself.
    return ILLEGAL_CHARACTERS_RE.sub("", _ESCAPED_SIGN.sub("_x005F_", text))[:LONGEST_CELL]

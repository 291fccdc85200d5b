"""Tables that people hand us: read whole and checked, or refused with every problem by row and column. CSV is read here.

A row number is what a spreadsheet shows beside the row: a cell with line ends is one row, an empty row counts.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.utils.translation import gettext as _

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELL_CHARACTERS = 100_000
# Cells cost some 60 bytes each, however short: this bounds the memory that 20 MB of commas could take.
MOST_CELLS = 2_000_000
MOST_PROBLEMS = 200

# Where two fit alike, the one that stands less often in a text.
_DELIMITERS = ("\t", ";", ",")
_SAMPLE_CHARACTERS = 100_000
_SAMPLE_ROWS = 20
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_EMPTY_LINES = re.compile(r"[\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
# A workbook of today (a ZIP archive), one of the old kind, a PDF, and pictures.
_BINARY_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")
_BINARY_SAMPLE_BYTES = 8
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RowProblem:
    row: int
    column: str
    """The name in the header, or the number of the column where there is none."""
    message: str


class TableError(Exception):
    """The table cannot be read; `problems` holds what was found, at most 200."""

    def __init__(self, problems: Sequence[RowProblem]):
        super().__init__(problems)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: tuple[str, ...]
    """As many as the table is wide, spaces as in the file, line ends as \\n."""


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...] | None
    rows: tuple[Row, ...]
    width: int

    def column_name(self, index: int) -> str:
        """How people call the column at `index` (from 0): its header, else its number."""
        return _column_name(self.header, index)

    def with_header(self) -> "Table":
        """The table whose first row is its header. TableError where two columns would have one name."""
        if self.header is not None or not self.rows:
            return self
        first, *rows = self.rows
        header = tuple(cell.strip() for cell in first.cells)
        seen = set()
        problems = []
        for name in filter(None, header):
            if name.casefold() in seen:
                problems.append(RowProblem(first.number, name, _("Two columns have this name. Give each its own.")))
            seen.add(name.casefold())
        if problems:
            raise TableError(problems)
        return replace(self, header=header, rows=tuple(rows))


def read_csv(data: bytes | BinaryIO, *, has_header: bool) -> Table:
    """The table in `data` (at most 20 MB; UTF-8 or marked UTF-16; comma, semicolon or tab), or TableError with all problems."""
    content = data if isinstance(data, bytes) else data.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TableError([RowProblem(1, "1", _("The file is larger than 20 MB. Split it into smaller files."))])
    if _is_binary(content):
        raise TableError([RowProblem(1, "1", _("This is not a CSV file. Save it as “CSV UTF-8” and load that file."))])
    text, is_whole = _decoded(content)
    delimiter = _delimiter_of(text)
    if not is_whole:
        raise TableError([_unreadable(text, delimiter, has_header=has_header)])
    return checked_table(_records(text, delimiter), has_header=has_header)


def safe_cell(text: str) -> str:
    """`text` for a cell of a file that we write: an apostrophe keeps a spreadsheet from running it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _is_binary(content: bytes) -> bool:
    """Whether the file is no text at all, such as a workbook. A single NUL farther on is named by its cell instead."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return content.startswith(_BINARY_STARTS) or b"\0" in content[:_BINARY_SAMPLE_BYTES]


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text and True, or the text before the first unreadable place, with a sign in that place, and False."""
    encoding = "utf-8"
    for mark, marked_encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            content, encoding = content[len(mark) :], marked_encoding
            break
    try:
        return content.decode(encoding), True
    except UnicodeDecodeError as error:
        return content[: error.start].decode(encoding) + "\N{REPLACEMENT CHARACTER}", False


def _unreadable(text: str, delimiter: str, *, has_header: bool) -> RowProblem:
    """The problem of the last cell of `text`, after which the file could not be decoded."""
    header = None
    for record in _records(text, delimiter):
        if header is None and has_header:
            header = record.cells
        last = record
    message = _("This cell is not UTF-8 text. In your spreadsheet choose “Save as”, then “CSV UTF-8”, and load that file.")
    is_header = last.cells is header
    return RowProblem(last.number, _column_name(None if is_header else header, last.width - 1), message)


def _column_name(header: Sequence[str] | None, index: int) -> str:
    name = header[index].strip() if header is not None and index < len(header) else ""
    return name or str(index + 1)


@dataclass(slots=True)
class Record:
    """A row as a file holds it, not checked yet."""

    number: int
    cells: list[str]
    """The first 200 cells; a cell over the limit of characters is cut to nothing."""
    width: int = 0
    """Cells read, also those past the limit of columns."""
    filled: int = 0
    """Place of the last cell that is not empty, counted from 1."""
    too_long: tuple[int, ...] = ()
    open_quote: int | None = None
    """Place of a cell whose quotation mark is not closed where the cell ends; nothing after it can be trusted."""

    def add(self, text: str, start: int, end: int, *, is_quoted: bool) -> None:
        self.width += 1
        if end > start:
            self.filled = self.width
        if self.width > MOST_COLUMNS:
            return
        if end - start > MOST_CELL_CHARACTERS:
            self.too_long += (self.width - 1,)
            self.cells.append("")
            return
        cell = text[start:end]
        if is_quoted:
            cell = cell.replace('""', '"')
            if "\r" in cell:
                cell = _LINE_END.sub("\n", cell)
        self.cells.append(cell)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """The rows of `text` one by one, empty lines left out; ends after an unclosed quotation mark."""
    plain = re.compile(f"[^{re.escape(delimiter)}\r\n]*")
    position, number, length = 0, 1, len(text)
    while position < length:
        if empty := _EMPTY_LINES.match(text, position):
            number += _count_line_ends(text, *empty.span())
            position = empty.end()
            continue
        record = Record(number, [])
        while True:
            if text.startswith('"', position):
                end = _closing_quote(text, position + 1)
                record.add(text, position + 1, end, is_quoted=True)
                position = end + 1
                if end >= length or (position < length and text[position] not in (delimiter, "\r", "\n")):
                    record.open_quote = record.width - 1
                    break
            else:
                end = plain.match(text, position).end()  # type: ignore[union-attr]  # matches nothing at all as well
                record.add(text, position, end, is_quoted=False)
                position = end
            if not text.startswith(delimiter, position):
                break
            position += 1
        if record.open_quote is not None:
            yield record
            return
        if line_end := _LINE_END.match(text, position):
            position = line_end.end()
        yield record
        number += 1


def _count_line_ends(text: str, start: int, end: int) -> int:
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)


def _closing_quote(text: str, position: int) -> int:
    """Where the quotation that began before `position` closes; the length of the text if nowhere."""
    while (position := text.find('"', position)) >= 0:
        if not text.startswith('""', position):
            return position
        position += 2
    return len(text)


def _delimiter_of(text: str) -> str:
    """The delimiter that parts the first rows into the most columns, and into equally many in each."""
    sample = text[:_SAMPLE_CHARACTERS]
    fits = {delimiter: _fit(sample, delimiter) for delimiter in _DELIMITERS}
    best = max(fits, key=fits.__getitem__)
    return best if fits[best] else ","


def _fit(sample: str, delimiter: str) -> float:
    widths = [record.width for record, _place in zip(_records(sample, delimiter), range(_SAMPLE_ROWS), strict=False)]
    if not widths:
        return 0
    return (widths[0] - 1) * widths.count(widths[0]) / len(widths)


def checked_table(records: Iterable[Record], *, has_header: bool) -> Table:
    """The table of `records`, as wide as its first row, or TableError with all problems; reading ends where a limit is passed."""
    rows: list[Row] = []
    problems: list[RowProblem] = []
    header: list[str] | None = None
    narrowest = widest = cells = 0
    for record in records:
        cells += record.width
        if cells > MOST_CELLS:
            message = _("The table has more than 2 000 000 cells. Remove empty columns, or split the file.")
            problems.append(RowProblem(record.number, _column_name(header, 0), message))
            break
        if not record.filled and record.open_quote is None:
            continue
        if not rows:
            narrowest, widest = record.filled, min(record.width, MOST_COLUMNS)
        problems += _problems_of(record, header, narrowest, widest)
        if record.open_quote is not None or record.filled > MOST_COLUMNS or len(problems) >= MOST_PROBLEMS:
            break
        if len(rows) >= MOST_ROWS + has_header:
            problems.append(RowProblem(record.number, _column_name(header, 0), _("The table has more than 50 000 rows. Split the file.")))
            break
        filled = record.cells[:widest]
        rows.append(Row(record.number, (*filled, *[""] * (widest - len(filled)))))
        if has_header and header is None:
            header = record.cells
    if problems:
        raise TableError(problems[:MOST_PROBLEMS])
    if not rows:
        raise TableError([RowProblem(1, "1", _("The file is empty."))])
    table = Table(None, tuple(rows), widest)
    return table.with_header() if has_header else table


def _problems_of(record: Record, header: Sequence[str] | None, narrowest: int, widest: int) -> Iterator[RowProblem]:
    def problem(index: int, message: str) -> RowProblem:
        return RowProblem(record.number, _column_name(header, index), message)

    for index in record.too_long:
        yield problem(index, _("This cell holds more than 100 000 characters. Shorten it."))
    for index, cell in enumerate(record.cells):
        if "\0" in cell:
            yield problem(index, _("This cell holds a NUL character, which is not text. Save the file as “CSV UTF-8” and load it again."))
    if record.open_quote is not None:
        yield problem(
            record.open_quote, _("A quotation mark opens this cell and is not closed at its end. Close it, or write it twice to keep it.")
        )
    elif record.filled > MOST_COLUMNS:
        yield problem(MOST_COLUMNS, _("The table has more than 200 columns. Remove those that are not needed."))
    elif record.filled > widest:
        message = _("The first row has %(expected)d cells, this one %(cells)d. Put a text that holds the separator in quotation marks.")
        yield problem(widest, message % {"cells": record.filled, "expected": widest})
    elif record.width < narrowest:
        message = _("The first row has %(expected)d cells, this one %(cells)d. Fill in what is missing.")
        yield problem(record.width, message % {"cells": record.width, "expected": narrowest})

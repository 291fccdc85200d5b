"""Tables that people hand us as a workbook (.xlsx): the first worksheet that holds something, cells as people see them.

A worksheet is read as a stream and not by a library that keeps its tree: 20 MB of ZIP can hold gigabytes of XML.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from accounts.safe_xml import CHUNK_BYTES, XmlError, XmlReader, read_xml
from accounts.tables import (
    MOST_BYTES,
    MOST_CELL_CHARACTERS,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PROBLEMS,
    MOST_ROWS,
    Record,
    RowProblem,
    Table,
    TableError,
    checked_table,
)

MOST_UNPACKED_BYTES = 150_000_000
# A worksheet packs to a tenth, one of empty cells with a format to a two-hundredth, a file of zeros to a thousandth.
MOST_RATIO = 300
RATIO_FROM_BYTES = 10_000_000
MOST_PARTS = 5_000
MOST_SHEETS = 200
MOST_STYLES = 65_536
MOST_SHARED_TEXTS = 1_000_000
_ENTRY = b"PK\x01\x02"
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINE_END = re.compile(r"\r\n?")
# Numbers of formats that are dates in some languages of the office suite, and stand in no list of the file.
_MORE_DATE_FORMATS = frozenset({*range(27, 37), *range(50, 59)})
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, KeyError, ValueError)


def read_xlsx(data: bytes, *, has_header: bool) -> Table:
    """The table in the first worksheet of `data` (at most 20 MB) that is shown and not empty, or TableError with all problems.

    Numbers come without needless zeros, dates as 2026-03-31, a formula as the value that was saved with it.
    """
    if len(data) > MOST_BYTES:
        raise _refused(_("The file is larger than 20 MB. Split it into smaller files."))
    # Each part that the archive lists costs memory before anything is unpacked.
    if data.count(_ENTRY) > MOST_PARTS:
        raise _refused(_too_large())
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MOST_UNPACKED_BYTES or (unpacked > RATIO_FROM_BYTES and unpacked > MOST_RATIO * len(data)):
                raise _refused(_too_large())
            records = _Workbook(archive).records()
    except XmlError as error:
        message = _("The workbook is damaged: %(reason)s Open it in your spreadsheet, save it again and load that file.")
        raise _refused(message % {"reason": error.message}) from None
    except _UNREADABLE:
        raise _refused(
            _("This is not a workbook that can be read. Save it as “Excel workbook (.xlsx)” without a password and load that file.")
        ) from None
    return checked_table(records, has_header=has_header)


def _refused(message: str) -> TableError:
    return TableError([RowProblem(1, "1", message)])


def _too_large() -> str:
    return _("Unpacked, this workbook is too large. Save only the sheet with the questions or rows, and load that file.")


class _Workbook:
    """The parts of a workbook that a table needs."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self._shared: list[str] | None = None
        main = next((target for kind, target in self._relations("").values() if kind == "officeDocument"), "xl/workbook.xml")
        self._outline = _Outline()
        self._read(main, self._outline)
        self._related = self._relations(main)
        self._styles = _Styles()
        if styles := self._path("styles"):
            self._read(styles, self._styles)

    def records(self) -> list[Record]:
        """The rows of the first shown sheet with something in it, all equally wide; none where all are empty."""
        for relation in self._outline.sheets:
            kind, path = self._related.get(relation, ("", ""))
            if kind != "worksheet":
                continue
            sheet = _Sheet(self._shared_texts(), self._styles, self._outline.epoch)
            for _chunk in read_xml(self._chunks(path), sheet):
                if sheet.is_full:
                    break
            if sheet.problems:
                raise TableError(sheet.problems[:MOST_PROBLEMS])
            if sheet.records:
                width = max(record.filled for record in sheet.records)
                for record in sheet.records:
                    record.width = width
                return sheet.records
        return []

    def _shared_texts(self) -> list[str]:
        if self._shared is None:
            shared = _SharedTexts()
            if path := self._path("sharedStrings"):
                self._read(path, shared)
            self._shared = shared.texts
        return self._shared

    def _path(self, kind: str) -> str:
        return next((target for found, target in self._related.values() if found == kind), "")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and path by id of what `part` names; of the package where `part` is empty."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        relations = _Relations(folder)
        if path in self._archive.namelist():
            self._read(path, relations)
        return relations.found

    def _read(self, path: str, reader: XmlReader) -> None:
        for _chunk in read_xml(self._chunks(path), reader):
            pass

    def _chunks(self, path: str) -> Iterator[bytes]:
        with self._archive.open(path) as part:
            while chunk := part.read(CHUNK_BYTES):
                yield chunk


class _Relations(XmlReader):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}
        self._folder = folder

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and len(self.found) < MOST_PARTS:
            target = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", ""))).lstrip("/")
            self.found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)


class _Outline(XmlReader):
    """Which sheets are shown, in their order, and from which day the workbook counts dates."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []
        self.epoch = CALENDAR_WINDOWS_1900

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            self.epoch = CALENDAR_MAC_1904
        if name == "sheet" and attributes.get("state", "visible") == "visible" and len(self.sheets) < MOST_SHEETS:
            self.sheets += [value for key, value in attributes.items() if key.endswith(":id")]


class _Styles(XmlReader):
    """Which styles of cells show a date, and which per cents."""

    def __init__(self) -> None:
        super().__init__()
        self.dates: set[int] = set()
        self.per_cents: set[int] = set()
        self._formats: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        self._is_in_cells = False
        self._number = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and len(self._formats) < MOST_STYLES:
            self._formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:200]
        elif name == "cellXfs":
            self._is_in_cells = True
        elif name == "xf" and self._is_in_cells and self._number < MOST_STYLES:
            number = attributes.get("numFmtId", "0")
            code = self._formats.get(number, "")
            if is_date_format(code) or (number.isascii() and number.isdigit() and len(number) < 3 and int(number) in _MORE_DATE_FORMATS):
                self.dates.add(self._number)
            elif "%" in code:
                self.per_cents.add(self._number)
            self._number += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_in_cells = False


class _SharedTexts(XmlReader):
    """Texts that cells name by number. How a word is to be pronounced (rPh) is no part of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._text = _Pieces()
        self._is_text = self._is_pronounced = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._is_pronounced = True
        elif name == "t":
            self._is_text = not self._is_pronounced

    def text(self, text: str) -> None:
        if self._is_text:
            self._text.add(text)

    def end(self, name: str) -> None:
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._is_pronounced = False
        elif name == "si":
            if len(self.texts) >= MOST_SHARED_TEXTS:
                raise _refused(_too_large())
            self.texts.append(self._text.taken())


class _Pieces:
    """A text that comes in pieces, kept up to one character more than a cell may hold."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._room = MOST_CELL_CHARACTERS + 1

    def add(self, text: str) -> None:
        if self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)

    def taken(self) -> str:
        """The text, after which the next one begins."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._room = MOST_CELL_CHARACTERS + 1
        return text


class _Sheet(XmlReader):
    """The rows of a worksheet that hold something."""

    def __init__(self, shared: list[str], styles: _Styles, epoch: datetime) -> None:
        super().__init__()
        self.records: list[Record] = []
        self.problems: list[RowProblem] = []
        self._shared = shared
        self._styles = styles
        self._epoch = epoch
        self._number = self._column = self._cells = 0
        self._record = Record(0, [])
        self._cell: dict[str, str] = {}
        self._text = _Pieces()
        self._is_text = self._is_formula = self._is_pronounced = False

    @property
    def is_full(self) -> bool:
        """Whether more rows would change nothing: a limit is passed, which the check of the table names."""
        return len(self.records) > MOST_ROWS + 1 or self._cells > MOST_CELLS or len(self.problems) >= MOST_PROBLEMS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._number = _whole_number(attributes.get("r", "")) or self._number + 1
            self._record, self._column = Record(self._number, []), 0
        elif name == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = _column(reference[1]) if reference else self._column + 1
            self._cell, self._is_formula = attributes, False
        elif name == "f":
            self._is_formula = True
        elif name == "rPh":
            self._is_pronounced = True
        elif name in {"v", "t"}:
            self._is_text = not self._is_pronounced

    def text(self, text: str) -> None:
        if self._is_text:
            self._text.add(text)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_text = False
        elif name == "rPh":
            self._is_pronounced = False
        elif name == "c":
            self._take_cell(self._text.taken())
        elif name == "row" and self._record.filled and not self.is_full:
            self.records.append(self._record)
            self._cells += len(self._record.cells)

    def _take_cell(self, text: str) -> None:
        if not text:
            if self._is_formula and self._cell.get("t") != "str" and len(self.problems) < MOST_PROBLEMS:
                message = _("This formula has no saved value. Open the workbook in your spreadsheet, save it and load it again.")
                self.problems.append(RowProblem(self._number, str(self._column), message))
            return
        shown = self._shown(text)
        record, place = self._record, self._column - 1
        # Cells come in their order; one that repeats a place is a slip of the program that wrote it.
        if not shown or place < len(record.cells):
            return
        record.filled = self._column
        if place >= MOST_COLUMNS:
            return
        record.cells += [""] * (place - len(record.cells))
        if len(shown) > MOST_CELL_CHARACTERS:
            record.too_long += (place,)
            shown = ""
        record.cells.append(shown)

    def _shown(self, text: str) -> str:
        """What a person sees in the cell."""
        kind = self._cell.get("t", "n")
        if kind == "s":
            place = _whole_number(text)
            return _unescaped(self._shared[place]) if place is not None and place < len(self._shared) else ""
        if kind == "b":
            return "TRUE" if text.strip() in {"1", "true"} else "FALSE"
        if kind in {"str", "inlineStr", "e"}:
            return _unescaped(text)
        style = _whole_number(self._cell.get("s", "0"))
        return self._date(text) if kind == "n" and style in self._styles.dates else _number(text, style in self._styles.per_cents)

    def _date(self, text: str) -> str:
        try:
            moment = from_excel(float(text), self._epoch)
        except (ValueError, OverflowError):
            return _number(text, False)
        if isinstance(moment, datetime) and moment.time() == time():
            return moment.date().isoformat()
        if isinstance(moment, datetime):
            return moment.isoformat(sep=" ", timespec="minutes" if moment.second == 0 else "seconds")
        return moment.isoformat() if isinstance(moment, date | time) else _number(text, False)


def _whole_number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _column(letters: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(text: str, is_per_cent: bool) -> str:
    """The number with the 15 digits that a spreadsheet shows, without exponent or needless zeros; the text itself where it is none."""
    if text.isascii() and text.isdigit() and len(text) < 16 and text[0] != "0" and not is_per_cent:
        return text
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return text
    if not number.is_finite() or not -30 < number.adjusted() < 30:
        return text
    rounded = Decimal(f"{number * 100 if is_per_cent else number:.14e}")
    shown = f"{rounded:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"{'0' if shown == '-0' else shown}{'%' if is_per_cent else ''}"


def _unescaped(text: str) -> str:
    """`text` with the signs that a workbook cannot hold as they are, and line ends as \\n."""
    if "_x" in text:
        text = _ESCAPED.sub(_sign, text)
    return _LINE_END.sub("\n", text) if "\r" in text else text


def _sign(escaped: re.Match[str]) -> str:
    code = int(escaped[1], 16)
    # NUL and halves of pairs are no text.
    return "" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)

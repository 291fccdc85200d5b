import io
import tracemalloc
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.tables import MOST_BYTES, Table, TableError
from accounts.workbooks import read_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(*sheets):
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    return book


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(sheet, *, shared="", styles="", prolog="", compress=zipfile.ZIP_DEFLATED):
    """A workbook of one sheet, written by hand."""
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{TYPES}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate((("worksheet", "s.xml"), ("sharedStrings", "t.xml"), ("styles", "f.xml")))
    )
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{TYPES}/officeDocument" Target="/xl/book.xml"/></Relationships>',
        "xl/book.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/book.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/s.xml": f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/t.xml": f"<sst>{shared}</sst>",
        "xl/f.xml": f"<styleSheet>{styles}</styleSheet>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def cells_of(data, *, has_header=False):
    return [row.cells for row in read_xlsx(data, has_header=has_header).rows]


def problems_of(data, *, has_header=False):
    with pytest.raises(TableError) as caught:
        read_xlsx(data, has_header=has_header)
    return [(problem.row, problem.column, problem.message) for problem in caught.value.problems]


def read_or_problems(data):
    try:
        return read_xlsx(data, has_header=True)
    except TableError as error:
        return error.problems


def test_rows_are_read_with_their_header_and_numbers():
    table = read_xlsx(saved(workbook([["name", "target"], [], ["Zoë", 5], ["Ben", None]])), has_header=True)
    assert table.header == ("name", "target")
    assert [(row.number, row.cells) for row in table.rows] == [(3, ("Zoë", "5")), (4, ("Ben", ""))]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        (5.0, "5"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1e20, "100000000000000000000"),
        (1250.5, "1250.5"),
        (True, "TRUE"),
        (date(2026, 3, 31), "2026-03-31"),
        (datetime(2026, 3, 31, 14, 30), "2026-03-31 14:30"),  # noqa: DTZ001
        (datetime(2026, 3, 31, 14, 30, 5), "2026-03-31 14:30:05"),  # noqa: DTZ001
        (time(9, 15), "09:15:00"),
        ("5.0", "5.0"),
        ("a\nb", "a\nb"),
        (" =1+1", " =1+1"),
    ],
)
def test_a_value_comes_as_people_see_it(value, shown):
    assert cells_of(saved(workbook([[value, "x"]]))) == [(shown, "x")]


def test_per_cents_and_dates_since_1904_are_shown_as_such():
    book = workbook([[0.125, 1.5, date(2026, 3, 31)]])
    book.active["A1"].number_format = "0.0%"
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    assert cells_of(saved(book)) == [("12.5%", "1.5", "2026-03-31")]


def test_first_sheet_with_content_that_is_shown_is_read():
    book = workbook([["hidden"]], [], [["shown"]])
    book.worksheets[0].sheet_state = "hidden"
    assert cells_of(saved(book)) == [("shown",)]


def test_a_formula_gives_its_saved_value_and_one_without_is_named():
    sheet = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>A1</f><v>x</v></c><c t="e"><v>#N/A</v></c></row>'
    assert cells_of(packed(sheet)) == [("2", "x", "#N/A")]
    [(row, column, message)] = problems_of(saved(workbook([["a", "=1+1"]])))
    assert (row, column) == (1, "2")
    assert "no saved value" in message


def test_texts_are_read_in_each_way_of_keeping_them():
    shared = "<si><t>one</t></si><si><r><t>t</t></r><r><t>wo</t></r><rPh><t>no</t></rPh></si>"
    sheet = '<row><c t="s"><v>1</v></c><c t="inlineStr"><is><t>in_x000D__x000A_line</t></is></c><c t="s"><v>7</v></c><c><v>0</v></c></row>'
    assert cells_of(packed(sheet, shared=shared)) == [("two", "in\nline", "", "0")]


def test_columns_follow_their_letters_and_rows_without_a_name_are_kept():
    sheet = '<row r="4"><c r="C4"><v>1</v></c></row><row r="9"><c r="A9"><v>2</v></c><c r="AB9"><v>3</v></c></row>'
    table = read_xlsx(packed(sheet), has_header=True)
    assert (table.width, table.column_name(2), table.column_name(27)) == (28, "1", "28")
    assert (table.rows[0].number, table.rows[0].cells[0], table.rows[0].cells[27]) == (9, "2", "3")


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ([["name", "Name"]], (1, "Name"), "Two columns have this name"),
        ([["a"] * 201], (1, "201"), "more than 200 columns"),
        ([["a"], ["x" * 32_000]] + [["b"]] * 50_001, (50_002, "a"), "more than 50 000 rows"),
        ([], (1, "1"), "The file is empty."),
    ],
)
def test_what_cannot_be_read_is_named(rows, place, words):
    [(row, column, message)] = problems_of(saved(workbook(rows)), has_header=True)
    assert (row, column) == place
    assert words in message


def test_a_cell_with_too_many_characters_is_named():
    sheet = f'<row><c><v>1</v></c><c t="str"><v>{"x" * 100_001}</v></c></row>'
    [(row, column, message)] = problems_of(packed(sheet, compress=zipfile.ZIP_STORED))
    assert (row, column) == (1, "2")
    assert "100 000 characters" in message


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK\x03\x04 and no more", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_is_no_workbook_is_called_so(data):
    [(_row, _column, message)] = problems_of(data)
    assert "not a workbook" in message


def test_a_file_over_20_mb_is_refused():
    assert "larger than 20 MB" in problems_of(b"PK" * MOST_BYTES)[0][2]


def test_a_truncated_workbook_is_refused():
    data = saved(workbook([["a", "b"]] * 100))
    assert "not a workbook" in problems_of(data[: len(data) // 2])[0][2]


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, EXTERNAL])
def test_entities_are_refused(prolog):
    [(_row, _column, message)] = problems_of(packed("<row><c><v>&a;</v></c></row>", prolog=prolog))
    assert "document type or entities" in message
    assert "root:" not in message


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", b" " * 140_000_000)
    assert "Unpacked" in problems_of(file.getvalue())[0][2]


def test_a_zip_of_very_many_parts_is_refused():
    assert "Unpacked" in problems_of(b"PK\x01\x02" * 5_001)[0][2]


NUMBERS = "".join(f"<c><v>{number}</v></c>" for number in range(190))
# An eighth of what may be loaded, for an eighth of the memory: what they take grows with their size.
HOSTILE = {
    "cells": lambda: packed("<row>" + "<c/>" * 600_000 + "</row>", compress=zipfile.ZIP_STORED),
    "rows": lambda: packed("<row/>" * 400_000, compress=zipfile.ZIP_STORED),
    "depth": lambda: packed("<row>" * 400_000, compress=zipfile.ZIP_STORED),
    "names": lambda: packed("".join(f"<a{number}/>" for number in range(250_000)), compress=zipfile.ZIP_STORED),
    "attributes": lambda: packed("<row " + " ".join(f'a{n}=""' for n in range(250_000)) + "/>", compress=zipfile.ZIP_STORED),
    "comment": lambda: packed("<!--" + "x" * 2_500_000, compress=zipfile.ZIP_STORED),
    "texts": lambda: packed("<row/>", shared="<si><t>ab</t></si>" * 120_000, compress=zipfile.ZIP_STORED),
    "numbers": lambda: packed(f"<row>{NUMBERS}</row>" * 650, compress=zipfile.ZIP_STORED),
    "styles": lambda: packed("<row/>", styles=f"<cellXfs>{'<xf/>' * 400_000}</cellXfs>", compress=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_of_megabytes_takes_little_memory(name):
    data = HOSTILE[name]()
    assert len(data) <= MOST_BYTES / 7
    tracemalloc.start()
    try:
        assert read_or_problems(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 256 * 2**20 / 8


SAMPLE = saved(
    workbook([["question", "option a", "option b", "answer"], ["Who decides?", "The buyer", "Legal", "a"], ["When?", 1, 2.5, "b"]])
)
PARTS = {name: zipfile.ZipFile(io.BytesIO(SAMPLE)).read(name) for name in zipfile.ZipFile(io.BytesIO(SAMPLE)).namelist()}


def mutated(data, changes):
    mixed = bytearray(data)
    for place, piece in changes:
        start = place % max(1, len(mixed))
        mixed[start : start + len(piece)] = piece
    return bytes(mixed)


changes = st.lists(st.tuples(st.integers(0, 100_000), st.binary(min_size=1, max_size=3)), min_size=1, max_size=4)


@settings(max_examples=60)
@given(changes, st.sampled_from(sorted(PARTS)), st.booleans())
def test_a_damaged_workbook_gives_a_table_or_named_problems(changes, name, is_inside):
    data = mutated(SAMPLE, changes)
    if is_inside:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for part, text in PARTS.items():
                archive.writestr(part, mutated(text, changes) if part == name else text)
        data = file.getvalue()
    found = read_or_problems(data)
    if isinstance(found, Table):
        assert {len(row.cells) for row in found.rows} <= {found.width}
    else:
        assert found
        assert all(problem.row >= 1 and problem.column and problem.message for problem in found)

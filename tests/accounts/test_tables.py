import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tables import MOST_BYTES, RowProblem, TableError, read_csv, safe_cell


def cells_of(data, *, has_header=False):
    return [row.cells for row in read_csv(data, has_header=has_header).rows]


def places_of_problems(data, *, has_header=True):
    with pytest.raises(TableError) as caught:
        read_csv(data, has_header=has_header)
    assert all(problem.message for problem in caught.value.problems)
    return [(problem.row, problem.column) for problem in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_is_read_in_each_encoding(encoding):
    assert cells_of("prénom;ville\nZoë;Liège".encode(encoding)) == [("prénom", "ville"), ("Zoë", "Liège")]


def test_table_is_read_from_a_file():
    assert cells_of(io.BytesIO(b"a,b\n")) == [("a", "b")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found_though_texts_hold_the_others(delimiter):
    first = delimiter.join(['"What, in short; is\ta price?"', '"1,5"', "x"])
    second = delimiter.join(["b", '"2,5"', "y"])
    assert cells_of(f"{first}\n{second}".encode()) == [("What, in short; is\ta price?", "1,5", "x"), ("b", "2,5", "y")]


def test_semicolons_win_over_commas_inside_sentences():
    assert cells_of(b"So, who;a, b;c\nWell, when;a;c") == [("So, who", "a, b", "c"), ("Well, when", "a", "c")]


def test_one_column_is_a_table():
    assert cells_of(b"a\nb") == [("a",), ("b",)]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    table = read_csv(b'a,b\r\n"x\r\ny",2\r\r\n\r\r,\n5,"say ""5"""\n', has_header=True)
    assert table.header == ("a", "b")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("x\ny", "2")), (7, ("5", 'say "5"'))]


def test_empty_cells_at_the_end_are_tolerated():
    assert cells_of(b"a,b,\n1,2\n3,4,,,,\n") == [("a", "b", ""), ("1", "2", ""), ("3", "4", "")]


def test_ragged_rows_are_named_with_the_column_that_is_missing_or_too_many():
    data = b"name,town\nAnn\nBen,Ghent,Belgium\nCas,Lier\n"
    assert places_of_problems(data) == [(2, "town"), (3, "3")]
    assert places_of_problems(data, has_header=False) == [(2, "2"), (3, "3")]


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ("name,town\nAnn,Liège\n".encode("latin-1"), [(2, "town")]),
        ("prénom,town\n".encode("latin-1"), [(1, "1")]),
        (b'name,town\n"a\nb",x\n\xff,y', [(3, "name")]),
        (b'name,town\nx,"a\nb \xff', [(2, "town")]),
        (b"", [(1, "1")]),
        (b"\n\r\n,", [(1, "1")]),
        (b"name,town\nAnn,Ghe\0nt\n\0,x\n", [(2, "town"), (3, "name")]),
        (b'name,town\nAnn,"Ghent\nBen,Lier\n', [(2, "town")]),
        (b'name,town\nAnn,"Ghent\n"Ben",Lier\n', [(2, "town")]),
        (b"name,town,Name\n", [(1, "Name")]),
        (b"x," * 1_000_000, [(1, "201")]),
        (b"a,b\n" * 50_002, [(50_002, "a")]),
        (b"a,b\n" + b",\n" * 1_000_000, [(1_000_001, "a")]),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else "",
)
def test_what_cannot_be_read_is_named_by_row_and_column(data, places):
    assert places_of_problems(data) == places


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04\x14\x00\x06\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-1.7\n%\xe2",
        b"\x89PNG\r\n\x1a\n",
        b"\0\1\2",
        "a;b".encode("utf-16-le"),
    ],
    ids=["workbook", "old workbook", "PDF", "picture", "NUL", "UTF-16 without a mark"],
)
def test_file_that_is_no_text_is_called_no_csv(data):
    with pytest.raises(TableError) as caught:
        read_csv(data, has_header=True)
    [problem] = caught.value.problems
    assert "not a CSV file" in problem.message


def test_utf_16_without_its_end_is_named():
    assert places_of_problems("a;b\n1;2".encode("utf-16")[:-1]) == [(2, "b")]


def test_a_wrong_encoding_says_how_to_save_the_file():
    with pytest.raises(TableError) as caught:
        read_csv("é".encode("latin-1"), has_header=False)
    message = "This cell is not UTF-8 text. In your spreadsheet choose “Save as”, then “CSV UTF-8”, and load that file."
    assert caught.value.problems == (RowProblem(1, "1", message),)


@pytest.mark.parametrize("cell", [b"x" * 10_000_000, b'"' + b"x" * 10_000_000 + b'"'])
def test_a_huge_cell_is_refused_without_a_copy_of_it(cell):
    data = b"name,town\nAnn," + cell + b"\nBen\n"
    tracemalloc.start()
    try:
        assert places_of_problems(data) == [(2, "town"), (3, "town")]
        assert tracemalloc.get_traced_memory()[1] < 2 * len(data)
    finally:
        tracemalloc.stop()


def test_a_cell_of_100_000_characters_is_read():
    assert cells_of(b"x" * 100_000) == [("x" * 100_000,)]
    assert places_of_problems(b"x" * 100_001, has_header=False) == [(1, "1")]


def test_a_file_over_the_limit_is_refused_before_it_is_read_whole():
    file = io.BytesIO(b"x\n" * MOST_BYTES)
    with pytest.raises(TableError):
        read_csv(file, has_header=False)
    assert file.tell() == MOST_BYTES + 1


def test_problems_stop_at_200():
    assert len(places_of_problems(b"a,b\n" + b"1\n" * 500)) == 200


def test_first_row_can_become_the_header_later():
    table = read_csv(b"a,b\n1,2\n", has_header=False)
    assert table.with_header() == read_csv(b"a,b\n1,2\n", has_header=True)
    assert (table.column_name(1), table.with_header().column_name(1)) == ("2", "b")


@given(st.binary(max_size=200) | st.text(alphabet='a",;\t\r\n\0é=', max_size=60).map(str.encode), st.booleans())
def test_any_bytes_give_a_table_or_named_problems(data, has_header):
    assert outcome(data, has_header) == outcome(data, has_header)


def outcome(data, has_header):
    try:
        table = read_csv(data, has_header=has_header)
    except TableError as error:
        assert_named(error.problems)
        return error.problems
    assert {len(row.cells) for row in table.rows} <= {table.width}
    return table


def assert_named(problems):
    assert problems
    assert all(problem.row >= 1 and problem.column and problem.message for problem in problems)


@given(st.lists(st.lists(st.text(alphabet='ab",;\n é', min_size=1), min_size=2, max_size=2), min_size=1, max_size=5))
def test_quoted_cells_come_back_as_they_were(rows):
    written = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    assert cells_of(written.encode()) == [tuple(row) for row in rows]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_safe_cell_keeps_a_spreadsheet_from_running_it(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_safe_cell_leaves_other_text():
    assert [safe_cell(text) for text in ("", "a=b", "'x", " =1")] == ["", "a=b", "'x", " =1"]

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.tables import read_csv
from accounts.workbooks import read_xlsx
from reinforcement.questions.formats.base import FileQuestion, choices, truth
from reinforcement.questions.formats.columns import guess_header, guess_mapping
from reinforcement.questions.formats.comma_separated import parse
from reinforcement.questions.formats.table_writing import as_rows, write_csv, write_xlsx
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import from_plain_text
from reinforcement.questions.sameness import same_key

KINDS_WITHOUT_OPTIONS = ("short_text", "numeric", "gap", "ordering", "matching")


def question(name="single", prompt="Who decides?", texts=("The buyer", "Legal", "Nobody"), right=(0,), **more):
    rich = [from_plain_text(text) for text in texts]
    content, key = truth(right == (0,)) if name == "true_false" else choices(rich, right)
    parsed = kind(name).parse(content, key)
    return FileQuestion(row=0, kind=name, prompt=prompt, content=parsed.content, answer_key=parsed.answer_key, language="en", **more)


def read_again(table):
    assert guess_header(row.cells for row in table.rows)
    table = table.with_header()
    file = parse(table, guess_mapping(table), language="en", languages=("en", "nl"))
    assert file.problems == ()
    questions = []
    for found in file.questions:
        parsed = kind(found.kind).parse(found.content, found.answer_key)
        questions.append(replace(found, row=0, content=parsed.content, answer_key=parsed.answer_key))
    return questions


def through_csv(questions):
    rows, left_out = as_rows(questions)
    assert left_out == ()
    return read_again(read_csv(write_csv(rows), has_header=False))


def through_xlsx(questions):
    rows, left_out = as_rows(questions)
    assert left_out == ()
    return read_again(read_xlsx(write_xlsx(rows), has_header=False))


BANK = [
    question(
        external_id="7",
        situation="<p>A first call.</p><p>They listen.</p>",
        explanation="<p>5 &lt; 6<br>still</p>",
        competency="Closing",
        source="Own work",
    ),
    question("multiple", "Who joins?", ("The buyer", "Legal", "Nobody", "5 < 6"), (1, 3)),
    question("true_false", "A silence helps.", right=(1,)),
]


def test_a_row_says_everything_that_is_plain():
    rows, left_out = as_rows(BANK)
    assert left_out == ()
    assert rows[0] == [
        *("id", "language", "kind", "situation", "prompt"),
        *("option a", "option b", "option c", "option d"),
        *("answer", "explanation", "competency", "source"),
    ]
    assert rows[1] == [
        *("7", "en", "single", "A first call.\n\nThey listen.", "Who decides?"),
        *("The buyer", "Legal", "Nobody", ""),
        *("a", "5 < 6\nstill", "Closing", "Own work"),
    ]
    assert rows[2][5:10] == ["The buyer", "Legal", "Nobody", "5 < 6", "b;d"]
    assert rows[3][5:10] == ["", "", "", "", "false"]


@pytest.mark.parametrize("through", [through_csv, through_xlsx])
def test_what_is_written_is_read_again(through):
    assert through(BANK) == BANK


@pytest.mark.parametrize("name", KINDS_WITHOUT_OPTIONS)
def test_kinds_without_options_are_left_out(name):
    other = FileQuestion(row=0, kind=name, prompt="Which?", content={}, answer_key={})
    rows, left_out = as_rows([other, BANK[0]])
    assert left_out == (other,)
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("texts", "right", "answer"),
    [
        (("B", "A"), (0,), "1"),
        (("b", "c", "d"), (1,), "2"),
        (("a", "b", "c"), (0, 2), "a;c"),
        (("2", "3", "1"), (2,), "c"),
        (("b", "c", "d", "a"), (0, 2), "1;3"),
    ],
)
def test_an_answer_that_letters_would_leave_open_is_said_otherwise(texts, right, answer):
    asked = question("single" if len(right) == 1 else "multiple", "Which?", texts, right)
    rows, _left_out = as_rows([asked])
    assert through_csv([asked]) == [asked]
    assert rows[1][5 + len(texts)] == answer


def test_a_question_whose_answer_no_word_says_is_left_out():
    asked = question(texts=("b", "a", "2", "1"))
    assert as_rows([asked])[1] == (asked,)


def test_a_cell_of_csv_does_not_run_as_a_formula():
    rows, _left_out = as_rows([question(prompt="=1+1", texts=("+32", "-5", "@x"))])
    text = write_csv(rows).decode("utf-8-sig")
    assert ",'=1+1,'+32,'-5,'@x,a," in text
    assert write_csv(rows).startswith(b"\xef\xbb\xbf")


def test_a_cell_of_a_workbook_is_text():
    odd = ["=1+1", "#N/A", "5", "2026-03-31", "TRUE", "_x0041_", "a\x01b", "x" * 40_000, "", " space "]
    data = write_xlsx([odd])
    cells = next(load_workbook(io.BytesIO(data)).active.iter_rows())
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    [row] = read_xlsx(data, has_header=False).rows
    assert row.cells == ("=1+1", "#N/A", "5", "2026-03-31", "TRUE", "_x0041_", "ab", "x" * 32_767, "", " space ")


words = st.text(alphabet="AaBb12é漢 <&;,|\"'_xX=+", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["single", "multiple", "true_false"]), words, st.lists(words, min_size=3, max_size=5), st.integers(0, 2)),
        max_size=3,
        unique_by=lambda one: same_key(one[1]),
    )
)
def test_any_bank_of_plain_questions_comes_back_from_a_workbook(drawn):
    questions = []
    for name, prompt, texts, place in drawn:
        try:
            questions.append(question(name, prompt, texts, (place,) if name != "multiple" else (place, (place + 1) % 3)))
        except ContentError:
            continue
    rows, left_out = as_rows(questions)
    kept = [one for one in questions if one not in left_out]
    if kept:
        assert read_again(read_xlsx(write_xlsx(rows), has_header=False)) == kept

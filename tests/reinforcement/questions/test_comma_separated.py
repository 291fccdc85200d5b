import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tables import TableError, read_csv
from reinforcement.questions.formats.columns import MappingError, guess_header, guess_mapping, read_mapping
from reinforcement.questions.formats.comma_separated import parse
from reinforcement.questions.kinds.registry import kind

LANGUAGES = ("en", "nl", "fr")
HEADER = "id,language,kind,situation,prompt,a,b,c,d,answer,explanation,competency,source"


def parsed(text, *, has_header=True, mapping=""):
    table = read_csv(text.encode(), has_header=has_header)
    columns = read_mapping(mapping, table) if mapping else guess_mapping(table)
    return parse(table, columns, language="en", languages=LANGUAGES, competency="Selling", source="bank.csv")


def question_of(*rows, header="prompt,a,b,c,d,answer"):
    file = parsed("\n".join((header, *rows)))
    assert file.problems == ()
    return file.questions[0]


def right_of(*rows, **options):
    return "".join(question_of(*rows, **options).answer_key["right"])


def problems_of(*rows, header="prompt,a,b,c,d,answer"):
    return [(problem.row, problem.column, problem.message) for problem in parsed("\n".join((header, *rows))).problems]


def places_of(*rows, **options):
    return [problem[:2] for problem in problems_of(*rows, **options)]


def bank(count):
    """A bank as trainers send it: no header, question, four options, the letter of the right one; commas, quotes, blanks."""
    rows = [
        [
            f' {"_" * (5 + number % 7)} is step {number}, "the next":',
            "A plan, made early.",
            "A price.",
            f"Step {number}.",
            "Luck.",
            "ABCD"[number % 4],
        ]
        for number in range(count)
    ]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()


def test_a_bank_without_header_is_read_by_its_shape():
    table = read_csv(bank(234).encode(), has_header=False)
    assert not guess_header(row.cells for row in table.rows)
    assert guess_mapping(table).as_text() == "prompt=1,options=2-5,answer=6"
    file = parsed(bank(234), has_header=False)
    assert (len(file.questions), file.problems) == (234, ())
    first = file.questions[1]
    assert (first.row, first.kind, first.language, first.competency) == (2, "single", "en", "Selling")
    assert first.prompt == '______ is step 1, "the next":'
    assert [option["text"] for option in first.content["options"][:2]] == ["<p>A plan, made early.</p>", "<p>A price.</p>"]
    assert first.answer_key == {"right": ["b"]}


def test_every_column_of_a_row_is_kept():
    header = HEADER + "\n"
    question = question_of("7,nl,single,Bij een klant,Wat vraag je?,Prijs,Doel,,,B,Daarom,Gesprek,Eigen", header=header.strip())
    assert (question.external_id, question.language, question.kind, question.situation) == ("7", "nl", "single", "<p>Bij een klant</p>")
    assert (question.prompt, question.explanation, question.competency, question.source) == (
        "Wat vraag je?",
        "<p>Daarom</p>",
        "Gesprek",
        "Eigen",
    )
    assert [option["text"] for option in question.content["options"]] == ["<p>Prijs</p>", "<p>Doel</p>"]


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("Question,Option A,Option B,Correct answer", "prompt=1,options=2-3,answer=4"),
        ("ID;Vraag;Antwoord 1;Antwoord 2;Juist antwoord;Uitleg", "id=1,prompt=2,options=3-4,answer=5,explanation=6"),
        ("Énoncé;Réponse A;Réponse B;Bonne réponse;Compétence", "prompt=1,options=2-3,answer=4,competency=5"),
        ("a,question,b,answer,c", "prompt=2,options=1,3,5,answer=4"),
    ],
)
def test_columns_are_found_by_their_names_in_three_languages(header, mapping):
    table = read_csv(header.encode(), has_header=False)
    assert guess_header(row.cells for row in table.rows)
    assert guess_mapping(table.with_header()).as_text() == mapping
    assert read_mapping(mapping, table).as_text() == mapping


def test_a_first_question_is_not_taken_for_a_header():
    assert not guess_header([["What is price?", "a", "b", "F"], ["Who?", "a", "b", "A"]])
    assert not guess_header([])


def test_columns_that_cannot_be_guessed_are_asked_for():
    with pytest.raises(MappingError):
        guess_mapping(read_csv(b"Who?,Ann,Ben,no idea\nWhat?,x,y,z z\n", has_header=False))


def test_mapping_takes_names_of_the_header():
    table = read_csv(b"text,first-choice,second,third,good\n", has_header=True)
    assert read_mapping("prompt=Text, options=first-choice, second-third, answer=good", table).as_text() == "prompt=1,options=2-4,answer=5"


def test_mapping_takes_a_number_for_a_place_also_where_columns_are_named_by_numbers():
    table = read_csv(b"question,1,2,3,right\n", has_header=True)
    assert guess_mapping(table).as_text() == "prompt=1,options=2-4,answer=5"
    assert read_mapping("prompt=1,options=2-4,answer=5", table) == guess_mapping(table)


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ("", "Say which column holds “prompt”."),
        ("prompt=1", "Say which column holds “answer”."),
        ("1,2", "Write which column holds what"),
        ("prompt=1,wrong=2", "“wrong” is not a field"),
        ("prompt=1,prompt=2", "given twice"),
        ("prompt=1,2,answer=3", "“prompt” takes one column"),
        ("prompt=0,answer=2", "There is no column “0”"),
        ("prompt=1,answer=7", "There is no column “7”. The table has 4 columns."),
        ("prompt=1,options=3-2,answer=4", "There is no column “3-2”"),
        ("prompt=1,options=1-3,answer=4", "Column “1” is used for prompt and for options."),
    ],
)
def test_mapping_that_does_not_fit_says_why(mapping, reason):
    with pytest.raises(MappingError) as caught:
        read_mapping(mapping, read_csv(b"q,x,y,A", has_header=False))
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("B", "b"),
        ("b)", "b"),
        ("2", "b"),
        ("A;C", "ac"),
        ('"A, C"', "ac"),
        ("1;3", "ac"),
        ("a/c", "ac"),
        ("blue", "b"),
        ("Blue.", "b"),
        ("red;green", "ac"),
    ],
)
def test_answer_is_a_letter_a_number_or_the_text(answer, right):
    assert right_of(f"Which?,Red,Blue,Green,Grey,{answer}") == right


def test_kind_follows_the_number_of_right_answers_unless_the_column_says_so():
    header = "kind,prompt,a,b,c,answer"
    assert question_of(",Which?,x,y,z,A", header=header).kind == "single"
    assert question_of("multiple choice,Which?,x,y,z,A;B", header=header).kind == "multiple"
    assert question_of("multiple,Which?,x,y,z,A", header=header).kind == "multiple"
    assert places_of("single,Which?,x,y,z,A;B", header=header) == [(2, "answer")]
    assert places_of("essay,Which?,x,y,z,A", header=header) == [(2, "kind")]


@pytest.mark.parametrize(
    ("row", "is_true"),
    [
        ("It is so,,,TRUE", True),
        ("It is so,,,onwaar", False),
        ("It is so,True,False,B", False),
        ("It is so,Faux,Vrai,vrai", True),
        ("It is so,Juist,Fout,1", True),
    ],
)
def test_true_and_false_make_their_own_kind(row, is_true):
    question = question_of(row, header="prompt,a,b,answer")
    assert question.kind == "true_false"
    assert question.answer_key == {"right": ["true" if is_true else "false"]}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Which?,x,y,z,w,", (2, "answer", "The answer is missing.")),
        ("Which?,x,y,z,w,E", (2, "answer", "The answer “E” names none of the options.")),
        ("Which?,x,y,,,C", (2, "answer", "The answer “C” names none of the options.")),
        ("Which?,10,3,2,4,3", (2, "answer", "The answer “3” is the place of one option and the text of another. Write it as a letter.")),
        ("Which?,,,,,B", (2, "answer", "A question without options needs true or false as its answer.")),
        (",x,y,z,w,A", (2, "prompt", "The question is empty.")),
        ("Which?,x,,,,A", (2, "a", "Give 2 to 26 options.")),
        ("Which?,x,y,X.,w,A", (2, "c", "This option says the same as option 1.")),
        ("Which?,x,y,,,A;B", (2, "answer", "Leave at least one option wrong: if all are right, choosing everything is always right.")),
        ("W" * 1001 + ",x,y,,,A", (2, "prompt", "This text has more than 1000 characters.")),
    ],
)
def test_a_faulty_row_is_named_with_its_column_and_the_reason(row, problem):
    assert problems_of(row) == [problem]


def test_all_faults_of_a_row_are_named_at_once_and_the_others_are_kept():
    rows = ("Who?,x,y,z,w,A", ",x,x,z,w,", "What?,x,y,z,w,D")
    assert places_of(*rows) == [(3, "prompt"), (3, "answer"), (3, "b")]
    assert [question.row for question in parsed("\n".join(("prompt,a,b,c,d,answer", *rows))).questions] == [2, 4]


def test_the_same_question_twice_is_refused():
    problem = (3, "prompt", "Row 2 asks the same. Remove one, or give each its own id in a column of ids.")
    assert problems_of("Who is it?,x,y,,,A", "who  is it,z,w,,,B") == [problem]
    header = "id,prompt,a,b,answer"
    assert problems_of("7,Who?,x,y,A", "7,What?,x,y,B", header=header) == [(3, "id", "Row 2 has the same id.")]
    assert problems_of("7,Who?,x,y,A", "8,Who?,x,y,B", header=header) == []


def test_blanks_at_other_places_are_other_questions():
    assert problems_of("____ sells,x,y,,,A", "sells ____,x,y,,,A", "sells,x,y,,,A") == []


def test_a_language_that_is_not_offered_is_refused():
    header = "language,prompt,a,b,answer"
    assert places_of("de,Wer?,x,y,A", header=header) == [(2, "language")]
    assert question_of("nl-BE,Wie?,x,y,A", header=header).language == "nl"


def test_a_header_without_questions_is_refused():
    assert places_of() == [(1, "prompt")]


def test_columns_are_named_by_number_without_a_header():
    file = parsed("Who?,x,y,A\nWhat?,x,y,\n", has_header=False, mapping="prompt=1,options=2-3,answer=4")
    assert [(problem.row, problem.column) for problem in file.problems] == [(2, "4")]


def test_text_of_a_file_is_plain_text():
    question = question_of("What is <b>?,<b>bold</b>,5 < 6,,,A")
    assert question.content["options"][0] == {"id": "a", "text": "<p>&lt;b&gt;bold&lt;/b&gt;</p>", "feedback": ""}
    assert question.answer_key == {"right": ["a"]}


cells = st.text(alphabet="AaBb12;,. \n_<é", max_size=6) | st.sampled_from(["A", "B", "2", "true", "False", "x", "prompt", "answer"])
tables = st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=6)


@given(tables, st.booleans())
def test_any_table_gives_questions_that_their_kind_accepts_and_named_problems(rows, has_header):
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    try:
        table = read_csv(file.getvalue().encode(), has_header=has_header)
    except TableError:
        return
    mapping = read_mapping("prompt=1,options=2-3,answer=4", table)
    first = parse(table, mapping, language="en", languages=LANGUAGES)
    assert first == parse(table, mapping, language="en", languages=LANGUAGES)
    for question in first.questions:
        assert kind(question.kind).parse(question.content, question.answer_key)
    assert all(problem.row and problem.column and problem.message for problem in first.problems)
    rows_done = {question.row for question in first.questions} | {problem.row for problem in first.problems}
    assert {row.number for row in table.rows} <= rows_done


@given(st.binary(max_size=300))
def test_any_bytes_never_crash_the_reading_of_questions(data):
    try:
        table = read_csv(data, has_header=False)
        mapping = guess_mapping(table)
    except (TableError, MappingError):
        return
    assert parse(table, mapping, language="en", languages=LANGUAGES) == parse(table, mapping, language="en", languages=LANGUAGES)

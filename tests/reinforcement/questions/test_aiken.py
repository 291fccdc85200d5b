import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinforcement.questions.formats.aiken import read
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import to_plain_text

BANK = """What do you ask first?
A. The price
B. The need
C. The signature
ANSWER: B

Ann, a buyer, is silent.
What helps?

a) A pause
b) A question
   about her day
c) A discount
answer: A, B.
"""


def question_of(text):
    file = read(text)
    assert file.problems == ()
    (question,) = file.questions
    return question


def problems_of(text):
    return [(problem.row, problem.column, problem.message) for problem in read(text).problems]


def test_a_bank_is_read_with_its_lines():
    file = read(BANK)
    assert (file.problems, file.warnings) == ((), ())
    one, several = file.questions
    assert (one.row, one.kind, one.prompt, one.answer_key) == (1, "single", "What do you ask first?", {"right": ["b"]})
    assert [option["text"] for option in one.content["options"]] == ["<p>The price</p>", "<p>The need</p>", "<p>The signature</p>"]
    assert (several.row, several.kind, several.answer_key) == (7, "multiple", {"right": ["a", "b"]})
    assert several.prompt == "Ann, a buyer, is silent.\nWhat helps?"
    assert [to_plain_text(option["text"]) for option in several.content["options"]][1] == "A question\nabout her day"


@pytest.mark.parametrize("answer", ["A,C", "C A", "a;c", "A & C", "(A), (C)", "A, C, A"])
def test_several_letters_make_several_right_answers(answer):
    question = question_of(f"Which?\nA. x\nB. y\nC. z\nANSWER: {answer}")
    assert (question.kind, question.answer_key["right"]) == ("multiple", ["a", "c"])


def test_a_letter_that_does_not_come_next_is_a_word():
    question = question_of("A. Smith calls. Who is\nC. Jones?\nA. x\na. z\nB) y\nANSWER: B")
    assert (question.prompt, len(question.content["options"])) == ("A. Smith calls. Who is\nC. Jones?", 2)


def test_text_is_plain_and_letters_are_places():
    question = question_of("Which <b>?\nA. B\nB. A <i>\nANSWER: B")
    assert question.prompt == "Which <b>?"
    assert (question.content["options"][1]["text"], question.answer_key) == ("<p>A &lt;i&gt;</p>", {"right": ["b"]})


def test_line_ends_of_every_system_and_a_byte_order_mark_are_read():
    assert [question.row for question in read("\N{ZERO WIDTH NO-BREAK SPACE}" + BANK.replace("\n", "\r\n")).questions] == [1, 7]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Who?\nA. x\nB. y", (1, "answer", "The answer is missing. Write a line such as “ANSWER: B” under the options.")),
        ("Who?\nA. x\nB. y\nANSWER:", (4, "answer", "The answer is missing.")),
        ("Who?\nA. x\nB. y\nANSWER: C", (4, "answer", "The answer “C” names none of the options.")),
        ("Who?\nA. x\nB. y\nANSWER: the first", (4, "answer", "The answer “the first” names none of the options.")),
        ("\nWho?\nANSWER: A", (2, "options", "There are no options. Write each on a line of its own: “A. …”, “B. …”.")),
        ("ANSWER: A", (1, "prompt", "There is no question above this answer.")),
        ("Who?\nA. x\nANSWER: A", (1, "answers", "Give 2 to 26 options.")),
        ("Who?\nA. x\nB. X\nANSWER: A", (1, "answer 2", "This option says the same as option 1.")),
        ("Who?\nA. x\nB.\nANSWER: A", (1, "answer 2", "This option is empty.")),
        ("Who?\nA. x\nC. y\nANSWER: A", (3, "options", "The options do not follow each other: name them A, B, C and so on, up to Z.")),
        (
            "Who?\nA. x\nB. y\nANSWER: A B",
            (1, "answers", "Leave at least one option wrong: if all are right, choosing everything is always right."),
        ),
        ("W" * 1001 + "\nA. x\nB. y\nANSWER: A", (1, "prompt", "This text has more than 1000 characters.")),
        ("Who?\nA. x" + "\nand on" * 6_000 + "\nB. y\nANSWER: A", (1, "options", "This text has more than 40000 characters.")),
        ("", (1, "prompt", "There is no question in this file.")),
    ],
)
def test_a_faulty_question_is_named_with_its_line_and_what_to_mend(text, problem):
    assert problems_of(text) == [problem]


def test_reading_goes_on_after_a_fault():
    file = read("One?\nA. x\nB. y\n\nTwo?\nA. x\nB. y\nANSWER: A\n\nThree?\nANSWER: A\nFour?\nA. x\nB. y\nANSWER: B")
    assert [(question.row, question.prompt) for question in file.questions] == [(5, "Two?"), (12, "Four?")]
    assert [problem.row for problem in file.problems] == [1, 10]


def test_at_most_200_problems_are_named():
    assert len(read("ANSWER: A\n" * 300).problems) == 200


lines = st.sampled_from([*BANK.split("\n"), "A.", "D. x", "ANSWER:", "ANSWER: Z", "\0", "B) <b>"]) | st.text(max_size=6)


@settings(max_examples=150)
@given(st.lists(lines, max_size=20).map("\n".join) | st.text(max_size=100))
def test_any_text_gives_accepted_questions_and_named_problems(text):
    file = read(text)
    assert file == read(text)
    for question in file.questions:
        parsed = kind(question.kind).parse(question.content, question.answer_key)
        assert (parsed.content, parsed.answer_key) == (question.content, question.answer_key)
        assert question.prompt
        assert question.row
    assert file.questions or file.problems
    assert all(problem.row and problem.column and problem.message for problem in file.problems)

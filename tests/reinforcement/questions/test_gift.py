import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinforcement.questions.formats.base import LONGEST_PROMPT
from reinforcement.questions.formats.gift import read, write
from reinforcement.questions.kinds.matching import opaque_id
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import to_plain_text

BANK = r"""// A bank as trainers write it by hand.
$CATEGORY: $course$/top/Selling/Price

// [id:price-1] [tag:price]
::The first price::Who names the first price?{~the buyer ~nobody =the seller}

The discount is {~always =rarely ~never} the seller's first move.

A discount ends every objection.{FALSE#It often brings the next one.#Well seen.}

What is the best alternative to an agreement called?{=BATNA =%50%alternative#Which one?}

What is the mark-up on 80 sold at 100?{#25:0.5}

Which belongs to which?{=need -> question =price->proposal = -> nothing}

$CATEGORY: Listening

::Open question \: two of them::Which questions are open? {
    // nobody has to know this
    ~%50%How do you decide?#It asks for a story.
    ~%50%What comes first?
    ~%-100%Do you decide?#Yes or no
        is all you hear.
    ####Open questions begin with a word
    such as how.
}
"""


def question_of(text):
    file = read(text)
    assert file.problems == ()
    (question,) = file.questions
    parsed = kind(question.kind).parse(question.content, question.answer_key)
    assert (parsed.content, parsed.answer_key) == (question.content, question.answer_key)
    return question


def problems_of(text):
    return [(problem.row, problem.column, problem.message) for problem in read(text).problems]


def warnings_of(text):
    file = read(text)
    assert file.problems == ()
    return [(warning.row, warning.column, warning.message) for warning in file.warnings]


def texts_of(question):
    return [to_plain_text(option["text"]) for option in question.content["options"]]


def feedback_of(question):
    return [to_plain_text(option["feedback"]) for option in question.content["options"]]


def test_a_bank_is_read_with_its_lines_categories_and_ids():
    file = read(BANK)
    assert (file.problems, file.warnings) == ((), ())
    kinds = ["single", "single", "true_false", "short_text", "numeric", "matching", "multiple"]
    assert [question.kind for question in file.questions] == kinds
    assert [question.row for question in file.questions] == [5, 7, 9, 11, 13, 15, 19]
    assert [question.competency for question in file.questions] == ["Price"] * 6 + ["Listening"]
    assert [question.external_id for question in file.questions] == ["price-1", *[""] * 6]
    assert file.questions[0].prompt == "Who names the first price?"


def test_the_answers_of_a_bank_are_those_of_its_kinds():
    single, gap, statement, word, number, pairs, several = read(BANK).questions
    assert (texts_of(single), single.answer_key) == (["the buyer", "nobody", "the seller"], {"right": ["c"]})
    assert (gap.prompt, gap.answer_key) == ("The discount is _____ the seller's first move.", {"right": ["b"]})
    assert statement.answer_key == {"right": ["false"]}
    # The first feedback is for who takes it for true, which is wrong.
    assert statement.content["feedback"] == {"true": "<p>It often brings the next one.</p>", "false": "<p>Well seen.</p>"}
    assert [(answer["text"], answer["credit"]) for answer in word.content["answers"]] == [("BATNA", 100), ("alternative", 50)]
    assert number.answer_key == {"answers": [{"id": "a", "value": "25", "tolerance": "0.5", "credit": 100}]}
    assert [to_plain_text(thing["text"]) for thing in pairs.content["things"]] == ["need", "price"]
    assert [to_plain_text(match["text"]) for match in pairs.content["matches"]] == ["question", "proposal", "nothing"]
    assert pairs.answer_key == {"pairs": {"a": opaque_id("a"), "b": opaque_id("b")}}
    assert several.answer_key == {"right": ["a", "b"]}
    assert feedback_of(several) == ["It asks for a story.", "", "Yes or no is all you hear."]
    assert several.explanation == "<p>Open questions begin with a word such as how.</p>"


def test_signs_with_a_backslash_are_text():
    question = question_of(r"Which sign is a \{brace\}\: {= \} # the \#1 ~ \= 2 \~ 3 ~ a\\b ~ \ ~ one\ntwo}")
    assert question.prompt == "Which sign is a {brace}:"
    assert texts_of(question) == ["}", "= 2 ~ 3", r"a\b", "\\", "one\ntwo"]
    assert feedback_of(question)[0] == "the #1"


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Say {=this} now.", "Say _____ now."),
        ("Say {=this}.", "Say _____."),
        ("Say what?{=this}", "Say what?"),
        ("Say what? {=this}  ", "Say what?"),
        ("{=this} is said.", "_____ is said."),
        ("[html]<p>Say what?{=this}</p>", "Say what?"),
        ("[html]<p>Say {=this} now.</p>", "Say _____ now."),
    ],
)
def test_a_missing_word_leaves_a_blank_only_within_the_text(prompt, expected):
    assert question_of(prompt).prompt == expected


@pytest.mark.parametrize(
    ("answers", "name", "right"),
    [
        ("=a ~b ~c", "single", ["a"]),
        ("~%100%a ~%-50%b ~%-50%c", "multiple", ["a"]),
        ("~%33.33333%a ~%66.66667%b ~c", "multiple", ["a", "b"]),
        ("=%100%a ~%0%b", "single", ["a"]),
        ("=a ~%50%b ~c", "single", ["a"]),
        ("=a =b ~c", "multiple", ["a", "b"]),
        ("=%50%a =%50%b ~c", "multiple", ["a", "b"]),
    ],
)
def test_weights_say_which_options_are_right(answers, name, right):
    question = question_of(f"Which?{{{answers}}}")
    assert (question.kind, question.answer_key["right"]) == (name, right)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("\nWhich?{=a ~%50%b ~c}", (2, "answers", "Answers with a part of the credit count as wrong here.")),
        ("Which?{=a =b ~c}", (1, "answers", "Several answers are right, so all of them are to be chosen here.")),
        ("Tell us.{}", (1, "answers", "This is a question for a text of one's own, which cannot be judged here. It is left out.")),
        (
            "Tell us.{####Short.}",
            (1, "answers", "This is a question for a text of one's own, which cannot be judged here. It is left out."),
        ),
        ("Part one", (1, "prompt", "This text asks nothing: it has no answers in braces. It is left out.")),
        ("How many?{#=4 ~#No.}", (1, "answers", "Feedback for any other number is left out.")),
        (
            '[html]<p>Who?<img src\\="@@PLUGINFILE@@/a.png"></p>{=a ~b}',
            (1, "text", "Pictures cannot come along in this format. They are left out."),
        ),
    ],
)
def test_what_is_left_out_is_said_and_hinders_nothing(text, warning):
    assert warnings_of(text) == [warning]


@pytest.mark.parametrize(
    ("written", "value", "tolerance"),
    [
        ("1822:5", "1822", "5"),
        ("-1", "-1", "0"),
        ("=3.1415:0.0005", "3.1415", "0.0005"),
        ("1..5", "3", "2"),
        ("-3.142..-3.141", "-3.1415", "0.0005"),
        ("12,5:,5", "12.5", "0.5"),
        ("=%100%9:0", "9", "0"),
    ],
)
def test_numbers_have_a_tolerance_or_a_range(written, value, tolerance):
    question = question_of(f"How many?{{#{written}}}")
    assert question.answer_key == {"answers": [{"id": "a", "value": value, "tolerance": tolerance, "credit": 100}]}


def test_several_numbers_have_credits_and_feedback():
    question = question_of("How many calls?{#\n=12:0#Just so.\n=%50%12:2#Nearly.\n=%0%1:0#Far off.}")
    assert [answer["credit"] for answer in question.answer_key["answers"]] == [100, 50, 0]
    assert question.content["feedback"] == {"a": "<p>Just so.</p>", "b": "<p>Nearly.</p>", "c": "<p>Far off.</p>"}


@pytest.mark.parametrize(
    ("option", "rich"),
    [
        ("two\n  lines", "<p>two lines</p>"),
        (r"one\ntwo", "<p>one<br>two</p>"),
        ("a < b & c &eacute; &lt;i>", "<p>a &lt; b &amp; c é &lt;i&gt;</p>"),
        (r"a <b>b</b>\nc", "a <b>b</b><br>c"),
        ("[html]<p>a</p><script>x()</script><p></p>", "<p>a</p>"),
        (r'[html]<div class\="x">a</div><div>b</div><br>', "<p>a</p><p>b</p>"),
        (r'[html]<a href\="https\://x.example/y" onclick\="z()">a</a>', '<a href="https://x.example/y" rel="noopener noreferrer">a</a>'),
        ("[plain]<b>a</b> &amp;", "<p>&lt;b&gt;a&lt;/b&gt; &amp;amp;</p>"),
        ("[markdown]**a** *b* <i>", "<p><strong>a</strong> <em>b</em> &lt;i&gt;</p>"),
        ("[HTML] <em>a</em>", "<em>a</em>"),
    ],
)
def test_texts_are_rich_by_their_format(option, rich):
    assert question_of(f"Which?{{={option} ~other}}").content["options"][0]["text"] == rich


def test_markdown_has_paragraphs_breaks_and_lists():
    text = r"Case  \nof **Ann**\n\n- one\n    - inner\n- two\n\n1. first\n2. second"
    lists = "<ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"
    assert question_of(f"[markdown]What now?{{=a ~b####{text}}}").explanation == f"<p>Case<br>of <strong>Ann</strong></p>{lists}"


def test_texts_have_the_format_of_the_question_unless_they_name_one():
    question = question_of("[html]<p>Which?</p>{=<em>a</em>#<b>yes</b> ~[plain]<b>}")
    assert [option["text"] for option in question.content["options"]] == ["<em>a</em>", "<p>&lt;b&gt;</p>"]
    assert question.content["options"][0]["feedback"] == "<b>yes</b>"
    assert question_of("[html]<p>Which?</p>{=<em>}").content["answers"][0]["text"] == "<em>"


@pytest.mark.parametrize(
    ("stem", "situation", "prompt"),
    [
        ("[html]<p>Ann calls.</p><p>She is angry.</p><p>What do you say?</p>", "<p>Ann calls.</p><p>She is angry.</p>", "What do you say?"),
        ("[html]<p>Ann calls.</p>What do <b>you</b> say?", "<p>Ann calls.</p>", "What do you say?"),
        ("[html]<ul><li>Ann</li></ul>", "", "Ann"),
        (r"[markdown]Ann calls.\n\nWhat do *you* say?", "<p>Ann calls.</p>", "What do you say?"),
        ("[html]" + "<p>Ann calls.</p>" * 200 + "<p>What now?</p>", "<p>Ann calls.</p>" * 200, "What now?"),
        (r"[plain]" + r"Ann calls.\n\n" * 200 + "What now?", "<p>Ann calls.</p>" * 200, "What now?"),
        (r"One line\nand another?", "", "One line\nand another?"),
    ],
)
def test_what_leads_up_to_a_question_is_its_situation(stem, situation, prompt):
    question = question_of(f"{stem}{{=a ~b}}")
    assert (question.situation, question.prompt) == (situation, prompt)


@pytest.mark.parametrize(
    ("path", "competency"),
    [
        ("Selling", "Selling"),
        ("$course$/top/Selling/Price talks/", "Price talks"),
        ("$module$/Selling", "Selling"),
        ("a/Price//Value", "Price/Value"),
        ("$course$/top", ""),
        ("", ""),
    ],
)
def test_the_last_part_of_a_category_is_the_competency(path, competency):
    assert question_of(f"$CATEGORY: {path}\nWhich?{{=a ~b}}").competency == competency


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Which?{=a ~b", (1, "answers", "The answers are not closed. Write } after the last one.")),
        ("Which? =a ~b}", (1, "answers", r"A brace closes that was not opened. Write \} where it is part of the text.")),
        (
            "Which?{=a {x} ~b}",
            (1, "answers", r"A brace opens within the answers. Write } before it, or \{ where it is part of a text."),
        ),
        (
            "Which {sort}?{=a ~b}",
            (1, "answers", r"There is more than one pair of braces. Write \{ and \} where they are part of the text."),
        ),
        ("::Name Which?{=a ~b}", (1, "name", "The name after :: does not end. Write :: after it too.")),
        ("{=a ~b}", (1, "prompt", "The question is empty. Write it before the braces.")),
        ("Which?{a ~b}", (1, "answers", "Begin each answer with = when it is right, with ~ when it is wrong.")),
        ("Which?{~a ~b}", (1, "answers", "No answer is marked as right. Write = before the right one instead of ~.")),
        ("Which?{~%half%a ~b}", (1, "answers", "The weight “half” is not a number from -100 to 100. Write it as %50%.")),
        ("Which?{~%150%a ~b}", (1, "answers", "The weight “150” is not a number from -100 to 100. Write it as %50%.")),
        ("Which?{=a ~A.}", (1, "answer 2", "This option says the same as option 1.")),
        (
            "Which?{~%50%a ~%50%b}",
            (1, "answers", "Leave at least one option wrong: if all are right, choosing everything is always right."),
        ),
        ("Which?{=a->b =c}", (1, "answers", "Some answers are pairs with -> and some are not. Write all of them as = one -> other.")),
        ("Which?{=a->b =c->}", (1, "answer 2", "This is empty.")),
        ("Which?{=%50%a}", (1, "answers", "At least one answer is fully right.")),
        ("Which?{#many}", (1, "answers", "“many” is not a number. Write 12.5, with a tolerance 12.5:0.5, or a range 12..13.")),
        ("Which?{#5..1}", (1, "answers", "The range “5..1” begins with its highest number. Write the lowest first.")),
        ("Which?{#}", (1, "answers", "Give 1 to 10 accepted numbers.")),
        (
            f"[html]<p>{'W' * 1001}</p>{{=a ~b}}",
            (1, "prompt", "The question has more than 1000 characters. Put what leads up to it into a paragraph of its own before it."),
        ),
        (f"Which?{{=a ~{'b' * 40_001}}}", (1, "text", "This text has more than 40000 characters.")),
        (f"// [id:{'7' * 121}]\nWhich?{{=a ~b}}", (2, "id", "This text has more than 120 characters.")),
        ("// nothing\n", (1, "prompt", "There is no question in this file.")),
    ],
)
def test_a_faulty_question_is_named_with_its_line_and_what_to_mend(text, problem):
    assert problems_of(text) == [problem]


def test_reading_goes_on_after_a_fault():
    file = read("One?{=a ~b\n\nTwo?{=a ~b}\n\nThree?{~a ~b}\nFour?\n{=a\n\n~b}\n::Five::Five?{=a ~b}\nSix?{\n=a")
    assert [(question.row, question.prompt) for question in file.questions] == [(3, "Two?"), (6, "Four?"), (10, "Five?")]
    assert [problem.row for problem in file.problems] == [1, 5, 11]


def test_at_most_200_problems_and_warnings_are_named():
    assert len(read("Which?{~a}\n\n" * 300).problems) == 200
    assert len(read("Part\n\n" * 300).warnings) == 200


def test_line_ends_of_every_system_and_a_byte_order_mark_are_read():
    text = "\N{ZERO WIDTH NO-BREAK SPACE}Which?{\n=a\n~b}\n\nWho?{=x\n~y}\n"
    rows = [(question.row, question.prompt) for question in read(text).questions]
    assert rows == [(1, "Which?"), (5, "Who?")]
    assert rows == [(question.row, question.prompt) for question in read(text.replace("\n", "\r\n")).questions]
    assert rows == [(question.row, question.prompt) for question in read(text.replace("\n", "\r")).questions]


@pytest.mark.parametrize(
    "text",
    [
        "{" * 500_000,
        "{\n\n" * 100_000,
        "a{=" + "~" * 500_000 + "}",
        "a{=b\n\n" + "\n" * 500_000 + "}",
        " " * 500_000 + "{=a ~b}",
        "a{=" + "->" * 200_000 + "}",
        "a{=a#" + "<b " * 10_000 + "}",
        "[markdown]" + "*_`[" * 9_000 + "{=a ~b}",
        "[html]" + "<p> <br> " * 4_000 + "a" + "<br>" * 500 + "{=a ~b}",
        "a{#" + "9" * 500_000 + "}",
        "// " + "[id:" * 100_000 + "\\" * 100_000,
        "Who?{=a ~b}\n" * 10_000,
    ],
)
def test_a_long_text_does_not_take_long(text):
    before = time.process_time()
    read(text)
    assert time.process_time() - before < 5


SIGNS = "ab AB1%~=#{}:\\\n/[]<>&*_-.é\N{NO-BREAK SPACE}`"
PIECES = ["->", "::", "//", "[html]", "[plain]", "%50%", "####", "_____", "\\n", "$CATEGORY: x", "<b>", "&lt;", "https://x.example", "\n\n"]


def check_whatever(text):
    file = read(text)
    assert file == read(text)
    for asked in file.questions:
        parsed = kind(asked.kind).parse(asked.content, asked.answer_key)
        assert (parsed.content, parsed.answer_key) == (asked.content, asked.answer_key)
        assert asked.prompt
        assert asked.row
        assert len(asked.prompt) <= LONGEST_PROMPT
    found = [*file.problems, *file.warnings]
    assert file.questions or found
    assert all(problem.row and problem.column and problem.message for problem in found)
    back = read(write(file.questions).text)
    assert [replace(asked, row=0) for asked in back.questions] == [replace(asked, row=0) for asked in file.questions]


@settings(max_examples=200)
@given(st.text(max_size=200) | st.lists(st.text(SIGNS, max_size=5) | st.sampled_from([*PIECES, "{", "}", "{#", "="])).map("".join))
def test_any_text_gives_accepted_questions_and_named_problems(text):
    check_whatever(text)


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_bank_gives_accepted_questions_and_named_problems(data):
    text = BANK
    for _change in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(st.sampled_from(["", "\n", *SIGNS, *PIECES])) + text[end:]
    check_whatever(text)

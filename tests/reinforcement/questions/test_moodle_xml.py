import base64
import html
from dataclasses import replace

import pytest

from reinforcement.questions.formats.moodle_xml import read, write
from reinforcement.questions.kinds.matching import opaque_id
from reinforcement.questions.kinds.ordering import SCATTERED_IDS
from reinforcement.questions.kinds.registry import kind
from tests.reinforcement.questions.moodle_bank import (
    SAMPLE,
    TRUTH,
    answer,
    asked,
    by_kind,
    problems_of,
    question_of,
    quiz,
    the_same,
    warnings_of,
)


def test_every_question_of_a_bank_is_read_at_its_line():
    file = read(SAMPLE.encode())
    assert file.problems == ()
    lines = [number for number, line in enumerate(SAMPLE.splitlines(), start=1) if "<question type=" in line]
    assert [question.row for question in file.questions] == lines[1:11]
    assert [(warning.row, warning.column) for warning in file.warnings] == [
        (7, "fraction"),
        (7, "feedback"),
        (lines[5], "answer 3"),
        (lines[5], "unit"),
        (lines[8], "fraction"),
        (lines[8], "tolerance"),
        (lines[8], "feedback of gaps"),
        (lines[11], "type"),
        (lines[12], "type"),
    ]
    for question in file.questions:
        parsed = kind(question.kind).parse(question.content, question.answer_key)
        assert (parsed.content, parsed.answer_key) == (question.content, question.answer_key)


def test_a_choice_keeps_everything_of_it():
    question = by_kind()["single"]
    assert (question.external_id, question.competency, question.explanation) == ("CL-1", "Closing R&D/IT", "<p>Too high beside what?</p>")
    assert question.situation == "<p>A buyer says your <strong>price</strong> is too high.</p>"
    assert question.prompt == "What do you ask first?"
    assert [option["text"] for option in question.content["options"]] == [
        "<p>Compared with what?</p>",
        "What is your budget?",
        "<p>Shall we say 10 % &lt; off?</p>",
    ]
    assert question.content["options"][0]["feedback"] == "<p>Right: find the anchor.</p>"
    assert (question.content["keep_order"], question.answer_key) == (True, {"right": ["a"]})
    assert by_kind()["multiple"].answer_key == {"right": ["a", "b"]}
    assert by_kind()["multiple"].content["keep_order"] is False


def test_the_kinds_without_options_are_read():
    found = by_kind()
    assert found["true_false"].content == {"feedback": {"true": "<p>It does.</p>", "false": ""}}
    assert [(one["text"], one["credit"]) for one in found["short_text"].content["answers"]] == [
        ("BATNA", 100),
        ("*alternative*", 33),
        ("*", 0),
    ]
    assert found["short_text"].answer_key == {"heeds_case": True, "forgives_slips": False}
    assert found["numeric"].content == {"unit": "%", "feedback": {"a": "<p>Good.</p>", "b": ""}}
    assert [(one["value"], one["tolerance"], one["credit"]) for one in found["numeric"].answer_key["answers"]] == [
        ("12.5", "0.5", 100),
        ("12", "1", 50),
    ]
    assert [item["text"] for item in found["ordering"].content["items"]] == ["Listen", "Propose", "Close"]
    assert found["ordering"].answer_key == {"order": list(SCATTERED_IDS[:3])}


def test_pairs_share_a_match_and_one_without_a_thing_comes_last():
    question = by_kind()["matching"]
    assert [thing["text"] for thing in question.content["things"]] == ["<p>Signs</p>", "<p>Pays</p>", "<p>Chooses</p>"]
    assert [match["text"] for match in question.content["matches"]] == ["<p>Buyer</p>", "<p>Finance &amp; control</p>", "<p>Intern</p>"]
    assert question.answer_key == {"pairs": {"a": opaque_id("a"), "b": opaque_id("b"), "c": opaque_id("a")}}


def test_gaps_are_typed_or_chosen_as_the_file_says():
    cloze, select, drag = [question for question in read(SAMPLE.encode()).questions if question.kind == "gap"]
    assert (cloze.situation, cloze.prompt) == ("<p>Read the note.</p>", "Complete it.")
    assert cloze.content == {
        "text": "The [[1]] decides\nafter [[2]] calls, with [[3]].",
        "gaps": [
            {"id": "1", "accepted": ["buyer", "client"], "others": []},
            {"id": "2", "accepted": ["3"], "others": []},
            {"id": "3", "accepted": ["legal & ~ finance"], "others": ["x } y", "sales"]},
        ],
    }
    assert select.prompt == "Roles"
    assert select.content["text"] == "The [[1]] signs, the [[2]] pays, and [[3]] again."
    assert [(gap["accepted"], gap["others"]) for gap in select.content["gaps"]] == [
        (["buyer"], ["seller"]),
        (["bank"], []),
        (["buyer"], ["seller"]),
    ]
    assert (drag.prompt, drag.content["text"]) == ("Ask, then ____.", "Ask, then [[1]].")


def test_reading_writing_and_reading_again_gives_the_same():
    first = read(SAMPLE.encode())
    written = write(first.questions)
    again = read(written.data)
    assert (written.left_out, again.problems, again.warnings) == ((), (), ())
    assert the_same(again.questions) == the_same(first.questions)


@pytest.mark.parametrize(
    ("text", "situation", "prompt"),
    [
        ("One line", "", "One line"),
        ("<p>One<br>two</p>", "", "One\ntwo"),
        ("<p>One\n two</p>", "", "One two"),
        ("<p>First</p><p>&nbsp;</p><p>Last?</p>", "<p>First</p>", "Last?"),
        ("<div>First</div>\n<div>Last?</div>", "<p>First</p>", "Last?"),
        ("First<p>Last?</p>", "First", "Last?"),
        ("<h3>Case</h3><p>Which fits?</p><ul><li>One</li><li>Two</li></ul>", "<p>Case</p><ul><li>One</li><li>Two</li></ul>", "Which fits?"),
        ("<ul><li>One</li><li>Two</li></ul>", "", "One\nTwo"),
        (f"<p>{'x' * 900}<br>{'y' * 900}</p>", f"<p>{'x' * 900}</p>", "y" * 900),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>Sum?</td></tr></table>", "<p> a b</p>", "Sum?"),
        ("<p>See <a href='https://x.be/?a=1&b=2' onclick='x()'>this</a></p><script>alert(1)</script><p>Why?<!-- <p>no</p> --></p>",
         '<p>See <a href="https://x.be/?a=1&amp;b=2" rel="noopener noreferrer">this</a></p>', "Why?"),
        ("a < b, 5<6 & c?", "", "a < b, 5<6 & c?"),
    ],
)  # fmt: skip
def test_the_last_paragraph_asks_and_the_others_are_the_situation(text, situation, prompt):
    question = question_of("truefalse", TRUTH, text=text)
    assert (question.situation, question.prompt) == (situation, prompt)


@pytest.mark.parametrize(
    ("text_format", "text", "shown"),
    [
        ("plain_text", "a <b>\nc", "<p>a &lt;b&gt;<br>c</p>"),
        ("markdown", "*a*", "<p>*a*</p>"),
        ("moodle_auto_format", "a & b\n\nc", "<p>a &amp; b</p><p>c</p>"),
        ("moodle_auto_format", "a &amp; <em>b</em>", "a &amp; <em>b</em>"),
        ("", "a &amp; b", "<p>a &amp; b</p>"),
        ("html", "a <u>b</u><b>c", "a b<b>c</b>"),
    ],
)
def test_a_text_is_read_in_its_format(text_format, text, shown):
    explanation = f'<generalfeedback format="{text_format}"><text>{html.escape(text)}</text></generalfeedback>'
    assert question_of("truefalse", explanation + TRUTH).explanation == shown


@pytest.mark.parametrize(
    ("path", "competency"),
    [
        ("$course$/top/A/B c", "B c"),
        ("A", "A"),
        ("$system$/top", ""),
        ("", ""),
        ("top/top", "top"),
        ("$course$/Price // value", "Price / value"),
    ],
)
def test_the_last_part_of_a_category_is_the_competency(path, competency):
    category = f'<question type="category"><category><text>{path}</text></category></question>'
    assert read(quiz(category, asked("truefalse", TRUTH))).questions[0].competency == competency


def test_pictures_are_left_out_with_their_names():
    picture = f'<file name="chart one.png" encoding="base64">{base64.b64encode(b"x" * 3_000).decode()}</file>'
    text = '<p>See <img src="@@PLUGINFILE@@/chart%20one.png" alt="x"> and <img src="data:image/png;base64,AAAA">. Who?</p>'
    data = quiz(asked("truefalse", TRUTH, text=text, more=picture))
    messages = [warning.message for warning in read(data).warnings]
    assert [message.split("”")[0] for message in messages] == ["The file “chart one.png", "The file “without a name"]
    assert read(data).questions[0].prompt == "See  and . Who?"


@pytest.mark.parametrize(
    ("question", "column", "words"),
    [
        (asked("multichoice", answer("x", 100)), "answer", "Give 2 to 26 options."),
        (asked("multichoice", answer("x", 100) + answer("y", 100)), "answer", "exactly one"),
        (asked("multichoice", answer("x", 50) + answer("y")), "answer", "exactly one"),
        (asked("multichoice", answer("x", 100) + answer("X.")), "answer 2", "says the same as option 1"),
        (asked("multichoice", answer("x", "many") + answer("y")), "answer 1", "is not a number"),
        (asked("multichoice", answer("x", "1e999") + answer("y")), "answer 1", "is not a number"),
        (asked("multichoice", "<single>false</single>" + answer("x", 50) + answer("y", 50)), "answer", "Leave at least one option wrong"),
        (asked("truefalse", answer("yes", 100) + answer("no")), "answer 1", "“true” and “false”"),
        (asked("truefalse", ""), "answer", "Mark either"),
        (asked("truefalse", TRUTH, text="<p> </p>"), "questiontext", "The question is empty."),
        (asked("truefalse", TRUTH, text="x" * 1001), "questiontext", "more than 1000 characters"),
        (asked("truefalse", f"<idnumber>{'x' * 121}</idnumber>{TRUTH}"), "idnumber", "more than 120 characters"),
        (asked("shortanswer", answer("x", 50)), "answer", "At least one answer is fully right."),
        (asked("numerical", answer("many", 100)), "answer 1", "This is not a number."),
        (asked("matching", "<subquestion><text>Signs</text></subquestion>"), "subquestion 1", "Say what belongs to this."),
        (asked("ordering", answer("x", 1)), "answer", "Give 2 to 12"),
        (asked("cloze", "", text="No gap {1:SHORTANSWER:=x"), "questiontext", "Mark 1 to 12 gaps."),
        (asked("gapselect", "<selectoption><text>x</text></selectoption>", text="[[2]]"), "questiontext", "names none of the options"),
        (asked("truefalse", TRUTH, text="x" * 300_000), "question", "too large"),
        (asked("truefalse", "<tag/>" * 4_000 + TRUTH), "question", "too large"),
    ],
)  # fmt: skip
def test_a_malformed_question_is_named_and_reading_goes_on(question, column, words):
    file = read(quiz(asked("truefalse", TRUTH, text="Before?"), question, asked("truefalse", TRUTH, text="After?")))
    problem = file.problems[0]
    assert (problem.row, problem.column) == (3, column)
    assert words in problem.message
    assert [one.prompt for one in file.questions] == ["Before?", "After?"]


def test_a_gap_with_several_right_options_is_left_out():
    data = quiz(asked("cloze", "", text="{1:MULTIRESPONSE:=x~=y~z}"), asked("truefalse", TRUTH))
    assert warnings_of(data) == [(2, "type")]
    assert len(read(data).questions) == 1


def test_the_same_question_twice_is_refused_also_on_one_line():
    twice = asked("truefalse", TRUTH, text="Who?") + asked("truefalse", TRUTH, text="who")
    assert problems_of(quiz(twice)) == [
        (2, "questiontext", "The question at line 2 asks the same. Remove one, or give each its own ID number.")
    ]
    same_id = [asked("truefalse", f"<idnumber>7</idnumber>{TRUTH}", text=text) for text in ("Who?", "What?")]
    assert problems_of(quiz(*same_id)) == [(3, "idnumber", "The question at line 2 has the same id.")]


def test_problems_stop_at_200():
    assert len(read(quiz(*[asked("truefalse", "")] * 300)).problems) == 200
    assert len(read(quiz(*[asked("essay", "")] * 300, asked("truefalse", TRUTH))).warnings) == 200


def test_a_file_of_more_than_50_000_questions_is_refused():
    file = read(b"<quiz>" + b"<question/>" * 50_001 + b"</quiz>")
    assert [problem.message for problem in file.problems] == ["The file has more than 50 000 questions. Split it."]
    assert len(file.warnings) == 200


def test_a_control_character_that_html_names_is_left_out():
    assert question_of("truefalse", TRUTH, text="<p>a&#1;b&#11;c</p>").prompt == "abc"


def test_a_file_without_a_question_is_refused():
    assert problems_of(b"<quiz></quiz>") == [(1, "question", "There is no question in this file that can be imported.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "us-ascii", "windows-1252"])
def test_each_encoding_that_the_file_names_is_read(encoding):
    text = SAMPLE.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"').replace(
        "Who does what?", "Who\N{RIGHT SINGLE QUOTATION MARK}s där?"
    )
    data = text.encode(encoding, "xmlcharrefreplace")
    expected = the_same(read(SAMPLE.replace("Who does what?", "Who\N{RIGHT SINGLE QUOTATION MARK}s där?").encode()).questions)
    assert the_same(read(data).questions) == expected


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "There is no question in this file"),
        (b"hello", 1, "The XML is broken here"),
        (b"<html></html>", 1, "This is not a file of questions"),
        (b"<quiz>\n<question>\n</quiz>", 3, "mismatched tag"),
        (b"<quiz>\n\n&nbsp;</quiz>", 3, "undefined entity"),
        (b"<quiz>\n\xff</quiz>", 2, "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><quiz/>', 1, "encoding"),
        (b'<?xml version="1.0" encoding="shift_jis"?><quiz/>', 1, "encoding"),
        (b"<quiz>" + b"<question>" * 200, 1, "too deep"),
        (b"<quiz>" + b"".join(b"<a%d/>" % number for number in range(5_000)) + b"</quiz>", 1, "too many kinds"),
        (b"<quiz><!--" + b"x" * 4_000_000 + b"--></quiz>", 1, "too long"),
        (b"x" * 20_000_001, 1, "larger than 20 MB"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else "",
)  # fmt: skip
def test_a_broken_file_is_named_with_its_line(data, line, words):
    [(row, _column, message)] = problems_of(data)
    assert row == line
    assert words in message


def test_what_stands_before_the_break_is_read():
    data = SAMPLE.encode()
    whole = data[: data.index(b'<question type="shortanswer">') + 100]
    file = read(whole)
    assert len(file.questions) == 3
    assert [(problem.row, problem.column) for problem in file.problems] == [(whole.count(b"\n") + 1, "xml")]


LAUGHS = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE quiz [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, EXTERNAL, '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd">'])
def test_document_types_and_entities_are_refused(prolog):
    file = read(prolog.encode() + quiz(asked("truefalse", TRUTH).replace("Who decides?", "&b;")))
    assert file.questions == ()
    [problem] = file.problems
    assert "document type or entities" in problem.message


def test_shares_are_written_as_moodle_lists_them():
    data = write(read(SAMPLE.encode()).questions).data.decode()
    assert '<answer fraction="33.33333" format="plain_text">\n<text>*alternative*' in data
    assert '<answer fraction="-100" format="html">\n<text>&lt;p&gt;Nobody' in data


def test_a_kind_that_moodle_cannot_hold_is_left_out():
    unknown = replace(by_kind()["single"], kind="drawing")
    written = write([unknown, by_kind()["single"]])
    assert written.left_out == (unknown,)
    assert len(read(written.data).questions) == 1

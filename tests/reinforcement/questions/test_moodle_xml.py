import base64
import html
import time
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinforcement.questions.formats.base import FileQuestion, choices, option_id, truth
from reinforcement.questions.formats.moodle_xml import read, write
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import from_plain_text, to_plain_text

SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0 -->
  <question type="category">
    <category><text>$course$/top/Default for Sales/Closing R&amp;D//IT</text></category>
  </question>
  <question type="multichoice">
    <name><text>Price too high</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>A buyer says your <strong>price</strong> is too high.</p><p>What do you ask first?</p>]]></text>
    </questiontext>
    <generalfeedback format="html"><text><![CDATA[<p>Too high beside what?</p>]]></text></generalfeedback>
    <defaultgrade>1.0</defaultgrade>
    <idnumber>CL-1</idnumber>
    <single>true</single>
    <shuffleanswers>false</shuffleanswers>
    <correctfeedback format="html"><text>Well done.</text></correctfeedback>
    <answer fraction="100" format="html"><text><![CDATA[<p>Compared with what?</p>]]></text>
      <feedback format="html"><text><![CDATA[<p>Right: find the anchor.</p>]]></text></feedback></answer>
    <answer fraction="50" format="html"><text>What is your budget?</text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="0" format="plain_text"><text>Shall we say 10 % &lt; off?</text></answer>
  </question>
  <question type="multichoice">
    <questiontext format="html"><text>&lt;p&gt;Who joins the last call?&lt;/p&gt;</text></questiontext>
    <single>false</single>
    <answer fraction="50"><text>The buyer</text></answer>
    <answer fraction="50"><text>Legal</text></answer>
    <answer fraction="-100"><text>Nobody</text></answer>
  </question>
  <question type="truefalse">
    <questiontext format="html"><text>A silence after the price helps.</text></questiontext>
    <answer fraction="100" format="moodle_auto_format"><text>true</text><feedback><text>It does.</text></feedback></answer>
    <answer fraction="0" format="moodle_auto_format"><text>false</text></answer>
  </question>
  <question type="shortanswer">
    <questiontext format="html"><text>What do you fall back on?</text></questiontext>
    <usecase>1</usecase>
    <answer fraction="100"><text>BATNA</text><feedback format="html"><text>Yes.</text></feedback></answer>
    <answer fraction="33.33333"><text>*alternative*</text></answer>
    <answer fraction="0"><text>*</text></answer>
  </question>
  <question type="numerical">
    <questiontext format="html"><text>How much of a list price of 250 is a discount of 30?</text></questiontext>
    <answer fraction="100"><text>12.50</text><tolerance>0.5</tolerance><feedback><text>Good.</text></feedback></answer>
    <answer fraction="50"><text>1.2e1</text><tolerance>1</tolerance></answer>
    <answer fraction="0"><text>*</text><tolerance>0</tolerance></answer>
    <units>
      <unit><multiplier>1</multiplier><unit_name>%</unit_name></unit>
      <unit><multiplier>0.01</multiplier><unit_name>per mille</unit_name></unit>
    </units>
  </question>
  <question type="matching">
    <questiontext format="html"><text>Who does what?</text></questiontext>
    <subquestion format="html"><text><![CDATA[<p>Signs</p>]]></text><answer><text>Buyer</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>Intern</text></answer></subquestion>
    <subquestion format="html"><text><![CDATA[<p>Pays</p>]]></text><answer><text>Finance &amp; control</text></answer></subquestion>
    <subquestion format="html"><text><![CDATA[<p>Chooses</p>]]></text><answer><text>buyer</text></answer></subquestion>
  </question>
  <question type="ordering">
    <questiontext format="html"><text>In which order do you sell?</text></questiontext>
    <answer fraction="2.0000000" format="html"><text>Propose</text></answer>
    <answer fraction="1.0000000" format="html"><text>Listen</text></answer>
    <answer fraction="3.0000000" format="html"><text>Close</text></answer>
  </question>
  <question type="cloze">
    <name><text>Gaps</text></name>
    <questiontext format="html"><text><![CDATA[<p>Read the note.</p><p>Complete it.</p>
<p>The {1:SHORTANSWER:=buyer#Yes~%100%client~%50%user} decides<br>after {2:NUMERICAL:=3:0.1} calls, with
{1:MC:x \\} y~=legal &amp; \\~ finance~%0%sales}.</p>]]></text></questiontext>
  </question>
  <question type="gapselect">
    <name><text>Roles</text></name>
    <questiontext format="html"><text><![CDATA[<p>The [[1]] signs, the [[3]] pays, and [[1]] again.</p>]]></text></questiontext>
    <selectoption><text>buyer</text><group>1</group></selectoption>
    <selectoption><text>seller</text><group>1</group></selectoption>
    <selectoption><text>bank</text><group>2</group></selectoption>
  </question>
  <question type="ddwtos">
    <name><text></text></name>
    <questiontext format="html"><text>Ask, then [[2]].</text></questiontext>
    <dragbox><text>talk</text><group>1</group></dragbox>
    <dragbox><text>listen</text><group>1</group></dragbox>
  </question>
  <question type="essay"><questiontext format="html"><text>Write a mail.</text></questiontext></question>
  <question type="calculatedmulti"><questiontext format="html"><text>{a} + {b}</text></questiontext></question>
</quiz>
"""


def quiz(*questions):
    return f"<quiz>\n{chr(10).join(questions)}\n</quiz>".encode()


def asked(kind_name, body, text="Who decides?", more=""):
    return (
        f'<question type="{kind_name}"><questiontext format="html"><text>{html.escape(text)}</text>{more}</questiontext>{body}</question>'
    )


def answer(text, fraction=0, more=""):
    return f'<answer fraction="{fraction}"><text>{text}</text>{more}</answer>'


TRUTH = answer("true", 100) + answer("false")


def question_of(*parts, **options):
    file = read(quiz(asked(*parts, **options)))
    assert file.problems == ()
    return file.questions[0]


def problems_of(data):
    return [(problem.row, problem.column, problem.message) for problem in read(data).problems]


def warnings_of(data):
    return [(warning.row, warning.column) for warning in read(data).warnings]


def the_same(questions):
    return [replace(question, row=0) for question in questions]


def by_kind():
    file = read(SAMPLE.encode())
    assert file.problems == ()
    return {question.kind: question for question in reversed(file.questions)}


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
    assert found["ordering"].answer_key == {"order": ["a", "b", "c"]}


def test_pairs_share_a_match_and_one_without_a_thing_comes_last():
    question = by_kind()["matching"]
    assert [thing["text"] for thing in question.content["things"]] == ["<p>Signs</p>", "<p>Pays</p>", "<p>Chooses</p>"]
    assert [match["text"] for match in question.content["matches"]] == ["<p>Buyer</p>", "<p>Finance &amp; control</p>", "<p>Intern</p>"]
    assert question.answer_key == {"pairs": {"a": "a", "b": "b", "c": "a"}}


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


letters = st.text(alphabet="abcXYZ012é漢😀 <>&\"'{}~#=%*\\/:;[]()._-!?\n\x01\x7f", max_size=24)
words = letters.map(lambda text: " ".join(text.replace("\x01", "").split()))
filled = words.filter(bool)
lines = st.lists(filled, min_size=1, max_size=3).map("\n".join)
strong = filled.map(lambda text: f"<p>a <strong>{html.escape(text, quote=False)}</strong></p>")
rich = st.one_of(st.just(""), words.map(from_plain_text), lines.map(from_plain_text), strong)
things = st.lists(filled.map(from_plain_text), min_size=3, max_size=5, unique_by=lambda text: to_plain_text(text).casefold())


@st.composite
def contents(draw, name):
    """Content and key of a kind, as a person might write them."""
    texts = draw(things)
    ids = [option_id(place) for place in range(len(texts))]
    feedback = draw(st.lists(rich, min_size=len(texts), max_size=len(texts)))
    switches = {"heeds_case": draw(st.booleans()), "forgives_slips": draw(st.booleans())}
    if name in {"single", "multiple"}:
        content, key = choices(texts, list(range(1 if name == "single" else draw(st.integers(1, len(texts) - 1)))), feedback)
        return content | {"keep_order": draw(st.booleans())}, key
    if name == "true_false":
        return truth(draw(st.booleans()), *feedback[:2])
    if name == "short_text":
        answers = [
            {"id": one, "text": to_plain_text(text), "credit": draw(st.integers(0, 100)), "feedback": said}
            for one, text, said in zip(ids, texts, feedback, strict=True)
        ]
        answers[0]["credit"] = 100
        return {"answers": answers}, switches
    if name == "numeric":
        numbers = st.decimals(-(10**6), 10**6, places=3).map(str)
        answers = [
            {"id": one, "value": draw(numbers), "tolerance": draw(numbers).lstrip("-"), "credit": draw(st.integers(0, 100))} for one in ids
        ]
        answers[-1]["credit"] = 100
        return {"unit": draw(st.sampled_from(["", "%", "€ & more", "<km>"])), "feedback": dict(zip(ids, feedback, strict=True))}, {
            "answers": answers
        }
    if name == "ordering":
        return {"items": [{"id": one, "text": text} for one, text in zip(ids, texts, strict=True)]}, {"order": ids}
    if name == "matching":
        matches = [{"id": one, "text": text} for one, text in zip(ids, reversed(texts), strict=True)]
        return {"things": [{"id": one, "text": text} for one, text in zip(ids[:-1], texts, strict=False)], "matches": matches}, {
            "pairs": {one: one for one in ids[:-1]}
        }
    plain = [to_plain_text(text) for text in texts]
    gaps = [{"id": "1", "accepted": plain[:2], "others": []}, {"id": "2", "accepted": plain[:1], "others": plain[1:]}]
    return {"text": f"{draw(lines)}[[1]] {draw(filled)}\n\n[[2]]{draw(words)}", "gaps": gaps}, switches


@st.composite
def questions(draw, name):
    content, key = draw(contents(name))
    try:
        parsed = kind(name).parse(content, key)
    except ContentError:
        return None
    return FileQuestion(
        row=0,
        kind=name,
        prompt=draw(lines),
        content=parsed.content,
        answer_key=parsed.answer_key,
        external_id=draw(words),
        language=draw(st.sampled_from(["", "en", "nl"])),
        situation=draw(rich),
        explanation=draw(rich),
        competency=draw(st.sampled_from(["", "Price / value", "Closing & more", "top", "<b>"])),
        source=draw(words),
    )


KINDS = ("single", "multiple", "true_false", "short_text", "numeric", "gap", "ordering", "matching")


@settings(max_examples=40)
@pytest.mark.parametrize("name", KINDS)
@given(st.data())
def test_what_is_written_is_read_again(name, data):
    found = [question for question in data.draw(st.lists(questions(name), max_size=2)) if question]
    numbered = [replace(question, external_id=f"{number} {question.external_id}".strip()) for number, question in enumerate(found)]
    written = write(numbered)
    file = read(written.data)
    assert written.left_out == ()
    if numbered:
        assert (file.problems, file.warnings) == ((), ())
    assert the_same(file.questions) == numbered


def assert_sound(data):
    file = read(data)
    assert file == read(data)
    for question in file.questions:
        assert kind(question.kind).parse(question.content, question.answer_key)
        assert question.prompt
        assert len(question.prompt) <= 1000
    assert file.questions or file.problems
    assert all(problem.row >= 1 and problem.column and problem.message for problem in (*file.problems, *file.warnings))
    again = read(write(file.questions).data)
    assert the_same(again.questions) == the_same(file.questions)


PIECES = [
    "<",
    ">",
    "&",
    "&lt;",
    "]]>",
    "<p>",
    "</text>",
    "<text>",
    "{1:SA:=",
    "[[1]]",
    "~",
    "}",
    "\\",
    "0",
    "true",
    "\n",
    "é",
    "&#1;",
    "fraction",
]


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 30), st.sampled_from(PIECES)), min_size=1, max_size=3))
def test_a_damaged_file_gives_sound_questions_or_named_problems(changes):
    text = SAMPLE
    for place, length, piece in changes:
        text = text[:place] + piece + text[place + length :]
    assert_sound(text.encode())


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda data: b"<quiz><question type='cloze'>" + data))
def test_any_bytes_never_crash_the_reading(data):
    assert_sound(data)


snippets = st.lists(
    st.sampled_from([*PIECES, "<b>", "</b>", "<ul><li>", "<div>", "<a href='x'>", "<br>", " ", "{1:MC:", "=a", "<!--", "<script>", "x"]),
    max_size=14,
)


@settings(max_examples=150)
@given(snippets.map("".join), st.sampled_from(["html", "plain_text", "moodle_auto_format", ""]), st.sampled_from(["truefalse", "cloze"]))
def test_any_html_gives_sound_questions(text, text_format, name):
    body = asked(name, TRUTH, text=text).replace('format="html"', f'format="{text_format}"')
    assert_sound(quiz(body))


MANY = {
    "tags": lambda: asked("truefalse", TRUTH, text="<b><p><blockquote>" * 9_000),
    "formats": lambda: asked("truefalse", TRUTH, text="".join(f"<p><b x={number}>" for number in range(9_000))),
    "spaces": lambda: asked("truefalse", TRUTH, text="x" + " " * 190_000 + "y"),
    "brackets": lambda: asked("truefalse", TRUTH, text="<a '" * 30_000),
    "comments": lambda: asked("truefalse", TRUTH, text="<!-" * 40_000),
    "gaps": lambda: asked("cloze", "", text="{1:SA:" * 20_000),
    "backslashes": lambda: asked("cloze", "", text="{1:SA:=" + "\\~=" * 40_000 + "}"),
}


@pytest.mark.parametrize("name", MANY)
def test_time_grows_with_the_length_of_a_hostile_text(name):
    data = quiz(MANY[name]())
    start = time.process_time()
    file = read(data)
    assert file.questions or file.problems
    assert time.process_time() - start < 5


OPTIONS = "".join(answer(f"x{number}", 100 * (number == 0)) for number in range(26))
HEAVY = {
    "options": lambda: "".join(asked("multichoice", OPTIONS, text=f"Q{n}") for n in range(1_500)),
    "questions": lambda: "".join(asked("truefalse", TRUTH, text=f"Q{n}") for n in range(12_000)),
    "elements": lambda: f"<question>{'<a/>' * 500_000}</question>",
    "texts": lambda: f"<question><text>{'x' * 2_400_000}</text></question>",
    "pictures": lambda: f"<question><file>{'QUJD' * 600_000}</file></question>",
    "wide": lambda: "".join(asked("truefalse", TRUTH, text=f"<p>😀{'x' * 100_000}</p><p>Q{n}</p>") for n in range(22)),
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_file_takes_little_memory(name):
    """An eighth of what may be loaded, for an eighth of the memory: what they take grows with their size."""
    data = quiz(HEAVY[name]())
    assert len(data) < 20_000_000 / 7
    tracemalloc.start()
    try:
        assert read(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 256 * 2**20 / 8

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reinforcement.questions.formats.base import LONGEST_PROMPT, FileQuestion, choices, option_id, truth
from reinforcement.questions.formats.gift import read, write
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import clean_html, from_plain_text
from tests.reinforcement.questions.test_gift import PIECES, SIGNS, question_of, texts_of


def question(name, content, answer_key, prompt="Which?", **fields):
    parsed = kind(name).parse(content, answer_key)
    return FileQuestion(row=0, kind=name, prompt=prompt, content=parsed.content, answer_key=parsed.answer_key, **fields)


def gap_question(text, *gaps):
    content = {"text": text, "gaps": [{"id": str(place + 1), **gap} for place, gap in enumerate(gaps)]}
    return question("gap", content, {"heeds_case": True, "forgives_slips": False}, prompt="Fill the gap.")


def test_a_question_is_written_as_people_read_it():
    content, answer_key = choices(["<p>The buyer: 5%</p>", "<p>%50% {of us}</p>"], [0], ["<p>Yes.</p>"])
    asked = question("single", content, answer_key, prompt="Who is _____ here?", competency="Price/Value", external_id="7]")
    assert write([asked]).text == (
        "$CATEGORY: $course$/top/Price//Value\n\n// [id:7\\]]\n[plain]Who is {\n\t=The buyer\\: 5%#Yes.\n\t~%0%%50% \\{of us\\}\n} here?\n"
    )


def test_rich_texts_are_written_as_html():
    content, answer_key = truth(True, "<p><b>So</b> it is.</p>")
    asked = question("true_false", content, answer_key, prompt="5 < 6", situation="<p>A sum.</p>", explanation="<p>Yes.</p>")
    written = "[html]<p>A sum.</p><p>5 &lt; 6{TRUE##<p><b>So</b> it is.</p>\n\t####<p>Yes.</p>\n}</p>\n"
    assert write([asked]).text == written


def test_what_the_format_cannot_say_is_left_out():
    order = question("ordering", {"items": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]}, {"order": ["b", "a"]})
    two_gaps = gap_question("[[1]] or [[2]]", {"accepted": ["x"]}, {"accepted": ["y"]})
    same_words = gap_question("[[1]]", {"accepted": ["x"], "others": ["y", "Y."]})
    long_text = gap_question("[[1]] " + "x" * LONGEST_PROMPT, {"accepted": ["x"]})
    written = write([order, two_gaps, same_words, long_text])
    assert (written.text, written.left_out) == ("", (order, two_gaps, same_words, long_text))


def test_a_text_with_one_gap_becomes_a_missing_word():
    typed = question_of(write([gap_question("The [[1]] decides.", {"accepted": ["buyer", "client"]})]).text)
    assert (typed.kind, typed.prompt) == ("short_text", "Fill the gap.\nThe _____ decides.")
    assert [answer["text"] for answer in typed.content["answers"]] == ["buyer", "client"]
    assert typed.answer_key == {"heeds_case": True, "forgives_slips": False}
    chosen = question_of(write([gap_question("Ask the [[1]]", {"accepted": ["buyer"], "others": ["user"]})]).text)
    assert (chosen.kind, chosen.prompt, texts_of(chosen)) == ("single", "Fill the gap.\nAsk the _____", ["buyer", "user"])


def texts(max_size=8):
    parts = st.lists(st.text(SIGNS, max_size=4) | st.sampled_from(PIECES) | st.text(max_size=3), max_size=max_size)
    return parts.map(lambda parts: "".join(parts).replace("\0", "").replace("\r", "").strip()).map(without_noncharacters)


def without_noncharacters(text):
    return "".join(character for character in text if not 0xFDD0 <= ord(character) <= 0xFDEF and not 0xD800 <= ord(character) <= 0xDFFF)


def tagged(text):
    return clean_html(f"<p>A <strong>{from_plain_text(text)[3:-4]}</strong>,</p><ul><li>item</li></ul><p>the end.</p>")


rich_texts = texts().filter(bool).map(from_plain_text) | texts().filter(bool).map(tagged)
maybe_rich = st.just("") | rich_texts


def accepted(name, values):
    """Only what the kind accepts: the others are not in a bank."""
    try:
        return question(name, *values)
    except ContentError:
        return None


@st.composite
def questions(draw):
    name = draw(st.sampled_from(["single", "multiple", "true_false", "short_text", "numeric", "matching"]))
    made = accepted(name, draw(VALUES[name]))
    prompt = draw(texts().filter(lambda text: text and len(text) <= LONGEST_PROMPT))
    if made is None:
        content, answer_key = truth(draw(st.booleans()))
        made = question("true_false", content, answer_key)
    one_line = texts(4).map(lambda text: " ".join(text.split()))
    return replace(
        made,
        prompt=prompt,
        situation=draw(maybe_rich),
        explanation=draw(maybe_rich),
        external_id=draw(one_line),
        language=draw(st.sampled_from(["", "en", "nl"])),
        source=draw(one_line),
        competency=draw(one_line),
    )


@st.composite
def choice_values(draw):
    options = draw(st.lists(st.tuples(rich_texts, maybe_rich), min_size=2, max_size=5))
    right = draw(st.lists(st.integers(0, len(options) - 1), min_size=1, max_size=3, unique=True))
    content, answer_key = choices([text for text, _feedback in options], right, [feedback for _text, feedback in options])
    return content | {"keep_order": draw(st.booleans())}, answer_key


@st.composite
def short_text_values(draw):
    answers = draw(st.lists(st.tuples(texts(4), st.integers(0, 100), maybe_rich), max_size=3))
    answers = [(draw(texts(4)), 100, draw(maybe_rich)), *answers]
    content = [
        {"id": option_id(place), "text": text, "credit": credit, "feedback": feedback}
        for place, (text, credit, feedback) in enumerate(answers)
    ]
    return {"answers": content}, {"heeds_case": draw(st.booleans()), "forgives_slips": draw(st.booleans())}


@st.composite
def numeric_values(draw):
    decimals = st.decimals(-10_000, 10_000, places=3).map(str)
    tolerances = st.decimals(0, 100, places=2).map(str)
    answers = draw(st.lists(st.tuples(decimals, tolerances, st.sampled_from([100, 50, 0])), min_size=1, max_size=3))
    key = [
        {"id": option_id(place), "value": value, "tolerance": tolerance, "credit": credit if place else 100}
        for place, (value, tolerance, credit) in enumerate(answers)
    ]
    feedback = {answer["id"]: draw(maybe_rich) for answer in key}
    unit = draw(texts(2).map(lambda text: " ".join(text.split())[:20].strip()))
    return {"unit": unit, "feedback": feedback}, {"answers": key}


@st.composite
def matching_values(draw):
    pairs = draw(st.lists(st.tuples(rich_texts, rich_texts), min_size=2, max_size=4))
    others = draw(st.lists(rich_texts, max_size=2))
    things = [{"id": option_id(place), "text": thing} for place, (thing, _match) in enumerate(pairs)]
    matches = [{"id": f"m{place}", "text": match} for place, match in enumerate([*(match for _thing, match in pairs), *others])]
    return {"things": things, "matches": matches}, {"pairs": {thing["id"]: f"m{place}" for place, thing in enumerate(things)}}


VALUES = {
    "single": choice_values(),
    "multiple": choice_values(),
    "true_false": st.builds(truth, st.booleans(), maybe_rich, maybe_rich),
    "short_text": short_text_values(),
    "numeric": numeric_values(),
    "matching": matching_values(),
}


@settings(max_examples=150)
@given(st.lists(questions(), min_size=1, max_size=3))
def test_what_is_written_is_read_as_the_same_questions(asked):
    written = write(asked)
    file = read(written.text)
    assert (written.left_out, file.problems) == ((), ())
    assert [replace(question, row=0) for question in file.questions] == asked

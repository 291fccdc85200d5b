"""Moodle XML: whatever is written is read again, and whatever is read is sound."""

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
from reinforcement.questions.kinds.ordering import SCATTERED_IDS
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import from_plain_text, to_plain_text
from tests.reinforcement.questions.moodle_bank import SAMPLE, TRUTH, answer, asked, quiz, the_same

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
        ids = list(SCATTERED_IDS[: len(texts)])
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

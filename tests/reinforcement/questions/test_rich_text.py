import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.questions.rich_text import clean_html, from_plain_text, to_plain_text
from reinforcement.questions.sameness import normalised, normalised_words, same_key

texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<p>a <strong>b</strong><br>c</p>", "<p>a <strong>b</strong><br>c</p>"),
        ("<script>alert(1)</script>b", "b"),
        ('<p style="color:red" onclick="x()">a</p>', "<p>a</p>"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("<h1>a</h1>", "a"),
        ('<a href="https://example.com">a</a>', '<a href="https://example.com" rel="noopener noreferrer">a</a>'),
        ('<a href="mailto:ann@example.com">a</a>', '<a href="mailto:ann@example.com" rel="noopener noreferrer">a</a>'),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="http://example.com">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="//example.com">a</a>', '<a rel="noopener noreferrer">a</a>'),
    ],
)
def test_clean_html_keeps_only_what_is_allowed(text, kept):
    assert clean_html(text) == kept


@given(texts)
def test_clean_html_twice_changes_nothing_more(text):
    once = clean_html(text)
    assert clean_html(once) == once


@given(texts)
def test_plain_text_becomes_clean_paragraphs(text):
    assert clean_html(from_plain_text(text)) == from_plain_text(text)


def test_plain_text_is_shown_as_it_was_written():
    assert from_plain_text("a < b & c\r\nd\n\n\n e <i>") == "<p>a &lt; b &amp; c<br>d</p><p>e &lt;i&gt;</p>"
    assert from_plain_text(" \n ") == ""


@given(texts)
def test_plain_text_keeps_its_words_through_rich_text(text):
    assert normalised(from_plain_text(text)) == normalised_words(text.replace("\0", ""))


def test_rich_text_gives_its_words_line_by_line():
    assert to_plain_text("<p>5 &lt; 6<br>yes</p><ul><li>a</li><li>b</li></ul>") == "5 < 6\nyes\na\nb"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is  price?", "<p>what is <b>price</b></p>"),
        ("“Price”", "price."),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER P}rice", "price"),
        ("straße", "STRASSE"),
        ("____ is price", "<p>__________is price.</p>"),
        ("co\N{SOFT HYPHEN}operate", "cooperate"),
    ],
)
def test_same_texts_have_one_key(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("____ is price", "is price"),
        ("____ is price", "is price ____"),
        ("-5", "5"),
        (".5", "5"),
        ("5 %", "5"),
        ("?", "!"),
        ("5 < x > 3", "5 3"),
        ("C#", "C"),
        ("C++", "C"),
    ],
)
def test_different_texts_have_different_keys(one, other):
    assert normalised(one) != normalised(other)


def test_text_with_nothing_to_read_has_an_empty_key():
    assert {normalised(text) for text in ("", " ", "<p></p>", "<p>&nbsp;</p>", "<br>", "\N{ZERO WIDTH SPACE}")} == {""}


def test_same_key_takes_angle_brackets_for_words():
    assert same_key("What does <b> mean?") != same_key("What does <i> mean?")
    assert len(same_key("")) == 64

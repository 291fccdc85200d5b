"""From the four text formats of GIFT to rich text, and to a plain prompt with the situation before it.

Lines of a file are wrapped where it suits their author, so the end of a line is a space; an escaped `\\n` is a line break. Only Markdown
gives the ends of lines a meaning.
"""

import html
import re

from django.utils.translation import gettext as _

from reinforcement.questions.formats.base import LONGEST_PROMPT, LONGEST_TEXT
from reinforcement.questions.formats.gift.signs import shown
from reinforcement.questions.formats.markdown import rich_from_markdown
from reinforcement.questions.rich_text import clean_html, from_plain_text, to_plain_text

_FORMAT = re.compile(r"\s*\[(html|moodle|markdown|plain)\]", re.IGNORECASE)
# In the format "moodle" a tag makes a text HTML; "<b" alone, or "a < b", does not.
_TAG = re.compile(
    r"</?(?:p|br|strong|em|b|i|u|s|ul|ol|li|blockquote|a|img|div|span|h[1-6]|sub|sup|code|pre|table|thead|tbody|tr|td|th)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&#?\w{1,32};")
# Blocks that rich text here does not know: without this their texts would stick together.
_OTHER_BLOCK = re.compile(r"<(/?)(?:div|h[1-6]|pre|tr)\b[^<>]*>", re.IGNORECASE)
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")
_BREAK_AFTER_BLOCK = re.compile(r"(</(?:p|div|ul|ol|li|h[1-6]|blockquote)>|<[uo]l>)\n", re.IGNORECASE)
_BREAK = "<br>"
_ENDS_OF_BLOCKS = ("</p>", "</ul>", "</ol>", "</blockquote>")


class Refused(Exception):
    """A question that cannot be read: in which part of it, and what to mend."""

    def __init__(self, part: str, message: str):
        super().__init__(message)
        self.part = part
        self.message = message


def split_format(text: str, otherwise: str) -> tuple[str, str]:
    """The format named at the beginning of `text`, or `otherwise`, and what follows."""
    if found := _FORMAT.match(text):
        return found[1].lower(), text[found.end() :]
    return otherwise, text


def one_line(text: str) -> str:
    """What is meant by `text`, which may be wrapped over lines."""
    return shown(" ".join(filter(None, (line.strip() for line in text.split("\n"))))).strip()


def rich(text: str, text_format: str) -> str:
    """Clean rich text; empty where nothing is to be read. Refused when it is too long."""
    _check_length(text)
    if text_format == "markdown":
        return rich_from_markdown(shown(text).strip())
    line = one_line(text)
    if text_format == "html":
        return _rich_from_html(line)
    if text_format == "plain":
        return from_plain_text(line)
    if _TAG.search(line):
        return _rich_from_html(_BREAK_AFTER_BLOCK.sub(r"\1 ", line).replace("\n", _BREAK))
    return from_plain_text(_without_entities(line))


def plain(text: str, text_format: str) -> str:
    """The words of `text` on as many lines as it has breaks. Refused when it is too long."""
    _check_length(text)
    line = one_line(text)
    if text_format == "plain":
        return line
    if text_format == "moodle" and not _TAG.search(line):
        return _without_entities(line)
    return _words(rich(text, text_format))


def situation_and_prompt(text: str, text_format: str) -> tuple[str, str]:
    """What leads up to a question, rich, and the question itself, plain: its last paragraph.

    All is prompt when it is one short text. Refused when there is none, or when it is too long for a prompt.
    """
    words = plain(text, text_format)
    if not words:
        raise Refused("prompt", _("The question is empty. Write it before the braces."))
    is_rich = text_format in {"html", "markdown"} or (text_format == "moodle" and bool(_TAG.search(one_line(text))))
    if not is_rich and len(words) <= LONGEST_PROMPT:
        return "", words
    before, last = _split_last(rich(text, text_format))
    prompt = _words(last)
    if len(prompt) > LONGEST_PROMPT:
        message = _("The question has more than %(longest)d characters. Put what leads up to it into a paragraph of its own before it.")
        raise Refused("prompt", message % {"longest": LONGEST_PROMPT})
    return _trimmed(before), prompt


def _check_length(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise Refused("text", _("This text has more than %(longest)d characters.") % {"longest": LONGEST_TEXT})


def _rich_from_html(text: str) -> str:
    return _trimmed(_EMPTY_PARAGRAPH.sub("", clean_html(_OTHER_BLOCK.sub(r"<\1p>", text))))


def _trimmed(cleaned: str) -> str:
    """Clean rich text without breaks and space around it; empty where it has no words."""
    if not to_plain_text(cleaned):
        return ""
    cleaned = cleaned.strip()
    while cleaned.startswith(_BREAK):
        cleaned = cleaned.removeprefix(_BREAK).lstrip()
    while cleaned.endswith(_BREAK):
        cleaned = cleaned.removesuffix(_BREAK).rstrip()
    return cleaned


def _words(cleaned: str) -> str:
    """The words of clean rich text, in which the end of a line is a space."""
    return to_plain_text(cleaned.replace("\n", " "))


def _split_last(cleaned: str) -> tuple[str, str]:
    """Clean rich text before and from its last paragraph on, or the text after its last block; all is last where it ends in a list."""
    if cleaned.endswith("</p>"):
        start = cleaned.rfind("<p>")
    else:
        start = max(cleaned.rfind(end) + len(end) if end in cleaned else 0 for end in _ENDS_OF_BLOCKS)
    return (cleaned[:start], cleaned[start:]) if start < len(cleaned) else ("", cleaned)


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)

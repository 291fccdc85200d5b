"""Rich text of questions, options and explanations: what may stand in it, and plain text to and from it."""

import html
import re
from functools import lru_cache

import nh3

TAGS = {"p", "br", "strong", "em", "b", "i", "ul", "ol", "li", "blockquote", "a"}

_BREAKS = re.compile(r"<(?:br\s*/?|/p|/li|/blockquote|/ul|/ol)>", re.IGNORECASE)
# A letter must follow the bracket: "5 < 6 and 7 > 6" is a sum, not a tag.
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")


@lru_cache(maxsize=2_000)
def clean_html(text: str) -> str:
    """`text` with only the tags and links we allow; scripts go with their content, other tags leave their text.

    Called on save, so that what is stored is clean, and again on render, so that a row that came another way is harmless.
    Cleaning twice gives the same text. A process remembers what it cleaned lately: the questions of a morning are few, their readers many.
    """
    return nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "mailto"},
        # A relative address leads nowhere from a mail.
        url_relative="deny",
        link_rel="noopener noreferrer",
    )


def from_plain_text(text: str) -> str:
    """Paragraphs of rich text: an empty line parts paragraphs, a line end becomes a break. Empty text gives "".

    The result is clean: `clean_html` leaves it as it is.
    """
    lines = [line.strip() for line in _LINE_END.split(text.replace("\0", ""))]
    paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
    return "".join(f"<p>{_escaped(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _escaped(paragraph: str) -> str:
    return html.escape(paragraph, quote=False).replace("\N{NO-BREAK SPACE}", "&nbsp;").replace("\n", "<br>")


def to_plain_text(text: str) -> str:
    """The words of rich text; breaks and ends of paragraphs become line ends."""
    with_lines = _BREAKS.sub("\n", text)
    return html.unescape(_TAG.sub("", with_lines)).strip()

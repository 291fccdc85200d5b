"""Rich text in a plain field: what the author types becomes paragraphs, and comes back as it was typed."""

import re

from reinforcement.questions.rich_text import TAGS, clean_html, from_plain_text, to_plain_text

_ALLOWED_TAG = re.compile(rf"</?(?:{'|'.join(sorted(TAGS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BETWEEN_PARAGRAPHS = re.compile(r"</p>\s*<p>")


def rich_from_typed(typed: str) -> str:
    """Clean rich text: paragraphs of plain text, or the simple HTML that was typed."""
    typed = typed.replace("\0", "")
    return clean_html(typed.strip()) if _ALLOWED_TAG.search(typed) else from_plain_text(typed)


def typed_from_rich(rich: str) -> str:
    """What to put in a plain field so that `rich_from_typed` gives `rich` again: plain where nothing is lost, else the HTML."""
    plain = to_plain_text(_BETWEEN_PARAGRAPHS.sub("<br><br>", rich))
    if not _ALLOWED_TAG.search(rich) or rich_from_typed(plain) == rich:
        return plain
    return rich

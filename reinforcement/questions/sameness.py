"""When two questions, or two options, are the same."""

import hashlib
import re
import unicodedata

from reinforcement.questions.rich_text import from_plain_text, to_plain_text

_BLANK = re.compile(r"_(?:[\s_]*_)?")
# Only marks that close or open a sentence: a sign such as the minus of "-5", the point of ".5", "%" or "#" carries meaning.
_OPENING = "\"'“”„‘’‚«»‹›([{¿¡ "  # noqa: RUF001
_CLOSING = "\"'“”„‘’‚«»‹›)]}.,;:!? "  # noqa: RUF001


def normalised(text: str) -> str:
    """The key by which two rich texts are the same: words without tags, case, width, spacing and surrounding punctuation.

    A blank ("____", however long) is kept as "_": it is part of what is asked. A text of marks alone ("?") is its own key,
    so "" comes back only where there is nothing to read. Plain text goes through `from_plain_text` first.
    """
    words = unicodedata.normalize("NFKC", to_plain_text(text)).casefold()
    # Invisible format characters (soft hyphen, zero width space) come along with copied text.
    visible = "".join(character for character in words if unicodedata.category(character) != "Cf")
    collapsed = " ".join(_BLANK.sub(" _ ", unicodedata.normalize("NFKC", visible)).split())
    return collapsed.lstrip(_OPENING).rstrip(_CLOSING) or collapsed


def same_key(prompt: str) -> str:
    """64 characters by which an import knows a question again; `prompt` is plain text, so its angle brackets are words."""
    return hashlib.sha256(normalised(from_plain_text(prompt)).encode()).hexdigest()

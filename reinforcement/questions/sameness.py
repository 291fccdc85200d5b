"""When two questions, or two options, are the same."""

import hashlib
import re
import unicodedata

from reinforcement.questions.rich_text import to_plain_text

_BLANK = re.compile(r"_(?:[\s_]*_)?")
# Only marks that close or open a sentence: a sign such as the minus of "-5", the point of ".5", "%" or "#" carries meaning.
_OPENING = "\"'“”„‘’‚«»‹›([{¿¡ "  # noqa: RUF001
_CLOSING = "\"'“”„‘’‚«»‹›)]}.,;:!? "  # noqa: RUF001


def normalised(text: str) -> str:
    """The key by which two rich texts are the same: that of their words."""
    return normalised_words(to_plain_text(text))


def normalised_words(words: str) -> str:
    """The key by which two plain texts are the same: without case, width, spacing and surrounding punctuation.

    A blank ("____", however long) is kept as "_": it is part of what is asked. A text of marks alone ("?") is its own key,
    so "" comes back only where there is nothing to read.
    """
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    if not key.isascii():
        # Invisible format characters (soft hyphen, zero width space) come along with copied text.
        key = "".join(character for character in key if unicodedata.category(character) != "Cf")
    collapsed = " ".join(_BLANK.sub(" _ ", key).split())
    return collapsed.lstrip(_OPENING).rstrip(_CLOSING) or collapsed


def same_key(prompt: str) -> str:
    """64 characters by which an import knows a question again; `prompt` is plain text, so its angle brackets are words."""
    return hashlib.sha256(normalised_words(prompt).encode()).hexdigest()

"""Texts of Moodle, most of them HTML of an editor: as our rich text, and parted into a situation and what is asked."""

import re
import urllib.parse
from collections.abc import Iterator

from reinforcement.questions.formats.base import LONGEST_PROMPT
from reinforcement.questions.rich_text import TAGS, clean_html, from_plain_text, to_plain_text

# Tags are few and near one another in a text of people; deeper ones are left out and their words kept.
_MOST_DEPTH = 20
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?>\"[^\"<]*+\"|'[^'<]*+'|[^<>\"'])*+)>")
_ADDRESS = re.compile(r"(?:^|\s)href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))", re.IGNORECASE)
_SOURCE = re.compile(r"(?:^|\s)src\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))", re.IGNORECASE)
_LOOKS_RICH = re.compile(r"</?[a-zA-Z][^<>]*>|&#?[a-zA-Z0-9]{2,8};")
_BLOCKS = frozenset({"p", "ul", "ol", "blockquote"})
# Ends a paragraph without being one of ours.
_OTHER_BLOCK = re.compile(
    "address|article|aside|caption|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|main|nav|pre|section|"
    "table|tbody|tfoot|thead|tr"
)
_WITHOUT_WORDS = frozenset({"script", "style", "title", "head"})
_BLOCK = re.compile(r"<(/?)(?:p|ul|ol|blockquote)>")
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*+</p>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LINE_ENDS = re.compile(r"[\r\n]+")


def rich(text: str, text_format: str) -> str:
    """Clean rich text of a text in one of Moodle's formats: html, plain_text, markdown (its signs stay), or "" and others by their look."""
    if text_format in {"plain_text", "markdown"} or (text_format != "html" and not _LOOKS_RICH.search(text)):
        return from_plain_text(text)
    if text_format != "html" and not _TAG.search(text):
        return from_plain_text(to_plain_text(text))
    # The numbers of signs in HTML can name control characters, which no file of XML could hold again.
    cleaned = _CONTROL.sub("", clean_html("".join(_simplified(text))))
    return _EMPTY_PARAGRAPH.sub("", cleaned).strip()


def pictures_in(text: str) -> list[str]:
    """The names of the pictures and other files that an HTML text shows."""
    names = []
    for tag in _TAG.finditer(text):
        source = _SOURCE.search(tag[3])
        if source:
            address = next(filter(None, source.groups()), "")
            names.append("" if address.startswith("data:") else urllib.parse.unquote(address.partition("?")[0].rpartition("/")[2]))
    return names


def parted(text: str) -> tuple[str, str]:
    """Situation (rich) and prompt (plain) of a rich text: the last paragraph asks, or the last line of a paragraph that is too long.

    The prompt is empty where there are no words, and longer than the bank takes where nothing parts it.
    """
    pieces = [(start, end, is_paragraph) for start, end, is_paragraph in _pieces(text) if plain(text[start:end])]
    if not pieces:
        return "", ""
    paragraphs = [piece for piece in pieces if piece[2]]
    if not paragraphs:
        return "", plain(text)
    start, end, _is_paragraph = paragraphs[-1]
    before = (text[:start] + text[end:]).strip() if len(pieces) > 1 else ""
    prompt = plain(text[start:end])
    if len(prompt) > LONGEST_PROMPT:
        lines, _sign, prompt = prompt.rpartition("\n")
        before += from_plain_text(lines)
    return before, prompt


def plain(text: str) -> str:
    """The words of rich text, lines where it breaks them and without space around each; a line end of the file is a space."""
    words = to_plain_text(" ".join(filter(None, map(str.strip, _LINE_ENDS.split(text)))))
    return "\n".join(map(str.strip, words.split("\n"))).strip()


def paragraphs_of(text: str) -> list[str]:
    """The pieces of rich text that stand below one another, without those that have no words."""
    return [text[start:end] for start, end, _is_paragraph in _pieces(text) if plain(text[start:end])]


def plain_of_paragraphs(pieces: list[str]) -> str:
    """Their words, with an empty line between two pieces."""
    return "\n\n".join(plain(piece) for piece in pieces)


def _pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    """From where to where each block at the top of rich text goes, and each text between two, and whether it is a paragraph."""
    depth = start = 0
    for tag in _BLOCK.finditer(text):
        if tag[1]:
            depth = max(0, depth - 1)
            if depth == 0:
                yield start, tag.end(), text.startswith("<p>", start)
                start = tag.end()
        else:
            if depth == 0:
                yield start, tag.start(), True
                start = tag.start()
            depth += 1
    yield start, len(text), True


def _simplified(text: str) -> Iterator[str]:
    """`text` with tags that are ours, each closed, and none deep in others: the cleaning after it then takes time as the text is long."""
    opened: list[str] = []
    position = 0
    while (start := text.find("<", position)) >= 0:
        yield text[position:start]
        tag = _TAG.match(text, start)
        if tag is None:
            position = _after_no_tag(text, start)
            if position == start + 1:
                yield "&lt;"
            continue
        position = tag.end()
        is_end, name = bool(tag[1]), tag[2].lower()
        if name in _WITHOUT_WORDS:
            if not is_end:
                closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, position)
                position = closing.end() if closing else len(text)
        elif name == "br":
            yield "<br>"
        elif name in {"td", "th"}:
            yield "" if is_end else " "
        elif _OTHER_BLOCK.fullmatch(name) or (name in _BLOCKS and not is_end):
            if "p" in opened:
                yield from _closed(opened, "p")
            if not is_end and len(opened) < _MOST_DEPTH:
                opened.append(name if name in _BLOCKS else "p")
                yield f"<{opened[-1]}>"
        elif is_end and name in opened:
            yield from _closed(opened, name)
        elif not is_end and name in TAGS:
            if name == "a" and "a" in opened:
                yield from _closed(opened, "a")
            if len(opened) < _MOST_DEPTH:
                opened.append(name)
                yield f"<a{_address(tag[3])}>" if name == "a" else f"<{name}>"
    yield text[position:]
    while opened:
        yield f"</{opened.pop()}>"


def _after_no_tag(text: str, start: int) -> int:
    """Where a comment that begins at `start` ends, or another thing without words; one farther on where it is a sign."""
    ends = "-->" if text.startswith("<!--", start) else ">" if text.startswith(("<!", "<?"), start) else ""
    if not ends:
        return start + 1
    end = text.find(ends, start)
    return len(text) if end < 0 else end + len(ends)


def _closed(opened: list[str], name: str) -> Iterator[str]:
    """Closes what is open up to and with the innermost `name`."""
    while opened:
        last = opened.pop()
        yield f"</{last}>"
        if last == name:
            return


def _address(attributes: str) -> str:
    found = _ADDRESS.search(attributes)
    if found is None:
        return ""
    address = next(filter(None, found.groups()), "")
    return ' href="{}"'.format(address.replace('"', "&quot;"))

"""Rich text from the small part of Markdown that questions use: paragraphs, breaks, lists, bold, italic, code and links."""

import html
import re

from reinforcement.questions.rich_text import clean_html

_ITEM = re.compile(r"([ \t]*)(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*)")
# Each of them looks no further than the next sign of its own: so the time is that of one pass.
_INLINE = (
    (re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)__([^_\s][^_\n]*)__(?!\w)"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\w)_([^_\s][^_\n]*)_(?!\w)"), r"<em>\1</em>"),
)


def rich_from_markdown(text: str) -> str:
    """Clean rich text. HTML in `text` is shown as it was typed, not obeyed. Empty text gives ""."""
    return clean_html("".join(map(_block, _blocks(text.split("\n")))))


def _blocks(lines: list[str]) -> list[list[str]]:
    """The lines in groups that belong together: a paragraph, or a list with the lines that go on with its items."""
    blocks: list[list[str]] = []
    is_new = True
    for line in lines:
        if not line.strip():
            is_new = True
            continue
        begins_list = bool(_ITEM.fullmatch(line)) and not (blocks and not is_new and _ITEM.fullmatch(blocks[-1][0]))
        after_heading = bool(blocks) and bool(_HEADING.fullmatch(blocks[-1][0]))
        if is_new or begins_list or after_heading or _HEADING.fullmatch(line):
            blocks.append([])
        blocks[-1].append(line)
        is_new = False
    return blocks


def _block(lines: list[str]) -> str:
    if _ITEM.fullmatch(lines[0]):
        return _list(lines)
    if heading := _HEADING.fullmatch(lines[0]):
        return f"<p><strong>{_inline(heading[1])}</strong></p>"
    return f"<p>{_joined(lines)}</p>"


def _joined(lines: list[str]) -> str:
    """The lines of a paragraph: two spaces at the end of a line make a break."""
    parts = []
    for line in lines[:-1]:
        parts.append(f"{_inline(line.strip())}{'<br>' if line.endswith('  ') else ' '}")
    return "".join([*parts, _inline(lines[-1].strip())])


def _list(lines: list[str]) -> str:
    """A list, and in its items the lists that stand further to the right."""
    parts: list[str] = []
    # The lists that are open, from the outermost: how far to the right, and the tag.
    open_lists: list[tuple[int, str]] = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if not item:
            parts.append(f" {_inline(line.strip())}")
            continue
        depth, tag = len(item[1].expandtabs(4)), "ol" if item[2] else "ul"
        while len(open_lists) > 1 and depth < open_lists[-1][0]:
            parts.append(f"</li></{open_lists.pop()[1]}>")
        if not open_lists or depth > open_lists[-1][0] + 1:
            open_lists.append((depth, tag))
            parts.append(f"<{tag}>")
        else:
            parts.append("</li>")
        parts.append(f"<li>{_inline(item[3])}")
    return "".join([*parts, *(f"</li></{tag}>" for _depth, tag in reversed(open_lists))])


def _inline(text: str) -> str:
    text = html.escape(text, quote=False)
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text

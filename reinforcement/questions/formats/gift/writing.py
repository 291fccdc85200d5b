"""Writes questions as Moodle's GIFT, so that reading gives the same ones back."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reinforcement.questions.formats.base import LONGEST_PROMPT, FileQuestion, choices, option_id
from reinforcement.questions.formats.gift.categories import category_line
from reinforcement.questions.formats.gift.signs import BLANK, escaped, write_settings
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import from_plain_text, to_plain_text

_BLANK = re.compile(rf"(?<!_){BLANK}(?!_)")
_GAP = re.compile(r"\[\[[a-z0-9_-]{1,16}\]\]")
_ARROW = "->"


@dataclass(frozen=True, slots=True)
class Written:
    """A GIFT file, and the questions it has no way to say: an order, several gaps in one text, a text too long for a prompt."""

    text: str
    left_out: tuple[FileQuestion, ...]


def write(questions: Iterable[FileQuestion]) -> Written:
    """A GIFT file with `questions` in their order. `read` gives the same ones back, with new ids of answers and matches in their order.

    A text with one gap comes back as a question for a word, typed or chosen, with a blank in its prompt.
    """
    lines: list[str] = []
    left_out = []
    competency = ""
    for question in questions:
        sayable = _as_missing_word(question) if question.kind == "gap" else question
        if sayable is None or sayable.kind not in _WRITERS:
            left_out.append(question)
            continue
        if question.competency != competency:
            competency = question.competency
            lines += [category_line(competency), ""]
        lines += [*filter(None, [_settings_line(sayable)]), _text(sayable), ""]
    return Written("\n".join(lines), tuple(left_out))


def _as_missing_word(question: FileQuestion) -> FileQuestion | None:
    """The question for a word that a text with one gap is; None where there are more gaps, or where it cannot be one."""
    if len(question.content["gaps"]) != 1:
        return None
    (gap,) = question.content["gaps"]
    prompt = f"{question.prompt}\n{_GAP.sub(BLANK, question.content['text'])}".strip()
    if len(prompt) > LONGEST_PROMPT:
        return None
    if gap["others"]:
        name = "single"
        content, answer_key = choices([from_plain_text(text) for text in (gap["accepted"][0], *gap["others"])], [0])
    else:
        name, answer_key = "short_text", dict(question.answer_key)
        content = {"answers": [{"id": option_id(place), "text": text} for place, text in enumerate(gap["accepted"])]}
    try:
        parsed = kind(name).parse(content, answer_key)
    except ContentError:
        return None
    return replace(question, kind=name, prompt=prompt, content=parsed.content, answer_key=parsed.answer_key)


def _settings_line(question: FileQuestion) -> str:
    content, answer_key = question.content, question.answer_key
    return write_settings(
        {
            "id": question.external_id,
            "language": question.language,
            "source": question.source,
            "unit": content.get("unit", ""),
            "keep_order": content.get("keep_order", False),
            "heeds_case": answer_key.get("heeds_case", False),
            "forgives_slips": answer_key.get("forgives_slips", False),
        }
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """How the texts of a question are written: plain, which people read easily, where none of them loses by it, else as HTML."""

    is_plain: bool

    def marked(self, rich: str) -> str:
        """Rich text behind a mark; with its format where it would seem to name one itself."""
        text = escaped((_plain(rich) or "") if self.is_plain else rich)
        return f"[{self.format}]{text}" if text.startswith("[") else text

    def feedback(self, rich: str) -> str:
        return f"#{self.marked(rich)}" if rich else ""

    def in_stem(self, words: str) -> str:
        """Plain words of the prompt."""
        return escaped(words if self.is_plain else _in_paragraph(words))

    @property
    def format(self) -> str:
        return "plain" if self.is_plain else "html"


def _text(question: FileQuestion) -> str:
    words = _Words(is_plain=not question.situation and all(map(_is_plain, _rich_texts(question))))
    head, lines = _WRITERS[question.kind](question, words)
    if question.explanation:
        lines.append(f"####{words.marked(question.explanation)}")
    block = "".join([f"{{{head}", *(f"\n\t{line}" for line in lines), "\n}" if lines else "}"])
    before, after = _around_blank(question)
    stem = f"{words.in_stem(before)}{block}{words.in_stem(after)}"
    return f"[plain]{stem}" if words.is_plain else f"[html]{escaped(question.situation)}<p>{stem}</p>"


def _around_blank(question: FileQuestion) -> tuple[str, str]:
    """The prompt before and after its blank, where it has one within the text: there the answers stand then. Else all is before."""
    blanks = list(_BLANK.finditer(question.prompt))
    if len(blanks) == 1 and question.kind != "matching" and (after := question.prompt[blanks[0].end() :]).strip():
        return question.prompt[: blanks[0].start()], after
    return question.prompt, ""


def _choice(question: FileQuestion, words: _Words) -> tuple[str, list[str]]:
    options, right = question.content["options"], question.answer_key["right"]
    lines = []
    for option in options:
        text, is_right = words.marked(option["text"]), option["id"] in right
        if question.kind == "multiple":
            # What is wrong takes as much as what is right gives, so that choosing everything earns nothing.
            weight = 100 / len(right) if is_right else -100 / (len(options) - len(right))
            mark = f"~%{round(weight, 5):g}%"
        else:
            mark = "=" if is_right else "~"
            mark += _weight(100 if is_right else 0, text, usual=100 if is_right else 0)
        lines.append(f"{mark}{text}{words.feedback(option['feedback'])}")
    return "", lines


def _true_false(question: FileQuestion, words: _Words) -> tuple[str, list[str]]:
    (right,) = question.answer_key["right"]
    for_right, for_wrong = (question.content["feedback"][name] for name in (right, "false" if right == "true" else "true"))
    feedback = f"#{words.marked(for_wrong)}{words.feedback(for_right)}" if for_right or for_wrong else ""
    return f"{right.upper()}{feedback}", []


def _short_text(question: FileQuestion, words: _Words) -> tuple[str, list[str]]:
    lines = []
    for answer in question.content["answers"]:
        text = escaped(answer["text"])
        if _ARROW in text:
            text = f"[html]{escaped(html.escape(answer['text'], quote=False))}"
        elif text.startswith("["):
            text = f"[plain]{text}"
        lines.append(f"={_weight(answer['credit'], text)}{text}{words.feedback(answer['feedback'])}")
    return "", lines


def _numeric(question: FileQuestion, words: _Words) -> tuple[str, list[str]]:
    feedback = question.content["feedback"]
    return "#", [
        f"={_weight(answer['credit'])}{answer['value']}:{answer['tolerance']}{words.feedback(feedback.get(answer['id'], ''))}"
        for answer in question.answer_key["answers"]
    ]


def _matching(question: FileQuestion, words: _Words) -> tuple[str, list[str]]:
    """The pairs, then the matches that belong to nothing."""
    pairs, matches = question.answer_key["pairs"], {match["id"]: match["text"] for match in question.content["matches"]}
    lines = [
        f"={words.marked(thing['text']).replace(_ARROW, '-&gt;')} {_ARROW} {_match(matches[pairs[thing['id']]])}"
        for thing in question.content["things"]
    ]
    return "", lines + [f"= {_ARROW} {_match(text)}" for match_id, text in matches.items() if match_id not in pairs.values()]


def _match(rich: str) -> str:
    """Plain where nothing is lost: Moodle knows no other matches."""
    plain = _plain(rich)
    if plain is None:
        return f"[html]{escaped(rich)}"
    return f"{'[plain]' if plain.startswith('[') else ''}{escaped(plain)}"


_WRITERS: Mapping[str, Callable[[FileQuestion, _Words], tuple[str, list[str]]]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "numeric": _numeric,
    "matching": _matching,
}


def _weight(credit: int, text: str = "", *, usual: int = 100) -> str:
    """Also where the usual weight is meant, before a text that would seem to begin with another."""
    return "" if credit == usual and not text.startswith("%") else f"%{credit}%"


def _rich_texts(question: FileQuestion) -> list[str]:
    """All but the situation, and but the matches, which have a format of their own."""
    content = question.content
    things = [thing for name in ("options", "answers", "things") for thing in content.get(name, [])]
    # An answer that is typed is plain by itself.
    texts = [thing["text"] for thing in things if question.kind != "short_text"]
    feedback = [thing.get("feedback", "") for thing in things] + list(content.get("feedback", {}).values())
    return [question.explanation, *texts, *feedback]


def _is_plain(rich: str) -> bool:
    """Whether nothing is lost when it is written plain; an arrow is, since nothing hides it but HTML."""
    plain = _plain(rich)
    return plain is not None and _ARROW not in plain


def _plain(rich: str) -> str | None:
    """Plain text from which the same rich text is read; None when there is none."""
    plain = to_plain_text(rich.replace("</p><p>", "<br><br>"))
    return plain if from_plain_text(plain) == rich else None


def _in_paragraph(words: str) -> str:
    return html.escape(words, quote=False).replace("\N{NO-BREAK SPACE}", "&nbsp;").replace("\n", "<br>")

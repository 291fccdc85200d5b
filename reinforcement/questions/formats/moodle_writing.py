"""Questions as a Moodle XML file. Control characters, which XML cannot hold, are left out of the texts."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reinforcement.questions.formats.base import FileQuestion
from reinforcement.questions.formats.moodle_cloze import as_notation, without_notation
from reinforcement.questions.formats.moodle_elements import OWN
from reinforcement.questions.rich_text import from_plain_text, to_plain_text

_LONGEST_NAME = 100
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GAP = re.compile(r"\[\[([a-z0-9_-]{1,16})\]\]")
# Moodle knows the shares of 2 to 10 options; more than these cannot each cost their share.
_MOST_SHARES = 10
# Moodle takes only the shares of its list; these stand in it with their decimals.
_LISTED = {11: 100 / 9, 12: 12.5, 14: 100 / 7, 17: 100 / 6, 33: 100 / 3, 67: 200 / 3, 83: 500 / 6}


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and the questions that it cannot hold."""

    data: bytes
    left_out: tuple[FileQuestion, ...]


def write(questions: Iterable[FileQuestion]) -> Written:
    """The questions in their order, UTF-8, each competency as a category before its questions.

    `read` gives the same back, with ids by place (a, b, c), an order from its first item on, matches in the order of their things, and
    lines without space at their ends. What Moodle has no words for (language, source, forgiven slips) stands in an element of our own.
    """
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    left_out = []
    competency = ""
    for question in questions:
        write_kind = _KINDS.get(question.kind)
        if write_kind is None:
            left_out.append(question)
            continue
        if question.competency != competency:
            competency = question.competency
            pieces.append(_category(competency))
        pieces.append(_question(question, *write_kind(question)))
    pieces.append("</quiz>\n")
    return Written("".join(pieces).encode(), tuple(left_out))


def _category(competency: str) -> str:
    path = "/".join(("$course$", "top", *filter(None, [competency.replace("/", "//")])))
    return f'<question type="category">\n<category>{_text(path)}</category>\n</question>\n'


def _question(question: FileQuestion, moodle_type: str, asked: str, body: str) -> str:
    """The element of a question, from the type, the HTML of what is asked, and the elements of its kind."""
    own: dict[str, str] = {"language": question.language, "source": question.source}
    # Of a short answer Moodle itself says whether capitals count.
    switches = ("forgives_slips",) if question.kind == "short_text" else ("forgives_slips", "heeds_case")
    own |= {name: "true" for name in switches if question.answer_key.get(name)}
    attributes = "".join(f' {name}="{_attribute(value)}"' for name, value in own.items() if value)
    name = " ".join(question.prompt.split())
    return (
        f'<question type="{moodle_type}">\n'
        f"<name>{_text(name if len(name) <= _LONGEST_NAME else f'{name[: _LONGEST_NAME - 1]}…')}</name>\n"
        f"{_rich('questiontext', asked)}{_rich('generalfeedback', question.explanation)}"
        f"<defaultgrade>1.0000000</defaultgrade>\n<penalty>0.3333333</penalty>\n<hidden>0</hidden>\n"
        f"<idnumber>{_escaped(question.external_id)}</idnumber>\n"
        f"{body}{f'<{OWN}{attributes}/>{chr(10)}' if attributes else ''}</question>\n"
    )


def _asked(question: FileQuestion) -> str:
    return question.situation + _paragraph(question.prompt)


def _paragraph(words: str) -> str:
    return f"<p>{_lines(words)}</p>"


def _choice(question: FileQuestion) -> tuple[str, str, str]:
    options, right = question.content["options"], question.answer_key["right"]
    is_single = question.kind == "single"
    wrong_share = 0.0 if is_single or len(options) - len(right) > _MOST_SHARES else -100 / (len(options) - len(right))
    answers = "".join(
        _answer(100 / len(right) if option["id"] in right else wrong_share, option["text"], option["feedback"]) for option in options
    )
    is_shuffled = not question.content.get("keep_order", False)
    body = f"<single>{_word(is_single)}</single>\n<shuffleanswers>{_word(is_shuffled)}</shuffleanswers>\n"
    return "multichoice", _asked(question), f"{body}<answernumbering>abc</answernumbering>\n{answers}"


def _truth(question: FileQuestion) -> tuple[str, str, str]:
    feedback, right = question.content.get("feedback", {}), question.answer_key["right"]
    answers = "".join(_answer(100 if word in right else 0, word, feedback.get(word, ""), "plain_text") for word in ("true", "false"))
    return "truefalse", _asked(question), answers


def _short_text(question: FileQuestion) -> tuple[str, str, str]:
    answers = "".join(
        _answer(_listed(answer["credit"]), answer["text"], answer["feedback"], "plain_text") for answer in question.content["answers"]
    )
    return "shortanswer", _asked(question), f"<usecase>{int(question.answer_key['heeds_case'])}</usecase>\n{answers}"


def _numeric(question: FileQuestion) -> tuple[str, str, str]:
    feedback, unit = question.content.get("feedback", {}), question.content.get("unit", "")
    answers = "".join(
        _answer(
            _listed(answer["credit"]),
            answer["value"],
            feedback.get(answer["id"], ""),
            "plain_text",
            more=f"<tolerance>{_escaped(answer['tolerance'])}</tolerance>\n",
        )
        for answer in question.answer_key["answers"]
    )
    units = f"<units>\n<unit>\n<multiplier>1</multiplier>\n<unit_name>{_escaped(unit)}</unit_name>\n</unit>\n</units>\n" if unit else ""
    # 0 lets a person type the unit without marking it, 3 knows none.
    return (
        "numerical",
        _asked(question),
        f"{answers}{units}<unitgradingtype>0</unitgradingtype>\n<showunits>{0 if unit else 3}</showunits>\n",
    )


def _matching(question: FileQuestion) -> tuple[str, str, str]:
    texts = {match["id"]: match["text"] for match in question.content["matches"]}
    pairs = question.answer_key["pairs"]
    used = set(pairs.values())
    rows = [(thing["text"], texts[pairs[thing["id"]]]) for thing in question.content["things"]]
    rows += [("", text) for match_id, text in texts.items() if match_id not in used]
    body = "".join(f'<subquestion format="html">\n{_text(thing)}{_match(match)}</subquestion>\n' for thing, match in rows)
    return "matching", _asked(question), f"<shuffleanswers>true</shuffleanswers>\n{body}"


def _match(rich: str) -> str:
    """Moodle shows plain words here; formatted ones say so, for who reads the format."""
    words = to_plain_text(rich)
    return f"<answer>{_text(words)}</answer>\n" if from_plain_text(words) == rich else f'<answer format="html">{_text(rich)}</answer>\n'


def _ordering(question: FileQuestion) -> tuple[str, str, str]:
    texts = {item["id"]: item["text"] for item in question.content["items"]}
    body = "".join(_answer(place, texts[item_id], "") for place, item_id in enumerate(question.answer_key["order"], start=1))
    return "ordering", _asked(question), f"<layouttype>VERTICAL</layouttype>\n<selecttype>ALL</selecttype>\n{body}"


def _gap(question: FileQuestion) -> tuple[str, str, str]:
    gaps: Mapping[str, Mapping[str, Any]] = {gap["id"]: gap for gap in question.content["gaps"]}
    heeds_case = question.answer_key["heeds_case"]
    parts = _GAP.split(question.content["text"])
    pieces = [
        as_notation(gaps[part], heeds_case=heeds_case) if place % 2 else without_notation(_lines(part)) for place, part in enumerate(parts)
    ]
    return "cloze", f"{without_notation(_asked(question))}<p>{''.join(pieces)}</p>", ""


def _lines(words: str) -> str:
    return html.escape(words, quote=False).replace("\n", "<br>")


def _answer(fraction: float, text: str, feedback: str, text_format: str = "html", more: str = "") -> str:
    share = f"{fraction:.5f}".rstrip("0").rstrip(".")
    feedback_element = _rich("feedback", feedback)
    return f'<answer fraction="{share}" format="{text_format}">\n{_text(text)}{feedback_element}{more}</answer>\n'


def _listed(credit: int) -> float:
    return _LISTED.get(credit, credit)


def _rich(name: str, text: str) -> str:
    return f'<{name} format="html">{_text(text)}</{name}>\n'


def _text(text: str) -> str:
    return f"<text>{_escaped(text)}</text>"


def _escaped(text: str) -> str:
    # A bare carriage return would come back as a line end.
    return html.escape(_NOT_XML.sub("", text), quote=False).replace("\r", "&#13;")


def _attribute(text: str) -> str:
    return html.escape(_NOT_XML.sub("", text)).replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def _word(value: bool) -> str:
    return "true" if value else "false"


_KINDS: Mapping[str, Callable[[FileQuestion], tuple[str, str, str]]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _truth,
    "short_text": _short_text,
    "numeric": _numeric,
    "gap": _gap,
    "ordering": _ordering,
    "matching": _matching,
}

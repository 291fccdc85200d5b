"""What each of Moodle's kinds of question is among ours."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reinforcement.questions.formats.base import choices, option_id, truth
from reinforcement.questions.formats.moodle_cloze import NUMBERS, SEVERAL, TYPED, TYPED_WITH_CASE, with_marks
from reinforcement.questions.formats.moodle_elements import OWN, Element
from reinforcement.questions.formats.moodle_texts import paragraphs_of, parted, plain_of_paragraphs, rich
from reinforcement.questions.kinds.ordering import SCATTERED_IDS
from reinforcement.questions.rich_text import to_plain_text
from reinforcement.questions.sameness import normalised, normalised_words

# A name that a question of gaps takes from its text is short: it only has to be known again.
_LONGEST_NAME = 200
_NUMBER = re.compile(r"[+-]?\d{1,4}(?:\.\d{0,20})?")
_MARK = re.compile(r"\[\[(\d{1,3})\]\]")


class LeftOut(Exception):
    """A question that is not imported and hinders nothing; `message` says why."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Malformed(Exception):
    """A question that must be mended; `part` says where in it."""

    def __init__(self, part: str, message: str):
        super().__init__(part, message)
        self.part = part
        self.message = message


@dataclass(frozen=True, slots=True)
class Asked:
    """What a kind makes of a question. Situation and prompt are those of the question text, unless they are given here."""

    kind: str
    content: Mapping[str, Any]
    answer_key: Mapping[str, Any]
    words: tuple[str, str] | None = None


class KindReader:
    """Reads what is asked. `warn` takes line, part and message of what is left out or read otherwise than it may be meant."""

    def __init__(self, warn: Callable[[int, str, str], None]):
        self._warn = warn

    def read(self, element: Element) -> Asked:
        """What `element` asks, not yet checked by the kind. LeftOut where we have no such kind, Malformed where it must be mended."""
        name = element.attributes.get("type", "").strip().lower()
        if name in {"essay", "description"}:
            raise LeftOut(_("Questions of the type “%(type)s” have no answer to check. This one is left out.") % {"type": name})
        found = {
            "multichoice": self._choice,
            "truefalse": self._truth,
            "shortanswer": self._short_text,
            "numerical": self._numeric,
            "matching": self._matching,
            "ordering": self._ordering,
            "cloze": self._cloze,
            "multianswer": self._cloze,
            "gapselect": self._lists,
            "ddwtos": self._lists,
        }.get(name)
        if found is None:
            raise LeftOut(_("Questions of the type “%(type)s” cannot be imported. This one is left out.") % {"type": name[:40]})
        if element.is_too_large:
            raise Malformed("question", _("This question is too large to be read. Split it, or shorten its texts."))
        return found(element)

    def _choice(self, element: Element) -> Asked:
        answers = element.all("answer")
        credits_ = [_credit(answer, place) for place, answer in enumerate(answers)]
        is_single = element.text_of("single").lower() not in {"false", "0"}
        if is_single:
            right = [place for place, credit in enumerate(credits_) if credit > 99]
            if any(0 < credit <= 99 for credit in credits_):
                self._warn(element.line, "fraction", _("Options that earn part of the credit count as wrong here."))
        else:
            right = [place for place, credit in enumerate(credits_) if credit > 0]
        content, answer_key = choices([_rich(answer) for answer in answers], right, [_feedback(answer) for answer in answers])
        if element.text_of("shuffleanswers").lower() in {"false", "0"}:
            content["keep_order"] = True
        return Asked("single" if is_single else "multiple", content, answer_key)

    def _truth(self, element: Element) -> Asked:
        feedback = {}
        right = set()
        for place, answer in enumerate(element.all("answer")):
            word = to_plain_text(answer.text).lower()
            if word not in {"true", "false"}:
                raise Malformed(f"answer {place + 1}", _("The answers of this type are “true” and “false”."))
            feedback[word] = _feedback(answer)
            if _credit(answer, place) > 99:
                right.add(word)
        if len(right) != 1:
            raise Malformed("answer", _("Mark either true or false as right."))
        return Asked("true_false", *truth("true" in right, feedback.get("true", ""), feedback.get("false", "")))

    def _short_text(self, element: Element) -> Asked:
        answers = [
            {
                "id": option_id(place),
                "text": _plain(answer),
                "credit": max(0, round(_credit(answer, place))),
                "feedback": _feedback(answer),
            }
            for place, answer in enumerate(element.all("answer"))
        ]
        key = {"heeds_case": element.text_of("usecase").lower() in {"1", "true"}, "forgives_slips": _own(element, "forgives_slips")}
        return Asked("short_text", {"answers": answers}, key)

    def _numeric(self, element: Element) -> Asked:
        answers, feedback = [], {}
        for place, answer in enumerate(element.all("answer")):
            value = _plain(answer)
            if value == "*":
                self._warn(element.line, f"answer {place + 1}", _("An answer for every other number is left out."))
                continue
            feedback[option_id(place)] = _feedback(answer)
            tolerance = answer.text_of("tolerance") or "0"
            credit = max(0, round(_credit(answer, place)))
            answers.append({"id": option_id(place), "value": value, "tolerance": tolerance, "credit": credit})
        return Asked("numeric", {"unit": self._unit(element), "feedback": feedback}, {"answers": answers})

    def _unit(self, element: Element) -> str:
        """The first unit that multiplies by one; numbers in others are not converted."""
        units = element.first("units")
        found = ""
        for unit in units.all("unit") if units else ():
            name = unit.text_of("unit_name")
            multiplier = unit.text_of("multiplier")
            is_one = bool(_NUMBER.fullmatch(multiplier)) and float(multiplier) == 1
            if is_one and not found:
                found = name
            elif name:
                message = _("Answers in “%(unit)s” are not converted here. Only one unit is kept.")
                self._warn(element.line, "unit", message % {"unit": name[:40]})
        return found

    def _matching(self, element: Element) -> Asked:
        things: list[dict[str, str]] = []
        matches: dict[str, dict[str, str]] = {}
        pairs = {}
        for place, part in enumerate(element.all("subquestion")):
            answer = part.first("answer")
            match = _rich(answer, "plain_text") if answer else ""
            if not normalised(match):
                raise Malformed(f"subquestion {place + 1}", _("Say what belongs to this."))
            match_id = matches.setdefault(normalised(match), {"id": f"m{len(matches)}", "text": match})["id"]
            if normalised(thing := _rich(part)):
                things.append({"id": option_id(len(things)), "text": thing})
                pairs[things[-1]["id"]] = match_id
        # What belongs to nothing comes last, wherever it stands in the file, under the letters after those of the things: so the same
        # pairs are always the same question.
        used = set(pairs.values())
        ordered = [match for match in matches.values() if match["id"] in used]
        spare = [match["text"] for match in matches.values() if match["id"] not in used]
        ordered += [{"id": option_id(len(things) + place), "text": text} for place, text in enumerate(spare)]
        return Asked("matching", {"things": things, "matches": ordered}, {"pairs": pairs})

    def _ordering(self, element: Element) -> Asked:
        answers = element.all("answer")
        places = [_credit(answer, place) for place, answer in enumerate(answers)]
        if len(set(places)) == len(places):
            answers = [answer for _place, answer in sorted(zip(places, answers, strict=True), key=lambda pair: pair[0])]
        ids = [*SCATTERED_IDS, *(option_id(place) for place in range(len(SCATTERED_IDS), len(answers)))]
        items = [{"id": item_id, "text": _rich(answer)} for item_id, answer in zip(ids, answers, strict=False)]
        return Asked("ordering", {"items": items}, {"order": [item["id"] for item in items]})

    def _cloze(self, element: Element) -> Asked:
        text = element.first("questiontext")
        marked, found = with_marks(text.text if text else "")
        if any(gap.kind in SEVERAL for gap in found):
            raise LeftOut(_("A gap with several right options cannot be imported. This question is left out."))
        if any(gap.partly for gap in found):
            self._warn(element.line, "fraction", _("Options that earn part of the credit count as wrong here."))
        if any(gap.has_tolerance for gap in found):
            self._warn(element.line, "tolerance", _("Numbers in gaps are typed as they are written: their tolerance is left out."))
        if any(gap.has_feedback for gap in found):
            self._warn(element.line, "feedback of gaps", _("The feedback of gaps is left out."))
        typed = {gap.kind for gap in found if not gap.is_list and gap.kind not in NUMBERS}
        if typed & TYPED and typed & TYPED_WITH_CASE:
            self._warn(element.line, "questiontext", _("Some gaps heed capitals and others do not. Here all of them do."))
        gaps = [
            {
                "id": f"gap-{number}",
                "accepted": list(gap.accepted),
                "others": _others((*gap.wrong, *gap.partly), gap.accepted) if gap.is_list else [],
            }
            for number, gap in enumerate(found, start=1)
        ]
        return self._gaps(element, marked, gaps, heeds_case=bool(typed & TYPED_WITH_CASE))

    def _lists(self, element: Element) -> Asked:
        """Gaps that are marked by the number of the right one in a list of words, each with those of the same group to choose from."""
        options = [*element.all("selectoption"), *element.all("dragbox")]
        words = [" ".join(to_plain_text(option.text).split()) for option in options]
        groups = [option.text_of("group") or "1" for option in options]
        gaps: list[dict[str, Any]] = []

        def mark(found: re.Match[str]) -> str:
            number = int(found[1])
            if not 1 <= number <= len(options):
                raise Malformed("questiontext", _("The gap [[%(number)d]] names none of the options.") % {"number": number})
            right = words[number - 1]
            others = [word for word, group in zip(words, groups, strict=True) if group == groups[number - 1]]
            gaps.append({"id": f"gap-{len(gaps) + 1}", "accepted": [right], "others": _others(others, [right])})
            return f"[[gap-{len(gaps)}]]"

        text = element.first("questiontext")
        return self._gaps(element, _MARK.sub(mark, text.text if text else ""), gaps, heeds_case=False)

    def _gaps(self, element: Element, marked: str, gaps: list[dict[str, Any]], *, heeds_case: bool) -> Asked:
        """What stands before the first paragraph with a gap asks; without that, the name of the question does."""
        text = element.first("questiontext")
        pieces = paragraphs_of(rich(marked, text.attributes.get("format", "") if text else ""))
        first = next((place for place, piece in enumerate(pieces) if "[[gap-" in piece), 0)
        filled = plain_of_paragraphs(pieces[first:])
        words = parted("".join(pieces[:first]))
        if not words[1]:
            name = " ".join(to_plain_text(element.text_of("name")).split())
            words = ("", name or re.sub(r"\[\[gap-\d+\]\]", "____", " ".join(filled.split()))[:_LONGEST_NAME])
        key = {"heeds_case": heeds_case or _own(element, "heeds_case"), "forgives_slips": _own(element, "forgives_slips")}
        return Asked("gap", {"text": filled, "gaps": gaps}, key, words)


def _credit(answer: Element, place: int) -> float:
    """The share of full marks that an answer earns, in per cent; below 0 where it costs marks."""
    fraction = answer.attributes.get("fraction", "0").strip() or "0"
    if not _NUMBER.fullmatch(fraction):
        raise Malformed(f"answer {place + 1}", _("The fraction “%(fraction)s” is not a number.") % {"fraction": fraction[:20]})
    return float(fraction)


def _rich(element: Element, default_format: str = "") -> str:
    return rich(element.text, element.attributes.get("format", default_format))


def rich_in(element: Element, name: str) -> str:
    """Clean rich text of the first child called `name`; empty where there is none."""
    child = element.first(name)
    return _rich(child) if child else ""


def _feedback(answer: Element) -> str:
    return rich_in(answer, "feedback")


def _plain(answer: Element) -> str:
    """The text of an answer that a person types; no HTML, whatever its format says."""
    return " ".join(answer.text.split())


def _own(element: Element, name: str) -> bool:
    """A switch that we wrote and Moodle does not have."""
    own = element.first(OWN)
    return own is not None and own.attributes.get(name) == "true"


def _others(words: Sequence[str], right: Sequence[str]) -> list[str]:
    """Those of `words` that say something else than the right ones."""
    taken = {"", *map(normalised_words, right)}
    return [word for word in words if normalised_words(word) not in taken]

"""What an author may want to look at in a question that can be asked as it is. Pure: words in, findings out.

A kind's `parse` refuses what cannot be judged; findings refuse nothing. They point at what makes an answer easy to guess or hard to read.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from reinforcement.questions.kinds.base import Json
from reinforcement.questions.kinds.true_false import WORDS
from reinforcement.questions.letters import place_reference
from reinforcement.questions.rich_text import to_plain_text
from reinforcement.questions.sameness import normalised

LONGEST_PROMPT = 220
LONGEST_SITUATION = 700
MOST_OPTIONS = 6
LONGEST_TO_SHORTEST = 2.0
# "Yes" beside "Not yet" says nothing about which is right: below this length a difference does not show.
SHORTEST_THAT_COUNTS = 15
RIGHT_TO_NEXT = 1.3
NEARLY_EQUAL = 90.0
MOST_RIGHT_LONGEST = 0.4
# With fewer questions one more or less moves the share too far to mean anything.
FEWEST_FOR_A_SHARE = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` never changes; `field` is a path into the question as in `Problem`; `message` tells the author what to do."""

    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A question in one language. Content and answer key as their kind's `parse` gives them back."""

    kind: str
    answer_key: Json
    language: str
    prompt: str
    content: Json
    situation: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class _Option:
    """Something to choose, in plain words. `is_right` is None where that depends on what it is matched with."""

    field: str
    words: str
    is_right: bool | None


_Check = Callable[[Draft], Iterable[Finding]]


def lint(draft: Draft, *, present: Collection[str] = (), wanted: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What to look at in `draft`, in the order of the author's form; then the `wanted` languages which are not `present`."""
    findings = [finding for check in _CHECKS for finding in check(draft)]
    for language in wanted:
        if language != draft.language and language not in present:
            message = _("The wording in %(language)s is missing. Add it, so that everybody can answer in their own language.")
            findings.append(Finding("language_missing", f"wordings.{language}", message % {"language": _name(language)}))
    return tuple(findings)


def lint_set(drafts: Iterable[Draft]) -> tuple[Finding, ...]:
    """What to look at over many questions together, language by language; `field` is the language.

    The place of the right option is no matter: answers are shuffled for each person.
    """
    singles: dict[str, list[bool]] = {}
    for draft in drafts:
        if draft.kind == "single":
            singles.setdefault(draft.language, []).append(_is_right_longest(draft))
    findings = []
    for language, longest in singles.items():
        share = sum(longest) / len(longest)
        if len(longest) >= FEWEST_FOR_A_SHARE and share > MOST_RIGHT_LONGEST:
            message = _(
                "In %(language)s the right answer is the longest in %(share)d %% of the questions with one right answer. "
                "Shorten some right answers, or say more in the wrong ones."
            ) % {"share": round(share * 100), "language": _name(language)}
            findings.append(Finding("right_often_longest", language, message))
    return tuple(findings)


def _long_situation(draft: Draft) -> Iterator[Finding]:
    if len(to_plain_text(draft.situation)) > LONGEST_SITUATION:
        message = _("The situation is long for a phone. Try to tell it in at most %(longest)d characters.") % {"longest": LONGEST_SITUATION}
        yield Finding("situation_long", "situation", message)


def _long_prompt(draft: Draft) -> Iterator[Finding]:
    if len(draft.prompt) > LONGEST_PROMPT:
        message = _("The question is long. Ask it in one sentence of at most %(longest)d characters; the situation can hold the rest.")
        yield Finding("prompt_long", "prompt", message % {"longest": LONGEST_PROMPT})


# What somebody else is quoted with is theirs, and "true or not" only names the two answers.
_NO_NEGATION = re.compile(
    r"“[^”]*”|«[^»]*»|\"[^\"]*\""
    r"|\btrue or (?:not(?: true)?)\b|\bwaar of niet(?: waar)?\b|\bnot only\b|\bniet (?:alleen|enkel)\b",
    re.IGNORECASE,
)
_NEGATIONS = {
    "en": re.compile(r"\b(?:not|cannot|never|except)\b|\b\w+n['’]t\b", re.IGNORECASE),  # noqa: RUF001
    "nl": re.compile(r"\b(?:niet|nooit|geen|behalve|uitgezonderd)\b", re.IGNORECASE),
    # "ne … que" restricts and does not negate: so the second word decides.
    "fr": re.compile(
        r"\b(?:ne\s|n['’])[^.?!;:]*?\b(?:pas|jamais|aucune?|rien|personne)\b"  # noqa: RUF001
        r"|\b(?:sauf|excepté|hormis)\b|\bà l['’]exception d",  # noqa: RUF001
        re.IGNORECASE,
    ),
}


def _negation(draft: Draft) -> Iterator[Finding]:
    pattern = _NEGATIONS.get(draft.language)
    if pattern and (found := pattern.search(_NO_NEGATION.sub(" ", draft.prompt))):
        message = _("“%(words)s” in the question is easily overlooked. Ask for what is right or what helps.") % {"words": found[0].strip()}
        yield Finding("prompt_negation", "prompt", message)


def _many_options(draft: Draft) -> Iterator[Finding]:
    for options in _groups(draft):
        if len(options) > MOST_OPTIONS:
            message = _("%(count)d answers are much to read on a phone. Keep at most %(most)d, those that people really choose.")
            yield Finding("options_many", _list_of(options), message % {"count": len(options), "most": MOST_OPTIONS})


def _unequal_lengths(draft: Draft) -> Iterator[Finding]:
    for options in _groups_to_choose_from(draft):
        lengths = [len(option.words) for option in options if len(option.words) >= SHORTEST_THAT_COUNTS]
        if lengths and max(lengths) > LONGEST_TO_SHORTEST * min(lengths):
            message = _("The longest answer is more than twice the shortest, and draws the eye. Bring them closer together.")
            yield Finding("options_unequal", _list_of(options), message)


def _right_stands_out(draft: Draft) -> Iterator[Finding]:
    for options in _groups_to_choose_from(draft):
        *_shorter, next_one, longest = sorted(options, key=lambda option: len(option.words))
        shows = len(longest.words) >= SHORTEST_THAT_COUNTS and len(longest.words) > RIGHT_TO_NEXT * len(next_one.words)
        if longest.is_right and shows:
            message = _("The right answer is clearly the longest, so that it can be guessed. Shorten it, or say more in a wrong one.")
            yield Finding("right_longest", longest.field, message)


def _all_above(draft: Draft) -> Iterator[Finding]:
    for option in _options(draft):
        if found := place_reference(option.words):
            message = _("“%(words)s” names other answers by their place, and answers are shuffled. Write out what is meant.")
            yield Finding("option_place", option.field, message % {"words": found})


_ABSOLUTES = {
    "en": re.compile(r"\b(?:always|never|under no circumstances|no matter what|without exception)\b", re.IGNORECASE),
    # "Nog altijd" says still.
    "nl": re.compile(r"(?<!\bnog )\baltijd\b|\b(?:nooit|in geen geval|onder geen beding|zonder uitzondering)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:toujours|jamais|en aucun cas|à tout prix|sans exception)\b", re.IGNORECASE),
}


def _absolute_words(draft: Draft) -> Iterator[Finding]:
    pattern = _ABSOLUTES.get(draft.language)
    for option in _options(draft):
        if pattern and option.is_right is False and (found := pattern.search(option.words)):
            message = _("“%(words)s” gives a wrong answer away, because few things are that absolute. Write what people really do.") % {
                "words": found[0]
            }
            yield Finding("option_absolute", option.field, message)


def _nearly_equal(draft: Draft) -> Iterator[Finding]:
    for options in _groups(draft):
        for first, second in combinations(options, 2):
            if _says_the_same(first.words, second.words):
                message = _("This says almost the same as “%(words)s”. Make the difference plain, or leave one out.")
                yield Finding("options_alike", second.field, message % {"words": first.words})


def _says_the_same(first: str, second: str) -> bool:
    """Whether two texts are equal but for a letter or a word; where their numbers differ, the number is the answer."""
    first, second = normalised(first), normalised(second)
    return re.findall(r"\d+", first) == re.findall(r"\d+", second) and fuzz.ratio(first, second) >= NEARLY_EQUAL


def _missing_feedback(draft: Draft) -> Iterator[Finding]:
    for field, feedback in _wrong_feedback(draft):
        if not to_plain_text(feedback):
            message = _("Say in one sentence what happens when somebody does this: people learn most from a wrong answer.")
            yield Finding("feedback_missing", field, message)


def _wrong_feedback(draft: Draft) -> Iterator[tuple[str, str]]:
    """The place and the feedback of each answer that earns less than full marks, where the kind has feedback for each."""
    content, key = draft.content, draft.answer_key
    match draft.kind:
        case "single" | "multiple":
            for place, option in enumerate(content["options"]):
                if option["id"] not in key["right"]:
                    yield f"options.{place}.feedback", option["feedback"]
        case "true_false":
            for option_id in WORDS:
                if option_id not in key["right"]:
                    yield f"feedback.{option_id}", content["feedback"][option_id]
        case "short_text":
            for place, answer in enumerate(content["answers"]):
                if answer["credit"] < 100:
                    yield f"answers.{place}.feedback", answer["feedback"]
        case "numeric":
            for answer in key["answers"]:
                if answer["credit"] < 100:
                    yield f"feedback.{answer['id']}", content["feedback"][answer["id"]]


def _missing_explanation(draft: Draft) -> Iterator[Finding]:
    if not to_plain_text(draft.explanation):
        message = _("Add an explanation: why this is right, and what to do next time. It is what people remember.")
        yield Finding("explanation_missing", "explanation", message)


_CHECKS: tuple[_Check, ...] = (
    _long_situation,
    _long_prompt,
    _negation,
    _many_options,
    _unequal_lengths,
    _right_stands_out,
    _all_above,
    _absolute_words,
    _nearly_equal,
    _missing_feedback,
    _missing_explanation,
)


def _is_right_longest(draft: Draft) -> bool:
    """Whether the right option of a single question is longer than every wrong one."""
    [options] = _groups(draft)
    longest_wrong = max(len(option.words) for option in options if not option.is_right)
    return any(len(option.words) > longest_wrong for option in options if option.is_right)


def _name(language: str) -> str:
    return get_language_info(language)["name_translated"]


def _options(draft: Draft) -> list[_Option]:
    return [option for group in _groups(draft) for option in group]


def _groups_to_choose_from(draft: Draft) -> list[list[_Option]]:
    """The groups in which some are right and others wrong: only there does a length say anything."""
    return [options for options in _groups(draft) if {option.is_right for option in options} >= {True, False}]


def _groups(draft: Draft) -> list[list[_Option]]:
    """What is offered together: the options, the choices of a gap, the items, the things and the matches. None where one types."""
    content = draft.content
    match draft.kind:
        case "single" | "multiple":
            right = draft.answer_key["right"]
            return [_read(content, "options", lambda option_id: option_id in right)]
        case "gap":
            return [_choices(gap, place) for place, gap in enumerate(content["gaps"]) if gap["others"]]
        case "ordering":
            return [_read(content, "items", lambda _id: None)]
        case "matching":
            return [_read(content, name, lambda _id: None) for name in ("things", "matches")]
    return []


def _read(content: Json, name: str, is_right: Callable[[str], bool | None]) -> list[_Option]:
    return [_Option(f"{name}.{place}.text", to_plain_text(one["text"]), is_right(one["id"])) for place, one in enumerate(content[name])]


def _choices(gap: dict[str, Any], place: int) -> list[_Option]:
    """What a gap lets people choose from. Of the accepted texts only the first is shown."""
    others = [_Option(f"gaps.{place}.others", words, False) for words in gap["others"]]
    return [_Option(f"gaps.{place}.accepted", gap["accepted"][0], True), *others]


def _list_of(options: Sequence[_Option]) -> str:
    """The field of the list in which these options stand: `options` of `options.2.text`, `gaps.0` of `gaps.0.others`."""
    field = options[0].field
    return ".".join(field.split(".")[:2]) if field.startswith("gaps.") else field.split(".")[0]

"""Pieces that several kinds share.

From an author's input: ids, switches, credits, rich text; each `parse_` adds what is wrong to `problems`. From a person's: what was typed.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from django.utils.translation import gettext as _

from reinforcement.questions.kinds.base import FormData, Json, Problem, as_object
from reinforcement.questions.rich_text import clean_html
from reinforcement.questions.sameness import normalised

T = TypeVar("T")
_ID = re.compile(r"[a-z0-9_-]{1,16}")


def shuffled(things: Iterable[T], seed: str, name_of: Callable[[T], str]) -> list[T]:
    """The things in an order that belongs to the seed, whatever order they come in."""
    return sorted(things, key=lambda thing: hashlib.sha256(f"{seed}\n{name_of(thing)}".encode()).digest())


def posted_text(posted: FormData, field: str) -> str:
    """What the form holds in the field; empty where it has none."""
    return next(iter(posted.getlist(field)), "")


def as_typed(value: object) -> str:
    """What a person typed, in one line without space around it; empty where it is no text."""
    return " ".join(value.replace("\0", "").split()) if isinstance(value, str) else ""


def parse_id(given: Json, field: str, taken: Collection[str], problems: list[Problem]) -> str:
    """The id of the thing at `field`; one that cannot be is replaced by one that nothing else has."""
    found = given.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        problems.append(Problem(f"{field}.id", _("An option needs a short id of small letters and digits.")))
        return f"?{field}"
    if found in taken:
        problems.append(Problem(f"{field}.id", _("Two options have the same id.")))
    return found


def parse_things(content: Json, name: str, fewest: int, most: int, problems: list[Problem]) -> list[dict[str, str]]:
    """Id and rich text of each of the things in the list `name`, none of them empty or the same as another."""
    given = content.get(name)
    if not isinstance(given, list) or not fewest <= len(given) <= most:
        problems.append(Problem(name, _("Give %(fewest)d to %(most)d of them.") % {"fewest": fewest, "most": most}))
        return []
    things: list[dict[str, str]] = []
    first_with: dict[str, int] = {}
    for place, one in enumerate(given):
        field, thing = f"{name}.{place}", as_object(one)
        text = parse_rich(thing, "text", field, problems)
        key = normalised(text)
        if not key:
            problems.append(Problem(f"{field}.text", _("This is empty.")))
        elif key in first_with:
            problems.append(Problem(f"{field}.text", _("This says the same as number %(number)d.") % {"number": first_with[key] + 1}))
        first_with.setdefault(key, place)
        things.append({"id": parse_id(thing, field, [other["id"] for other in things], problems), "text": text})
    return things


def parse_rich(given: Json, name: str, field: str, problems: list[Problem]) -> str:
    """The rich text `name` of the thing at `field`, cleaned; empty where there is none."""
    text = given.get(name, "")
    if not isinstance(text, str):
        problems.append(Problem(f"{field}.{name}", _("This is not text.")))
        return ""
    return clean_html(text)


def parse_switch(given: Json, name: str, problems: list[Problem], *, default: bool = False) -> bool:
    """Whether `name` is on."""
    value = as_object(given).get(name, default)
    if not isinstance(value, bool):
        problems.append(Problem(name, _("Say yes or no.")))
        return default
    return value


def parse_credit(given: Json, field: str, problems: list[Problem]) -> int:
    """Per cent of full marks that the answer at `field` earns, 100 where nothing is said."""
    credit = given.get("credit", 100)
    if isinstance(credit, bool) or not isinstance(credit, int) or not 0 <= credit <= 100:
        problems.append(Problem(f"{field}.credit", _("Credit is a whole number from 0 to 100.")))
        return 0
    return credit

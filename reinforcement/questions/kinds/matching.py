"""Things that each belong to one of others.

answer_key: {"pairs": {"a": "9c1f03ab", "b": "02dd71e8"}}, from each thing to what belongs to it
content:    {"things": [{"id": "a", "text": "<p>.."}], "matches": [{"id": "9c1f03ab", "text": "<p>.."}]}
response:   {"pairs": {"a": "02dd71e8", "b": "9c1f03ab"}}

A match may belong to several things, or to none. Its id is made of the first thing that it belongs to, whatever it was called; it stands in
the order of the things, and what belongs to nothing comes last. So the same pairs are always the same JSON.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reinforcement.questions.kinds.base import (
    ContentError,
    FormData,
    Json,
    Judgement,
    Parsed,
    Problem,
    ResponseError,
    Shares,
    Text,
    as_object,
)
from reinforcement.questions.kinds.pieces import parse_things, posted_text, shuffled
from reinforcement.questions.rich_text import clean_html, to_plain_text

FEWEST_THINGS, MOST_THINGS = 2, 12
MOST_MATCHES = 20


@dataclass(frozen=True, slots=True)
class ShownThing:
    id: str
    text: str

    @property
    def field(self) -> str:
        """Of the page's form, in which its match is chosen."""
        return f"match-{self.id}"


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """What may belong to a thing, in plain words: it stands in a list to choose from."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownMatching:
    things: tuple[ShownThing, ...]
    matches: tuple[ShownMatch, ...]
    instruction: Text


@dataclass(frozen=True, slots=True)
class CheckedThing:
    id: str
    text: str
    chosen: str
    """The words of what the person chose."""
    right: str
    is_right: bool


class Matching:
    name = "matching"
    label: Text = gettext_lazy("Match")
    template = "reinforcement/kinds/matching.html"
    editor = "reinforcement/kinds/matching_editor.html"
    instruction: Text = gettext_lazy("Choose what belongs to each.")

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        content = as_object(content)
        things = parse_things(content, "things", FEWEST_THINGS, MOST_THINGS, problems)
        matches = parse_things(content, "matches", FEWEST_THINGS, MOST_MATCHES, problems)
        given = as_object(as_object(answer_key).get("pairs"))
        ids = [thing["id"] for thing in things]
        pairs: dict[str, str] = {}
        for place, thing_id in enumerate(ids):
            pairs[thing_id] = str(given.get(thing_id))
            if pairs[thing_id] not in [match["id"] for match in matches]:
                problems.append(Problem(f"things.{place}.text", _("Say what belongs to this.")))
        if set(given) - set(ids):
            problems.append(Problem("pairs", _("A pair names something that is not there.")))
        if problems:
            raise ContentError(problems)
        used = list(dict.fromkeys(pairs[thing_id] for thing_id in ids))
        texts = {match["id"]: match["text"] for match in matches}
        names = _names(ids, pairs, [*used, *(match_id for match_id in texts if match_id not in used)])
        renamed = [{"id": name, "text": texts[match_id]} for match_id, name in names.items()]
        return Parsed(
            {"things": things, "matches": renamed}, {"pairs": {thing_id: names[match_id] for thing_id, match_id in pairs.items()}}
        )

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        return self.check_response(
            {"pairs": {thing["id"]: posted_text(posted, f"match-{thing['id']}") for thing in content["things"]}}, content
        )

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        pairs = as_object(as_object(response).get("pairs"))
        things, matches = ([one["id"] for one in content[name]] for name in ("things", "matches"))
        chosen = {thing_id: pairs.get(thing_id) for thing_id in things}
        if not all(chosen.values()):
            raise ResponseError(self.instruction)
        if set(pairs) - set(things) or any(match_id not in matches for match_id in chosen.values()):
            raise ResponseError(_("One of the answers is not part of this question. Load the page again and choose once more."))
        return {"pairs": chosen}

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """The share of the things to which the person gave what belongs to them."""
        return Judgement.of(_right(answer_key, response) / len(answer_key["pairs"]))

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        return {"pairs": dict(answer_key["pairs"])}

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        return _("%(found)d of the %(right)d that fit.") % {"found": _right(answer_key, response), "right": len(answer_key["pairs"])}

    def show(self, content: Json, seed: str) -> ShownMatching:
        """Things in the author's order, what may belong to them in an order of the seed's own."""
        things = tuple([ShownThing(thing["id"], clean_html(thing["text"])) for thing in content["things"]])
        matches = shuffled(content["matches"], seed, itemgetter("id"))
        return ShownMatching(things, tuple([ShownMatch(match["id"], _words(match)) for match in matches]), self.instruction)

    def show_checked(
        self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None
    ) -> tuple[CheckedThing, ...]:
        words = {match["id"]: _words(match) for match in content["matches"]}
        right, chosen = answer_key["pairs"], response["pairs"]
        return tuple(
            [
                CheckedThing(
                    thing_id,
                    clean_html(thing["text"]),
                    words[chosen[thing_id]],
                    words[right[thing_id]],
                    right[thing_id] == chosen[thing_id],
                )
                for thing in content["things"]
                for thing_id in [thing["id"]]
            ]
        )

    def ids(self, content: Json) -> frozenset[str]:
        return frozenset(f"{name}-{one['id']}" for name in ("things", "matches") for one in content[name])


def _names(things: Sequence[str], pairs: Mapping[str, str], matches: Sequence[str]) -> dict[str, str]:
    """The id that each match gets, in the order of `matches`: by the first thing it belongs to, else by its place among the others."""
    belongs: dict[str, str] = {}
    for thing_id in things:
        belongs.setdefault(pairs[thing_id], opaque_id(thing_id))
    others = (opaque_id(f"none {number}") for number in range(MOST_MATCHES))
    return {match_id: belongs.get(match_id) or next(others) for match_id in matches}


def opaque_id(name: str) -> str:
    """An id that does not show what it was made of: it stands in the page before the answer is checked."""
    return hashlib.sha256(f"match {name}".encode()).hexdigest()[:8]


def _right(answer_key: Json, response: Json) -> int:
    return sum(response["pairs"][thing_id] == match_id for thing_id, match_id in answer_key["pairs"].items())


def _words(match: Json) -> str:
    return " ".join(to_plain_text(clean_html(match["text"])).split())

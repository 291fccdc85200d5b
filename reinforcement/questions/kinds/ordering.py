"""Things to put into an order.

answer_key: {"order": ["b", "a", "c"]}, from the first to the last
content:    {"items": [{"id": "a", "text": "<p>.."}]}
response:   {"order": ["a", "b", "c"]}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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
from reinforcement.questions.rich_text import clean_html

FEWEST_ITEMS, MOST_ITEMS = 2, 12
# Ids for items that are given in their right order: they stand in the page before the answer is checked, and must not show it.
SCATTERED_IDS = "kqdxbmzhtwrf"


@dataclass(frozen=True, slots=True)
class ShownItem:
    id: str
    text: str

    @property
    def place_field(self) -> str:
        """Of the page's form, in which a person without scripts says its place."""
        return f"place-{self.id}"


@dataclass(frozen=True, slots=True)
class ShownOrder:
    items: tuple[ShownItem, ...]
    instruction: Text


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """An item in the right order: whether the person put it right after the one before it, and at which place (from 1)."""

    id: str
    text: str
    place: int
    follows: bool


class Ordering:
    name = "ordering"
    label: Text = gettext_lazy("Put in order")
    template = "reinforcement/kinds/ordering.html"
    editor = "reinforcement/kinds/ordering_editor.html"
    instruction: Text = gettext_lazy("Put these in the right order, the first one on top.")

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        items = parse_things(as_object(content), "items", FEWEST_ITEMS, MOST_ITEMS, problems)
        ids = [item["id"] for item in items]
        order = as_object(answer_key).get("order")
        if not _names_each(order, ids):
            problems.append(Problem("order", _("The right order names each item once.")))
        if problems:
            raise ContentError(problems)
        return Parsed({"items": items}, {"order": order})

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        """The order of the posted items; without a script, that of the places which the person chose for them."""
        ids = posted.getlist("answer")
        places = [posted_text(posted, f"place-{item_id}") for item_id in ids]
        if any(places):
            if sorted(places) != sorted(str(number + 1) for number in range(len(ids))):
                raise ResponseError(_("Give each item a place of its own."))
            ids = [item_id for _place, item_id in sorted(zip(map(int, places), ids, strict=True))]
        return self.check_response({"order": ids}, content)

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        order = as_object(response).get("order")
        ids = [item["id"] for item in content["items"]]
        if not isinstance(order, list) or not order:
            raise ResponseError(self.instruction)
        if not _names_each(order, ids):
            raise ResponseError(_("The items are not those of this question. Load the page again and put them in order once more."))
        return {"order": order}

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """The share of neighbours that stand one right after the other: an order that is right but for one item earns most of it."""
        return Judgement.of(_followed(answer_key, response) / (len(answer_key["order"]) - 1))

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        return {"order": list(answer_key["order"])}

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        followed, steps = _followed(answer_key, response), len(answer_key["order"]) - 1
        words = {"followed": followed, "steps": steps}
        return ngettext("%(followed)d of %(steps)d step is right.", "%(followed)d of %(steps)d steps are right.", steps) % words

    def show(self, content: Json, seed: str) -> ShownOrder:
        """The items in an order of the seed's own."""
        items = shuffled(content["items"], seed, itemgetter("id"))
        return ShownOrder(tuple([ShownItem(item["id"], clean_html(item["text"])) for item in items]), self.instruction)

    def show_checked(
        self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None
    ) -> tuple[CheckedItem, ...]:
        """In the right order."""
        texts = {item["id"]: clean_html(item["text"]) for item in content["items"]}
        given = response["order"]
        before = {second: first for first, second in pairwise(given)}
        right = answer_key["order"]
        return tuple(
            [
                CheckedItem(item_id, texts[item_id], given.index(item_id) + 1, before.get(item_id) == (right[place - 1] if place else None))
                for place, item_id in enumerate(right)
            ]
        )

    def ids(self, content: Json) -> frozenset[str]:
        return frozenset(item["id"] for item in content["items"])


def _names_each(order: object, ids: Sequence[str]) -> bool:
    """Whether `order` is a list that holds each of the ids once, as the text that it is, and nothing else."""
    return isinstance(order, list) and all(isinstance(one, str) for one in order) and sorted(order) == sorted(ids)


def _followed(answer_key: Json, response: Json) -> int:
    right = set(pairwise(answer_key["order"]))
    return sum(pair in right for pair in pairwise(response["order"]))

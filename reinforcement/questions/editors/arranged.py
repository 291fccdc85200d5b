"""The author's things of the kinds in which they are arranged: put in order, matched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from reinforcement.questions.editors.base import AnswersInRows, Row, first_ids, posted_ids
from reinforcement.questions.forms import LONGEST_TEXT
from reinforcement.questions.kinds import matching, ordering
from reinforcement.questions.kinds.base import Kind, Problem
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich

BLANK_ROWS = 3


@dataclass(slots=True)
class ItemRow(Row):
    """A thing to put in order."""

    text: str = ""
    original: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.text.strip() or self.original)


@dataclass
class OrderingAnswers(AnswersInRows):
    """Things in the order that is right."""

    fewest, most = ordering.FEWEST_ITEMS, ordering.MOST_ITEMS

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind, rows=[ItemRow(row_id) for row_id in ordering.SCATTERED_IDS[:BLANK_ROWS]])

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        texts = {item["id"]: typed_from_rich(item["text"]) for item in content["items"]}
        return cls(kind, rows=[ItemRow(item_id, texts[item_id]) for item_id in answer_key["order"]])

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        ids = posted_ids(posted, ordering.MOST_ITEMS)
        return cls(kind, rows=[ItemRow(row_id, _posted(posted, "text", row_id)) for row_id in ids]) if ids else cls.blank(kind)

    def new_row(self, row_id: str) -> ItemRow:
        taken = {row.id for row in self.rows}
        return ItemRow(next((letter for letter in ordering.SCATTERED_IDS if letter not in taken), row_id))

    @property
    def content(self) -> dict[str, Any]:
        # In the order of their ids, so that an order that is mended changes the key alone.
        return {"items": [{"id": row.id, "text": rich_from_typed(row.text)} for row in sorted(self.rows, key=lambda row: row.id)]}

    @property
    def shown_content(self) -> dict[str, Any]:
        return {"items": [item for item in self.content["items"] if item["text"]]}

    @property
    def answer_key(self) -> dict[str, Any]:
        return {"order": [row.id for row in self.rows]}

    def take(self, problem: Problem) -> bool:
        if problem.field.startswith("items."):
            _name, place, *_rest = problem.field.split(".")
            row_id = self.content["items"][int(place)]["id"]
            next(row for row in self.rows if row.id == row_id).errors.append(str(problem.message))
            return True
        return self.take_at_row(problem, "items") or self.take_at_row(problem, "order")

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        texts = {row.id: row.text for row in other.rows} if other else {}
        for row in self.rows:
            row.original = row.text
            row.text = texts.get(row.id, "") if posted is None else _posted(posted, "text", row.id)


@dataclass(slots=True)
class PairRow(Row):
    """A thing and what belongs to it. Without a thing, something that belongs to none of them."""

    text: str = ""
    match: str = ""
    original: str = ""
    original_match: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.text.strip() or self.match.strip() or self.original or self.original_match)


@dataclass
class MatchingAnswers(AnswersInRows):
    """Pairs, one in each line. The same match in two lines belongs to both."""

    fewest, most = matching.FEWEST_THINGS, matching.MOST_MATCHES

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind, rows=[PairRow(row_id) for row_id in first_ids(BLANK_ROWS)])

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        matches = {match["id"]: typed_from_rich(match["text"]) for match in content["matches"]}
        pairs = answer_key["pairs"]
        rows = [PairRow(thing["id"], typed_from_rich(thing["text"]), matches[pairs[thing["id"]]]) for thing in content["things"]]
        others = [match["id"] for match in content["matches"] if match["id"] not in pairs.values()]
        return cls(kind, rows=rows + [PairRow(match_id, "", matches[match_id]) for match_id in others])

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        ids = posted_ids(posted, matching.MOST_MATCHES)
        if not ids:
            return cls.blank(kind)
        return cls(kind, rows=[PairRow(row_id, _posted(posted, "text", row_id), _posted(posted, "match", row_id)) for row_id in ids])

    def new_row(self, row_id: str) -> PairRow:
        return PairRow(row_id)

    @property
    def content(self) -> dict[str, Any]:
        things = [{"id": row.id, "text": rich_from_typed(row.text)} for row in self.rows if row.text.strip()]
        matches = [{"id": match_id, "text": rich_from_typed(text)} for text, match_id in self._matches().items()]
        return {"things": things, "matches": matches}

    def _matches(self) -> dict[str, str]:
        """Each text that belongs to something or to nothing, with its id: that of the first line that has it."""
        found: dict[str, str] = {}
        for row in self.rows:
            if text := row.match.strip():
                found.setdefault(text, row.id)
        return found

    @property
    def answer_key(self) -> dict[str, Any]:
        matches = self._matches()
        return {"pairs": {row.id: matches[row.match.strip()] for row in self.rows if row.text.strip() and row.match.strip()}}

    def take(self, problem: Problem) -> bool:
        name, *place = problem.field.split(".")
        if name == "things" and place:
            [row for row in self.rows if row.text.strip()][int(place[0])].errors.append(str(problem.message))
        elif name == "matches" and place:
            match_id = self.content["matches"][int(place[0])]["id"]
            next(row for row in self.rows if row.id == match_id).errors.append(str(problem.message))
        elif name in ("things", "matches", "pairs"):
            self.errors.append(str(problem.message))
        else:
            return False
        return True

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        texts = {row.id: (row.text, row.match) for row in other.rows} if other else {}
        for row in self.rows:
            row.original, row.original_match = row.text, row.match
            if posted is not None:
                row.text, row.match = _posted(posted, "text", row.id), _posted(posted, "match", row.id)
            else:
                row.text, row.match = texts.get(row.id, ("", ""))


def _posted(posted: QueryDict, name: str, row_id: str) -> str:
    return posted.get(f"{name}-{row_id}", "")[:LONGEST_TEXT]

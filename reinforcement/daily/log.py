"""The log of answers as folds read it: row by row, each one checked before anything is made of it."""

import math
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, F, QuerySet

from reinforcement.daily.models import Answer, DailySet

ROWS_AT_ONCE = 2_000


class LogError(Exception):
    """The log holds what no answer can have written. The message names the row by its id, and nobody."""


class LogRow(NamedTuple):
    """An answer with what the fold of memory needs beside it.

    `number` is that of the version that was shown, `meaning_since` that of the question now, `set_on` the local date of the set.
    """

    pk: int
    organization_id: int
    member_id: int
    question_id: int
    competency_id: int
    team_id: int
    verdict: str
    predicted: float | None
    easiness: float | None
    due_on: date | None
    retires: bool
    is_first: bool
    answered_at: datetime
    received_at: datetime
    number: int
    meaning_since: int
    set_on: date
    version_question_id: int
    member_organization_id: int

    @property
    def is_right(self) -> bool:
        return self.verdict == Answer.Verdict.RIGHT


_BESIDE = {
    "number": "version__number",
    "meaning_since": "question__meaning_since",
    "set_on": "item__daily_set__local_date",
    "version_question_id": "version__question_id",
    "member_organization_id": "member__organization_id",
}
_COLUMNS = [_BESIDE.get(name, name) for name in LogRow._fields]
_VERDICTS = set(Answer.Verdict.values)


def read(answers: QuerySet[Answer]) -> Iterator[LogRow]:
    """The answers in their order, streamed. Raises LogError at the first one that cannot be, or that names a row that is not there.

    Two statements; one more where a row is missing.
    """
    expected = answers.order_by().count()
    rows = answers.values_list(*_COLUMNS)
    found = 0
    for values in rows.iterator(chunk_size=ROWS_AT_ONCE):
        row = LogRow._make(values)
        if reason := _flaw(row):
            raise LogError(f"answer {row.pk}: {reason}")
        found += 1
        yield row
    # A join leaves out a row whose other side is not there. Rows that were written meanwhile make more, never fewer.
    if found < expected:
        missing = answers.exclude(pk__in=rows.order_by().values("pk")).order_by("pk").values_list("pk", flat=True).first()
        raise LogError(f"answer {missing}: its version, its question or its set is not there")


def check_place(row: LogRow, *, is_known: bool) -> None:
    """Raises LogError where the row says that it is the first of its person and question and is not, or that it is not and is."""
    if row.is_first == is_known:
        told = "there are earlier ones to it" if is_known else "it is not the first one to its question, and an earlier one is missing"
        raise LogError(f"answer {row.pk}: {told}")


def check_sets(members: Collection[int]) -> None:
    """Raises LogError where a set of these members has counted other answers than are there: one was taken out or put in."""
    sets = DailySet.objects.filter(member_id__in=members).annotate(found=Count("items__answer")).exclude(answered=F("found"))
    if (wrong := sets.order_by("pk").values_list("pk", "answered", "found").first()) is not None:
        pk, answered, found = wrong
        raise LogError(f"set {pk}: {answered} answers were counted and {found} are there")


def _flaw(row: LogRow) -> str:
    if row.predicted is not None and not 0 <= row.predicted <= 1:
        return "its prediction is no probability"
    if row.easiness is not None and not math.isfinite(row.easiness):
        return "its easiness is no number"
    if row.verdict not in _VERDICTS:
        return "its verdict is none"
    if row.version_question_id != row.question_id:
        return "its version belongs to another question"
    if row.member_organization_id != row.organization_id:
        return "its member belongs to another organization"
    return ""

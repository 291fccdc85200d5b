"""Rows with a first day and an end: which one is in force, and how the next one follows it."""

from collections.abc import Mapping
from datetime import date

from django.db import models
from django.db.models import Q

# Below the number of parameters that every database takes in one statement.
_MEMBERS_AT_A_TIME = 500


def in_force(day: date, prefix: str = "") -> Q:
    """Rows in force on `day`; `prefix` leads to them, such as "team_memberships__"."""
    return (Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gt": day})) & Q(**{f"{prefix}started_on__lte": day})


def follow(model: type[models.Model], organization_id: int, field: str, values: Mapping[int, int | None], *, on: date) -> None:
    """From `on` each member's row of `model` holds the given value; without a value no row follows.

    `values` are ids by member id. A row in force before `on` ends there; rows that start on `on` or later are replaced;
    a member whose last row already holds the value is left alone. Four statements per 500 members, in the caller's transaction.
    """
    members = sorted(values)
    for start in range(0, len(members), _MEMBERS_AT_A_TIME):
        chunk = members[start : start + _MEMBERS_AT_A_TIME]
        rows = model._default_manager.filter(organization_id=organization_id, member_id__in=chunk)
        last = {row["member_id"]: row for row in rows.filter(ended_on=None).values("member_id", "started_on", f"{field}_id")}
        changed = [pk for pk in chunk if not _holds(last.get(pk), f"{field}_id", values[pk], on)]
        if not changed:
            continue
        rows = model._default_manager.filter(organization_id=organization_id, member_id__in=changed)
        rows.filter(started_on__gte=on).delete()
        rows.filter(Q(ended_on=None) | Q(ended_on__gt=on)).update(ended_on=on)
        model._default_manager.bulk_create(
            model(organization_id=organization_id, member_id=pk, started_on=on, **{f"{field}_id": values[pk]})
            for pk in changed
            if values[pk] is not None
        )


def _holds(last: dict | None, field: str, value: int | None, on: date) -> bool:
    if last is None:
        return False
    return last[field] == value and last["started_on"] <= on

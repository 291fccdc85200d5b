"""Verbs that write a member's own settings: days off, the pause, keys to the API."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Absence, ApiToken, Member


class AbsenceOverlaps(ValueError):
    """The member has days off or a pause in that time."""


class TokenNameTaken(ValueError):
    """The member has a token of that name."""


@transaction.atomic
def change_settings(member: Member, **fields: Any) -> None:
    """The member's settings become `fields`."""
    for field, value in fields.items():
        setattr(member, field, value)
    member.save(update_fields=list(fields))


@transaction.atomic
def add_absence(member: Member, *, kind: str, started_on: date, ended_on: date | None) -> Absence:
    """Days without a set, both ends included; no end means until further notice. Raises AbsenceOverlaps."""
    Member.objects.select_for_update(no_key=True).get(organization_id=member.organization_id, pk=member.pk)
    others = Absence.objects.editable_by(member).filter(Q(ended_on=None) | Q(ended_on__gte=started_on))
    if ended_on is not None:
        others = others.filter(started_on__lte=ended_on)
    if others.exists():
        raise AbsenceOverlaps
    return Absence.objects.create(
        organization_id=member.organization_id, member=member, kind=kind, started_on=started_on, ended_on=ended_on
    )


@transaction.atomic
def end_absence(absence: Absence, *, on: date) -> None:
    """From `on` sets come again. Days that have passed stay absent, since the streak rests on them."""
    if absence.started_on >= on:
        absence.delete()
        return
    absence.ended_on = on - timedelta(days=1)
    absence.save(update_fields=["ended_on"])


@transaction.atomic
def issue_token(member: Member, name: str) -> str:
    """The secret of a new token; it can be shown now and never again. Raises TokenNameTaken."""
    Member.objects.select_for_update(no_key=True).get(organization_id=member.organization_id, pk=member.pk)
    if ApiToken.objects.editable_by(member).filter(name=name).exists():
        raise TokenNameTaken
    _token, secret = ApiToken.issue(member, name)
    return secret


@transaction.atomic
def withdraw_token(token: ApiToken) -> None:
    """The token opens nothing from here on."""
    token.delete()

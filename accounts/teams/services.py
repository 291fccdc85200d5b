"""Verbs that write the team tree."""

from django.db import transaction

from accounts.models import Organization, Team
from accounts.teams.queries import below


class TeamNameTaken(ValueError):
    """A team below the same parent has the name."""


class TeamBelowItself(ValueError):
    """The new parent is the team itself or stands below it."""


@transaction.atomic
def add_team(parent: Team, name: str) -> Team:
    """A new team below `parent`. Raises TeamNameTaken."""
    _check_name(parent.organization_id, parent.pk, name)
    return Team.objects.create(organization_id=parent.organization_id, parent=parent, name=name)


@transaction.atomic
def change_team(team: Team, *, name: str, parent: Team | None) -> None:
    """The team's name and place; the root has no parent and keeps that. Raises TeamNameTaken and TeamBelowItself."""
    # One writer of the tree at a time in an organization: two moves that are fine alone could close a circle.
    Organization.objects.select_for_update(no_key=True).get(pk=team.organization_id)
    if team.parent_id is None or parent is None:
        parent_id = team.parent_id
    else:
        if parent.organization_id != team.organization_id:
            raise ValueError("the parent is of another organization")
        teams = list(Team.objects.filter(organization_id=team.organization_id))
        if parent.pk == team.pk or parent.pk in {inner.pk for inner in below(team, teams)}:
            raise TeamBelowItself
        parent_id = parent.pk
    _check_name(team.organization_id, parent_id, name, besides=team.pk)
    team.name = name
    team.parent_id = parent_id
    team.save(update_fields=["name", "parent"])


def _check_name(organization_id: int, parent_id: int | None, name: str, *, besides: int | None = None) -> None:
    if Team.objects.filter(organization_id=organization_id, parent_id=parent_id, name__iexact=name).exclude(pk=besides).exists():
        raise TeamNameTaken

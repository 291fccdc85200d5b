"""Verbs that write the competency tree."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from reinforcement.competencies.models import Competency, CompetencyLevel

LEVELS = (1, 2, 3, 4)


class CompetencyInACircle(ValueError):
    """The competency would stand under itself."""


class CompetencyInUse(ValueError):
    """Questions in use, or other competencies, still stand under the competency."""


@transaction.atomic
def create_competency(
    organization: Organization,
    *,
    name: str,
    parent: Competency | None = None,
    description: str = "",
    matters_now: bool = False,
    anchors: Mapping[int, str] = {},
) -> Competency:
    """A new competency, last among those under `parent` (the top of the tree without one)."""
    competency = Competency(organization=organization, name=name, description=description, matters_now=matters_now)
    _put_under(competency, parent)
    competency.save()
    _write_anchors(competency, anchors)
    return competency


@transaction.atomic
def change_competency(
    competency: Competency,
    *,
    name: str,
    parent: Competency | None,
    description: str,
    anchors: Mapping[int, str],
    matters_now: bool = False,
) -> None:
    """Name, place in the tree, description, weight and anchors as given; CompetencyInACircle when `parent` stands under the competency."""
    organization = Organization.objects.select_for_update(no_key=True).get(pk=competency.organization_id)
    if parent is not None and parent.pk in branch_of(organization, competency):
        raise CompetencyInACircle
    if competency.parent_id != (parent.pk if parent else None):
        _put_under(competency, parent)
    competency.name, competency.description, competency.matters_now = name, description, matters_now
    competency.save()
    _write_anchors(competency, anchors)


@transaction.atomic
def archive_competency(competency: Competency) -> None:
    """The competency leaves the tree; figures that name it stay. CompetencyInUse while something in use stands under it."""
    if competency.questions.filter(archived_at=None).exists() or competency.children.filter(archived_at=None).exists():
        raise CompetencyInUse
    competency.archived_at = timezone.now()
    competency.save(update_fields=["archived_at"])


@transaction.atomic
def restore_competency(competency: Competency) -> None:
    """The competency is back in the tree: at its place, or at the top where that place is archived."""
    competency.archived_at = None
    if competency.parent is not None and competency.parent.archived_at is not None:
        competency.parent = None
    competency.save(update_fields=["archived_at", "parent"])


def branch_of(organization: Organization, competency: Competency) -> set[int]:
    """Ids of the competency and of all that stand under it, directly or through others. One query."""
    parents = dict(Competency.objects.filter(organization=organization).values_list("pk", "parent_id"))
    branch = {competency.pk}
    while more := {pk for pk, parent in parents.items() if parent in branch} - branch:
        branch |= more
    return branch


def _put_under(competency: Competency, parent: Competency | None) -> None:
    if parent is not None and parent.organization_id != competency.organization_id:
        raise ValueError("the parent belongs to another organization")
    beside = Competency.objects.filter(organization_id=competency.organization_id, parent=parent).order_by("-position")
    last = beside.values_list("position", flat=True).first()
    competency.parent = parent
    competency.position = 0 if last is None else last + 1


def _write_anchors(competency: Competency, anchors: Mapping[int, str]) -> None:
    for number, anchor in anchors.items():
        level: dict[str, Any] = {"competency": competency, "number": number, "organization_id": competency.organization_id}
        if anchor:
            CompetencyLevel.objects.update_or_create(**level, defaults={"anchor": anchor})
        else:
            CompetencyLevel.objects.filter(**level).delete()

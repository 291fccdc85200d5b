"""One decision for each personal column: is it part of the person's export, and what becomes of it when the person is erased.

A table is personal when a chain of foreign keys leads from it to a member or a user, or when a room says so (a message that
carries an address). Each room declares its own in its `privacy` module, imported when its app is ready; tests/test_privacy.py
fails on a column without a decision, a decision without a column, and a table that is neither personal nor said to be impersonal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.db import models


class AtErasure(StrEnum):
    """What becomes of a value when its person is erased."""

    ERASE = "erase"  # the row goes, or the value is emptied
    PSEUDONYMISE = "pseudonymise"  # the value is replaced by one that leads to nobody
    KEEP = "keep"  # the value stays, with a reason


@dataclass(frozen=True)
class Decision:
    at_erasure: AtErasure
    is_exported: bool
    reason: str


class DecisionMissing(ValueError):
    """A decision that says too little: it needs its reason."""


def erased(*, hidden_because: str = "") -> Decision:
    """Goes when the person is erased; part of the export unless there is a reason to hide it."""
    return Decision(AtErasure.ERASE, not hidden_because, hidden_because)


def pseudonymised(because: str, *, exported: bool = True) -> Decision:
    """Is replaced by a value that leads to nobody; `because` says what still needs the row."""
    return _with_reason(Decision(AtErasure.PSEUDONYMISE, exported, because))


def kept(because: str, *, exported: bool = True) -> Decision:
    """Stays as it is; `because` says why it is no trace of a person once the name is gone."""
    return _with_reason(Decision(AtErasure.KEEP, exported, because))


def _with_reason(decision: Decision) -> Decision:
    if not decision.reason.strip():
        raise DecisionMissing("what stays after an erasure, or is not exported, needs its reason")
    return decision


_decisions: dict[type[models.Model], dict[str, Decision]] = {}
_impersonal: dict[type[models.Model], str] = {}


def decide(model: type[models.Model], decisions: Mapping[Decision, str]) -> None:
    """Declares the decisions of a table: each decision with the names of its columns, separated by spaces."""
    of_model = _decisions.setdefault(model, {})
    for decision, names in decisions.items():
        for name in names.split():
            if name in of_model:
                raise DecisionMissing(f"{model._meta.label}.{name} is decided twice")
            of_model[name] = decision


def impersonal(model: type[models.Model], because: str) -> None:
    """Declares that a table says nothing about a person. A table with a chain to a member or a user is personal all the same."""
    if not because.strip():
        raise DecisionMissing(f"{model._meta.label} needs the reason why it is not personal")
    _impersonal[model] = because


def decisions_of(model: type[models.Model]) -> dict[str, Decision]:
    """Column name -> decision; empty for a table that has none."""
    return dict(_decisions.get(model, {}))


def declared_models() -> set[type[models.Model]]:
    """Tables that a room has declared personal."""
    return set(_decisions)


def impersonal_models() -> set[type[models.Model]]:
    return set(_impersonal)


def models_reaching(targets: Iterable[type[models.Model]], among: Iterable[type[models.Model]]) -> set[type[models.Model]]:
    """The targets and the models from which a chain of foreign keys leads to one of them."""
    reached = set(targets)
    waiting = set(among) - reached
    while found := {model for model in waiting if _points_to(model, reached)}:
        reached |= found
        waiting -= found
    return reached


def _points_to(model: type[models.Model], reached: set[type[models.Model]]) -> bool:
    return any(field.is_relation and field.related_model in reached for field in model._meta.local_concrete_fields)


def personal_models() -> set[type[models.Model]]:
    """Every personal table: reachable from a person, or declared."""
    from accounts.models import Member, User

    return models_reaching([Member, User], apps.get_models(include_auto_created=True)) | declared_models()

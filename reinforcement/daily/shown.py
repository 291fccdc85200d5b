"""What a kind shows, as types that JSON knows. Pure."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise


def as_json(shown: Any) -> Any:
    """Values of reinforcement/questions/kinds as objects, lists, texts and numbers; a decimal number becomes a text."""
    if is_dataclass(shown) and not isinstance(shown, type):
        return {field.name: as_json(getattr(shown, field.name)) for field in fields(shown)}
    if isinstance(shown, Mapping):
        return {key: as_json(value) for key, value in shown.items()}
    if isinstance(shown, (list, tuple)):
        return [as_json(value) for value in shown]
    if isinstance(shown, (Decimal, Promise)):
        return str(shown)
    return shown

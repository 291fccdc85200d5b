"""Counts that are added to in the transaction of what they count: insert, else add, as a part of one statement."""

from collections.abc import Mapping
from functools import lru_cache

from django.db import connection, models

from accounts import rows
from accounts.statements import Part


def addition(model: type[models.Model], key: Mapping[str, object], amounts: Mapping[str, int], *, organization_id: int) -> Part:
    """Adds `amounts` to the row that `key` names, which is made where it is missing. `key` is a unique constraint of `model`."""
    values = {"organization_id": organization_id, **key, **_every_count(model), **amounts}
    return Part(_statement(model, tuple(values), tuple(key), tuple(amounts)), rows.adapted(model, values))


@lru_cache(maxsize=100)
def _statement(model: type[models.Model], columns: tuple[str, ...], key: tuple[str, ...], amounts: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    additions = ", ".join(f"{quote(name)} = {table}.{quote(name)} + EXCLUDED.{quote(name)}" for name in amounts)
    return (
        f"INSERT INTO {table} ({', '.join(map(quote, columns))}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608 - our own names
        f"ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {additions}"
    )


@lru_cache(maxsize=100)
def _every_count(model: type[models.Model]) -> dict[str, int]:
    return {field.column: 0 for field in model._meta.concrete_fields if field.has_default() and not field.primary_key}

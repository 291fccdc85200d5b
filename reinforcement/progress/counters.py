"""Counts that are added to in the transaction of what they count: insert, else add, in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models


def add(model: type[models.Model], key: Mapping[str, object], amounts: Mapping[str, int], *, organization_id: int) -> None:
    """Adds `amounts` to the row that `key` names, which is made where it is missing. `key` is a unique constraint of `model`."""
    values = {"organization_id": organization_id, **key, **_every_count(model), **amounts}
    table = model._meta.db_table
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in values)
    conflict = ", ".join(quote(name) for name in key)
    additions = ", ".join(f"{quote(name)} = {quote(table)}.{quote(name)} + EXCLUDED.{quote(name)}" for name in amounts)
    statement = (
        f"INSERT INTO {quote(table)} ({columns}) VALUES ({', '.join(['%s'] * len(values))}) "  # noqa: S608 - names of our own columns
        f"ON CONFLICT ({conflict}) DO UPDATE SET {additions}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_adapted(model, name, value) for name, value in values.items()])


def _every_count(model: type[models.Model]) -> dict[str, int]:
    return {field.column: 0 for field in model._meta.concrete_fields if field.has_default() and not field.primary_key}


def _adapted(model: type[models.Model], column: str, value: object) -> Any:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return field.get_db_prep_value(value, connection)

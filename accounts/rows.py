"""Writes of single rows in the path of every answer: parts of a statement, whose text is made once for a model and its columns."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from accounts.statements import Part

_OF_NUMBERS = (models.IntegerField, models.ForeignKey)


def insertion(row: models.Model) -> Part:
    """Inserts `row`, which has no key yet, and gives the key. No signals, no `save`."""
    connection, fields = connections[DEFAULT_DB_ALIAS], _written_fields(type(row))
    return Part(_insertion(type(row)), [_adapted(field, getattr(row, field.attname), connection) for field in fields])


def change(model: type[models.Model], key: Mapping[str, object], values: Mapping[str, Any]) -> Part:
    """Sets `values` in the row that all of `key` names, which must be there. Names are those of columns or fields."""
    return Part(_change(model, tuple(key), tuple(values)), [*adapted(model, values), *adapted(model, key)], must_find=True)


def adapted(model: type[models.Model], values: Mapping[str, Any]) -> list[Any]:
    """The values as the database takes them, by the fields of their names."""
    connection, fields = connections[DEFAULT_DB_ALIAS], _fields_by_name(model)
    return [_adapted(fields[name], value, connection) for name, value in values.items()]


def _adapted(field: models.Field, value: Any, connection) -> Any:
    # Most values are numbers for a column of numbers, which every database takes as they are.
    if type(value) is int and isinstance(field, _OF_NUMBERS):
        return value
    return field.get_db_prep_save(value, connection)


@lru_cache(maxsize=200)
def _fields_by_name(model: type[models.Model]) -> dict[str, models.Field]:
    return {name: field for field in model._meta.concrete_fields for name in (field.name, field.column)}


@lru_cache(maxsize=200)
def _written_fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@lru_cache(maxsize=200)
def _insertion(model: type[models.Model]) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = [quote(field.column) for field in _written_fields(model)]
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) "  # noqa: S608 - names of our own tables and columns
        f"VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id"
    )


@lru_cache(maxsize=200)
def _change(model: type[models.Model], key: tuple[str, ...], values: tuple[str, ...]) -> str:
    quote, fields = connections[DEFAULT_DB_ALIAS].ops.quote_name, _fields_by_name(model)
    settings = ", ".join(f"{quote(fields[name].column)} = %s" for name in values)
    conditions = " AND ".join(f"{quote(fields[name].column)} = %s" for name in key)
    return f"UPDATE {quote(model._meta.db_table)} SET {settings} WHERE {conditions}"  # noqa: S608 - names of our own tables and columns

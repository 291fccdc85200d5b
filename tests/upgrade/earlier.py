"""A database as the release before made it, in a process of its own, and what lies in a database now.

python -m tests.upgrade.earlier make | rows, with the environment of the installation.
"""

import json
import sys
import uuid
from datetime import UTC, date, datetime, time

import django
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

ROOMS = ("accounts", "outbox", "crm", "reinforcement", "coaching", "dashboards")
ROWS = 2
# Where a constraint asks for one of several columns that may be empty: the one that is filled.
ALSO_FILLED = {"reinforcement.programaudience": {"member"}}


def previous_migrations(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """The last migration but one of each room that has two, else its only one; the last one of every other app."""
    targets = []
    for app, last in executor.loader.graph.leaf_nodes():
        ours = sorted(name for room, name in executor.loader.disk_migrations if room == app)
        targets.append((app, ours[-2] if app in ROOMS and len(ours) > 1 else last))
    return targets


def make() -> None:
    """Migrates to the state before, and writes two rows into each table of the rooms."""
    executor = MigrationExecutor(connection)
    targets = previous_migrations(executor)
    state = executor.migrate(targets)
    made: dict[type[models.Model], list[models.Model]] = {}
    for model in in_order([model for model in state.apps.get_models() if model._meta.app_label in ROOMS and not model._meta.auto_created]):
        also = ALSO_FILLED.get(model._meta.label_lower, set())
        made[model] = [
            model._base_manager.create(
                **{field.name: value_of(field, number, made) for field in model._meta.concrete_fields if is_filled(field, also)}
            )
            for number in range(ROWS)
        ]
    sys.stdout.write(json.dumps({app: name for app, name in targets if app in ROOMS}))


def in_order(waiting: list[type[models.Model]]) -> list[type[models.Model]]:
    """A model after those that its rows must point to."""
    ordered: list[type[models.Model]] = []
    while waiting:
        ready = [model for model in waiting if not needed_by(model) & set(waiting) - {model}]
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


def needed_by(model: type[models.Model]) -> set:
    also = ALSO_FILLED.get(model._meta.label_lower, set())
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation and is_filled(field, also)}


def is_filled(field: models.Field, also: set[str]) -> bool:
    return field.name in also or not (field.null or isinstance(field, models.AutoField))


def value_of(field: models.Field, number: int, made: dict) -> object:
    if field.is_relation:
        # Two columns that name the same kind of row name two of them: nobody is one's own manager.
        columns = [other for other in field.model._meta.concrete_fields if other.related_model == field.related_model]
        return made[field.related_model][(number + columns.index(field)) % ROWS]
    if field.choices:
        return field.choices[0][0]
    kinds = {
        models.BooleanField: True,
        models.DateTimeField: datetime(2026, 3, 1 + number, 8, tzinfo=UTC),
        models.DateField: date(2026, 3, 1 + number),
        models.TimeField: time(8, 15),
        models.UUIDField: uuid.uuid4(),
        models.JSONField: {"number": number},
        models.BinaryField: b"bytes",
        models.EmailField: f"person{number}@example.org",
        models.FloatField: 0.5,
        models.DecimalField: 1,
        models.IntegerField: 1 + number,
        models.CharField: f"text{number}"[: field.max_length],
        models.TextField: f"text {number}",
    }
    return next(value for kind, value in kinds.items() if isinstance(field, kind))


def as_text(value: object) -> str:
    """PostgreSQL's bytes come as a view, whose own text is its place in memory."""
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)


def rows() -> None:
    """Every row of every table of the rooms, as JSON: table -> rows, each column as a text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(ROOMS):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608 - a table of ours
                names = [column.name if hasattr(column, "name") else column[0] for column in cursor.description]
                found[table] = [dict(zip(names, map(as_text, row), strict=True)) for row in cursor.fetchall()]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    django.setup()
    {"make": make, "rows": rows}[sys.argv[1]]()

"""Reads whose SQL is made once in a process.

Django writes the text of a statement anew each time, which for a statement over many tables costs more than running it. The few
reads that stand in the path of every request and every answer are worth the exception.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connections, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

from accounts import statements


class Slot(Expression):
    """A place in a prepared read for the value that each call brings under `name`, in the shape of `field` (a number unless told)."""

    def __init__(self, name: str, field: models.Field | None = None):
        super().__init__(output_field=field or models.BigIntegerField())
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def bound(self, values: dict[str, Any], connection) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


class MemberSlots:
    """Stands for the member when a prepared read is built by a rule of `accounts.access`; `values` are those of the member who asks."""

    is_active = True

    def __init__(self):
        self.pk, self.organization_id = Slot("member"), Slot("organization")

    @staticmethod
    def values(member) -> dict[str, int]:
        """Raises ValueError where `member` reads nothing: the rule was asked when the read was built, for somebody who does."""
        if member is None or not member.is_active:
            raise ValueError("nobody reads")
        return {"member": member.pk, "organization": member.organization_id}


@dataclass(frozen=True)
class _Made:
    """The statement, and what turns its rows into objects."""

    statement: str
    parameters: tuple
    using: str
    annotations: dict[str, int]
    model: type[models.Model]
    start: int
    names: list[str]
    populators: list
    converters: dict

    def objects(self, rows: Sequence[tuple]) -> list[Any]:
        """The objects that the rows stand for."""
        connection = connections[self.using]
        found = []
        for given in rows:
            row = list(given)
            # As the compiler does it, which would have to be copied for each read, since it holds the connection of one thread.
            for place, (converts, expression) in self.converters.items():
                for convert in converts:
                    row[place] = convert(row[place], expression, connection)
            one = self.model.from_db(self.using, self.names, row[self.start : self.start + len(self.names)])
            for populator in self.populators:
                populator.populate(row, one)
            for name, place in self.annotations.items():
                setattr(one, name, row[place])
            found.append(one)
        return found


class PreparedRead:
    """`build` gives a queryset of objects with slots where values go; the text of its SQL must be the same whatever the values are."""

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build

    def rows(self, **values: Any) -> list[Any]:
        """The objects that the queryset gives for these values of its slots. One statement."""
        return self.objects(statements.run(self.part(**values)))

    def part(self, **values: Any) -> statements.Part:
        """The read for these values, for a statement that does more."""
        connection = connections[self._made.using]
        parameters = [one.bound(values, connection) if isinstance(one, Slot) else one for one in self._made.parameters]
        return statements.Part(self._made.statement, parameters)

    def objects(self, rows: Sequence[tuple]) -> list[Any]:
        """What rows of `part` stand for."""
        return self._made.objects(rows)

    def first(self, **values: Any) -> Any:
        """The first of them, or None."""
        return next(iter(self.rows(**values)), None)

    @cached_property
    def _made(self) -> _Made:
        queryset = self._build()
        compiler = queryset.query.get_compiler(using=queryset.db)
        statement, parameters = compiler.as_sql()
        own = compiler.klass_info["select_fields"]
        return _Made(
            statement=statement,
            parameters=tuple(parameters),
            using=compiler.using,
            annotations=compiler.annotation_col_map,
            model=compiler.klass_info["model"],
            start=own[0],
            names=[column[0].target.attname for column in compiler.select[own[0] : own[-1] + 1]],
            populators=get_related_populators(compiler.klass_info, compiler.select, queryset.db),
            converters=compiler.get_converters([column[0] for column in compiler.select]),
        )

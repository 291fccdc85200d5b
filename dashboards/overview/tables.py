"""The company's figures as tables: one content for the page and for the files."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from accounts.tables import safe_cell
from dashboards.overview.reading import name_of
from reinforcement.progress.figures import Measure, map_step
from reinforcement.progress.reading import in_percent, joined
from reinforcement.progress.tables import Cell
from reinforcement.published.figures import Company, CompetencyTotal, GroupCell, GroupRow, Share
from reinforcement.published.queries import WeekRow


@dataclass(frozen=True, slots=True)
class TableRow:
    """A group: its name, why it holds more than one team, its figures by competency, and those over all of them."""

    name: str
    why: str
    people: int
    with_data: int
    right: str
    current: str
    participation: str
    cells: tuple[Cell, ...]
    hidden: str


def table_rows(
    rows: Iterable[GroupRow], minimum: int, published_at: datetime | None, measure: Measure = Measure.RIGHT
) -> tuple[TableRow, ...]:
    """The groups, their cells with *right at last answer* or with *current proficiency*."""
    return tuple(
        TableRow(
            name=name_of(row),
            why=_why_together(row, minimum),
            people=row.people,
            with_data=row.with_data,
            right=_in_percent(row.right),
            current=_in_percent(row.current),
            participation=_in_percent(row.participation),
            cells=tuple(_cell(cell, minimum, published_at, measure) for cell in row.cells),
            hidden="" if row.right.is_shown else _too_few(minimum),
        )
        for row in rows
    )


def _why_together(row: GroupRow, minimum: int) -> str:
    if len(row.teams) < 2:
        return ""
    return ngettext(
        "shown together: a team of under %(minimum)d person is not shown alone",
        "shown together: a team of under %(minimum)d people is not shown alone",
        minimum,
    ) % {"minimum": minimum}


def _too_few(minimum: int) -> str:
    return ngettext("hidden until %(minimum)d person has data", "hidden until %(minimum)d people have data", minimum) % {"minimum": minimum}


def _in_percent(share: Share) -> str:
    return in_percent(share.percent) if share.is_shown else ""


def _cell(cell: GroupCell | None, minimum: int, published_at: datetime | None, measure: Measure) -> Cell:
    share = cell.current if cell is not None and measure is Measure.CURRENT else Share(cell.percent, cell.with_data) if cell else Share()
    if cell is None or share.people is None:
        return Cell(gettext("few"), "", 0, _too_few(minimum))
    count, words = str(share.people), _mean_in_words(share.percent, share.people)
    if published_at is not None and timezone.localdate(cell.published_at) != timezone.localdate(published_at):
        day = date_format(timezone.localtime(cell.published_at), "j M")
        count, words = f"{count}, {day}", gettext("%(words)s, of %(day)s") % {"words": words, "day": day}
    return Cell(str(share.percent), count, map_step(share.percent), words)


def _mean_in_words(value: int, people: int) -> str:
    words = {"share": in_percent(value), "people": people}
    return ngettext("%(share)s, mean of %(people)d person", "%(share)s, mean of %(people)d people", people) % words


def total_cells(totals: Iterable[CompetencyTotal], minimum: int, measure: Measure = Measure.RIGHT) -> tuple[Cell, ...]:
    cells = []
    for total in totals:
        share = total.current if measure is Measure.CURRENT else Share(total.percent, total.with_data)
        if share.people is None:
            cells.append(Cell(gettext("few"), "", None, _too_few(minimum)))
        else:
            cells.append(Cell(str(share.percent), str(share.people), None, _mean_in_words(share.percent, share.people)))
    return tuple(cells)


def figures_as_csv(found: Company, rows: Iterable[GroupRow]) -> str:
    """All groups: per competency the figure in per cent, the number of people behind it, and the date on which it was published; then
    current proficiency of the same date and the people behind it."""
    heads = [gettext("Group"), gettext("People"), gettext("Participation, %"), gettext("Participation, people")]
    # Words inside a formatted text are not found for translation.
    with_data, published_on, current = gettext("people with data"), gettext("published on"), gettext("current proficiency")
    for total in found.competencies:
        name = total.competency.name
        heads += [f"{name}, %", f"{name}, {with_data}", f"{name}, {published_on}"]
        heads += [f"{name}, {current}, %", f"{name}, {current}, {with_data}"]
    lines = [heads]
    for row in rows:
        line = [name_of(row), str(row.people), *_share(row.participation)]
        for cell in row.cells:
            line += [""] * 5 if cell is None else _in_five(cell)
        lines.append(line)
    line = [gettext("All groups"), str(found.people), *_share(found.participation)]
    for total in found.competencies:
        line += [str(total.percent), str(total.with_data), "", *_share(total.current)]
    lines.append(line)
    return _as_csv(lines)


def _in_five(cell: GroupCell) -> list[str]:
    return [str(cell.percent), str(cell.with_data), timezone.localdate(cell.published_at).isoformat(), *_share(cell.current)]


def weeks_as_csv(groups: Iterable[WeekRow], competencies: Iterable[WeekRow]) -> str:
    """Every published week of every group, and of every competency over all groups."""
    heads = [
        gettext("Week of"),
        gettext("Group"),
        gettext("Competency"),
        gettext("Answers"),
        gettext("Right"),
        gettext("People who answered"),
        gettext("Participation, %"),
        gettext("Participation, people"),
    ]
    lines = [heads]
    for row in groups:
        lines.append([row.week_on.isoformat(), joined(row.names), "", *_answers(row), *_share(row.total.participation)])
    for row in competencies:
        lines.append([row.week_on.isoformat(), "", joined(row.names), *_answers(row), "", ""])
    return _as_csv(lines)


def _answers(row: WeekRow) -> list[str]:
    total = row.total
    return [str(total.answered), str(total.right), str(total.people)] if total.answered else ["", "", ""]


def _share(share: Share) -> list[str]:
    return [str(share.percent), str(share.people)] if share.is_shown else ["", ""]


def _as_csv(lines: Iterable[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([safe_cell(cell) for cell in line] for line in lines)
    return file.getvalue()

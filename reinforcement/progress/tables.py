"""A line's figures as a table: one content for the page and for the file."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from accounts.tables import safe_cell
from reinforcement.progress.figures import CompetencyName, Figure, Mean, Measure, PersonRow, TeamFigures, map_step
from reinforcement.progress.measures import WORDS
from reinforcement.progress.reading import in_percent


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: the figure, the number it rests on, its shade (0: too little to say), and both in words."""

    text: str
    count: str
    step: int | None
    words: str


@dataclass(frozen=True, slots=True)
class TableRow:
    public_id: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TeamTable:
    competencies: tuple[CompetencyName, ...]
    rows: tuple[TableRow, ...]
    means: tuple[Cell, ...]


def team_table(team: TeamFigures, people: Iterable[PersonRow]) -> TeamTable:
    """The table with rows for `people`, some or all of the team; the mean is always over all of it."""
    return TeamTable(
        competencies=team.competencies,
        rows=tuple(
            TableRow(person.public_id, person.name, tuple(cell_of(figure, team.measure) for figure in person.figures)) for person in people
        ),
        means=tuple(_mean_cell(mean) for mean in team.means),
    )


def cell_of(figure: Figure, measure: Measure) -> Cell:
    if measure is Measure.STARTED:
        return _started_cell(figure)
    if not figure.whole:
        return Cell("–", "", None, gettext("nothing yet"))  # noqa: RUF001 - a dash stands where no number is
    counted = WORDS[measure].counted
    if not figure.has_data:
        return Cell(gettext("few"), str(figure.whole), 0, gettext("not enough data: %(count)d %(counted)s") % _words(figure, counted))
    return Cell(
        str(figure.percent),
        str(figure.whole),
        map_step(figure.percent),
        gettext("%(share)s, %(count)d %(counted)s") % _words(figure, counted),
    )


def _words(figure: Figure, counted) -> dict:
    return {"share": in_percent(figure.percent) if figure.has_data else "", "count": figure.whole, "counted": counted}


def _started_cell(figure: Figure) -> Cell:
    started = int(figure.part)
    if not figure.whole:
        if not started:
            return Cell("–", "", None, gettext("nothing assigned"))  # noqa: RUF001 - a dash stands where no number is
        return Cell(
            str(started), "", None, ngettext("%(count)d question started", "%(count)d questions started", started) % {"count": started}
        )
    words = {"started": started, "assigned": figure.whole}
    return Cell(
        str(figure.percent),
        gettext("%(started)d of %(assigned)d") % words,
        map_step(figure.percent),
        gettext("%(share)s, %(started)d of %(assigned)d questions") % {**words, "share": in_percent(figure.percent)},
    )


def _mean_cell(mean: Mean) -> Cell:
    people = {"with_data": mean.with_data, "people": mean.people}
    count = gettext("%(with_data)d of %(people)d") % people
    if not mean.with_data:
        return Cell("–", count, None, gettext("nobody has enough data"))  # noqa: RUF001 - a dash stands where no number is
    words = gettext("%(share)s, mean of %(with_data)d of %(people)d people") % {**people, "share": in_percent(mean.percent)}
    return Cell(str(mean.percent), count, None, words)


def as_csv(team: TeamFigures) -> str:
    """The whole table, all its pages: per competency the figure in per cent and the number it rests on."""
    table = team_table(team, team.people)
    heads = [gettext("Person")]
    for competency in table.competencies:
        heads += [f"{competency.name}, %", f"{competency.name}, {WORDS[team.measure].counted}"]
    lines = [heads]
    lines += [[row.name, *_flat(row.cells)] for row in table.rows]
    lines.append([gettext("Team, mean of people with data"), *_flat(table.means)])
    file = io.StringIO()
    csv.writer(file).writerows([safe_cell(cell) for cell in line] for line in lines)
    return file.getvalue()


def _flat(cells: Iterable[Cell]) -> list[str]:
    return [text for cell in cells for text in (cell.text, cell.count)]

"""A line's figures as tables: one content for the page, its chart and the file."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, ngettext

from accounts.tables import safe_cell
from reinforcement.progress.figures import CompetencyName, Figure, Mean, Measure, PersonRow, TeamFigures, map_step
from reinforcement.progress.measures import BY_WEEK, WORDS
from reinforcement.progress.reading import in_percent
from reinforcement.progress.trend import Change, CompetencyWeeks, Trend


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


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A competency of the trend with the shares at both ends. `side` says what happened between them; where one of the ends has too
    few answers there is no change, and `hidden` stands in its place."""

    competency: CompetencyName
    change: Change | None
    side: str
    hidden: str = ""

    @property
    def address(self) -> str:
        return f"?competency={self.competency.public_id}"


@dataclass(frozen=True, slots=True)
class WeekRow:
    week_on: date
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TrendTable:
    """Changes by competency, and the weeks behind them with the latest first, their cells in the order of the competencies."""

    changes: tuple[ChangeRow, ...]
    weeks: tuple[WeekRow, ...]

    @property
    def competencies(self) -> tuple[CompetencyName, ...]:
        return tuple(row.competency for row in self.changes)


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
    return _share_cell(figure, WORDS[measure].counted)


def _share_cell(figure: Figure, counted) -> Cell:
    if not figure.rests_on:
        return Cell("–", "", None, gettext("nothing yet"))  # noqa: RUF001 - a dash stands where no number is
    if not figure.has_data:
        return Cell(gettext("few"), str(figure.rests_on), 0, gettext("not enough data: %(count)d %(counted)s") % _words(figure, counted))
    return Cell(
        str(figure.percent),
        str(figure.rests_on),
        map_step(figure.percent),
        gettext("%(share)s, %(count)d %(counted)s") % _words(figure, counted),
    )


def _words(figure: Figure, counted) -> dict:
    return {"share": in_percent(figure.percent) if figure.has_data else "", "count": figure.rests_on, "counted": counted}


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


def trend_table(trend: Trend) -> TrendTable:
    weeks = zip(trend.weeks, zip(*(each.figures for each in trend.competencies), strict=True), strict=True) if trend.competencies else ()
    rows = [WeekRow(week_on, tuple(_share_cell(figure, BY_WEEK.counted) for figure in figures)) for week_on, figures in weeks]
    clear = trend.clear_changes
    return TrendTable(
        changes=tuple(_change_row(each, is_clear=each.competency in clear) for each in trend.competencies), weeks=tuple(reversed(rows))
    )


def _change_row(each: CompetencyWeeks, *, is_clear: bool) -> ChangeRow:
    change = each.change
    if change is None:
        answers = ngettext("%(count)d answer", "%(count)d answers", each.answers) % {"count": each.answers}
        return ChangeRow(each.competency, None, answers, gettext("not enough data"))
    words = {"weeks": change.weeks, "before": change.before.whole, "now": change.now.whole}
    if not is_clear:
        side = ngettext(
            "no clear change in %(weeks)d week, %(before)d and %(now)d answers",
            "no clear change in %(weeks)d weeks, %(before)d and %(now)d answers",
            change.weeks,
        )
    elif change.difference > 0:
        side = ngettext(
            "rose in %(weeks)d week, %(before)d and %(now)d answers",
            "rose in %(weeks)d weeks, %(before)d and %(now)d answers",
            change.weeks,
        )
    else:
        side = ngettext(
            "fell in %(weeks)d week, %(before)d and %(now)d answers",
            "fell in %(weeks)d weeks, %(before)d and %(now)d answers",
            change.weeks,
        )
    return ChangeRow(each.competency, change, side % words)


def trend_as_csv(trend: Trend) -> str:
    """The weeks of the trend, the latest first: per competency the share right in per cent and the answers of that week."""
    table = trend_table(trend)
    return _written(
        [gettext("Week of"), *_heads(table.competencies, BY_WEEK.counted)],
        [[row.week_on.isoformat(), *_flat(row.cells)] for row in table.weeks],
    )


def team_as_csv(team: TeamFigures) -> str:
    """The whole table, all its pages: per competency the figure in per cent and the number it rests on."""
    table = team_table(team, team.people)
    lines = [[row.name, *_flat(row.cells)] for row in table.rows]
    lines.append([gettext("Team, mean of people with data"), *_flat(table.means)])
    return _written([gettext("Person"), *_heads(table.competencies, WORDS[team.measure].counted)], lines)


def _heads(competencies: Iterable[CompetencyName], counted) -> list[str]:
    return [head for competency in competencies for head in (f"{competency.name}, %", f"{competency.name}, {counted}")]


def _written(heads: list[str], lines: list[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([safe_cell(cell) for cell in line] for line in [heads, *lines])
    return file.getvalue()


def _flat(cells: Iterable[Cell]) -> list[str]:
    return [text for cell in cells for text in (cell.text, cell.count)]

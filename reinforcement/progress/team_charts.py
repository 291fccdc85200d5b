"""The charts of a manager's pages, from the tables that stand beside them. Pure."""

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext

from reinforcement.progress.charts import Chart, Line, MapRow, WeekTick, heat_map, weekly_lines
from reinforcement.progress.figures import CompetencyName, Figure
from reinforcement.progress.measures import BY_WEEK, MeasureWords
from reinforcement.progress.reading import in_percent
from reinforcement.progress.tables import TeamTable
from reinforcement.progress.trend import Trend


def team_map(table: TeamTable, words: MeasureWords, *, finding: str, address_of: Callable[[str], str]) -> Chart:
    """The table of people and competencies as a map; `address_of` gives the page of a person by public id."""
    return heat_map(
        [competency.name for competency in table.competencies],
        [MapRow(row.name, row.cells, address_of(row.public_id)) for row in table.rows],
        finding=finding,
        measured=f"{words.line}, {gettext('in per cent')}",
        counted=str(words.counted),
        mean=MapRow(gettext("Team, mean"), table.means),
    )


def trend_lines(trend: Trend, chosen: CompetencyName, *, finding: str, week_label: Callable[[date], str]) -> Chart:
    """A line for each competency; `week_label` names a week by its Monday."""
    labels = [week_label(week) for week in trend.weeks]
    return weekly_lines(
        [WeekTick(week.isoformat(), label) for week, label in zip(trend.weeks, labels, strict=True)],
        [
            Line(each.competency.name, each.figures, _words_of(each.figures, labels), is_chosen=each.competency == chosen)
            for each in trend.competencies
        ],
        finding=finding,
        measured=f"{BY_WEEK.line}, {gettext('in per cent')}",
    )


def _words_of(figures: Sequence[Figure], labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        gettext("Week of %(week)s: %(share)s, %(count)d answers")
        % {"week": label, "share": in_percent(figure.percent), "count": figure.whole}
        if figure.has_data
        else ""
        for figure, label in zip(figures, labels, strict=True)
    )

"""How a line's weeks changed, without a database."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from reinforcement.progress.figures import CompetencyName, Figure
from reinforcement.progress.reading import Reading, read_trend
from reinforcement.progress.tables import trend_table
from reinforcement.progress.team_charts import trend_lines
from reinforcement.progress.trend import Change, CompetencyWeeks, Trend, change_of

SPACE = "\N{NO-BREAK SPACE}"
MONDAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def weeks(*rights, of=10):
    """Ten answers a week unless told otherwise, so many of them right; None is a week without answers."""
    return tuple(Figure() if right is None else Figure(right, of) for right in rights)


def trend(**competencies):
    count = max(map(len, competencies.values()), default=26)
    return Trend(
        weeks=tuple(MONDAY - timedelta(weeks=ago) for ago in reversed(range(count))),
        competencies=tuple(
            CompetencyWeeks(CompetencyName(pk, f"id{pk}", name.capitalize()), figures)
            for pk, (name, figures) in enumerate(competencies.items())
        ),
    )


RISING = weeks(20, 20, 21, 21, 23, 25, 27, 28, 28, 28, 29, 29, of=40)
FALLING = weeks(30, 30, 30, 30, 28, 26, 25, 25, 23, 22, 22, 22, of=40)
STEADY = weeks(20, 21, 22, 20, 21, 20, 21, 22, 21, 21, 22, 21, of=40)


def test_change_goes_from_the_first_four_weeks_to_the_latest_four():
    assert change_of(RISING) == Change(Figure(82, 160, 20), Figure(114, 160, 20), weeks=8)


def test_change_begins_with_the_first_weeks_that_have_twenty_answers():
    change = change_of(weeks(None, 1, None, None, 5, 5, 5, 5, 5, 5, 5, 5))
    assert (change.before.whole, change.weeks) == (20, 7)


@pytest.mark.parametrize(
    "figures",
    [
        weeks(),
        weeks(5, 5, 5, 5, 5, 5, 5),
        weeks(5, 5, 5, 5, 5, 5, 5, 5, None, None, None, 9),
        weeks(None, None, None, 1, 5, 5, 5, 5),
        weeks(*[3] * 12, of=4),
    ],
    ids=["no weeks", "seven weeks", "too few answers now", "too few at first", "four answers a week"],
)
def test_change_is_not_known_with_too_few_answers_at_one_of_its_ends(figures):
    assert change_of(figures) is None


def test_change_is_clear_only_where_it_is_larger_than_chance():
    assert Change(Figure(80, 160, 20), Figure(112, 160, 20), 8).is_clear(1)
    assert not Change(Figure(10, 20, 20), Figure(14, 20, 20), 8).is_clear(1)


def test_change_must_be_larger_when_it_is_the_largest_of_many():
    change = Change(Figure(80, 160, 20), Figure(100, 160, 20), 8)
    assert change.is_clear(1)
    assert not change.is_clear(10)


def test_small_change_is_not_clear_however_many_answers_it_rests_on():
    assert not Change(Figure(5_000, 10_000, 20), Figure(5_400, 10_000, 20), 8).is_clear(1)


def test_change_from_nothing_wrong_to_nothing_wrong_is_none():
    assert not Change(Figure(20, 20, 20), Figure(20, 20, 20), 8).is_clear(1)


def test_reading_names_the_largest_clear_change_and_counts_the_others():
    assert read_trend(trend(negotiation=STEADY, questioning=RISING, value=STEADY)) == Reading(
        f"Questioning rose from 51{SPACE}% to 71{SPACE}% in 8 weeks", "1 of 3 competencies clearly rose, 0 clearly fell."
    )


def test_reading_says_what_fell():
    assert read_trend(trend(value=FALLING, negotiation=STEADY)).headline == f"Value fell from 75{SPACE}% to 56{SPACE}% in 8 weeks"


def test_reading_finds_nothing_where_chance_explains_it():
    assert read_trend(trend(negotiation=STEADY)).headline == "No clear change from the first weeks to the latest"


def test_reading_of_too_few_answers_says_what_is_needed():
    reading = read_trend(trend(negotiation=weeks(*[3] * 12, of=4)))
    assert reading.headline == "Not enough answers yet to say how the weeks change"
    assert "Twenty answers" in reading.evidence


def test_reading_without_answers_says_so():
    assert read_trend(trend()).headline == "No answers in the last 26 weeks"


def test_reading_of_a_chosen_competency_is_about_that_one():
    figures = trend(negotiation=STEADY, questioning=RISING, value=weeks(*[3] * 12, of=4))
    headlines = [read_trend(figures, each.competency).headline for each in figures.competencies]
    assert headlines == [
        f"Negotiation: no clear change in 8 weeks, from 52{SPACE}% to 53{SPACE}%",
        f"Questioning rose from 51{SPACE}% to 71{SPACE}% in 8 weeks",
        "Value: not enough answers to say how it changes",
    ]


def test_competency_that_stands_out_is_the_one_of_the_headline_else_the_one_with_most_answers():
    assert trend(negotiation=STEADY, questioning=RISING).standing_out().competency.name == "Questioning"
    assert trend(negotiation=STEADY[:5], value=STEADY).standing_out().competency.name == "Value"
    assert trend().standing_out() is None


def test_table_has_the_weeks_with_the_latest_first_and_their_answers():
    table = trend_table(trend(negotiation=weeks(5, 6), value=weeks(None, 4)))
    assert [(row.week_on, [(cell.text, cell.count) for cell in row.cells]) for row in table.weeks] == [
        (MONDAY, [("60", "10"), ("40", "10")]),
        (MONDAY - timedelta(weeks=1), [("50", "10"), ("–", "")]),  # noqa: RUF001 - the dash of the page
    ]
    assert [(row.change, row.side, row.hidden) for row in table.changes] == [
        (None, "20 answers", "not enough data"),
        (None, "10 answers", "not enough data"),
    ]


def test_table_says_what_the_headline_says():
    table = trend_table(trend(questioning=RISING, value=FALLING, negotiation=STEADY))
    assert [row.side for row in table.changes] == [
        "rose in 8 weeks, 160 and 160 answers",
        "fell in 8 weeks, 160 and 160 answers",
        "no clear change in 8 weeks, 160 and 160 answers",
    ]


def test_chart_draws_every_competency_and_the_words_of_each_point():
    figures = trend(questioning=weeks(5, None), value=weeks(4, 6))
    chart = trend_lines(figures, figures.competencies[0].competency, finding="It rose", week_label=lambda day: f"{day.day} Nov")
    drawn = {trace["name"]: (trace["y"], trace["text"]) for trace in chart.figure["data"]}
    assert drawn == {
        "Questioning": ([50, None], [f"Week of 9 Nov: 50{SPACE}%, 10 answers", ""]),
        "Value": ([40, 60], [f"Week of 9 Nov: 40{SPACE}%, 10 answers", f"Week of 16 Nov: 60{SPACE}%, 10 answers"]),
    }
    assert chart.figure["data"][-1]["name"] == "Questioning"

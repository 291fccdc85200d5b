"""Figures and their sentences, without a database."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from reinforcement.progress.drawing import share_line, week_ruler
from reinforcement.progress.figures import (
    CompetencyName,
    CompetencyProgress,
    Figure,
    Mean,
    Measure,
    Period,
    PersonProgress,
    PersonRow,
    TeamFigures,
    WeekCounts,
    map_step,
    mean_of,
)
from reinforcement.progress.reading import Reading, read_own, read_person, read_team, read_weeks
from reinforcement.progress.tables import Cell, cell_of

SPACE = "\N{NO-BREAK SPACE}"
NAMES = ("Conversation skill", "Negotiation", "Value and price")
COMPETENCIES = tuple(CompetencyName(pk, f"id{pk}", name) for pk, name in enumerate(NAMES))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def team(*rows, measure=Measure.RIGHT, whole=20, minimum=5, competencies=COMPETENCIES):
    """People with shares in per cent per competency; None is a person without answers there, a Figure stands for itself."""

    def figure(value):
        if isinstance(value, Figure):
            return value
        return Figure(minimum=minimum) if value is None else Figure(whole * value / 100, whole, minimum)

    people = tuple(PersonRow(str(index), f"Person {index}", tuple(map(figure, row))) for index, row in enumerate(rows))
    return TeamFigures(measure=measure, period=Period.ALL, competencies=competencies, people=people)


def own(*rows):
    """One's progress: (right at first, first answers, right, questions) per competency; initial proficiency is higher, by partly right."""
    return PersonProgress(
        competencies=tuple(
            CompetencyProgress(
                name, Figure((first + firsts) / 2, firsts), Figure(first, firsts), Figure(right, questions), Figure(), Figure(), questions
            )
            for name, (first, firsts, right, questions) in zip(COMPETENCIES, rows, strict=False)
        ),
        weeks=(),
    )


def test_figure_says_nothing_at_four_answers_and_something_at_five():
    assert (Figure(4, 4).has_data, Figure(5, 5).share) == (False, 1.0)
    with pytest.raises(ValueError, match="not enough data"):
        _share = Figure(4, 4).share


def test_figure_of_nothing_has_no_share_even_without_a_minimum():
    assert not Figure(0, 0, minimum=0).has_data


def test_percent_rounds_halves_upward():
    assert [Figure(part, 200).percent for part in (1, 2, 3, 199)] == [1, 1, 2, 100]


def test_mean_counts_each_person_with_data_once():
    assert mean_of([Figure(50, 100), Figure(5, 5), Figure(4, 4)]) == Mean(share=0.75, with_data=2, people=3)


def test_mean_of_nobody_says_so():
    assert mean_of([Figure(4, 4)]) == Mean(share=0, with_data=0, people=1)


def test_competencies_stand_from_the_lowest_mean_to_the_highest_each_with_its_figures():
    ordered = team((90, 50, 70), (80, 60, 40)).lowest_first()
    assert [competency.name for competency in ordered.competencies] == ["Negotiation", "Value and price", "Conversation skill"]
    assert [[figure.percent for figure in person.figures] for person in ordered.people] == [[50, 70, 90], [60, 40, 80]]


def test_competency_of_the_headline_stands_first_and_those_without_enough_people_last():
    figures = team((None, 10, 80), (Figure(1, 4), None, 70), (None, None, 75))
    ordered = figures.lowest_first()
    assert [competency.name for competency in ordered.competencies] == ["Value and price", "Negotiation", "Conversation skill"]
    assert read_team(ordered) == read_team(figures)
    assert read_team(ordered).headline.startswith("Value and price")


def test_competencies_with_equal_means_keep_the_order_of_the_tree():
    assert team((70, 70, 70)).lowest_first().competencies == COMPETENCIES


@pytest.mark.parametrize(("value", "step"), [(0, 1), (39, 1), (40, 2), (59, 3), (69, 4), (70, 5), (89, 6), (90, 7), (100, 7)])
def test_map_step_changes_at_the_tens(value, step):
    assert map_step(value) == step


def test_cell_under_five_answers_is_few_and_names_their_number():
    cell = cell_of(Figure(4, 4), Measure.RIGHT)
    assert cell == Cell("few", "4", 0, "not enough data: 4 questions answered")


def test_cell_from_five_answers_on_is_a_figure_with_its_number():
    assert cell_of(Figure(3, 5), Measure.RIGHT) == Cell("60", "5", 4, f"60{SPACE}%, 5 questions answered")


def test_cell_without_answers_is_empty_and_not_few():
    assert cell_of(Figure(), Measure.RIGHT).step is None


def test_started_cell_without_a_known_whole_shows_the_number_alone():
    assert cell_of(Figure(12, 0, minimum=1), Measure.STARTED) == Cell("12", "", None, "12 questions started")


def test_reading_names_the_competency_that_is_lowest_for_nearly_everyone():
    reading = read_team(team((91, 80, 79), (88, 74, 71), (84, 76, 69), (62, 50, 38), (70, 57, 62)))
    assert reading == Reading(
        "Value and price needs the most practice, for nearly everyone",
        f"64{SPACE}% on average, then Negotiation with 67{SPACE}%. 5 of 5 people have enough answers.",
    )


def test_reading_names_competencies_that_stand_alike_together():
    reading = read_team(team((91, 72, 71), (88, 74, 73)))
    assert reading == Reading(
        "Negotiation and Value and price need the most practice",
        f"73{SPACE}% on average, then Conversation skill with 90{SPACE}%. 2 of 2 people have enough answers.",
    )


def test_reading_says_for_most_when_some_have_it_elsewhere():
    reading = read_team(team((90, 80, 40), (90, 80, 40), (90, 80, 40), (70, 70, 90), (70, 70, 90)))
    assert reading.headline == "Value and price needs the most practice, for most"


def test_reading_claims_no_more_than_the_mean_when_it_holds_for_few():
    reading = read_team(team((80, 80, 5), (80, 80, 85), (80, 80, 85)))
    assert reading.headline == "Value and price needs the most practice"


def test_reading_of_one_person_does_not_speak_of_everyone():
    assert read_team(team((90, 80, 40))).headline == "Value and price needs the most practice"


def test_reading_says_how_many_people_have_enough_answers_when_they_are_too_few():
    rows = [(60, None, None)] * 3 + [(Figure(1, 4), None, None)] * 5
    assert read_team(team(*rows)).headline == "Not enough answers yet to say something: 3 of 8 people have five or more"


def test_reading_leaves_out_a_competency_that_under_half_of_the_people_have_data_in():
    reading = read_team(team((90, 80, 10), (90, 80, None), (90, 80, None)))
    assert reading.headline == "Negotiation needs the most practice, for nearly everyone"


def test_reading_without_any_answer_says_so():
    assert read_team(team((None, None, None))).headline == "No answers yet"


def test_reading_without_people_says_so():
    assert read_team(team()).headline == "No seller reports to you yet"


def test_reading_finds_nothing_where_competencies_are_alike():
    reading = read_team(team((70, 72, 74), (70, 72, 74)))
    assert reading.headline == f"No competency stands out: all lie between 70{SPACE}% and 74{SPACE}%"


def test_reading_asks_for_no_practice_where_all_is_known():
    assert read_team(team((100, 95, 90), (100, 95, 90))).headline == f"Every competency stands at 90{SPACE}% or more"


def test_reading_does_not_speak_for_a_competency_that_under_half_of_the_people_have_data_in():
    reading = read_team(team((100, 95, 10), (100, 95, None), (100, 95, None)))
    assert reading.headline == f"Every competency with a figure stands at 90{SPACE}% or more"


def test_reading_of_one_competency_gives_its_figure_and_people():
    reading = read_team(team((60,), (70,), competencies=COMPETENCIES[:1]))
    assert reading == Reading(f"Conversation skill stands at 65{SPACE}% at the last answer", "2 of 2 people have enough answers.")


def test_reading_of_initial_proficiency_speaks_of_the_beginning():
    reading = read_team(team((91, 80, 59), (88, 74, 41), measure=Measure.INITIAL))
    assert reading.headline == "Value and price began lowest, for nearly everyone"


def test_reading_of_participation_is_a_mean_over_people_who_had_sets():
    rows = [(Figure(10, 10, 1), Figure(10, 10, 1)), (Figure(0, 2, 1), Figure(minimum=1)), (Figure(minimum=1), Figure(minimum=1))]
    reading = read_team(team(*rows, measure=Measure.PARTICIPATION, competencies=COMPETENCIES[:2]))
    assert reading == Reading(f"50{SPACE}% of what is asked is answered", "Mean of the 2 people who had sets. 1 of them has not answered.")


def test_reading_of_what_is_started_counts_who_has_begun():
    rows = [(Figure(5, 10, 1),), (Figure(0, 10, 1),)]
    reading = read_team(team(*rows, measure=Measure.STARTED, competencies=COMPETENCIES[:1]))
    assert reading == Reading(f"25{SPACE}% of the assigned questions have been answered once or more", "1 of 2 people have begun.")


def test_reading_never_names_a_person():
    rows = [(91, 80, 10), (88, 74, 71), (None, 3, 69)]
    for measure in Measure:
        reading = read_team(team(*rows, measure=measure))
        assert "Person" not in reading.headline + reading.evidence


def test_own_reading_goes_from_first_answers_to_last_ones():
    assert read_own(own((5, 10, 7, 10), (6, 10, 8, 10))) == Reading(
        "From 55 to 75 out of 100", "Right at the first answer, compared with right at the last answer, over 20 questions."
    )


def test_own_reading_says_what_is_missing_before_five_answers():
    assert read_own(own((3, 3, 3, 3))) == Reading("3 questions answered so far", "2 more, and this page can say something.")


def test_own_reading_of_a_fall_says_that_it_comes_back():
    assert read_own(own((8, 10, 7, 10))).headline == "From 80 to 70 out of 100: what slipped comes back in the sets"


def test_own_reading_without_first_answers_compares_nothing():
    assert read_own(own((0, 0, 7, 10))) == Reading("70 out of 100 right at the last answer", "Over 10 questions.")


def test_own_reading_before_the_first_set():
    assert read_own(own()).headline == "Your progress starts with your first set"


def test_person_reading_names_the_competency_to_practise():
    reading = read_person(own((5, 10, 9, 10), (5, 10, 6, 10)))
    assert reading == Reading(
        "From 50 to 75 out of 100",
        f"Negotiation needs the most practice: 60{SPACE}% at the last answer. "
        "Right at the first answer, compared with right at the last answer, over 20 questions.",
    )


MONDAY = date(2026, 11, 16)


def week(weeks_ago, presented, answered):
    return WeekCounts(MONDAY - timedelta(weeks=weeks_ago), presented, answered, 0, 0)


def test_week_ruler_ends_with_this_week_and_leaves_room_for_empty_ones():
    ruler = week_ruler([week(9, 10, 5), week(0, 4, 4)], MONDAY + timedelta(days=3))
    assert [bool(tick.presented_top) for tick in ruler.ticks] == [True, *[False] * 8, True]
    assert (ruler.presented, ruler.answered, ruler.ticks[0].x, ruler.ticks[-1].x) == (14, 9, "1.00", "99.00")


def test_week_ruler_is_as_tall_as_its_largest_week():
    ruler = week_ruler([week(0, 10, 5)], MONDAY)
    assert (ruler.ticks[-1].presented_top, ruler.ticks[-1].answered_top) == ("12.0", "45.0")


def test_week_ruler_leaves_out_what_is_older_than_half_a_year():
    assert week_ruler([week(26, 10, 5)], MONDAY) is None
    assert week_ruler([week(25, 10, 5)], MONDAY) is not None


def answered_week(weeks_ago, right, answered):
    return WeekCounts(MONDAY - timedelta(weeks=weeks_ago), answered, answered, right, 0)


def test_share_line_stands_over_the_weeks_of_the_ruler():
    weeks = [answered_week(9, 5, 10), answered_week(0, 10, 10)]
    line, ruler = share_line(weeks, MONDAY), week_ruler(weeks, MONDAY)
    assert [(point.percent, point.y) for point in line.points] == [(50, "45.0"), (100, "12.0")]
    assert [point.x for point in line.points] == [ruler.ticks[0].x, ruler.ticks[-1].x]


def test_share_line_joins_only_weeks_that_follow_each_other():
    line = share_line([answered_week(3, 5, 10), answered_week(2, 6, 10), answered_week(1, 4, 4), answered_week(0, 7, 10)], MONDAY)
    assert [point.percent for point in line.points] == [50, 60, 70]
    assert [(one.percent, next_one.percent) for one, next_one in line.pieces] == [(50, 60)]


def test_share_line_needs_two_weeks_with_enough_answers():
    assert share_line([answered_week(1, 5, 10), answered_week(0, 4, 4)], MONDAY) is None
    assert share_line([], MONDAY) is None


def test_reading_of_the_weeks_of_a_person_names_only_a_clear_change():
    def progress(early, late):
        weeks = tuple(answered_week(ago, late if ago < 4 else early, 10) for ago in reversed(range(8)))
        return PersonProgress(competencies=(), weeks=weeks).by_week(MONDAY)

    assert read_weeks(progress(4, 8)) == f"From 40{SPACE}% to 80{SPACE}% of the answers right in 4 weeks"
    assert read_weeks(progress(4, 5)) == "No clear change in 4 weeks"
    assert read_weeks(progress(4, 8)[4:22]) == "Right, of the answers of each week"

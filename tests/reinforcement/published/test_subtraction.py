"""Totals by group and by competency: what must be hidden, against a search through all ways to add and subtract."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from reinforcement.published.subtraction import hidden_totals

GROUPS = ("north", "south", "west")
COMPETENCIES = ("asking", "price", "listening")
people_by_totals = st.dictionaries(
    st.builds(
        lambda group, competencies: frozenset({group, *competencies}),
        st.sampled_from(GROUPS),
        st.sets(st.sampled_from(COMPETENCIES), min_size=1),
    ),
    st.integers(1, 9),
    max_size=8,
)


def fewest_left(people, hidden):
    """The fewest people, but not nobody, that are left of shown totals with one sign for groups and the other for competencies."""
    shown = set().union(*people) - hidden
    sides = chain.from_iterable(combinations(sorted(shown), size) for size in range(1, len(shown) + 1))
    left = [sum(count for totals, count in people.items() if totals & set(side) and totals - set(side)) for side in sides]
    return min(filter(None, left), default=None)


@given(people_by_totals, st.integers(3, 6))
def test_nothing_that_is_shown_leaves_a_few_people(people, minimum):
    left = fewest_left(people, hidden_totals(people, minimum))
    assert left is None or left >= minimum


@given(people_by_totals)
def test_nothing_is_hidden_where_nobody_could_be_picked_out(people):
    left = fewest_left(people, set())
    assert (hidden_totals(people, 5) == set()) == (left is None or left >= 5)


def test_group_of_few_people_takes_the_next_smallest_with_it():
    people = {frozenset({"north", "asking"}): 9, frozenset({"south", "asking"}): 4, frozenset({"west", "asking"}): 7}
    assert hidden_totals(people, 5) == {"south", "west"}


def test_competency_of_few_people_takes_the_next_smallest_with_it():
    people = {frozenset({"north", "asking", "price"}): 5, frozenset({"north", "asking", "listening"}): 2, frozenset({"north", "asking"}): 9}
    assert hidden_totals(people, 5) == {"price", "listening"}


def test_group_that_alone_practises_a_competency_does_not_show_the_one_who_does_more():
    people = {
        frozenset({"south", "price"}): 9,
        frozenset({"south", "price", "asking"}): 1,
        frozenset({"north", "asking"}): 20,
    }
    hidden = hidden_totals(people, 5)
    assert hidden
    assert fewest_left(people, hidden) >= 5

"""Groups of teams: everybody in one, nobody alone."""

from hypothesis import given
from hypothesis import strategies as st

from reinforcement.published.grouping import Group, TeamSize, groups_of


@st.composite
def trees(draw):
    """Teams in the order of a tree, each below an earlier one or at the top."""
    sizes = draw(st.lists(st.integers(0, 9), max_size=14))
    return [TeamSize(pk, draw(st.sampled_from([None, *range(1, pk)])), people) for pk, people in enumerate(sizes, 1)]


@given(trees(), st.integers(3, 8))
def test_groups_hold_everybody_once_and_the_minimum_or_more(teams, minimum):
    groups = groups_of(teams, minimum)
    people = {team.pk: team.people for team in teams if team.people}
    if sum(people.values()) < minimum:
        assert groups == ()
        return
    assert sorted(pk for group in groups for pk in group.teams) == sorted(people)
    for group in groups:
        assert group.people == sum(people[pk] for pk in group.teams) >= minimum


def test_teams_that_are_large_enough_stand_alone_and_small_neighbours_together():
    teams = [TeamSize(1, None, 0), TeamSize(2, 1, 8), TeamSize(3, 1, 3), TeamSize(4, 1, 2), TeamSize(5, 1, 6)]
    assert groups_of(teams, 5) == (Group((2,), 8), Group((3, 4), 5), Group((5,), 6))


def test_small_team_without_small_neighbours_goes_with_the_smallest_group():
    teams = [TeamSize(1, None, 1), TeamSize(2, 1, 9), TeamSize(3, 1, 6)]
    assert groups_of(teams, 5) == (Group((1, 3), 7), Group((2,), 9))


def test_small_teams_far_apart_meet_at_the_team_above_both():
    teams = [TeamSize(1, None, 0), TeamSize(2, 1, 0), TeamSize(3, 2, 3), TeamSize(4, 1, 0), TeamSize(5, 4, 2), TeamSize(6, 4, 7)]
    assert groups_of(teams, 5) == (Group((3, 5), 5), Group((6,), 7))

"""P5: whoever reads everything on three days, and adds and subtracts at will, finds nothing of one to four people.

A twin of each guard shows that the attacker finds what leaks without it.
"""

from collections import Counter
from itertools import combinations

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.daily import results
from reinforcement.models import LastAnswers
from reinforcement.progress.figures import CompetencyName, percent
from reinforcement.published import queries, services
from reinforcement.published.figures import CompetencyTotal
from tests.reinforcement.published.attacker import fewest_people
from tests.reinforcement.published.life import Life

pytestmark = pytest.mark.django_db

SAMPLE = 16
ALL = 1_000
TWINS = 12


def leaks_of(read):
    """What the attacker finds: figures of too few people, and sums that leave one to four."""
    found = list(read.too_few)
    for kind, equations in read.equations.items():
        left = fewest_people(equations, 5)
        if left:
            found.append(f"{kind}: a sum of figures leaves {len(left)} people")
    return found


def attack(seeds, minimum=5):
    """Organization by organization: how many figures it showed, and what leaks."""
    for seed in seeds:
        read = Life(seed, minimum).live()
        yield read.figures, [f"organization {seed}, {leak}" for leak in leaks_of(read)]


def report(figure, seeds):
    found = list(attack(seeds))
    figures, leaks = sum(count for count, _leaks in found), [leak for _count, leaks in found for leak in leaks]
    figure("P5", "organizations attacked: all pages, all files, three days", len(seeds), len(found))
    figure("P5", "published figures solved for one to four people", "-", figures)
    figure("P5", "figures of under 5 people, and sums that leave 1 to 4", 0, len(leaks))
    assert figures > 10 * len(seeds), "too little was published to prove anything"
    assert not leaks, "\n".join(leaks)


def is_found(what, minimum=5):
    """Whether the attacker finds a leak of that kind in one of the first organizations."""
    return any(what in leak for _figures, leaks in attack(range(TWINS), minimum) for leak in leaks)


def test_p5_attacker_finds_nobody_in_a_sample_of_organizations(figure):
    report(figure, range(SAMPLE))


@pytest.mark.full
@pytest.mark.parametrize("start", range(0, ALL, 100))
def test_p5_attacker_finds_nobody_in_a_thousand_organizations(figure, start):
    report(figure, range(start, start + 100))


def test_attacker_finds_small_teams_when_each_stands_alone():
    assert is_found("Team", minimum=1)


def test_attacker_finds_few_people_when_any_number_has_data():
    assert is_found("a sum of figures leaves", minimum=1)


def test_attacker_subtracts_groups_from_competencies_when_only_small_totals_are_hidden(monkeypatch):
    def only_small(people, minimum):
        sizes = Counter()
        for totals, count in people.items():
            sizes.update(dict.fromkeys(totals, count))
        return {total for total, count in sizes.items() if count < minimum}

    monkeypatch.setattr(services, "hidden_totals", only_small)
    assert is_found("('week'")


def test_attacker_subtracts_two_days_when_figures_are_replaced_each_day(monkeypatch):
    monkeypatch.setattr(services, "is_enough_new", lambda found, minimum: found.with_data >= minimum)
    assert is_found("('right'")


def test_attacker_subtracts_two_days_when_current_proficiency_is_replaced_each_day(monkeypatch):
    def whenever_enough_have_data(found, minimum):
        if found.current_with_data < minimum:
            return {}
        return {"current_percent": percent(found.current_shares / found.current_with_data), "current_with_data": found.current_with_data}

    monkeypatch.setattr(services, "is_enough_new", lambda found, minimum: found.with_data >= minimum)
    monkeypatch.setattr(services, "_current", whenever_enough_have_data)
    assert is_found("('current'")


def test_attacker_subtracts_groups_from_the_company_when_its_figure_is_live(monkeypatch):
    def live(reader):
        for competency in queries.Competency.objects.visible_to(reader):
            people = LastAnswers.objects.filter(member__is_active=True, competency=competency).values_list("member_id")
            people = [row[1:] for row in people.annotate(Sum("questions"), Sum("right"))]
            shares = [right / questions for questions, right in people if questions >= 5]
            name = CompetencyName(competency.pk, str(competency.public_id), competency.name)
            if shares:
                yield CompetencyTotal(name, round(100 * sum(shares) / len(shares)), len(shares))

    monkeypatch.setattr(queries, "_competency_totals", live)
    assert is_found("('right'")


def test_attacker_subtracts_two_counts_of_a_question_when_each_answer_is_shown(monkeypatch):
    monkeypatch.setattr(results, "is_enough_more", lambda people, shown, minimum: people >= minimum)
    assert is_found("('first'")


equations_of_few = st.sets(st.frozensets(st.tuples(st.integers(0, 6), st.integers(0, 1)), min_size=1), min_size=1, max_size=4)


@given(equations_of_few)
def test_attacker_misses_no_sum_of_two_equations(equations):
    """Against a plain search: whoever is left of one equation, or of the difference or the sum of two, is found."""
    plain = [{person for person, _name in row} for row in equations]
    plain += [{person for person, _name in one ^ other} for one, other in combinations(equations, 2)]
    few = [left for left in plain if 0 < len(left) < 5]
    if few:
        assert fewest_people(equations, 5) is not None


@given(equations_of_few)
def test_attacker_finds_only_what_some_sum_leaves(equations):
    """Equations that share no person leave all people of one of them: with five or more in each, there is nothing to find."""
    apart = [frozenset(((place, person), name) for person, name in row) for place, row in enumerate(equations)]
    fewest = min(len({person for person, _name in row}) for row in apart)
    assert (fewest_people(apart, 5) is None) == (fewest >= 5)

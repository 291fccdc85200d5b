"""What the company's figures say, in sentences."""

import pytest

from dashboards.overview.reading import read_company
from reinforcement.progress.figures import CompetencyName
from reinforcement.published.figures import Company, CompetencyTotal


def company(*figures: tuple[str, int, int], without: tuple[str, ...] = ()) -> Company:
    """Nineteen people, with figures (name, per cent, people with data)."""
    totals = tuple(CompetencyTotal(CompetencyName(place, str(place), name), *figure) for place, (name, *figure) in enumerate(figures))
    return Company(None, 2, 19, totals, without, ())


def said(found: Company) -> tuple[str, str]:
    reading = read_company(found)
    return " ".join(reading.titles).replace("\N{NO-BREAK SPACE}", " "), reading.evidence.replace("\N{NO-BREAK SPACE}", " ")


def test_one_competency_with_a_figure_does_not_speak_for_those_without():
    title, _evidence = said(company(("Peer learning", 92, 12), without=("Value and price", "Negotiation")))
    assert title == "Peer learning stands at 92 %."


def test_a_high_figure_of_all_is_said_of_those_that_have_one():
    title, _evidence = said(company(("Peer learning", 92, 12), ("Negotiation", 95, 9), without=("Value and price",)))
    assert title == "Every competency with a figure stands at 90 % or more."


def test_competencies_that_stand_alike_each_have_their_share_and_their_people():
    _title, evidence = said(company(("Value and price", 59, 12), ("Negotiation", 61, 7), ("Listening", 88, 15)))
    assert evidence.endswith("59 % on Value and price (12 of 19 people) and 61 % on Negotiation (7 of 19 people).")


@pytest.mark.parametrize("people", [7, 12])
def test_the_lowest_one_alone_has_its_people(people):
    _title, evidence = said(company(("Value and price", 40, people), ("Listening", 88, 15)))
    assert f"40 % on Value and price ({people} of 19 people)." in evidence

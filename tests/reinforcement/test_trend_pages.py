"""The page of a line's weeks: what it counts, says and draws."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.people import services as people
from reinforcement.progress import queries
from reinforcement.progress.figures import Figure
from tests.factories import CompetencyFactory, MemberWeekFactory, make_line, monday_of
from tests.reinforcement.pages import figure_of, sign_in

pytestmark = pytest.mark.django_db


def test_trend_counts_the_weeks_of_the_own_active_line_only():
    manager, [seller, colleague, gone] = make_line(sellers=3)
    _other_manager, [outsider] = make_line(organization=manager.organization, sellers=1)
    competency = CompetencyFactory(organization=manager.organization, name="Negotiation")
    for member, right in ((seller, 10), (colleague, 5), (gone, 0), (outsider, 0), (manager, 0)):
        MemberWeekFactory(member=member, competency=competency, answered=20, right=right)
    people.deactivate(gone)
    trend = queries.team_trend(manager)
    assert [(each.competency.name, each.figures[-1]) for each in trend.competencies] == [("Negotiation", Figure(15, 40))]


def test_trend_shows_half_a_year_and_at_least_eight_weeks():
    manager, [seller] = make_line(sellers=1)
    competency = CompetencyFactory(organization=manager.organization)
    monday = monday_of(timezone.localdate(timezone=manager.zone))
    assert queries.team_trend(manager).weeks[0] == monday - timedelta(weeks=7)
    for ago in (26, 25, 1):
        MemberWeekFactory(member=seller, competency=competency, week_on=monday - timedelta(weeks=ago), answered=ago, right=1)
    trend = queries.team_trend(manager)
    assert (len(trend.weeks), trend.weeks[0], trend.weeks[-1]) == (26, monday - timedelta(weeks=25), monday)
    [figures] = [each.figures for each in trend.competencies]
    assert {place: figure for place, figure in enumerate(figures) if figure.whole} == {0: Figure(1, 25), 24: Figure(1, 1)}


@pytest.fixture
def rising_line():
    """A line whose answers on questioning go from 50 to 80 out of 100 in twelve weeks, while negotiation stays; others' do not."""
    manager, sellers = make_line(sellers=2)
    _other_manager, [outsider] = make_line(organization=manager.organization, sellers=1)
    monday = monday_of(timezone.localdate(timezone=manager.zone))
    rising, steady = (CompetencyFactory(organization=manager.organization, name=name) for name in ("Questioning", "Negotiation"))
    for ago in range(12):
        week_on = monday - timedelta(weeks=ago)
        for seller in sellers:
            MemberWeekFactory(member=seller, competency=rising, week_on=week_on, answered=20, right=16 if ago < 6 else 10)
            MemberWeekFactory(member=seller, competency=steady, week_on=week_on, answered=20, right=12)
        MemberWeekFactory(member=outsider, competency=steady, week_on=week_on, answered=100, right=0)
    return manager, rising, steady


def test_trend_page_says_what_rose_and_draws_it_in_colour(client, rising_line):
    manager, _rising, _steady = rising_line
    sign_in(client, manager)
    page = client.get(reverse("reinforcement:team_trend")).content.decode()
    assert "Questioning rose from 50\N{NO-BREAK SPACE}% to 80\N{NO-BREAK SPACE}% in 8 weeks" in page
    assert "1 of 2 competencies clearly rose, 0 clearly fell." in page
    drawn = {trace["name"]: trace["line"]["color"] for trace in figure_of(page, "team-weeks")["data"]}
    assert drawn == {"Negotiation": "var(--line-strong)", "Questioning": "var(--accent)"}


def test_trend_page_of_a_chosen_competency(client, rising_line):
    manager, _rising, steady = rising_line
    sign_in(client, manager)
    url = reverse("reinforcement:team_trend")
    page = client.get(url, {"competency": steady.public_id}).content.decode()
    assert "Negotiation: no clear change in 8 weeks, from 60\N{NO-BREAK SPACE}% to 60\N{NO-BREAK SPACE}%" in page
    foreign = MemberWeekFactory(answered=5).competency
    for unknown in (foreign.public_id, "nonsense"):
        assert client.get(url, {"competency": unknown}).status_code == 404


def test_trend_page_without_answers_says_what_comes(client):
    manager, _sellers = make_line(sellers=1)
    sign_in(client, manager)
    page = client.get(reverse("reinforcement:team_trend")).content.decode()
    assert "No answers in the last 26 weeks" in page
    assert "charts.js" not in page


def test_trend_download_holds_the_weeks_of_the_page(client, rising_line):
    manager, _rising, _steady = rising_line
    sign_in(client, manager)
    response = client.get(reverse("reinforcement:team_trend_download"))
    assert response["Content-Disposition"] == 'attachment; filename="team-by-week.csv"'
    heads, latest, *others = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    monday = monday_of(timezone.localdate(timezone=manager.zone))
    assert heads == ["Week of", "Negotiation, %", "Negotiation, answers", "Questioning, %", "Questioning, answers"]
    assert (latest, len(others)) == ([monday.isoformat(), "60", "40", "80", "40"], 11)

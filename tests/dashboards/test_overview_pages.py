"""The company overview: what HR and leadership see, what nobody sees, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from reinforcement.published.figures import Share
from reinforcement.published.services import publish
from tests.factories import CompetencyFactory, HrFactory, LeadershipFactory, OrganizationFactory, SellerFactory
from tests.reinforcement.published.world import DAY, add_sellers, add_team, answer_in, expect, moment, stand, week_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory()


def fill(organization, teams=2, competencies=2, sellers=6, weeks=10, names=("Value and price", "Questioning", "Negotiation"), current=None):
    """Teams whose sellers stand at 4, 6, … of ten by competency, and answered for some weeks, more right from week to week.

    On the first competency `current` of ten are expected right now.
    """
    found = [CompetencyFactory(organization=organization, name=names[number]) for number in range(competencies)]
    for number in range(teams):
        for seller in add_sellers(add_team(organization, f"Team {number}"), sellers):
            for place, competency in enumerate(found):
                stand(seller, competency, 4 + 2 * place)
                if current is not None and not place:
                    expect(seller, competency, current)
                for week in range(1, weeks + 1):
                    answer_in(week_before(DAY, week), seller, competency, answered=10, right=9 - week // 2, presented=10)
    publish(organization, moment(DAY))
    return found


def read(client, member, url="/overview/"):
    client.force_login(member.user)
    return client.get(url)


def lines_of(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("role", [HrFactory, LeadershipFactory])
def test_overview_says_its_finding_and_what_it_rests_on(client, organization, role):
    fill(organization)
    page = read(client, role(organization=organization)).content.decode()
    assert "<span>From 50\N{NO-BREAK SPACE}% to 80\N{NO-BREAK SPACE}% of the answers right in 6 weeks.</span>" in page
    assert "<span>Value and price lags behind.</span>" in page
    assert "Right at the last answer: 50\N{NO-BREAK SPACE}% over all competencies, 40\N{NO-BREAK SPACE}% on Value and price" in page
    assert "Published on 4 March 2026" in page


def test_overview_leads_home_for_hr_and_leadership(client, organization):
    for role in (HrFactory, LeadershipFactory):
        assert read(client, role(organization=organization), "/").url == "/overview/"


def test_overview_holds_no_other_organization(client, organization):
    fill(OrganizationFactory(), names=("Elsewhere", "Somewhere", "Nowhere"))
    for url in ("/overview/", "/overview/groups.csv", "/overview/weeks.csv"):
        page = read(client, HrFactory(organization=organization), url).content.decode()
        assert "Elsewhere" not in page
        assert "Team 0" not in page


def test_overview_names_nobody(client, organization):
    fill(organization)
    names = list(organization.members.filter(is_seller=True).values_list("name", flat=True))
    for url in ("/overview/", "/overview/groups.csv", "/overview/weeks.csv"):
        page = read(client, LeadershipFactory(organization=organization), url).content.decode()
        assert not any(name in page for name in names)


def test_small_teams_say_why_they_stand_together(client, organization):
    competency = CompetencyFactory(organization=organization)
    for name, count in (("North", 7), ("Luxembourg", 2), ("Inside sales", 3)):
        for seller in add_sellers(add_team(organization, name), count):
            stand(seller, competency, 5)
    publish(organization, moment(DAY))
    page = read(client, HrFactory(organization=organization)).content.decode()
    assert "Inside sales and Luxembourg" in page
    assert "shown together: a team of under 5 people is not shown alone" in page


def test_group_without_enough_data_says_so(client, organization):
    competency = CompetencyFactory(organization=organization)
    for seller in add_sellers(add_team(organization, "North"), 7):
        stand(seller, competency, 5)
    for seller in add_sellers(add_team(organization, "South"), 7)[:4]:
        stand(seller, competency, 0)
    publish(organization, moment(DAY))
    response = read(client, HrFactory(organization=organization))
    assert "hidden until 5 people have data" in response.content.decode()
    assert [row.right for row in response.context["rows"]] == ["50\N{NO-BREAK SPACE}%", ""]


@pytest.mark.parametrize(
    ("sellers", "says"),
    [(0, "Figures stand here from 5"), (4, "Figures stand here from 5"), (5, "Nobody has answered")],
)
def test_empty_overview_says_what_to_do_next(client, organization, sellers, says):
    add_sellers(add_team(organization, "North"), sellers)
    publish(organization, moment(DAY))
    assert says in read(client, HrFactory(organization=organization)).content.decode()
    assert says in read(client, LeadershipFactory(organization=organization)).content.decode()


def test_overview_before_the_first_round_is_no_error(client, organization):
    assert read(client, HrFactory(organization=organization)).status_code == 200


def test_live_records_change_nothing_until_they_are_published(client, organization):
    [competency, _other] = fill(organization)
    before = read(client, HrFactory(organization=organization), "/overview/groups.csv").content
    for seller in organization.members.filter(is_seller=True):
        stand(seller, competency, 10)
    assert read(client, HrFactory(organization=organization), "/overview/groups.csv").content == before


def test_weeks_of_one_competency_are_shown(client, organization):
    [competency, other] = fill(organization)
    answer_in(week_before(DAY, 0), SellerFactory(organization=organization), other)
    response = read(client, HrFactory(organization=organization), f"/overview/?competency={competency.public_id}")
    weeks = response.context["company"].weeks
    assert (len(weeks), weeks[-1].answered, weeks[-1].people) == (10, 120, 12)
    for unknown in (CompetencyFactory().public_id, "x"):
        assert client.get(f"/overview/?competency={unknown}").status_code == 404


def test_raised_minimum_hides_at_once(client, organization):
    fill(organization)
    organization.small_group_minimum = 7
    organization.save()
    response = read(client, HrFactory(organization=organization))
    assert "Figures stand here from 7 people on" in response.content.decode()
    assert response.context["company"].competencies == ()


def test_files_hold_what_the_page_shows(client, organization):
    fill(organization, weeks=2, current=7.0)
    reader = HrFactory(organization=organization)
    heads, *rows = lines_of(read(client, reader, "/overview/groups.csv"))
    assert heads[:5] == ["Group", "People", "Participation, %", "Participation, people", "Questioning, %"]
    assert rows == [
        ["Team 0", "6", "100", "6", "60", "6", "2026-03-04", "", "", "40", "6", "2026-03-04", "70", "6"],
        ["Team 1", "6", "100", "6", "60", "6", "2026-03-04", "", "", "40", "6", "2026-03-04", "70", "6"],
        ["All groups", "12", "100", "12", "60", "12", "", "", "", "40", "12", "", "70", "12"],
    ]
    _heads, *weeks = lines_of(read(client, reader, "/overview/weeks.csv"))
    latest = (week_before(DAY)).isoformat()
    assert [row for row in weeks if row[0] == latest] == [
        [latest, "Team 0", "", "120", "108", "6", "100", "6"],
        [latest, "Team 1", "", "120", "108", "6", "100", "6"],
        [latest, "", "Questioning", "120", "108", "12", "", ""],
        [latest, "", "Value and price", "120", "108", "12", "", ""],
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_overview_costs_the_same_however_many_groups_weeks_and_competencies(client, organization, number, django_assert_num_queries):
    fill(organization, teams=number, competencies=number, weeks=2 * number)
    reader = HrFactory(organization=organization)
    client.force_login(reader.user)
    with django_assert_num_queries(11):
        client.get("/overview/")


def test_competencies_without_a_figure_are_named(client, organization):
    fill(organization)
    CompetencyFactory(organization=OrganizationFactory(), name="Elsewhere")
    group = CompetencyFactory(organization=organization, name="The talk")
    for name in ("Closing", "Listening"):
        CompetencyFactory(organization=organization, name=name, parent=group)
    page = read(client, HrFactory(organization=organization)).content.decode()
    assert "No figure yet, for too few people have answered enough: Closing and Listening." in page


def test_older_figure_stands_with_its_date(client, organization):
    price, questioning = fill(organization, teams=1)
    for seller in organization.members.filter(is_seller=True)[:5]:
        stand(seller, questioning, 10)
    publish(organization, moment(DAY + timedelta(days=1)))
    [row] = read(client, HrFactory(organization=organization)).context["rows"]
    assert [(cell.text, cell.count) for cell in row.cells] == [("93", "6"), ("40", "6, 4 Mar")]
    assert price.name == "Value and price"


def test_overview_pages_its_groups(client, organization, monkeypatch):
    monkeypatch.setattr("dashboards.overview.views.GROUPS_A_PAGE", 2)
    fill(organization, teams=3, weeks=1)
    reader = HrFactory(organization=organization)
    assert [row.name for row in read(client, reader, "/overview/?page=2").context["rows"]] == ["Team 2"]
    assert len(lines_of(read(client, reader, reverse("company_figures_download")))) == 5


def test_current_proficiency_stands_beside_the_last_answers(client, organization):
    [price, questioning] = fill(organization, weeks=2, current=7.0)
    reader = HrFactory(organization=organization)
    response = read(client, reader, "/overview/?measure=current")
    page = response.content.decode()
    assert response.context["company"].current == Share(70, 12)
    cells = {row.name: [(cell.text, cell.count) for cell in row.cells] for row in response.context["rows"]}
    assert cells == {"Team 0": [("few", ""), ("70", "6")], "Team 1": [("few", ""), ("70", "6")]}
    assert "Current proficiency, mean of the people with data, in per cent" in page
    assert [(cell.text, cell.count) for cell in response.context["totals"]] == [("few", ""), ("70", "12")]
    assert [total.competency.pk for total in response.context["company"].competencies] == [questioning.pk, price.pk]
    assert read(client, reader, "/overview/?measure=rank").status_code == 404


def test_raised_minimum_hides_current_proficiency_of_fewer(client, organization):
    """Six people have a figure of last answers, five of them one of current proficiency."""
    [competency] = fill(organization, teams=1, competencies=1)
    sellers = list(organization.members.filter(is_seller=True))
    for seller in sellers:
        stand(seller, competency, 9)
    for seller in sellers[:5]:
        expect(seller, competency, 7.0)
    publish(organization, moment(DAY + timedelta(days=1)))
    reader = HrFactory(organization=organization)
    assert read(client, reader).context["company"].current == Share(70, 5)
    organization.small_group_minimum = 6
    organization.save()
    found = read(client, reader).context["company"]
    assert (found.right, found.current) == (Share(90, 6), Share())

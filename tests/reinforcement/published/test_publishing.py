"""What a round publishes, when a figure is replaced, and that weeks stand."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from accounts.models import TeamMembership
from accounts.people import services as people
from reinforcement.models import CompetencyWeek, Contribution, FigureGroup, GroupFigure, GroupWeek, ProficiencyWeek, Publication
from reinforcement.published import contributions
from reinforcement.published.services import publish, publish_due
from tests.factories import CompetencyFactory, OrganizationFactory, SellerFactory
from tests.reinforcement.published.world import DAY, add_sellers, add_team, answer_in, expect, moment, stand, week_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory()


@pytest.fixture
def price(organization):
    return CompetencyFactory(organization=organization, name="Value and price")


@pytest.fixture
def north(organization):
    return add_team(organization, "North")


def figures(organization):
    rows = GroupFigure.objects.filter(organization=organization).order_by("group__position", "competency_id")
    return [(row.percent, row.with_data, row.people, row.published_at.date()) for row in rows]


def test_figure_is_the_mean_over_people_with_data(organization, price, north):
    sellers = add_sellers(north, 7)
    for seller, right in zip(sellers, (2, 4, 6, 8, 10), strict=False):
        stand(seller, price, right)
    stand(sellers[5], price, right=4, questions=4)
    stand(SellerFactory(), price, right=0)
    assert publish(organization, moment(DAY))
    assert figures(organization) == [(60, 5, 7, DAY)]


def test_figure_of_four_people_with_data_is_hidden(organization, price, north):
    for seller in add_sellers(north, 9)[:4]:
        stand(seller, price, 5)
    publish(organization, moment(DAY))
    assert FigureGroup.objects.filter(organization=organization, is_current=True).count() == 1
    assert figures(organization) == []


def test_small_teams_are_published_together(organization, price, north):
    inside, luxembourg = add_team(organization, "Inside sales"), add_team(organization, "Luxembourg")
    for team, count in ((north, 6), (inside, 2), (luxembourg, 3)):
        for seller in add_sellers(team, count):
            stand(seller, price, 5)
    publish(organization, moment(DAY))
    groups = [(group.team_ids, group.people) for group in FigureGroup.objects.filter(organization=organization)]
    assert groups == [([inside.pk, luxembourg.pk], 5), ([north.pk], 6)]


def test_figure_stands_until_five_people_have_something_new(organization, price, north):
    sellers = add_sellers(north, 8)
    for seller in sellers:
        stand(seller, price, 2)
    publish(organization, moment(DAY))
    for number, day in enumerate((DAY + timedelta(days=1), DAY + timedelta(days=2))):
        for seller in sellers[number * 2 : number * 2 + 2]:
            stand(seller, price, 10)
        publish(organization, moment(day))
        assert figures(organization) == [(20, 8, 8, DAY)]
    stand(sellers[4], price, 10)
    publish(organization, moment(DAY + timedelta(days=3)))
    assert figures(organization) == [(70, 8, 8, DAY + timedelta(days=3))]


def test_person_who_moves_brings_nothing_new(organization, price, north):
    south = add_team(organization, "South")
    movers, stayers = add_sellers(north, 5), add_sellers(south, 6)
    for seller in movers + stayers + add_sellers(north, 5):
        stand(seller, price, 4)
    publish(organization, moment(DAY))
    next_day = DAY + timedelta(days=1)
    for seller in movers:
        people.place_in_team(seller, south, on=next_day)
    stand(stayers[0], price, 10)
    publish(organization, moment(next_day))
    assert {day for *_figure, day in figures(organization)} == {DAY}


def test_figure_is_hidden_when_too_few_have_data_still(organization, price, north):
    sellers = add_sellers(north, 6)
    for seller in sellers[:5]:
        stand(seller, price, 4)
    publish(organization, moment(DAY))
    people.deactivate(sellers[0])
    publish(organization, moment(DAY + timedelta(days=1)))
    assert figures(organization) == []


def test_round_of_a_day_is_published_once(organization, price, north):
    sellers = add_sellers(north, 6)
    for seller in sellers:
        stand(seller, price, 4)
    assert publish(organization, moment(DAY))
    for seller in sellers:
        stand(seller, price, 9)
    assert not publish(organization, moment(DAY))
    assert [figure[0] for figure in figures(organization)] == [40]


def test_round_that_is_cut_off_leaves_nothing_and_comes_again(organization, price, north, monkeypatch):
    for seller in add_sellers(north, 6):
        stand(seller, price, 4)
    with monkeypatch.context() as patched:
        patched.setattr(contributions, "keep", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(organization, moment(DAY))
    assert (figures(organization), Contribution.objects.count()) == ([], 0)
    assert publish(organization, moment(DAY))
    assert (len(figures(organization)), Contribution.objects.count()) == (1, 6)


def test_small_organization_publishes_nothing(organization, price, north):
    for seller in add_sellers(north, 4):
        stand(seller, price, 4)
        answer_in(week_before(DAY), seller, price)
    publish(organization, moment(DAY))
    assert not FigureGroup.objects.filter(organization=organization).exists()
    assert not GroupWeek.objects.filter(organization=organization).exists()
    assert not CompetencyWeek.objects.filter(organization=organization).exists()


def test_closed_weeks_are_published_once_and_stand(organization, price, north):
    sellers = add_sellers(north, 6)
    for seller in sellers[:5]:
        answer_in(week_before(DAY, 2), seller, price, answered=4, right=3, presented=8)
        answer_in(week_before(DAY, 0), seller, price)
    answer_in(week_before(DAY, 2), sellers[5], price, answered=0, right=0, presented=8)
    publish(organization, moment(DAY))
    answer_in(week_before(DAY, 1), sellers[5], price)
    publish(organization, moment(DAY + timedelta(days=1)))
    weeks = list(GroupWeek.objects.filter(organization=organization).values_list("week_on", "answered", "right", "people"))
    assert weeks == [(week_before(DAY, 2), 20, 15, 5)]
    week = GroupWeek.objects.get(organization=organization)
    # Five of six people answered half of what they had.
    assert (week.participation, week.people_asked) == (42, 6)
    assert list(CompetencyWeek.objects.values_list("week_on", "answered", "right", "people")) == [(week_before(DAY, 2), 20, 15, 5)]
    assert Publication.objects.get(organization=organization).weeks_through == week_before(DAY, 1)


def test_participation_of_a_group_is_shown_where_few_of_it_answered(organization, price, north):
    sellers = add_sellers(north, 6)
    for number, seller in enumerate(sellers):
        answer_in(week_before(DAY), seller, price, answered=5 * (number < 2), right=0, presented=5)
    publish(organization, moment(DAY))
    week = GroupWeek.objects.get(organization=organization)
    assert (week.answered, week.people, week.participation, week.people_asked) == (None, None, 33, 6)


def test_every_organization_is_published_on_its_own_day(organization, price, north):
    organization.time_zone = "Pacific/Kiritimati"
    organization.save()
    elsewhere = OrganizationFactory(time_zone="Pacific/Honolulu")
    assert publish_due(moment(DAY)) == 2
    assert publish_due(moment(DAY)) == 0
    days = dict(Publication.objects.values_list("organization_id", "published_on"))
    assert days == {organization.pk: DAY + timedelta(days=1), elsewhere.pk: DAY}


def test_erased_person_leaves_no_contribution(organization, price, north):
    sellers = add_sellers(north, 6)
    for seller in sellers:
        stand(seller, price, 4)
    publish(organization, moment(DAY))
    TeamMembership.objects.filter(member=sellers[0]).delete()
    sellers[0].delete()
    assert Contribution.objects.count() == 5


def current(organization):
    return list(GroupFigure.objects.filter(organization=organization).values_list("current_percent", "current_with_data"))


def test_current_proficiency_is_the_mean_over_those_of_the_people_who_have_it(organization, price, north):
    sellers = add_sellers(north, 8)
    for seller, expected in zip(sellers[:6], (2.0, 4.0, 6.0, 8.0, 10.0, 6.0), strict=True):
        stand(seller, price, 5)
        expect(seller, price, expected)
    # Neither under five answers, nor who has no figure of last answers, nor a past row.
    stand(sellers[6], price, 5)
    expect(sellers[6], price, 0.0, answers=4)
    expect(sellers[7], price, 0.0)
    expect(SellerFactory(), price, 0.0)
    publish(organization, moment(DAY))
    assert current(organization) == [(60, 6)]


def test_current_proficiency_of_four_people_is_hidden(organization, price, north):
    sellers = add_sellers(north, 6)
    for seller in sellers:
        stand(seller, price, 5)
    for seller in sellers[:4]:
        expect(seller, price, 8.0)
    publish(organization, moment(DAY))
    assert current(organization) == [(None, None)]


def test_current_proficiency_stands_until_five_of_its_people_have_something_new(organization, price, north):
    sellers = add_sellers(north, 10)
    for seller in sellers:
        stand(seller, price, 5)
        expect(seller, price, 8.0)
    publish(organization, moment(DAY))
    for seller in sellers:
        expect(seller, price, 6.0)
    for seller in sellers[:4]:
        stand(seller, price, 6)
    publish(organization, moment(DAY + timedelta(days=1)))
    assert current(organization) == [(80, 10)], "it fell for all of them, and only four have answered"
    stand(sellers[4], price, 6)
    publish(organization, moment(DAY + timedelta(days=2)))
    assert current(organization) == [(60, 10)]


def test_current_proficiency_is_withheld_where_four_of_five_with_something_new_have_it(organization, price, north):
    """Else two dates would differ by four people alone: the fifth has a figure of last answers only."""
    *with_current, without = add_sellers(north, 10)
    for seller in with_current:
        stand(seller, price, 5)
        expect(seller, price, 8.0)
    publish(organization, moment(DAY))
    assert current(organization) == [(80, 9)]
    for seller in [*with_current[:4], without]:
        stand(seller, price, 6)
    publish(organization, moment(DAY + timedelta(days=1)))
    assert figures(organization) == [(55, 10, 10, DAY + timedelta(days=1))]
    assert current(organization) == [(None, None)]


def test_current_proficiency_is_hidden_when_too_few_have_it_still(organization, price, north):
    sellers = add_sellers(north, 7)
    for seller in sellers:
        stand(seller, price, 5)
        expect(seller, price, 8.0)
    publish(organization, moment(DAY))
    ProficiencyWeek.objects.filter(member__in=sellers[:3]).update(is_current=False)
    publish(organization, moment(DAY + timedelta(days=1)))
    assert current(organization) == [(None, None)]
    assert figures(organization) == [(50, 7, 7, DAY)]

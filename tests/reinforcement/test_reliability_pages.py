"""The page behind predictions: the same coarse figures for everybody, at a constant cost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Organization
from reinforcement.daily.reliability import count_reliability
from reinforcement.models import FittedModels, ModelsInForce, ReliabilityBin
from tests.factories import HrFactory, OrganizationFactory, OwnerFactory, make_line, monday_of
from tests.reinforcement.pages import sign_in
from tests.reinforcement.predicted import log_answers, sellers_of, true_and_false

pytestmark = pytest.mark.django_db
ADDRESS = "/figures/reliability/"


@pytest.fixture
def hr():
    return HrFactory()


def read(client, member, address=ADDRESS) -> str:
    sign_in(client, member)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")


def weeks_of(organization, count: int = 1, right: int = 140) -> list[date]:
    """Weeks with 200 answers each, of which 0.72 was predicted; the latest first."""
    monday = monday_of(timezone.localdate())
    weeks = [monday - timedelta(weeks=ago) for ago in range(count)]
    for week in reversed(weeks):
        log_answers(sellers_of(organization), true_and_false(0.72, right, 200), week_on=week)
        count_reliability(timezone.now())
    return weeks


def test_address_is_the_one_that_mails_and_pages_name():
    assert reverse("reinforcement:reliability") == ADDRESS


def test_empty_page_says_what_is_needed(client, hr):
    page = read(client, hr)
    assert "Too few answers yet to say how well they are predicted: 100 are needed." in page
    assert "A diagram stands here from 100 answers on, by 5 people or more." in page
    assert '<svg class="plot"' not in page


def test_few_answers_have_no_figure(client, hr):
    log_answers(sellers_of(hr.organization), true_and_false(0.72, 70, 99))
    count_reliability(timezone.now())
    page = read(client, hr)
    assert "Too few answers yet to say" in page
    assert "too few answers" in page
    # The words of the page's own part: names and tokens around it hold numbers of any kind.
    words = strip_tags(page[page.index("<main") : page.index("</main>")])
    assert "Too few answers to compare" in words
    for number in ("99", "90", "72 %", "70 %"):
        assert number not in words


def test_full_page_shows_predicted_and_correct(client, hr):
    weeks_of(hr.organization, 5)
    page = read(client, hr)
    assert "Predictions and answers agree" in page
    assert "Over the last 1,000 answers: predicted 72 %, correct 70 %." in page
    assert "Furthest from the line: where 72 % was predicted, 70 % were right" in page
    assert page.count('<circle class="dot"') == 1
    assert page.count('<th scope="row">') == 10 + 5
    assert "Over the latest answers it is 0.02; chance alone makes about 0.01." in page


def test_week_is_chosen_by_its_address(client, hr):
    [_this, before] = weeks_of(hr.organization, 2)
    page = read(client, hr, f"{ADDRESS}?week={before.isoformat()}")
    assert f'<tr aria-current="true"><th scope="row"><a href="?week={before.isoformat()}#diagram">' in page
    assert "Week of " in page
    for asked in ("2020-01-06", "yesterday", (before + timedelta(days=1)).isoformat()):
        assert client.get(ADDRESS, {"week": asked}).status_code == 404


def test_other_organizations_weeks_are_not_there(client, hr):
    [week] = weeks_of(OrganizationFactory())
    assert "Too few answers yet to say" in read(client, hr)
    assert client.get(ADDRESS, {"week": week.isoformat()}).status_code == 404


def test_everybody_of_the_organization_reads_the_same(client, hr):
    weeks_of(hr.organization, 3)
    manager, [seller] = make_line(hr.organization, sellers=1)
    mains = {read(client, member).partition("<main")[2].partition("</main>")[0] for member in (hr, manager, seller)}
    assert len(mains) == 1


def test_bin_and_week_of_few_people_show_no_number(client, hr):
    [week] = weeks_of(hr.organization)
    few = sellers_of(hr.organization, 9)[5:]
    log_answers(few, true_and_false(0.31, 48, 60), week_on=week)
    log_answers(few, true_and_false(0.31, 150, 200), week_on=week - timedelta(weeks=1))
    count_reliability(timezone.now())
    page = read(client, hr, f"{ADDRESS}?week={week.isoformat()}")
    assert '<th scope="row">30 to 40 %</th><td class="quiet-text" colspan="4">too few answers</td>' in page
    assert "31 %" not in page
    assert (week - timedelta(weeks=1)).isoformat() not in page


def test_larger_minimum_hides_what_was_counted_before(client, hr):
    [week] = weeks_of(hr.organization)
    Organization.objects.filter(pk=hr.organization_id).update(small_group_minimum=6)
    page = read(client, hr, f"{ADDRESS}?week={week.isoformat()}")
    assert "72 %" not in page
    assert "Too few answers yet to say" in page


def test_drift_is_noticed_at_the_top(client, hr):
    OwnerFactory(organization=hr.organization)
    weeks_of(hr.organization, 5, right=120)
    page = read(client, hr)
    assert "Predictions are 12 points too high." in page
    assert "Over the 1,000 answers before that night, 72 % were expected to be right and 60 % were." in page
    assert "Noticed on" in page


def test_page_says_which_model_is_in_force_and_how_it_was_chosen(client, hr):
    assert "The model that every installation begins with." in read(client, hr)
    now = timezone.now()
    for hours, (organization, own, current, loss) in enumerate(
        (
            (hr.organization, None, False, None),
            (hr.organization, hr.organization, True, 0.5321),
            (OrganizationFactory(), None, True, 0.1111),
        )
    ):
        fitted_at = now - timedelta(hours=hours)
        fitted = FittedModels.objects.create(organization=own, fitted_at=fitted_at, answers=4200, weights={})
        before = None if loss is None else loss + 0.01
        ModelsInForce.objects.create(
            organization=organization, fitted=fitted, since=now, log_loss=loss, log_loss_before=before, is_current=current
        )
    page = read(client, hr)
    assert "In force since" in page
    assert "Fitted on the latest 4200 answers of your organization." in page
    assert "log loss 0.532, before 0.542" in page
    assert "Fitted on the answers of all organizations together" in page
    assert "0.111" not in page
    assert "The model that every installation begins with." not in page


@pytest.mark.parametrize("count", [1, 12])
def test_page_costs_the_same_however_many_weeks_there_are(client, hr, count, django_assert_num_queries):
    weeks_of(hr.organization, count)
    sign_in(client, hr)
    client.get(ADDRESS)
    with django_assert_num_queries(5):
        client.get(ADDRESS)


def test_weeks_of_long_ago_are_not_read(client, hr):
    [week] = weeks_of(hr.organization)
    ReliabilityBin.objects.filter(week_on=week).update(week_on=week - timedelta(weeks=26))
    assert "No week has been counted yet." in read(client, hr)


def test_manager_reads_the_sentence_on_the_team_and_on_a_person(client):
    manager, [seller] = make_line(sellers=1)
    for address in ("/team/", f"/team/{seller.public_id}/"):
        page = read(client, manager, address)
        assert "Too few answers yet to say how well they are predicted: 100 are needed." in page
        assert f'<a href="{ADDRESS}">How we know</a>' in page
    weeks_of(manager.organization, 5)
    for address in ("/team/", f"/team/{seller.public_id}/"):
        assert "Over the last 1,000 answers: predicted 72 %, correct 70 %." in read(client, manager, address)

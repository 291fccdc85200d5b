"""What HR and leadership see of the company, and an author of a program, at a desk and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reinforcement.daily import services as daily
from reinforcement.daily.results import count_results
from reinforcement.published.services import publish
from tests.e2e.browsing import assert_accessible, press, tap
from tests.factories import (
    AuthorFactory,
    DailySetFactory,
    HrFactory,
    LeadershipFactory,
    OrganizationFactory,
    ProgramFactory,
    QuestionFactory,
    enroll,
    put_in,
)
from tests.reinforcement.published.world import DAY, add_sellers, add_team, make_four_teams, moment


@pytest.fixture
def organization():
    organization = OrganizationFactory(name="Fennema")
    make_four_teams(organization, weeks=8)
    publish(organization, moment(DAY))
    return organization


@pytest.mark.parametrize("role", [HrFactory, LeadershipFactory])
def test_hr_and_leadership_read_the_company(device, sign_in, organization, role):
    sign_in(device, role(organization=organization))
    device.goto("/")
    expect(device.get_by_role("heading", level=1)).to_have_text(
        "From 25\N{NO-BREAK SPACE}% to 65\N{NO-BREAK SPACE}% of the answers right in 4 weeks. Negotiation lags behind."
    )
    heat = device.get_by_role("table").filter(has_text="All groups, mean")
    expect(heat.get_by_role("rowheader", name="Inside sales and Luxembourg")).to_be_visible()
    expect(heat.get_by_role("columnheader", name="Value and price")).to_be_visible()
    expect(device.get_by_text("shown together: a team of under 5 people is not shown alone")).to_be_visible()
    # A chart is drawn when it comes into sight.
    device.locator("#trend").scroll_into_view_if_needed()
    expect(device.locator("#trend .main-svg").first).to_be_visible()
    assert_accessible(device)

    device.get_by_label("Competency", exact=True).select_option(label="Negotiation")
    press(device, "Show")
    device.wait_for_url("**/overview/?competency=*")
    expect(device.get_by_label("Competency", exact=True).locator("option:checked")).to_have_text("Negotiation")
    expect(device.get_by_role("heading", level=1)).to_contain_text("Negotiation")

    tap(device.get_by_role("navigation", name="Figure").get_by_role("link", name="Current proficiency"))
    device.wait_for_url("**/overview/?measure=current*")
    expect(device.get_by_role("table", name="Current proficiency, mean of the people with data, in per cent")).to_be_visible()
    assert_accessible(device)

    press(device, "How figures of groups are made", "link")
    expect(device.get_by_text("Figures of groups", exact=True)).to_be_visible()
    assert_accessible(device)


def test_overview_without_figures_says_what_to_do(device, sign_in):
    reader = HrFactory()
    publish(reader.organization, moment(DAY))
    sign_in(device, reader)
    device.goto("/overview/")
    expect(device.get_by_role("heading", name="Figures stand here from 5 people on")).to_be_visible()
    assert_accessible(device)
    press(device, "Look at the people", "link")
    expect(device.get_by_role("heading", level=1)).to_be_visible()


def test_author_reads_the_results_of_a_program(device, sign_in):
    author = AuthorFactory()
    organization = author.organization
    program = ProgramFactory(organization=organization, created_by=author, name="Start where the buyer is")
    questions = QuestionFactory.create_batch(2, organization=organization)
    put_in(program, *questions)
    for number, seller in enumerate(add_sellers(add_team(organization, "North"), 8)):
        enroll(program, seller)
        DailySetFactory(member=seller, questions=questions, program=program)
        for place, item in enumerate(daily.items_to_answer(seller).order_by("position")):
            daily.answer(seller, item, {"chosen": ["a" if number < 6 - 4 * place else "b"]})
    count_results(timezone.now())
    sign_in(device, author)
    device.goto("/programs/")
    device.get_by_role("link", name="Start where the buyer is").click()
    expect(device.get_by_role("heading", level=1)).to_contain_text("Question 2 is the hardest")
    expect(device.get_by_text("6 people chose “Send the quote”")).to_be_visible()
    expect(device.get_by_text("As of", exact=False).first).to_be_visible()
    assert_accessible(device)

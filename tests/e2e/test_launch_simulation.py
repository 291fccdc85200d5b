"""An author sees what a program would come to before it is launched."""

import pytest
from playwright.sync_api import expect

from reinforcement.models import Program
from reinforcement.programs import services
from tests.e2e.browsing import DESK, assert_accessible, press, tap
from tests.e2e.jobs import do_jobs
from tests.factories import AuthorFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in


@pytest.fixture
def author():
    return AuthorFactory(name="Joris Bakker")


@pytest.fixture
def draft(author):
    program = ProgramFactory(
        organization=author.organization,
        name="Value and price",
        mode=Program.Mode.ADAPTIVE,
        state=Program.State.DRAFT,
        starts_on="2030-09-02",
        ends_on="2030-11-29",
        created_by=author,
    )
    put_in(program, *QuestionFactory.create_batch(30, organization=author.organization))
    services.set_audience(program, [SellerFactory(organization=author.organization)])
    return program


def test_author_sees_what_would_be_remembered_and_it_follows_the_settings(device, sign_in, author, draft):
    sign_in(device, author)
    device.goto(f"/programs/{draft.public_id}/")
    result = device.locator("#simulation-result")
    expect(result.get_by_text("It is being simulated.")).to_be_visible()
    assert_accessible(device)
    do_jobs()
    expect(result.get_by_text("After 89 days about")).to_be_visible()
    expect(result.get_by_role("img", name="with fixed spacing")).to_be_visible()
    expect(result.get_by_text("questions on a day with a set, at most 3.")).to_be_visible()
    result.get_by_text("The chart as a table").click()
    expect(result.get_by_role("columnheader", name="this program")).to_be_visible()
    assert_accessible(device)

    tap(device.locator("#questions li").first.get_by_role("button", name="Move down"))
    expect(result.get_by_text("What follows is of older settings.")).to_be_visible()
    expect(result.get_by_text("It is being simulated.")).to_be_visible()
    assert_accessible(device)
    do_jobs()
    expect(result.get_by_text("What follows is of older settings.")).to_have_count(0)
    tap(result.get_by_role("link", name="How it is reckoned"))
    expect(device.get_by_text("Before its launch a program is played day by day by invented people")).to_be_visible()


def test_author_without_script_asks_and_loads_the_page_again(open_page, sign_in, author, draft):
    page = open_page(DESK, java_script_enabled=False)
    sign_in(page, author)
    page.goto(f"/programs/{draft.public_id}/")
    press(page, "Simulate")
    expect(page.get_by_text("Load the page again to see it.")).to_be_visible()
    do_jobs()
    page.reload()
    expect(page.get_by_text("After 89 days about")).to_be_visible()


def test_a_failure_is_said_and_tried_once_more(desk, sign_in, author, draft, monkeypatch):
    sign_in(desk, author)
    desk.goto(f"/programs/{draft.public_id}/")
    result = desk.locator("#simulation-result")
    expect(result.get_by_text("It is being simulated.")).to_be_visible()
    with monkeypatch.context() as broken:
        broken.setattr("reinforcement.programs.simulation._reckoned", lambda program: 1 / 0)
        do_jobs()
    expect(result.get_by_text("It could not be simulated.")).to_be_visible()
    assert_accessible(desk)
    press(desk, "Try once more")
    expect(result.get_by_text("It is being simulated.")).to_be_visible()
    do_jobs()
    expect(result.get_by_text("After 89 days about")).to_be_visible()

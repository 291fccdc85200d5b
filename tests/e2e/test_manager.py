"""What a manager sees of the own line, at a desk and on a phone."""

import csv
import io

import pytest
from playwright.sync_api import expect

from accounts.people import services as people
from reinforcement.daily import services as daily
from tests.e2e.browsing import assert_accessible, press
from tests.factories import CompetencyFactory, DailySetFactory, MemberFactory, QuestionFactory, SellerFactory


@pytest.fixture
def manager():
    """A manager with two sellers who answered six questions each, and a seller of another line who did too."""
    manager = MemberFactory(name="Els Maes")
    organization = manager.organization
    competency = CompetencyFactory(organization=organization, name="Questioning")
    questions = [QuestionFactory.create(organization=organization, competency=competency) for _ in range(6)]
    names = [("Noor Haddad", manager), ("Luc Fontaine", manager), ("Amira Kaya", None)]
    for (name, above), right in zip(names, (5, 3, 6), strict=True):
        seller = SellerFactory(organization=organization, name=name, manager=above)
        DailySetFactory(member=seller, questions=questions)
        for place, item in enumerate(daily.items_to_answer(seller).order_by("position")):
            daily.answer(seller, item, {"chosen": ["a" if place < right else "b"]})
    return manager


def test_manager_reads_the_team_and_then_one_person(device, sign_in, manager):
    sign_in(device, manager)
    device.goto("/")
    expect(device.get_by_role("heading", level=1)).not_to_be_empty()
    table = device.get_by_role("table")
    expect(table.get_by_role("rowheader", name="Noor Haddad")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Questioning")).to_be_visible()
    expect(device.get_by_text("Amira Kaya")).to_have_count(0)
    assert_accessible(device)

    for measure in device.get_by_role("navigation", name="Figure").get_by_role("link").all_text_contents():
        press(device, measure, "link")
        expect(device.get_by_role("link", name=measure, exact=True)).to_have_attribute("aria-current", "page")
        expect(table).to_be_visible()
    assert_accessible(device)

    press(device, "Noor Haddad", "link")
    expect(device.get_by_role("heading", name="By competency")).to_be_visible()
    expect(device.get_by_text("You see figures, not what was answered.")).to_be_visible()
    assert_accessible(device)


def test_long_page_opens_at_its_top_on_a_phone(phone, sign_in, manager):
    sign_in(phone, manager)
    phone.goto("/team/")
    assert phone.evaluate("() => document.documentElement.scrollHeight > innerHeight + 80"), "the page is too short to show it"
    assert phone.evaluate("() => scrollY") == 0


def test_chosen_tab_is_in_sight_on_a_phone(phone, sign_in, manager):
    sign_in(phone, manager)
    phone.goto("/team/?measure=started")
    expect(phone.get_by_role("link", name="Started", exact=True)).to_be_in_viewport(ratio=1)
    assert phone.evaluate("() => scrollY") == 0


def test_manager_downloads_the_table(desk, sign_in, manager):
    sign_in(desk, manager)
    desk.goto("/team/")
    with desk.expect_download() as download:
        press(desk, "Download this table (CSV)", "link")
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    names = {cell for row in rows for cell in row}
    assert {"Noor Haddad", "Luc Fontaine"} <= names
    assert "Amira Kaya" not in names


def test_manager_finds_no_page_of_a_person_outside_the_line(device, sign_in, manager):
    outsider = manager.organization.members.get(name="Amira Kaya")
    sign_in(device, manager)
    assert device.goto(f"/team/{outsider.public_id}/").status == 404
    expect(device.get_by_text("Amira Kaya")).to_have_count(0)
    assert_accessible(device)


def test_manager_reads_questions_and_programs_but_changes_none(desk, sign_in, manager):
    sign_in(desk, manager)
    desk.goto("/questions/")
    expect(desk.get_by_role("link", name="New question")).to_have_count(0)
    desk.locator("main .rows a.row").first.click()
    expect(desk.get_by_role("button", name="Publish")).to_have_count(0)
    assert_accessible(desk)
    desk.goto("/programs/")
    expect(desk.get_by_role("link", name="Plan a program")).to_have_count(0)
    desk.locator("main .rows a.row").first.click()
    expect(desk.get_by_role("button", name="Launch")).to_have_count(0)
    assert_accessible(desk)


def test_manager_above_sees_the_whole_branch(desk, sign_in, manager):
    director = MemberFactory(organization=manager.organization, name="Wim Peeters")
    sign_in(desk, director)
    assert desk.goto("/team/").status == 404
    people.report_to(manager, director)
    desk.goto("/team/")
    expect(desk.get_by_role("rowheader", name="Luc Fontaine")).to_be_visible()

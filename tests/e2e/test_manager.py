"""What a manager sees of the own line, at a desk and on a phone."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.people import services as people
from reinforcement.daily import services as daily
from reinforcement.progress.proficiency import count_proficiency
from tests.e2e.browsing import DESK, assert_accessible, assert_no_violations, press
from tests.factories import (
    CompetencyFactory,
    DailySetFactory,
    MemberFactory,
    MemberWeekFactory,
    QuestionFactory,
    SellerFactory,
    monday_of,
)


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
    count_proficiency(timezone.now())
    return manager


def test_manager_reads_the_team_and_then_one_person(device, sign_in, manager):
    sign_in(device, manager)
    device.goto("/")
    expect(device.get_by_role("heading", level=1)).not_to_be_empty()
    if device.viewport_size == DESK:
        press(device, "Table", "link")
    table = device.get_by_role("table")
    expect(table.get_by_role("rowheader", name="Noor Haddad")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Questioning")).to_be_visible()
    expect(device.get_by_text("Amira Kaya")).to_have_count(0)
    assert_accessible(device)

    for measure in ("Current proficiency", "Initial proficiency", "Participation", "Started", "Right at last answer"):
        press(device, measure, "link")
        expect(device.get_by_role("link", name=measure, exact=True)).to_have_attribute("aria-current", "page")
        expect(table).to_be_visible()
    assert_accessible(device)

    press(device, "Noor Haddad", "link")
    expect(device.get_by_role("heading", name="By competency")).to_be_visible()
    expect(device.get_by_role("region", name="If asked now").get_by_text("of 6 expected right (")).to_be_visible()
    expect(device.get_by_text("You see figures, not what was answered.")).to_be_visible()
    assert_accessible(device)


def test_map_leads_from_a_cell_to_its_person(desk, sign_in, manager):
    sign_in(desk, manager)
    desk.goto("/team/")
    finding = desk.get_by_role("heading", level=1).text_content()
    heat_map = desk.get_by_role("img", name=finding)
    expect(heat_map.locator(".heatmaplayer image")).not_to_have_count(0)
    expect(desk.get_by_role("table")).to_have_count(0)
    for scheme in ("light", "dark"):
        desk.emulate_media(color_scheme=scheme)
        assert_no_violations(desk, f"{scheme}, with a map")
    desk.emulate_media(color_scheme="light")

    cell = heat_map.locator(".heatmap-label", has_text="83")
    cell.hover(force=True)
    hovering = heat_map.locator(".hoverlayer")
    for words in ("Noor Haddad", "Questioning: 83", "6 questions answered"):
        expect(hovering).to_contain_text(words)
    cell.click(force=True)
    expect(desk.get_by_role("heading", name="By competency")).to_be_visible()
    expect(desk).to_have_title(re.compile("Noor Haddad"))


def test_map_has_its_table_one_key_press_away(desk, sign_in, manager):
    sign_in(desk, manager)
    desk.goto("/team/")
    choice = desk.get_by_role("navigation", name="Shown as").get_by_role("link", name="Table")
    choice.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("table").get_by_role("rowheader", name="Noor Haddad")).to_be_visible()
    expect(desk.get_by_role("img")).to_have_count(0)


def test_phone_shows_the_table_and_loads_no_chart(phone, sign_in, manager):
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    sign_in(phone, manager)
    phone.goto("/team/", wait_until="networkidle")
    expect(phone.get_by_role("table")).to_be_visible()
    assert not [url for url in asked if "plotly" in url]


@pytest.fixture
def weeks(manager):
    """Twelve weeks in which questioning rose and negotiation did not."""
    seller = manager.organization.members.get(name="Luc Fontaine")
    monday = monday_of(timezone.localdate(timezone=manager.zone))
    for name, late, early in (("Asking", 16, 10), ("Negotiation", 12, 12)):
        competency = CompetencyFactory(organization=manager.organization, name=name)
        for ago in range(12):
            right = late if ago < 6 else early
            MemberWeekFactory(member=seller, competency=competency, week_on=monday - timedelta(weeks=ago), answered=20, right=right)


def test_manager_reads_how_the_weeks_went(device, sign_in, manager, weeks):
    sign_in(device, manager)
    device.goto("/team/")
    press(device, "Right by week", "link")
    expect(device.get_by_role("heading", level=1)).to_have_text(
        "Asking rose from 50\N{NO-BREAK SPACE}% to 80\N{NO-BREAK SPACE}% in 8 weeks"
    )
    chart = device.get_by_role("img", name="Asking rose")
    expect(chart.locator(".scatterlayer path.js-line")).to_have_count(3)
    press(device, "Negotiation", "link")
    expect(device.get_by_role("heading", level=1)).to_contain_text("Negotiation: no clear change")
    expect(device.get_by_role("img", name="Negotiation: no clear change").locator(".annotation", has_text="Negotiation")).to_have_count(1)
    device.get_by_text("The chart as a table").click()
    expect(device.get_by_role("table").get_by_role("columnheader", name="Asking")).to_be_visible()
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
    desk.goto("/team/?view=table")
    expect(desk.get_by_role("rowheader", name="Luc Fontaine")).to_be_visible()

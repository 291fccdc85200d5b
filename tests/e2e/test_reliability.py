"""How well answers are predicted, as people read it: on a phone and at a desk, with the keyboard, in light and dark."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reinforcement.daily.reliability import count_reliability
from tests.e2e.browsing import assert_accessible, press
from tests.factories import OwnerFactory, make_line, monday_of
from tests.reinforcement.predicted import log_answers, sellers_of, true_and_false

# Of each tenth of the probabilities: what was predicted, and how many of a hundred were right.
TENTHS = [(0.34, 30), (0.46, 47), (0.55, 52), (0.66, 67), (0.74, 71), (0.83, 82), (0.94, 93)]


@pytest.fixture
def manager():
    """A manager of six sellers, and four weeks with 700 answers each."""
    manager, _sellers = make_line(sellers=6)
    monday = monday_of(timezone.localdate())
    for ago in (3, 2, 1, 0):
        answers = [answer for predicted, right in TENTHS for answer in true_and_false(predicted, right, 100)]
        log_answers(sellers_of(manager.organization, 6), answers, week_on=monday - timedelta(weeks=ago))
        count_reliability(timezone.now())
    return manager


def test_manager_follows_the_sentence_to_how_we_know(device, sign_in, manager):
    sign_in(device, manager)
    device.goto("/team/")
    expect(device.get_by_text("Over the last 1,000 answers: predicted")).to_be_visible()
    press(device, "How we know", "link")
    expect(device.get_by_role("heading", level=1)).to_have_text("Predictions and answers agree")
    picture = device.get_by_role("img", name="Furthest from the line")
    expect(picture.locator("circle")).to_have_count(7)
    device.get_by_text("The diagram as a table").click()
    table = device.get_by_role("table").filter(has_text="30 to 40 %")
    expect(table.get_by_role("row", name="0 to 10 % too few answers")).to_be_visible()
    assert_accessible(device)


def test_keyboard_opens_the_table_and_a_week(desk, sign_in, manager):
    sign_in(desk, manager)
    desk.goto("/figures/reliability/")
    fold = desk.locator("summary", has_text="The diagram as a table")
    fold.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("rowheader", name="30 to 40 %")).to_be_visible()
    week = desk.locator("#weeks ~ div tbody a").nth(1)
    week.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/figures/reliability/?week=*")
    expect(desk.locator("tr[aria-current] a")).to_have_count(1)
    expect(desk.get_by_text("Week of", exact=False).first).to_be_visible()
    press(desk, "The latest answers", "link")
    expect(desk.locator("tr[aria-current]")).to_have_count(0)


def test_empty_page_and_drifted_one_are_accessible(device, sign_in):
    owner = OwnerFactory()
    sign_in(device, owner)
    device.goto("/figures/reliability/")
    expect(device.get_by_text("Too few answers to compare")).to_be_visible()
    assert_accessible(device)
    log_answers(sellers_of(owner.organization), true_and_false(0.85, 700, 1000))
    count_reliability(timezone.now())
    device.reload()
    expect(device.get_by_role("heading", level=1)).to_have_text("Predictions are 15 points too high")
    expect(device.get_by_text("Noticed on")).to_be_visible()
    assert_accessible(device)

"""An author reads what the adaptive choice brings beside fixed spacing."""

import pytest
from playwright.sync_api import expect

from reinforcement.daily.comparisons import count_comparisons
from tests.e2e.browsing import assert_accessible, press
from tests.factories import AuthorFactory
from tests.reinforcement.drawn import NIGHT, answer, join, make_compared, make_found


@pytest.fixture
def author():
    return AuthorFactory(name="Joris Bakker")


def test_author_reads_a_comparison_from_the_program_on(device, sign_in, author):
    program = make_found(author.organization, rights=8, rights_by_date=5, people=20, created_by=author, name="Value and price")
    count_comparisons(NIGHT)
    sign_in(device, author)
    device.goto(f"/programs/{program.public_id}/")
    press(device, "Which of the two keeps more", "link")
    expect(device.get_by_role("heading", level=1)).to_contain_text("were right 30 points more often (from 21 to 39 more, 95 % interval).")
    expect(device.get_by_role("img", name="30 points, from 21 to 39 more, 95 % interval")).to_be_visible()
    expect(device.get_by_role("row", name="Right, on questions drawn by lot 80 % 50 %")).to_be_visible()
    assert_accessible(device)
    press(device, "How it is counted", "link")
    expect(device.get_by_text("Adaptive choice against fixed spacing")).to_be_visible()
    assert_accessible(device)


def test_comparison_without_enough_data_says_what_is_missing(phone, sign_in, author):
    program = make_compared(author.organization, created_by=author)
    sign_in(phone, author)
    phone.goto(f"/programs/{program.public_id}/comparison/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Not enough data yet")
    expect(phone.get_by_text("It takes 8 people or more in each group")).to_be_visible()
    assert_accessible(phone)
    for is_fixed in (False, True):
        answer(program, join(program, 9, is_fixed=is_fixed), ["right"])
    count_comparisons(NIGHT)
    phone.reload()
    expect(phone.get_by_text("With fixed spacing nearly all answers are alike yet; it takes 5 right ones")).to_be_visible()
    # A share of all or nothing would tell each person's answer.
    expect(phone.get_by_text("100")).to_have_count(0)
    assert_accessible(phone)

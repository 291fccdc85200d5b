"""A seller's morning, mostly on a phone."""

import pytest
from playwright.sync_api import expect

from reinforcement.models import Answer, DailySet
from tests.e2e.asking import (
    ASK,
    CASES,
    DEMO,
    QUOTE,
    check,
    choose,
    expect_question,
    expect_verdict,
    give_set,
    make_seller,
    option,
)
from tests.e2e.browsing import PHONE, assert_accessible, press


@pytest.fixture
def seller():
    return make_seller()


def verdicts_of(member):
    return list(Answer.objects.filter(member=member).order_by("item__position").values_list("verdict", flat=True))


def test_seller_answers_the_set_of_today(phone, sign_in, seller):
    give_set(seller)
    sign_in(phone, seller)
    phone.goto("/")
    expect_question(phone, CASES[0])
    assert_accessible(phone)

    check(phone, ASK)
    expect_verdict(phone, "Right")
    expect(phone.locator(".verdict")).to_be_focused()
    expect(phone.get_by_text("a price can only be compared with other prices")).to_be_visible()
    expect(phone.get_by_role("heading", name="Back on")).to_be_visible()
    expect(phone.get_by_text("In 24 days: right. Once more in a row and it is mastered.")).to_be_visible()
    assert_accessible(phone)

    press(phone, "Next question", "link")
    expect_question(phone, CASES[1])
    assert_accessible(phone)
    check(phone, ASK)
    expect_verdict(phone, "Partly right")
    expect(phone.get_by_text("In 12 days: you knew a part of it")).to_be_visible()
    assert_accessible(phone)

    press(phone, "Next question", "link")
    check(phone, QUOTE)
    expect_verdict(phone, "Not yet")
    expect(phone.get_by_text("it can only be compared on price")).to_be_visible()
    assert_accessible(phone)

    press(phone, "Finish", "link")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Done for today.")
    expect(phone.get_by_text("1 working day in a row.")).to_be_visible()
    expect(phone.get_by_text("Today you had 1½ of 3")).to_be_visible()
    assert_accessible(phone)
    assert verdicts_of(seller) == ["right", "partly", "wrong"]


def test_seller_answers_by_keyboard(desk, sign_in, seller):
    give_set(seller)
    sign_in(desk, seller)
    desk.goto("/today/")
    texts = desk.locator("label.answer .prose").all_text_contents()
    desk.keyboard.press(str(texts.index(ASK) + 1))
    expect(option(desk, ASK).locator("input")).to_be_checked()
    desk.keyboard.press("Enter")
    expect_verdict(desk, "Right")
    desk.keyboard.press("Enter")
    expect_question(desk, CASES[1])
    for text in (ASK, QUOTE):
        desk.keyboard.press(str(desk.locator("label.answer .prose").all_text_contents().index(text) + 1))
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    assert_accessible(desk)
    desk.keyboard.press("Escape")
    desk.keyboard.press("Enter")
    expect_verdict(desk, "Right")


def test_seller_who_turned_shortcuts_off_chooses_nothing_by_typing(desk, sign_in):
    seller = make_seller(uses_shortcuts=False)
    give_set(seller)
    sign_in(desk, seller)
    desk.goto("/today/")
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    expect(desk.locator("label.answer input:checked")).to_have_count(0)
    expect_question(desk, CASES[0])


def test_seller_who_checks_without_an_answer_is_told_so(phone, sign_in, seller):
    give_set(seller)
    sign_in(phone, seller)
    phone.goto("/today/")
    press(phone, "Check")
    expect(phone.get_by_role("alert")).to_contain_text("Choose")
    assert_accessible(phone)
    check(phone, ASK)
    expect_verdict(phone, "Right")


def test_seller_leaves_and_goes_on_where_the_set_stood(phone, open_page, sign_in, seller):
    give_set(seller)
    sign_in(phone, seller)
    phone.goto("/today/")
    check(phone, ASK)
    expect_verdict(phone, "Right")
    press(phone, "Leave, keep my place", "link")
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("Right")
    desk = open_page()
    sign_in(desk, seller)
    desk.goto("/")
    expect_question(desk, CASES[1])


def test_seller_who_goes_back_sees_the_verdict_and_cannot_answer_twice(phone, sign_in, seller):
    give_set(seller)
    sign_in(phone, seller)
    phone.goto("/today/")
    check(phone, QUOTE)
    expect_verdict(phone, "Not yet")
    press(phone, "Next question", "link")
    expect_question(phone, CASES[1])
    phone.go_back()
    expect_verdict(phone, "Not yet")
    phone.reload()
    expect_verdict(phone, "Not yet")
    assert verdicts_of(seller) == ["wrong"]


def test_seller_on_two_devices_is_judged_by_the_first_answer(phone, open_page, sign_in, seller):
    give_set(seller)
    desk = open_page()
    for page in (phone, desk):
        sign_in(page, seller)
        page.goto("/today/")
    check(phone, ASK)
    expect_verdict(phone, "Right")
    check(desk, QUOTE)
    expect_verdict(desk, "Right")
    expect(desk.get_by_text("You answered this question before. The first answer counts.")).to_be_visible()
    assert verdicts_of(seller) == ["right"]


def test_seller_who_taps_check_twice_answers_once(phone, sign_in, seller):
    daily_set = give_set(seller)
    sign_in(phone, seller)
    phone.goto("/today/")
    choose(phone, ASK)
    phone.evaluate("() => { const check = document.querySelector('button[form=answer-form]'); check.click(); check.click(); }")
    expect_verdict(phone, "Right")
    assert verdicts_of(seller) == ["right"]
    assert DailySet.objects.get(pk=daily_set.pk).answered == 1


def test_seller_without_script_answers_the_whole_set(open_page, sign_in, seller):
    give_set(seller)
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, seller)
    page.goto("/")
    for prompt, texts, word in zip(CASES, ([ASK], [ASK, QUOTE], [DEMO]), ("Right", "Right", "Not yet"), strict=True):
        expect_question(page, prompt)
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("alert")).to_be_visible()
        for text in texts:
            option(page, text).click()
        page.get_by_role("button", name="Check").click()
        expect_verdict(page, word)
        page.locator("[data-next]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Done for today.")
    assert verdicts_of(seller) == ["right", "right", "wrong"]


def test_seller_without_a_set_reads_why(phone, sign_in, seller):
    sign_in(phone, seller)
    phone.goto("/today/")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("No program yet.")
    assert_accessible(phone)

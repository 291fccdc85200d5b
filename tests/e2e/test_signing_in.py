"""Signing in through the form, by password and by code, and the pages that say no."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.asking import CASES, expect_question, give_set, make_seller
from tests.e2e.browsing import assert_accessible, press
from tests.e2e.mailing import deliver_mail
from tests.factories import PASSWORD


@pytest.fixture
def seller():
    seller = make_seller()
    seller.user.set_password(PASSWORD)
    seller.user.save()
    give_set(seller)
    return seller


def test_sign_in_with_a_password_leads_to_today(device, seller):
    device.goto("/today/")
    assert_accessible(device)
    device.get_by_label("Email").fill(seller.email)
    device.get_by_label("Password", exact=True).fill("not the passphrase at all")
    press(device, "Sign in")
    expect(device.get_by_text("not correct")).to_be_visible()
    assert_accessible(device)
    device.get_by_label("Password", exact=True).fill(PASSWORD)
    press(device, "Sign in")
    expect_question(device, CASES[0])


def test_sign_in_with_a_code_by_mail_leads_to_today(phone, seller, mailoutbox):
    phone.goto("/today/")
    press(phone, "Mail me a code", "link")
    phone.get_by_label("Email").fill(seller.email)
    assert_accessible(phone)
    press(phone, "Mail me a code")
    code = phone.get_by_label("Code")
    expect(code).to_be_visible()
    assert_accessible(phone)
    deliver_mail()
    code.fill(sent_code(mailoutbox))
    press(phone, "Continue")
    expect_question(phone, CASES[0])


def test_forgotten_password_is_set_anew_by_mail(phone, seller, mailoutbox):
    phone.goto("/accounts/login/")
    phone.goto("/accounts/password/reset/")
    assert_accessible(phone)
    phone.get_by_label("Email").fill(seller.email)
    press(phone, "Mail me")
    expect(phone).to_have_url(re.compile("/password/reset/done/"))
    assert_accessible(phone)
    deliver_mail()
    phone.goto(re.search(r"http://\S+/password/reset/key/\S+", mailoutbox[-1].body)[0])
    for field in phone.locator("input[type=password]").all():
        field.fill("another long passphrase")
    assert_accessible(phone)
    phone.locator("main form button").first.tap()
    expect(phone).to_have_url(re.compile("/password/reset/key/done/|/today/|/login/"))
    assert_accessible(phone)


def test_sign_out_closes_the_pages(phone, sign_in, seller):
    sign_in(phone, seller)
    phone.goto("/progress/")
    press(phone, "Sanne de Wit, menu")
    assert_accessible(phone)
    press(phone, "Sign out")
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()
    phone.goto("/progress/")
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_page_that_does_not_exist_says_so_in_our_frame(device, sign_in, seller, is_signed_in):
    if is_signed_in:
        sign_in(device, seller)
    assert device.goto("/there/is/no/such/page/").status == 404
    expect(device.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(device)


def test_form_that_stood_open_too_long_says_what_to_do(phone, seller):
    phone.goto("/accounts/login/")
    phone.get_by_label("Email").fill(seller.email)
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.context.clear_cookies()
    with phone.expect_navigation() as navigation:
        press(phone, "Sign in")
    assert navigation.value.status == 403
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(phone)


def test_invitation_that_never_was_says_what_to_do(phone):
    assert phone.goto("/invitation/7d2f7a5e-2f0b-4d59-9d7e-0c1f7d2f7a5e/").status == 404
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    assert_accessible(phone)


def sent_code(mailoutbox) -> str:
    """The code stands alone on its line."""
    return re.search(r"^\s*([A-Z0-9]{2,}(?:-[A-Z0-9]+)*)\s*$", mailoutbox[-1].body, re.MULTILINE)[1]

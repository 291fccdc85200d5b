"""The link of the morning mail: scanners open it first, then a person answers without a password."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from outbox.services import queue_message
from reinforcement.daily.messages import MORNING
from reinforcement.models import Answer, DailySet
from tests.e2e.asking import ASK, CASES, QUOTE, check, expect_question, expect_verdict, give_set, make_seller, option
from tests.e2e.browsing import assert_accessible, press
from tests.e2e.mailing import deliver_mail, links_in
from tests.factories import DailySetFactory


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def mailed(phone, seller, mailoutbox):
    """The addresses in the mail of today's set: of the set itself, and of each answer by its text."""
    daily_set = give_set(seller)
    queue_message(
        key="morning",
        kind=MORNING,
        address=seller.email,
        language=seller.language,
        time_zone=seller.time_zone,
        organization=seller.organization.public_id,
        member=seller.public_id,
        payload={"set": str(daily_set.public_id)},
        due_at=timezone.now(),
    )
    deliver_mail()
    [mail] = mailoutbox
    links = links_in(mail.alternatives[0][0])
    chosen = {text: next(url for words, url in links.items() if words.endswith(text)) for text in (ASK, QUOTE)}
    return {"set": links["Answer now"]} | chosen


def test_mail_link_read_by_scanners_changes_nothing(mailed, phone, open_page):
    scanner = open_page()
    for _round in range(2):
        for url in mailed.values():
            assert scanner.request.head(url).ok
            assert scanner.request.get(url).ok
        scanner.goto(mailed[QUOTE])
        expect_question(scanner, CASES[0])
    assert not Answer.objects.exists()
    phone.goto(mailed[ASK])
    expect_question(phone, CASES[0])
    expect(option(phone, ASK).locator("input")).to_be_checked()


def test_mail_link_opens_the_question_with_the_answer_chosen_and_no_password(phone, seller, mailed):
    phone.goto(mailed[QUOTE])
    expect_question(phone, CASES[0])
    expect(option(phone, QUOTE).locator("input")).to_be_checked()
    expect(phone.get_by_text("Answering as Sanne de Wit")).to_be_visible()
    assert "/t/" not in phone.url
    assert not Answer.objects.exists()
    assert_accessible(phone)

    press(phone, "Check")
    expect_verdict(phone, "Not yet")
    press(phone, "Next question", "link")
    check(phone, ASK, QUOTE)
    expect_verdict(phone, "Right")
    press(phone, "Next question", "link")
    check(phone, ASK)
    press(phone, "Finish", "link")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Done for today.")
    assert_accessible(phone)
    assert Answer.objects.filter(member=seller).count() == 3


@pytest.mark.parametrize("path", ["/progress/", "/me/", "/team/", "/people/", "/"])
def test_mail_link_is_no_sign_in(phone, mailed, path):
    phone.goto(mailed["set"])
    expect_question(phone, CASES[0])
    phone.goto(path)
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()


def test_mail_link_on_a_borrowed_phone_is_left_with_one_tap(phone, mailed):
    phone.goto(mailed["set"])
    press(phone, "Not you?")
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()
    phone.goto("/today/")
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()


def test_mail_link_after_two_weeks_opens_nothing(phone, seller, mailed):
    DailySet.objects.filter(member=seller).update(prepared_at=timezone.now() - timedelta(days=14, minutes=1))
    assert phone.goto(mailed["set"]).status == 410
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link has ended")
    expect(phone.get_by_text(CASES[0])).to_have_count(0)


def test_mail_link_of_an_earlier_set_says_what_to_do(phone, seller, mailed, mailoutbox):
    tomorrow = timezone.localdate(timezone=seller.zone) + timedelta(days=1)
    DailySetFactory(member=seller, local_date=tomorrow)
    response = phone.goto(mailed[ASK])
    assert response.status == 410
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link has ended")
    expect(phone.get_by_text(CASES[0])).to_have_count(0)
    assert_accessible(phone)
    press(phone, "Send me a new mail")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    assert_accessible(phone)
    deliver_mail()
    assert [mail.to for mail in mailoutbox[1:]] == [[seller.email]]


def test_mail_link_that_was_forged_opens_nothing(phone, mailed):
    response = phone.goto(mailed["set"].rstrip("/")[:-3] + "xyz/")
    assert response.status == 404
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link does not work")
    assert_accessible(phone)

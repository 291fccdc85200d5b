"""What a seller reads and sets beside the daily question."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from accounts.models import Absence
from reinforcement.daily import services as daily
from tests.e2e.asking import CASES, expect_question, give_set, make_seller
from tests.e2e.browsing import assert_accessible, press, tap
from tests.factories import CompetencyFactory, ProficiencyWeekFactory


@pytest.fixture
def seller():
    return make_seller()


def test_seller_reads_progress_after_answering(device, sign_in, seller):
    give_set(seller)
    for item in daily.items_to_answer(seller):
        daily.answer(seller, item, {"chosen": ["a"]})
    sign_in(device, seller)
    device.goto("/")
    expect(device.get_by_role("heading", level=1)).to_contain_text("Done for today.")
    press(device, "Progress", "link")
    expect(device.get_by_role("heading", name="By competency")).to_be_visible()
    expect(device.get_by_role("heading", name="What is recorded, and who reads it")).to_be_visible()
    assert_accessible(device)


def test_seller_reads_what_would_be_right_now_and_is_forgotten(device, sign_in, seller):
    negotiation, price = (CompetencyFactory(organization=seller.organization, name=name) for name in ("Negotiation", "Value and price"))
    ProficiencyWeekFactory(member=seller, competency=negotiation)
    ProficiencyWeekFactory(member=seller, competency=price, answers=4)
    sign_in(device, seller)
    device.goto("/progress/")
    section = device.get_by_role("region", name="If you were asked now")
    expect(section.get_by_text("7 of 10 expected right (4 to 10), from 24 answers")).to_be_visible()
    forgetting = "Without practice about 5 of 10 in 60 days; with the coming questions about 8."
    expect(section.get_by_text(forgetting)).to_be_visible()
    expect(section.get_by_role("img", name=f"Negotiation: {forgetting}")).to_be_visible()
    expect(section.get_by_text("Not enough answers yet")).to_be_visible()
    tap(section.get_by_text("The curves in figures", exact=True).first)
    expect(section.get_by_role("row").filter(has_text="Negotiation")).to_have_count(2)
    assert_accessible(device)
    press(device, "how it is forgotten", "link")
    expect(device.get_by_text("The curve begins at the current proficiency.")).to_be_visible()
    assert_accessible(device)


def test_seller_without_answers_is_led_to_today(phone, sign_in, seller):
    sign_in(phone, seller)
    phone.goto("/progress/")
    assert_accessible(phone)
    press(phone, "Open today", "link")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("No program yet.")


def test_seller_changes_language_and_reads_dutch(phone, sign_in, seller):
    sign_in(phone, seller)
    phone.goto("/today/")
    press(phone, "Sanne de Wit, menu")
    press(phone, "My settings", "link")
    expect(phone.get_by_role("heading", name="How it reaches you")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("Language").select_option("nl")
    press(phone, "Save my settings")
    expect(phone.locator("html")).to_have_attribute("lang", "nl")
    with translation.override("nl"):
        saved = gettext("Saved.")
    assert saved != "Saved.", "the Dutch catalogue is not compiled: `make setup` does it"
    expect(phone.get_by_role("status")).to_contain_text(saved)
    assert_accessible(phone)


def test_seller_notes_a_day_off_and_gets_no_set(phone, sign_in, seller):
    give_set(seller)
    today = timezone.localdate(timezone=seller.zone)
    sign_in(phone, seller)
    phone.goto("/me/")
    days_off = phone.locator("#days-off")
    days_off.get_by_label("Last day").fill(str(today))
    days_off.get_by_label("First day").fill(str(today + timedelta(days=1)))
    press(phone, "Note these days")
    expect(phone.get_by_text("The last day comes before the first. Check the dates.")).to_be_visible()
    assert_accessible(phone)
    assert not Absence.objects.exists()
    days_off.get_by_label("Last day").fill(str(today + timedelta(days=2)))
    press(phone, "Note these days")
    expect(phone.get_by_text("Noted. No set comes in that time, and your streak stays.")).to_be_visible()
    tap(days_off.get_by_role("button", name="End it"))
    expect(phone.get_by_text("Done. Your sets come again.")).to_be_visible()
    assert not Absence.objects.exists()


def test_seller_chooses_a_theme_that_stays(phone, sign_in, seller):
    give_set(seller)
    sign_in(phone, seller)
    phone.goto("/progress/")
    press(phone, "Sanne de Wit, menu")
    phone.get_by_role("radio", name="Dark").check()
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")
    phone.goto("/today/")
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")
    expect_question(phone, CASES[0])

"""Pictures of the product for the README, made from its real pages with people and questions that are invented.

They are written beside the other outcomes of the tests; `SCREENSHOTS=1` writes them to docs/images.
"""

import os

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import expect

from reinforcement.models import OptionShares
from tests.e2e.asking import check, make_seller
from tests.e2e.browsing import ROOT
from tests.factories import (
    CompetencyFactory,
    DailySetFactory,
    LastAnswersFactory,
    MemberFactory,
    MemberWeekFactory,
    OrganizationFactory,
    QuestionFactory,
    SellerFactory,
)

README_PHONE = {"width": 390, "height": 844}
README_DESK = {"width": 1280, "height": 860}
MOST_BYTES = 150_000
OPTIONS = {
    "options": [
        {"id": "a", "text": "Ask what the delays cost them each month", "feedback": ""},
        {"id": "b", "text": "Send the quote the same day", "feedback": "Fast, but it can only be compared on price."},
        {"id": "c", "text": "Offer a second demo", "feedback": ""},
        {"id": "d", "text": "Propose a discount for a quick yes", "feedback": ""},
    ]
}
COMPETENCIES = ("Questioning", "Value and price", "Negotiation", "Next steps")
# Right of ten at the last answer, competency by competency.
PEOPLE = {
    "Amira Kaya": (9, 8, 5, 8),
    "Luc Fontaine": (8, 7, 6, 9),
    "Noor Haddad": (9, 9, 7, 9),
    "Pieter Smet": (6, 5, 3, 7),
    "Sanne de Wit": (7, 8, 4, 8),
}


@pytest.fixture
def organization():
    return OrganizationFactory(name="Fennema")


@pytest.fixture
def photograph():
    """`photograph(page, name)` writes what is in sight."""
    folder = ROOT / "docs/images" if os.environ.get("SCREENSHOTS") == "1" else django_settings.DATA_DIR / "screenshots"

    def written(page, name):
        path = folder / f"{name}.png"
        page.evaluate("() => document.fonts.ready")
        page.screenshot(path=path, animations="disabled")
        assert path.stat().st_size <= MOST_BYTES, f"{path} is too large for a README"

    return written


def test_pictures_of_the_question_and_its_verdict(open_page, sign_in, organization, photograph):
    seller = make_seller(organization=organization)
    questions = [
        QuestionFactory.create(
            organization=organization,
            competency=CompetencyFactory(organization=organization, name=name),
            prompt="Van Loon asks for a quote before you know their problem. What do you do first?",
            content=OPTIONS,
        )
        for name in COMPETENCIES[:3]
    ]
    OptionShares.objects.create(
        organization=organization,
        version=questions[0].current_version,
        people=23,
        chosen={"a": 14, "b": 6, "c": 2, "d": 1},
        counted_at=timezone.now(),
    )
    DailySetFactory(member=seller, questions=questions)
    phone = open_page(README_PHONE)
    sign_in(phone, seller)
    phone.goto("/today/")
    expect(phone.get_by_role("button", name="Check")).to_be_visible()
    photograph(phone, "today")
    check(phone, OPTIONS["options"][0]["text"])
    expect(phone.get_by_text("How 23 colleagues answered.")).to_be_visible()
    photograph(phone, "verdict")


def test_picture_of_the_team(open_page, sign_in, organization, photograph):
    manager = MemberFactory(organization=organization, name="Els Maes")
    competencies = [CompetencyFactory(organization=organization, name=name) for name in COMPETENCIES]
    for name, rights in PEOPLE.items():
        seller = SellerFactory(organization=organization, name=name, manager=manager)
        for competency, right in zip(competencies, rights, strict=True):
            LastAnswersFactory(member=seller, competency=competency, questions=10, right=right)
            week = {"presented": 24, "answered": 22, "right": right + 8, "first_answered": 10, "first_credit": max(right - 3, 1) * 10_000}
            MemberWeekFactory(member=seller, competency=competency, **week)
    desk = open_page(README_DESK)
    sign_in(desk, manager)
    desk.goto("/team/")
    expect(desk.get_by_role("img", name="Negotiation").locator(".heatmaplayer image")).not_to_have_count(0)
    photograph(desk, "team")

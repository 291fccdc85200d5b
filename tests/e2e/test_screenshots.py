"""Pictures of the product for README and docs, made from its real pages with people and questions that are invented.

They are written beside the other outcomes of the tests; `make screenshots` writes them to docs/images. The world stands still on one
Tuesday morning, so a picture changes only when its page does.
"""

import os
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Member
from reinforcement.models import DailySetItem, OptionShares
from reinforcement.programs import services as programs
from reinforcement.published.services import publish
from tests.e2e.asking import check, make_seller
from tests.e2e.browsing import ROOT
from tests.e2e.jobs import do_jobs
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    DailySetFactory,
    HrFactory,
    LastAnswersFactory,
    MemberFactory,
    MemberWeekFactory,
    OrganizationFactory,
    OwnerFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    TeamFactory,
    put_in,
)
from tests.reinforcement.published.world import DAY, make_four_teams, moment

TUESDAY = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1120, "height": 780}
# Wide enough for the preview beside the editor.
WIDE_DESK = {"width": 1280, "height": 620}
MOST_BYTES = 120_000
PROMPT = "Van Loon asks for a quote before you know their problem. What do you do first?"
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


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(TUESDAY, tick=False):
        yield


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
        page.screenshot(path=path, animations="disabled", caret="hide")
        assert path.stat().st_size <= MOST_BYTES, f"{path} has {path.stat().st_size} bytes, too many for a page of the docs"

    return written


def make_questions(organization, count=3):
    return [
        QuestionFactory.create(
            organization=organization,
            competency=CompetencyFactory(organization=organization, name=name),
            prompt=prompt,
            content=OPTIONS,
        )
        for name, prompt in zip(COMPETENCIES[:count], (PROMPT, "They say that you are expensive. What first?", "Who decides?"), strict=True)
    ]


def test_pictures_of_the_question_and_its_verdict(open_page, sign_in, organization, photograph):
    seller = make_seller(organization=organization)
    questions = make_questions(organization)
    OptionShares.objects.create(
        organization=organization,
        version=questions[0].current_version,
        people=23,
        chosen={"a": 14, "b": 6, "c": 2, "d": 1},
        counted_at=timezone.now(),
    )
    for item in DailySetFactory(member=seller, questions=questions).items.all():
        # The order of the answers follows from the key.
        DailySetItem.objects.filter(pk=item.pk).update(key=uuid.UUID(int=item.position))
    phone = open_page(PHONE)
    sign_in(phone, seller)
    phone.goto("/today/")
    expect(phone.get_by_role("button", name="Check")).to_be_visible()
    photograph(phone, "today")
    check(phone, OPTIONS["options"][0]["text"])
    expect(phone.get_by_text("How at least 20 colleagues answered, in steps of 5 %.")).to_be_visible()
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
    desk = open_page(DESK)
    sign_in(desk, manager)
    desk.goto("/team/")
    expect(desk.get_by_role("img", name="Negotiation").locator(".heatmaplayer image")).not_to_have_count(0)
    photograph(desk, "team")


def test_pictures_of_a_question_and_a_program_that_are_written(open_page, sign_in, organization, photograph):
    author = AuthorFactory(organization=organization, name="Jonas Peeters")
    sellers = [SellerFactory(organization=organization, name=name) for name in PEOPLE]
    questions = make_questions(organization)
    program = ProgramFactory(
        organization=organization,
        name="First conversations",
        state="draft",
        starts_on=date(2026, 3, 16),
        description="For everybody who joined this winter.",
    )
    put_in(program, *questions)
    programs.set_audience(program, sellers)
    desk = open_page(WIDE_DESK)
    sign_in(desk, author)
    desk.goto(f"/questions/{questions[0].public_id}/")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Van Loon")
    photograph(desk, "question")
    desk.goto(f"/programs/{program.public_id}/")
    expect(desk.get_by_text("It is being simulated.")).to_be_visible()
    do_jobs()
    expect(desk.get_by_text("After 180 days about")).to_be_visible()
    photograph(desk, "program")


def make_company(organization):
    """Teams with their people, who signed in yesterday or not yet."""
    benelux = TeamFactory(organization=organization, name="Benelux")
    south = TeamFactory(organization=organization, name="South", parent=benelux)
    manager = MemberFactory(organization=organization, name="Els Maes", email="els.maes@fennema.example", team=benelux)
    for number, name in enumerate(PEOPLE):
        address = name.lower().replace(" ", ".") + "@fennema.example"
        member = SellerFactory(organization=organization, name=name, email=address, team=south if number % 2 else benelux, manager=manager)
        if number:
            Member.objects.filter(pk=member.pk).update(last_signed_in_at=TUESDAY - timedelta(days=1))


def test_picture_of_the_people(open_page, sign_in, organization, photograph):
    make_company(organization)
    owner = OwnerFactory(organization=organization, name="Inge Maes", email="inge.maes@fennema.example")
    desk = open_page(DESK)
    sign_in(desk, owner)
    desk.goto("/people/")
    expect(desk.get_by_text("Noor Haddad")).to_be_visible()
    photograph(desk, "people")


def test_picture_of_the_overview(open_page, sign_in, organization, photograph):
    make_four_teams(organization, weeks=8)
    publish(organization, moment(DAY))
    desk = open_page(DESK)
    sign_in(desk, HrFactory(organization=organization, name="Ria Claes"))
    desk.goto("/overview/")
    expect(desk.get_by_role("heading", name="By competency")).to_be_visible()
    photograph(desk, "overview")

"""Longer words in other languages still fit on the smallest phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reinforcement.models import Program
from tests.e2e.asking import ASK, give_set, make_seller
from tests.e2e.browsing import NARROW, assert_fits, assert_no_violations
from tests.factories import LastAnswersFactory, MemberFactory, ProgramFactory, SellerFactory, enroll, put_in

PATHS = [
    "/today/",
    "/progress/",
    "/me/",
    "/team/",
    "/figures/",
    "/questions/",
    "/questions/new/",
    "/questions/import/",
    "/programs/",
    "/programs/new/",
    "/competencies/",
    "/people/",
    "/people/add/",
    "/people/import/",
    "/people/teams/",
    "/people/holidays/",
]


@pytest.fixture(params=["nl", "fr"])
def member(request):
    """Somebody with every role who has something on each page."""
    member = make_seller(language=request.param, is_author=True, is_owner=True)
    daily_set = give_set(member)
    seller = SellerFactory(organization=member.organization, manager=member)
    LastAnswersFactory(member=seller)
    program = ProgramFactory(organization=member.organization, created_by=member, starts_on=timezone.localdate())
    put_in(program, *[item.question for item in daily_set.items.order_by("position")])
    enroll(program, seller)
    return member


def test_pages_fit_in_every_language(open_page, sign_in, member):
    page = open_page(NARROW, has_touch=True)
    sign_in(page, member)
    program = Program.objects.get(organization=member.organization, created_by=member)
    question = program.program_questions.first().question
    for path in [*PATHS, f"/programs/{program.public_id}/", f"/questions/{question.public_id}/", f"/people/{member.public_id}/"]:
        assert page.goto(path).ok, path
        expect(page.locator("html")).to_have_attribute("lang", member.language)
        assert_fits(page)
    page.goto("/today/")
    page.locator("label.answer", has_text=ASK).tap()
    page.locator(".ask-foot button").first.tap()
    expect(page.locator(".verdict")).to_be_visible()
    assert_fits(page)
    assert_no_violations(page, member.language)


@pytest.mark.parametrize("path", ["/team/", "/competencies/", "/people/"])
@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_five_links_fit_the_bar_of_a_phone(phone, sign_in, language, path):
    member = MemberFactory(language=language, is_author=True, is_owner=True)
    SellerFactory(organization=member.organization, manager=member)
    sign_in(phone, member)
    phone.goto(path)
    bar = phone.locator(".nav ul")
    expect(bar.get_by_role("link")).to_have_count(5)
    assert bar.evaluate("bar => [...bar.querySelectorAll('a')].filter(link => link.scrollWidth > link.clientWidth).length") == 0
    assert bar.evaluate("bar => bar.scrollWidth - bar.clientWidth") == 0


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_choice_of_weeks_is_one_row_on_a_phone(phone, sign_in, language):
    manager = MemberFactory(language=language)
    SellerFactory(organization=manager.organization, manager=manager)
    sign_in(phone, manager)
    phone.goto("/team/?measure=participation")
    choices = phone.locator(".segments a")
    expect(choices).to_have_count(3)
    assert choices.evaluate_all("links => new Set(links.map(link => link.offsetTop)).size") == 1


@pytest.mark.parametrize(("locale", "language"), [("nl-BE", "nl"), ("fr-FR", "fr"), ("de-DE", "en")])
def test_sign_in_speaks_the_language_of_the_browser(open_page, locale, language):
    page = open_page(NARROW, locale=locale)
    for path in ("/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_fits(page)

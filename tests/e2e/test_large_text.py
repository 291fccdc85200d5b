"""Lists on a phone whose reader has set the text to twice its size."""

import pytest

from tests.e2e.browsing import assert_fits
from tests.factories import CompetencyFactory, OrganizationFactory, OwnerFactory, QuestionFactory, SellerFactory

LONG_WORD = "Aansprakelijkheidsverzekeringsmaatschappij"


@pytest.fixture
def owner():
    owner = OwnerFactory(is_author=True, organization=OrganizationFactory(name="Fennema"))
    SellerFactory(name="Maximiliaan Vandenberghe", email=f"{LONG_WORD.lower()}@fennema.example", organization=owner.organization)
    competency = CompetencyFactory(organization=owner.organization, name=LONG_WORD)
    QuestionFactory(organization=owner.organization, competency=competency, prompt=f"What is {LONG_WORD} for?")
    return owner


@pytest.mark.parametrize("address", ["/people/", "/questions/"])
def test_list_keeps_to_the_page_with_text_of_twice_the_size(phone, sign_in, owner, address):
    sign_in(phone, owner)
    phone.goto(address)
    phone.evaluate("() => document.documentElement.style.setProperty('font-size', '32px')")
    assert_fits(phone)


def test_badge_of_a_person_stands_under_the_text_on_a_phone(phone, sign_in, owner):
    sign_in(phone, owner)
    phone.goto("/people/")
    row = phone.locator(".row", has_text="Maximiliaan")
    text, badge = row.locator("b").bounding_box(), row.locator(".badge").bounding_box()
    assert badge["y"] > text["y"] + text["height"]
    assert badge["x"] == text["x"]

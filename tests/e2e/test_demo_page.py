"""The demo's door: a role is picked, and one press signs in."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dashboards.demo.accounts import make_accounts
from tests.e2e.browsing import assert_accessible, press
from tests.factories import AuthorFactory, OrganizationFactory, OwnerFactory, make_line


@pytest.fixture
def demo(settings, tmp_path):
    """A demo of one organization with a manager, sellers, an author and an owner."""
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    organization = OrganizationFactory(name="Fennema", is_demo=True)
    make_line(organization)
    AuthorFactory(organization=organization, name="Joris Bakker")
    OwnerFactory(organization=organization, name="Ines Vos")
    return make_accounts()


def test_demo_page_signs_in_with_one_press(device, demo):
    device.goto("/demo/")
    expect(device.get_by_text("the weeks of answers behind the figures are simulated")).to_be_visible()
    assert_accessible(device)
    device.get_by_text("All sign-ins, with passwords").click()
    assert_accessible(device)
    press(device, "Sign in as Joris Bakker")
    expect(device.get_by_role("heading", level=1)).to_have_text("0 questions in the bank")


def test_demo_password_signs_in_through_the_form(desk, demo):
    account = next(account for account in demo if account.name == "Ines Vos")
    desk.goto("/accounts/login/")
    desk.get_by_label("Email").fill(account.email)
    desk.get_by_label("Password", exact=True).fill(account.password)
    press(desk, "Sign in")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("people at Fennema")
    member = OwnerFactory._meta.model.objects.get(public_id=account.member)
    assert member.last_signed_in_at <= timezone.now()


def test_demo_page_does_not_exist_elsewhere(phone):
    assert phone.goto("/demo/").status == 404
    assert phone.goto("/ui/").status == 404

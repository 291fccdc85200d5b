"""The demo's door: a role is picked, and one press signs in."""

import json
from dataclasses import asdict

import pytest
from playwright.sync_api import expect

from dashboards.demo.accounts import DemoAccount, accounts_file
from tests.e2e.browsing import assert_accessible, press
from tests.factories import PASSWORD, AuthorFactory, OrganizationFactory, OwnerFactory, make_line


@pytest.fixture
def demo(settings, tmp_path):
    """A demo of one organization with a manager, sellers, an author and an owner."""
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    organization = OrganizationFactory(name="Fennema", is_demo=True)
    manager, _sellers = make_line(organization)
    author = AuthorFactory(organization=organization, name="Joris Bakker")
    owner = OwnerFactory(organization=organization, name="Ines Vos")
    owner.user.set_password(PASSWORD)
    owner.user.save()
    accounts = [
        DemoAccount(member.email, PASSWORD, roles, organization.slug, member.name, str(member.public_id))
        for member, roles in ((manager, ["manager"]), (author, ["author"]), (owner, ["owner"]))
    ]
    accounts_file().write_text(json.dumps([asdict(account) for account in accounts]))
    return owner


def test_demo_page_signs_in_with_one_press(device, demo):
    device.goto("/demo/")
    expect(device.get_by_text("the weeks of answers behind the figures are simulated")).to_be_visible()
    assert_accessible(device)
    device.get_by_text("All sign-ins, with passwords").click()
    assert_accessible(device)
    press(device, "Sign in as Joris Bakker")
    expect(device.get_by_role("heading", level=1)).to_have_text("0 questions in the bank")


def test_demo_password_signs_in_through_the_form(desk, demo):
    desk.goto("/demo/")
    desk.get_by_text("All sign-ins, with passwords").click()
    password = desk.get_by_role("row").filter(has_text=demo.email).get_by_role("cell").first.text_content()
    desk.goto("/accounts/login/")
    desk.get_by_label("Email").fill(demo.email)
    desk.get_by_label("Password", exact=True).fill(password)
    press(desk, "Sign in")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("people at Fennema")


def test_demo_page_does_not_exist_elsewhere(phone):
    assert phone.goto("/demo/").status == 404
    assert phone.goto("/ui/").status == 404

"""An owner brings people in, and lets them go."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Member
from tests.e2e.browsing import PHONE, assert_accessible, press
from tests.e2e.mailing import deliver_mail, links_in
from tests.factories import MemberFactory, OrganizationFactory, OwnerFactory, SellerFactory
from tests.mail_server import running_mail_server

NEW_PASSWORD = "four words of my own"
PEOPLE = """e-mail,name,team,manager,roles,language
els@fennema.example,Els Maes,Benelux,,author,en
noor@fennema.example,Noor Haddad,Benelux / South,els@fennema.example,seller,en
luc@fennema.example,Luc Fontaine,Benelux / South,els@fennema.example,seller,fr
"""


@pytest.fixture
def owner():
    return OwnerFactory(name="Ines Vos", organization=OrganizationFactory(name="Fennema"))


@pytest.fixture
def mail_server(settings):
    """A real SMTP server that the product sends through."""
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def test_owner_invites_a_person_who_accepts_in_another_browser(desk, open_page, sign_in, owner, mail_server):
    sign_in(desk, owner)
    desk.goto("/")
    press(desk, "Invite a person", "link")
    desk.get_by_label("Name", exact=True).fill("Tom Claes")
    desk.get_by_label("E-mail").first.fill("tom@fennema.example")
    assert_accessible(desk)
    press(desk, "Send the invitation")
    expect(desk.get_by_text("Tom Claes is invited by mail.")).to_be_visible()

    deliver_mail()
    [mail] = mail_server.received
    assert mail["To"] == "tom@fennema.example"
    [url] = {url for url in links_in(mail.get_body(("html",)).get_content()).values() if "/invitation/" in url}

    phone = open_page(PHONE)
    phone.goto(url)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welcome, Tom Claes")
    assert_accessible(phone)
    phone.get_by_label("Choose a password").fill("short")
    press(phone, "Start")
    expect(phone.get_by_text("too short")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("Choose a password").fill(NEW_PASSWORD)
    press(phone, "Start")
    expect(phone.get_by_role("button", name="Tom Claes, menu")).to_be_visible()
    expect(phone).to_have_url(re.compile("/today/$"))

    again = open_page(PHONE)
    assert again.goto(url).status == 404
    expect(again.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    desk.goto("/people/")
    expect(desk.get_by_role("link", name="Tom Claes")).to_contain_text("active")


def test_owner_loads_people_from_a_file_after_seeing_what_it_does(device, sign_in, owner):
    sign_in(device, owner)
    device.goto("/people/import/")
    assert_accessible(device)
    load(device, PEOPLE.encode())
    expect(device.get_by_role("heading", level=1)).to_contain_text("3 new people")
    expect(device.get_by_role("listitem").filter(has_text="noor@fennema.example")).to_contain_text("Benelux / South")
    assert Member.objects.filter(organization=owner.organization).count() == 1
    assert_accessible(device)

    press(device, "Take over 3 rows")
    expect(device.get_by_text("3 people added or changed.")).to_be_visible()
    expect(device.get_by_role("link", name="Luc Fontaine")).to_contain_text("reports to Els Maes")
    assert_accessible(device)


def test_owner_is_told_row_and_column_of_a_bad_file_and_nothing_changes(device, sign_in, owner):
    sign_in(device, owner)
    device.goto("/people/import/")
    load(device, PEOPLE.replace("luc@fennema.example,", "luc at fennema,").encode())
    expect(device.get_by_role("listitem").filter(has_text="Row 4, e-mail")).to_contain_text("“luc at fennema” is not an e-mail address.")
    expect(device.get_by_role("alert")).to_contain_text("nothing has changed")
    assert_accessible(device)
    assert Member.objects.filter(organization=owner.organization).count() == 1


def test_owner_ends_access_and_the_next_request_is_refused(desk, open_page, sign_in, owner):
    seller = SellerFactory(organization=owner.organization, name="Sanne de Wit")
    phone = open_page(PHONE)
    sign_in(phone, seller)
    phone.goto("/progress/")
    expect(phone.get_by_role("heading", name="What is recorded, and who reads it")).to_be_visible()

    sign_in(desk, owner)
    desk.goto("/people/")
    desk.get_by_role("link", name="Sanne de Wit").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sanne de Wit")
    assert_accessible(desk)
    press(desk, "End access")
    expect(desk.get_by_text("Sanne de Wit no longer has access. What was learned stays.")).to_be_visible()

    phone.reload()
    expect(phone.get_by_role("heading", name="What is recorded, and who reads it")).to_have_count(0)
    assert_accessible(phone)


def test_member_of_two_organizations_switches_between_them(device, sign_in, owner):
    elsewhere = MemberFactory(email=owner.email, name="Ines Vos", organization=OrganizationFactory(name="Corvelle"), is_author=True)
    sign_in(device, owner)
    device.goto("/people/")
    menu = "Ines Vos, menu" if device.viewport_size == PHONE else "Ines Vos"
    device.get_by_role("button", name=menu).click()
    assert_accessible(device)
    press(device, "Corvelle")
    expect(device.get_by_role("heading", level=1)).to_have_text("0 questions in the bank")
    assert device.goto("/people/").status == 404
    assert elsewhere.user == owner.user


def test_owner_keeps_teams_and_holidays(device, sign_in, owner):
    sign_in(device, owner)
    for path in ("/people/teams/", "/people/holidays/"):
        device.goto(path)
        expect(device.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(device)


def load(page, content: bytes) -> None:
    page.get_by_label("File of people").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": content})
    press(page, "Show what would change")

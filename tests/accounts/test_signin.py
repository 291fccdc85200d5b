"""Signing in: by password and by code, without telling who has an account, and within limits."""

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from accounts.middleware import MEMBER_SESSION_KEY
from accounts.models import Member
from accounts.people import services as people
from outbox.models import OutboxMessage
from tests.factories import PASSWORD, MemberFactory, OrganizationFactory, OwnerFactory, SellerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_used_up_limits():
    cache.clear()


def with_password(member):
    member.user.set_password(PASSWORD)
    member.user.save()
    return member


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def text_without_address(response, address):
    """The body without what differs by construction: the address that was typed, and the token of the form."""
    text = response.content.decode().replace(address, "ADDRESS")
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", text)


def test_password_opens_the_home_page_and_changes_the_session_key(client):
    member = with_password(OwnerFactory())
    client.get(reverse("account_login"))
    session = client.session
    session["before"] = True
    session.save()
    key = client.session.session_key
    response = sign_in(client, member.email)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session.session_key != key
    member.refresh_from_db()
    assert member.last_signed_in_at is not None


def test_password_of_a_known_and_an_unknown_address_fail_alike(client, monkeypatch):
    member = with_password(SellerFactory())
    without_password = SellerFactory()
    hashed = []
    encode = Argon2PasswordHasher.encode
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *args: hashed.append(1) or verify(*args))
    answers = {}
    for address in (member.email, without_password.email, "nobody@example.org"):
        hashed.clear()
        response = sign_in(client, address, "a wrong passphrase")
        assert hashed, f"no hasher ran for {address}"
        answers[response.status_code, text_without_address(response, address)] = address
    assert len(answers) == 1


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_asking_for_mail_looks_the_same_for_a_known_and_an_unknown_address(client, name):
    member = with_password(SellerFactory())
    answers = set()
    for address in (member.email, "nobody@example.org"):
        client.cookies.clear()
        response = client.post(reverse(name), {"email": address}, follow=True)
        answers.add((response.status_code, tuple(response.redirect_chain), text_without_address(response, address)))
        assert OutboxMessage.objects.filter(address=address).count() == 1
    assert len(answers) == 1


def code_mailed_to(member) -> str:
    text = OutboxMessage.objects.get(address=member.email).payload["text"]
    return re.search(r"^[A-Z0-9]{3,}(-[A-Z0-9]+)*$", text, re.MULTILINE).group()


def test_code_from_the_mail_signs_in_and_a_wrong_one_does_not(client):
    member = SellerFactory()
    client.post(reverse("account_request_login_code"), {"email": member.email})
    code = code_mailed_to(member)
    client.post(reverse("account_confirm_login_code"), {"code": "WRONG-CODE"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert client.session["_auth_user_id"] == str(member.user.pk)


def test_code_ends_after_three_wrong_tries(client):
    member = SellerFactory()
    client.post(reverse("account_request_login_code"), {"email": member.email})
    code = code_mailed_to(member)
    for _try in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "WRONG-CODE"})
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in client.session


def test_codes_for_one_address_are_limited(client):
    member = SellerFactory()
    for _time in range(6):
        client.cookies.clear()
        client.post(reverse("account_request_login_code"), {"email": member.email})
    assert OutboxMessage.objects.filter(address=member.email).count() == 3


def test_sixth_wrong_password_for_one_account_is_not_even_checked(client, monkeypatch):
    member = with_password(SellerFactory())
    for number in range(5):
        sign_in(client, member.email, "a wrong passphrase", REMOTE_ADDR=f"192.0.2.{number}")
    checked = []
    monkeypatch.setattr("accounts.models.User.check_password", lambda user, password: checked.append(1))
    response = sign_in(client, member.email, REMOTE_ADDR="192.0.2.99")
    assert not checked
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


def test_eleventh_wrong_password_from_one_address_of_the_net_is_refused(client, monkeypatch):
    for number in range(10):
        sign_in(client, f"nobody{number}@example.org", "a wrong passphrase")
    checked = []
    monkeypatch.setattr("accounts.models.User.check_password", lambda user, password: checked.append(1))
    sign_in(client, with_password(SellerFactory()).email)
    assert not checked


@pytest.mark.parametrize("path", ["accounts/email/", "accounts/confirm-email/", "accounts/reauthenticate/"])
def test_pages_of_the_library_that_we_do_not_offer_are_not_there(client, path):
    assert client.get(f"/{path}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_email")


def test_sign_up_explains_that_people_are_invited_and_takes_nothing(client):
    url = reverse("account_signup")
    assert "by invitation" in client.get(url).content.decode()
    assert client.post(url, {"email": "new@example.org", "password1": PASSWORD}).status_code == 405


def two_memberships():
    here = MemberFactory(organization=OrganizationFactory(name="Here"), is_owner=True)
    there = people.add_member(OrganizationFactory(name="There"), email=here.email, name="Other name", is_owner=True)
    return here, there


def test_switch_acts_for_another_own_membership_until_sign_out(client):
    here, there = two_memberships()
    client.force_login(here.user)
    assert "Other name" not in client.get(reverse("accounts:me")).content.decode()
    assert client.post(reverse("accounts:organization_switch"), {"member": there.public_id})["Location"] == "/"
    assert "Other name" in client.get(reverse("accounts:me")).content.decode()
    client.post(reverse("account_logout"))
    assert MEMBER_SESSION_KEY not in client.session
    client.force_login(Member.objects.get(pk=here.pk).user)
    assert "Other name" not in client.get(reverse("accounts:me")).content.decode()


def test_switch_to_a_membership_of_somebody_else_or_one_that_ended_is_not_found(client):
    here, there = two_memberships()
    people.add_member(there.organization, email="second@example.org", name="Second", is_owner=True)
    people.deactivate(there)
    client.force_login(here.user)
    for chosen in (there.public_id, SellerFactory().public_id, "not-an-id", ""):
        assert client.post(reverse("accounts:organization_switch"), {"member": chosen}).status_code == 404
    assert client.get(reverse("accounts:organization_switch")).status_code == 405


def test_user_without_a_membership_is_told_so(client):
    _owner, member = OwnerFactory(), SellerFactory()
    people.deactivate(member)
    client.force_login(member.user)
    response = client.get(reverse("accounts:me"))
    assert response.status_code == 403
    assert "No access at the moment" in response.content.decode()


def test_password_can_be_changed_and_the_own_session_goes_on(client):
    member = with_password(SellerFactory())
    client.force_login(member.user)
    new = "another long enough passphrase"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    member.user.refresh_from_db()
    assert member.user.check_password(new)
    assert client.get(reverse("accounts:me")).status_code == 200


def test_link_to_a_new_password_works_once(client):
    member = with_password(SellerFactory())
    client.post(reverse("account_reset_password"), {"email": member.email})
    text = OutboxMessage.objects.get(address=member.email).payload["text"]
    link = next(word for word in text.split() if "/password/reset/key/" in word)
    path = link[link.index("/accounts/") :]
    new = "another long enough passphrase"
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    member.user.refresh_from_db()
    assert member.user.check_password(new)
    assert "password1" not in client.get(path, follow=True).content.decode()

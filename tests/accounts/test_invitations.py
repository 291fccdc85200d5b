"""Invitations: a link by mail that opens once, survives mail scanners and says nothing to strangers."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import services
from accounts.invitations.messages import InvitationMail
from accounts.middleware import MEMBER_SESSION_KEY
from accounts.models import Invitation, Member
from accounts.people import services as people
from outbox.models import OutboxMessage
from outbox.services import try_message
from tests.factories import PASSWORD, MemberFactory, OrganizationFactory, OwnerFactory, SellerFactory

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "four words of my own"


@pytest.fixture(autouse=True)
def _no_used_up_limits():
    cache.clear()


@pytest.fixture
def invited():
    member = SellerFactory(name="Noor Jansen", language="nl", organization=OrganizationFactory(name="Fennema"))
    return services.invite(member, by=OwnerFactory(organization=member.organization))


def url_of(invitation):
    return reverse("accounts:invitation", args=[invitation.secret])


def test_invitation_is_mailed_in_the_language_of_the_person(invited, mailoutbox):
    message = OutboxMessage.objects.get()
    assert (message.language, message.address, message.expires_at) == ("nl", invited.member.email, invited.expires_at)
    assert (message.organization, message.member) == (invited.organization.public_id, invited.member.public_id)
    try_message(message.pk)
    [mail] = mailoutbox
    assert mail.to == [invited.member.email]
    assert "Fennema" in mail.subject
    assert url_of(invited) in mail.body
    assert url_of(invited) in mail.alternatives[0][0]
    message.refresh_from_db()
    assert message.payload == {}


def test_invitation_again_ends_the_earlier_link_and_its_mail(client, invited):
    earlier = OutboxMessage.objects.get()
    old_url = url_of(invited)
    again = services.invite(invited.member, by=None)
    assert not InvitationMail().still_due(earlier, timezone.now())
    assert client.get(old_url).status_code == 404
    assert client.get(url_of(again)).status_code == 200
    assert Invitation.objects.count() == 1


def test_mail_scanner_that_opens_the_link_changes_nothing(client, invited):
    before = list(Invitation.objects.values()), list(Member.objects.values()), OutboxMessage.objects.count()
    for method in (client.get, client.head, client.get):
        assert method(url_of(invited)).status_code == 200
    assert (list(Invitation.objects.values()), list(Member.objects.values()), OutboxMessage.objects.count()) == before
    assert "_auth_user_id" not in client.session


def test_password_chosen_on_the_page_signs_in_and_uses_the_link_up(client, invited):
    page = client.get(url_of(invited)).content.decode()
    assert "Noor Jansen" in page
    assert "Fennema" in page
    response = client.post(url_of(invited), {"password": NEW_PASSWORD})
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(invited.member.user_id)
    assert client.session[MEMBER_SESSION_KEY] == invited.member_id
    invited.refresh_from_db()
    assert invited.accepted_at is not None
    assert Member.objects.get(pk=invited.member_id).user.check_password(NEW_PASSWORD)
    client.logout()
    again = client.post(url_of(invited), {"password": "some other long words"})
    assert again.status_code == 404
    assert Member.objects.get(pk=invited.member_id).user.check_password(NEW_PASSWORD)


def test_short_password_is_refused_at_its_field_and_the_link_stays(client, invited):
    response = client.post(url_of(invited), {"password": "short"})
    assert response.status_code == 422
    assert "12" in response.context["form"].errors["password"][0]
    assert client.get(url_of(invited)).status_code == 200


def test_expired_used_unknown_and_leavers_links_show_one_page_without_data(client, invited):
    gone = [url_of(services.invite(SellerFactory(name="Somebody Secret"), by=None)) for _number in range(3)]
    expired, used, left = Invitation.objects.exclude(pk=invited.pk).order_by("pk")
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Invitation.objects.filter(pk=used.pk).update(accepted_at=timezone.now())
    people.deactivate(left.member)
    gone.append(reverse("accounts:invitation", args=["00000000-0000-4000-8000-000000000000"]))
    for send in (client.get, lambda url: client.post(url, {"password": NEW_PASSWORD}), lambda url: client.post(url, {"way": "code"})):
        answers = [send(url) for url in gone]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert b"Somebody Secret" not in answers[0].content
    assert not OutboxMessage.objects.filter(kind="signin").exists()


def test_code_by_mail_signs_in_without_a_password(client, invited):
    response = client.post(url_of(invited), {"way": "code"})
    assert response["Location"].startswith(reverse("account_confirm_login_code"))
    text = OutboxMessage.objects.get(kind="signin", address=invited.member.email).payload["text"]
    code = next(line for line in text.splitlines() if line and line.upper() == line and line.replace("-", "").isalnum())
    response = client.post(response["Location"], {"code": code, "next": url_of(invited)})
    assert client.session["_auth_user_id"] == str(invited.member.user_id)
    assert client.get(url_of(invited))["Location"] == "/"
    assert not Member.objects.get(pk=invited.member_id).user.has_usable_password()


def second_membership_of_somebody_with_a_password():
    first = MemberFactory()
    first.user.set_password(PASSWORD)
    first.user.save()
    second = people.add_member(OrganizationFactory(), email=first.email, name="Second name")
    return first, services.invite(second, by=None)


def test_person_with_a_password_signs_in_first_and_keeps_that_password(client):
    first, invitation = second_membership_of_somebody_with_a_password()
    page = client.get(url_of(invitation)).content.decode()
    assert reverse("account_login") in page
    assert client.post(url_of(invitation), {"password": NEW_PASSWORD}).status_code == 403
    assert client.post(url_of(invitation), {"way": "code"}).status_code == 403
    assert Member.objects.get(pk=first.pk).user.check_password(PASSWORD)
    client.post(reverse("account_login"), {"login": first.email, "password": PASSWORD})
    assert client.get(url_of(invitation)).status_code == 200
    assert client.post(url_of(invitation))["Location"] == "/"
    assert client.session[MEMBER_SESSION_KEY] == invitation.member_id
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None


def test_somebody_else_who_is_signed_in_cannot_use_the_link(client, invited):
    client.force_login(SellerFactory().user)
    assert client.get(url_of(invited)).status_code == 200
    for data in ({}, {"password": NEW_PASSWORD}, {"way": "code"}):
        assert client.post(url_of(invited), data).status_code == 403
    invited.refresh_from_db()
    assert invited.accepted_at is None


@pytest.mark.parametrize("count", [1, 4])
def test_inviting_many_costs_the_same_as_inviting_one(count, django_assert_num_queries):
    owner = OwnerFactory()
    SellerFactory.create_batch(count, organization=owner.organization)
    waiting = list(Member.objects.filter(is_seller=True).select_related("user", "organization"))
    with django_assert_num_queries(4):
        assert services.invite_all(waiting, by=owner) == count
    assert OutboxMessage.objects.filter(kind="invitation").count() == count

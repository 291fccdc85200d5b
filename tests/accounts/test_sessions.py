"""A session knows whose it is: the person comes with it in one read, and it goes with the person."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Session
from accounts.people import services as people
from accounts.signin.backend import MembershipBackend
from accounts.signin.memberships import read_before
from accounts.signin.session_store import SessionStore
from tests.factories import OrganizationFactory, SellerFactory

pytestmark = pytest.mark.django_db
ME = "accounts:me"


def test_the_person_comes_with_the_session_in_one_statement(client, django_assert_num_queries):
    member = SellerFactory()
    client.force_login(member.user)
    store = SessionStore(client.session.session_key)
    with django_assert_num_queries(1):
        assert store[SESSION_KEY] == str(member.user_id)
        assert store.memberships == [member]
        assert store.memberships[0].organization == member.organization
        assert store.memberships[0].is_manager is False


def test_each_session_gives_its_own_person_however_many_are_open(client):
    here, there = SellerFactory(name="Here"), SellerFactory(name="There")
    stores = []
    for member in (here, there):
        client.cookies.clear()
        client.force_login(member.user)
        stores.append(SessionStore(client.session.session_key))
    assert [store.memberships[0].name for store in stores] == ["Here", "There"]


def test_each_session_of_one_person_keeps_its_own_data(client):
    member = SellerFactory()
    keys = []
    for note in ("first", "second"):
        client.cookies.clear()
        client.force_login(member.user)
        session = client.session
        session["note"] = note
        session.save()
        keys.append(session.session_key)
    assert [SessionStore(key)["note"] for key in keys] == ["first", "second"]
    assert [len(SessionStore(key).memberships) for key in keys] == [1, 1]


def test_memberships_of_somebody_else_are_never_at_hand():
    here, there = SellerFactory(), SellerFactory()
    with read_before([here]):
        assert MembershipBackend().get_user(there.user_id).current_memberships == [there]
        assert MembershipBackend().get_user(here.user_id).current_memberships == [here]


def test_session_that_has_ended_opens_nothing(client):
    client.force_login(SellerFactory().user)
    assert client.get(reverse(ME)).status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse(ME)).status_code == 302
    assert SessionStore(Session.objects.get().session_key).memberships == []


def test_membership_that_has_ended_does_not_come_with_the_session(client):
    member = SellerFactory()
    client.force_login(member.user)
    people.deactivate(member)
    store = SessionStore(client.session.session_key)
    assert store.memberships == []
    assert store[SESSION_KEY] == str(member.user_id)


def test_sign_in_that_is_closed_opens_nothing_though_its_session_lasts(client):
    member = SellerFactory()
    client.force_login(member.user)
    member.user.is_active = False
    member.user.save()
    assert client.get(reverse(ME)).status_code == 302


def test_user_without_a_membership_stays_signed_in(client):
    member = SellerFactory()
    client.force_login(member.user)
    member.delete()
    assert "No access at the moment" in client.get(reverse("home"), follow=True).content.decode()


def test_session_of_nobody_keeps_what_it_holds(client):
    session = client.session
    session["before"] = True
    session.save()
    assert Session.objects.get().user is None
    store = SessionStore(session.session_key)
    assert store["before"] is True
    assert store.memberships == []


def test_second_organization_comes_with_the_same_session(client):
    first = SellerFactory()
    second = people.add_member(OrganizationFactory(), email=first.email, name="Second", is_seller=True)
    client.force_login(first.user)
    assert SessionStore(client.session.session_key).memberships == [first, second]


def test_signing_in_says_whose_the_session_is_and_signing_out_ends_it(client):
    member = SellerFactory()
    client.get(reverse("account_login"))
    client.force_login(member.user)
    assert Session.objects.get().user == member.user
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(user__isnull=False).exists()


def test_signing_in_gives_the_anonymous_session_a_new_key_and_its_person(client):
    member = SellerFactory()
    member.user.set_password("a long enough passphrase")
    member.user.save()
    session = client.session
    session["before"] = True
    session.save()
    client.post(reverse("account_login"), {"login": member.email, "password": "a long enough passphrase"})
    store = SessionStore(client.session.session_key)
    assert store.session_key != session.session_key
    assert store.memberships == [member]
    assert store["before"] is True
    assert not Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.django_db(transaction=True)
def test_session_of_somebody_who_is_gone_is_refused_instead_of_tried_for_ever(client):
    member = SellerFactory()
    client.force_login(member.user)
    store = SessionStore(client.session.session_key)
    assert store.memberships == [member]
    user = member.user
    member.delete()
    user.delete()
    with pytest.raises(UpdateError):
        store.cycle_key()


@pytest.mark.django_db(transaction=True)
def test_sessions_of_the_release_before_go_with_their_table():
    drop = import_module("accounts.migrations.0004_sessions_of_users").Migration.operations[-1]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE django_session (session_key varchar(40))")
        cursor.execute("INSERT INTO django_session VALUES ('opens an account')")
    for _time in range(2):
        with connection.schema_editor(atomic=False) as editor:
            drop.database_forwards("accounts", editor, None, None)
    assert "django_session" not in connection.introspection.table_names()


def test_sessions_go_with_their_user(client):
    member = SellerFactory()
    user = member.user
    client.force_login(user)
    member.delete()
    user.delete()
    assert not Session.objects.exists()


def test_clearing_takes_ended_sessions_only(client):
    client.force_login(SellerFactory().user)
    Session.objects.create(session_key="ended", session_data="", expire_date=timezone.now() - timedelta(days=1))
    call_command("clearsessions")
    assert Session.objects.get().session_key == client.session.session_key

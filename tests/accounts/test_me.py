"""The member's own settings."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import access
from accounts.models import Absence, ApiToken
from tests.factories import SellerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = SellerFactory()
    client.force_login(member.user)
    return member


def url(name):
    return reverse(f"accounts:{name}")


SETTINGS = {
    "language": "nl",
    "time_zone": "Asia/Tokyo",
    "working_days": ["0", "1"],
    "preferred_hour": "07:00",
    "wants_morning_mail": "on",
}


def test_settings_are_saved_and_nothing_else(client, member):
    response = client.post(url("me"), {**SETTINGS, "name": "Hacked", "is_owner": "on", "roles": ["owner"], "manager": "x@example.org"})
    assert response.status_code == 302
    name = member.name
    member.refresh_from_db()
    assert (member.language, member.time_zone, member.working_days, member.preferred_hour.hour) == ("nl", "Asia/Tokyo", 3, 7)
    assert (member.wants_morning_mail, member.wants_reminder, member.uses_shortcuts) == (True, False, False)
    assert (member.name, member.is_owner) == (name, False)


@pytest.mark.parametrize(("field", "value"), [("time_zone", "Mars/Base"), ("working_days", []), ("preferred_hour", "x"), ("language", "")])
def test_bad_setting_is_refused_at_its_field(client, member, field, value):
    response = client.post(url("me"), {**SETTINGS, field: value})
    assert response.status_code == 422
    assert list(response.context["settings_form"].errors) == [field]
    member.refresh_from_db()
    assert member.time_zone == "Europe/Brussels"


def test_days_off_are_noted_and_ended_without_touching_the_past(client, member):
    today = access.today_of(member)
    past = Absence.objects.create(
        organization=member.organization, member=member, kind="pause", started_on=today - timedelta(days=9), ended_on=None
    )
    coming = {"kind": "day_off", "started_on": str(today + timedelta(days=5)), "ended_on": str(today + timedelta(days=6))}
    assert client.post(url("absence_add"), coming).status_code == 422
    client.post(url("absence_end"), {"started_on": str(past.started_on)})
    past.refresh_from_db()
    assert past.ended_on == today - timedelta(days=1)
    assert client.post(url("absence_add"), coming).status_code == 302
    client.post(url("absence_end"), {"started_on": coming["started_on"]})
    assert list(Absence.objects.all()) == [past]
    assert client.post(url("absence_end"), {"started_on": str(past.started_on)}).status_code == 404


@pytest.mark.parametrize(("days_ahead", "names_today"), [(0, True), (1, False)])
def test_pause_from_today_says_that_the_set_of_today_stays(client, member, days_ahead, names_today):
    first_day = access.today_of(member) + timedelta(days=days_ahead)
    response = client.post(url("absence_add"), {"kind": "pause", "started_on": str(first_day), "ended_on": ""}, follow=True)
    [message] = [str(message) for message in response.context["messages"]]
    assert ("today's set is there already, it stays open" in message) == names_today
    assert "your streak stays" in message


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "day_off", "started_on": "2030-01-02", "ended_on": "2030-01-01"}, "ended_on"),
        ({"kind": "day_off", "started_on": "2030-01-02", "ended_on": ""}, "ended_on"),
        ({"kind": "pause", "started_on": "", "ended_on": ""}, "started_on"),
        ({"kind": "holiday", "started_on": "2030-01-02", "ended_on": "2030-01-02"}, "kind"),
    ],
)
def test_bad_days_off_are_refused_at_their_field(client, member, data, field):
    response = client.post(url("absence_add"), data)
    assert response.status_code == 422
    assert list(response.context["absence_form"].errors) == [field]
    assert not Absence.objects.exists()


def test_key_is_shown_once_opens_the_api_and_is_withdrawn(client, member):
    response = client.post(url("token_issue"), {"name": "Export"})
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert secret not in client.get(url("me")).content.decode()
    assert ApiToken.objects.with_secret(secret).get().member == member
    assert client.post(url("token_issue"), {"name": "Export"}).status_code == 422
    assert client.post(url("token_withdraw"), {"name": "Export"}).status_code == 302
    assert not ApiToken.objects.exists()
    assert client.post(url("token_withdraw"), {"name": "Export"}).status_code == 404


def test_days_and_keys_of_another_member_are_not_found(client, member):
    colleague = SellerFactory(organization=member.organization)
    day = access.today_of(member)
    Absence.objects.create(organization=member.organization, member=colleague, kind="pause", started_on=day)
    ApiToken.issue(colleague, "Theirs")
    page = client.get(url("me")).content.decode()
    assert "Theirs" not in page
    assert client.post(url("absence_end"), {"started_on": str(day)}).status_code == 404
    assert client.post(url("token_withdraw"), {"name": "Theirs"}).status_code == 404
    assert Absence.objects.count() == ApiToken.objects.count() == 1


@pytest.mark.parametrize("count", [1, 5])
def test_own_page_costs_the_same_however_much_is_on_it(client, member, count, django_assert_num_queries):
    day = access.today_of(member)
    for number in range(count):
        ApiToken.issue(member, f"Key {number}")
        Absence.objects.create(
            organization=member.organization,
            member=member,
            started_on=day + timedelta(days=number),
            ended_on=day + timedelta(days=number),
        )
    with django_assert_num_queries(5):
        client.get(url("me"))


def test_zone_that_is_no_place_stays_choosable_for_who_has_it(client, member):
    member.time_zone = "Etc/UTC"
    member.save()
    assert client.post(url("me"), {**SETTINGS, "time_zone": "Etc/UTC"}).status_code == 302
    assert client.post(url("me"), {**SETTINGS, "time_zone": "Etc/GMT+5"}).status_code == 422

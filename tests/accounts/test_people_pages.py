"""Pages about people: the owner writes, HR reads, nobody reaches another organization."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.invitations import services as invitations
from accounts.models import Member, OrganizationHoliday, ReportingLine, Team, TeamMembership
from accounts.people import services as people
from outbox.models import OutboxMessage
from tests.factories import (
    AuthorFactory,
    HrFactory,
    LeadershipFactory,
    MemberFactory,
    OwnerFactory,
    SellerFactory,
    TeamFactory,
    make_line,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    member = OwnerFactory(name="Olga Owner")
    client.force_login(member.user)
    return member


def url(name, *args):
    return reverse(f"accounts:{name}", args=args)


def filled(member, **changes):
    """What the form of a person sends when nothing is changed, with `changes`."""
    team = TeamMembership.objects.get(member=member, ended_on=None).team
    line = ReportingLine.objects.filter(member=member, ended_on=None).select_related("manager__user").first()
    return {
        "name": member.name,
        "roles": member.roles,
        "team": str(team.public_id),
        "team_from": "",
        "manager": line.manager.email if line else "",
        "manager_from": "",
        "language": member.language,
        "time_zone": member.time_zone,
        "working_days": ["0", "1", "2", "3", "4"],
        "preferred_hour": "08:15",
        "hired_on": "",
        **changes,
    }


def test_people_are_listed_with_place_and_state_in_the_own_organization_only(client, owner):
    manager = MemberFactory(organization=owner.organization, name="Mila Manager")
    seller = SellerFactory(organization=owner.organization, name="Sam Seller", manager=manager)
    invitations.invite(seller, by=owner)
    left = SellerFactory(organization=owner.organization, name="Lea Left")
    people.deactivate(left)
    SellerFactory(name="Frida Foreign")
    page = client.get(url("people")).content.decode()
    assert "Sam Seller" in page
    assert "reports to Mila Manager" in page
    assert "invited" in page
    assert "Lea Left" not in page
    assert "Frida Foreign" not in page
    assert "Lea Left" in client.get(url("people"), {"state": "left"}).content.decode()


@pytest.mark.parametrize(("search", "found"), [("sam", ["Sam Seller"]), ("sell SAM", ["Sam Seller"]), ("nowhere", []), ("x@y", ["Ada"])])
def test_people_are_found_by_part_of_name_or_address(client, owner, search, found):
    SellerFactory(organization=owner.organization, name="Sam Seller")
    SellerFactory(organization=owner.organization, name="Ada", email="x@y.example.org")
    SellerFactory(name="Sam Sellers Twin", email="x@y2.example.org")
    assert [member.name for member in client.get(url("people"), {"q": search}).context["page"]] == found


@pytest.mark.parametrize("count", [1, 60])
def test_list_of_people_costs_the_same_however_many_there_are(client, owner, count, django_assert_num_queries):
    manager = MemberFactory(organization=owner.organization)
    for member in SellerFactory.create_batch(count, organization=owner.organization, manager=manager):
        invitations.invite(member, by=owner)
    with django_assert_num_queries(3):
        response = client.get(url("people"))
    assert len(response.context["page"]) == min(50, count + 2)


def test_only_owner_and_hr_know_the_pages_and_only_the_owner_writes(client):
    owner = OwnerFactory()
    seller = SellerFactory(organization=owner.organization)
    pages = [url("people"), url("teams"), url("holidays"), url("person", seller.public_id)]
    writes = [
        (url("person", seller.public_id), filled(seller, name="Changed")),
        (url("person_add"), filled(seller, email="new@example.org")),
        (url("person_invite", seller.public_id), {}),
        (url("people_invite"), {}),
        (url("person_deactivate", seller.public_id), {}),
        (url("person_reactivate", seller.public_id), {}),
        (url("people_import"), {}),
        (url("teams"), {"name": "T", "parent": str(people.root_team(owner.organization).public_id)}),
        (url("team", people.root_team(owner.organization).public_id), {"name": "T"}),
        (url("holidays"), {"day": "2030-01-01", "name": "New Year"}),
        (url("holiday_remove"), {"day": "2030-01-01"}),
    ]
    manager, _reports = make_line(owner.organization)
    others = [seller, manager, AuthorFactory(organization=owner.organization), LeadershipFactory(organization=owner.organization)]
    for member, status in [(HrFactory(organization=owner.organization), 200), *((other, 404) for other in others)]:
        client.force_login(member.user)
        assert {client.get(page).status_code for page in pages} == {status}
        assert {client.post(address, data).status_code for address, data in writes} == {404}
    seller.refresh_from_db()
    assert seller.name != "Changed"
    assert seller.is_active
    assert not OutboxMessage.objects.exists()
    assert Team.objects.count() == 1
    assert not OrganizationHoliday.objects.exists()


def test_rows_of_another_organization_are_not_found(client, owner):
    foreign = SellerFactory()
    team = people.root_team(foreign.organization)
    for name, row in [("person", foreign), ("person_invite", foreign), ("person_deactivate", foreign), ("team", team)]:
        assert client.post(url(name, row.public_id), {}).status_code == 404
    assert client.get(url("person", foreign.public_id)).status_code == 404
    assert client.get(url("team", team.public_id)).status_code == 404
    foreign.refresh_from_db()
    assert foreign.is_active


def test_person_is_changed_with_team_and_manager_from_their_days(client, owner):
    old, new = MemberFactory.create_batch(2, organization=owner.organization)
    seller = SellerFactory(organization=owner.organization, manager=old)
    team = TeamFactory(organization=owner.organization, name="South")
    day = access.today_of(seller) + timedelta(days=3)
    data = filled(
        seller,
        name="New Name",
        roles=["seller", "author"],
        team=str(team.public_id),
        manager=new.email.upper(),
        manager_from=day.isoformat(),
        language="fr",
        working_days=["0", "2"],
        preferred_hour="07:30",
        hired_on="2024-02-29",
    )
    response = client.post(url("person", seller.public_id), data)
    assert response.status_code == 302
    seller.refresh_from_db()
    assert (seller.name, seller.roles, seller.language, seller.working_days) == ("New Name", ["seller", "author"], "fr", 0b101)
    assert (seller.preferred_hour.hour, seller.hired_on) == (7, date(2024, 2, 29))
    assert TeamMembership.objects.get(member=seller, ended_on=None).team == team
    assert list(seller.managers.values_list("manager_id", "ended_on")) == [(old.pk, day), (new.pk, None)]


def test_person_saved_unchanged_changes_nothing(client, owner):
    _manager, [seller, _other] = make_line(owner.organization)
    before = [list(model.objects.order_by("pk").values()) for model in (Member, TeamMembership, ReportingLine)]
    assert client.post(url("person", seller.public_id), filled(seller)).status_code == 302
    after = [list(model.objects.order_by("pk").values()) for model in (Member, TeamMembership, ReportingLine)]
    assert after == before


def test_line_in_a_circle_is_refused_at_the_field_and_nothing_changes(client, owner):
    manager, [seller, _other] = make_line(owner.organization)
    for email in (seller.email, manager.email):
        response = client.post(url("person", manager.public_id), filled(manager, manager=email, name="Changed"))
        assert response.status_code == 422
        assert "Choose somebody else" in response.context["form"].errors["manager"][0]
    manager.refresh_from_db()
    assert manager.name != "Changed"
    assert not ReportingLine.objects.filter(member=manager).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("manager", "nobody@example.org"),
        ("manager", "foreign@example.org"),
        ("manager", "left@example.org"),
        ("team", "00000000-0000-4000-8000-000000000000"),
        ("time_zone", "Mars/Olympus"),
        ("roles", ["manager"]),
        ("working_days", []),
        ("preferred_hour", "25:00"),
        ("hired_on", "2026-02-30"),
        ("team_from", "soon"),
        ("name", ""),
        ("language", "xx"),
    ],
)
def test_bad_value_is_refused_at_its_field(client, owner, field, value):
    SellerFactory(email="foreign@example.org")
    people.deactivate(SellerFactory(email="left@example.org", organization=owner.organization))
    seller = SellerFactory(organization=owner.organization)
    response = client.post(url("person", seller.public_id), filled(seller, **{field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_last_owner_keeps_the_role_and_the_access(client, owner):
    response = client.post(url("person", owner.public_id), filled(owner, roles=["seller"]))
    assert response.status_code == 422
    assert "roles" in response.context["form"].errors
    page = client.post(url("person_deactivate", owner.public_id), follow=True).content.decode()
    assert "only owner" in page
    owner.refresh_from_db()
    assert owner.is_owner
    assert owner.is_active
    second = OwnerFactory(organization=owner.organization)
    assert client.post(url("person_deactivate", second.public_id))["Location"] == url("people")


def test_person_who_left_has_no_access_until_brought_back(client, owner):
    seller = SellerFactory(organization=owner.organization)
    browser = client.__class__()
    browser.force_login(seller.user)
    assert browser.get(url("me")).status_code == 200
    client.post(url("person_deactivate", seller.public_id))
    assert browser.get(url("me")).status_code == 403
    client.post(url("person_reactivate", seller.public_id))
    assert browser.get(url("me")).status_code == 200
    seller.refresh_from_db()
    assert seller.left_on is None


def test_form_for_a_new_person_begins_with_a_working_week(client, owner):
    form = client.get(url("person_add")).context["form"]
    assert form["working_days"].value() == [0, 1, 2, 3, 4]


def test_new_person_is_added_and_invited_once(client, owner):
    data = filled(owner, name="Nadia", email="Nadia@Example.org", roles=["seller"], language="nl", manager=owner.email)
    assert client.post(url("person_add"), data).status_code == 302
    member = Member.objects.get(user__email="nadia@example.org")
    assert (member.organization, member.roles, member.language) == (owner.organization, ["seller"], "nl")
    assert ReportingLine.objects.get(member=member).manager == owner
    assert OutboxMessage.objects.get().address == "nadia@example.org"
    response = client.post(url("person_add"), data)
    assert response.status_code == 422
    assert "email" in response.context["form"].errors


def test_person_with_a_sign_in_elsewhere_is_added_under_the_name_given_here(client, owner):
    elsewhere = SellerFactory(name="Elsewhere")
    data = filled(owner, name="Here", email=elsewhere.email, roles=["seller"])
    assert client.post(url("person_add"), data).status_code == 302
    assert set(elsewhere.user.memberships.values_list("name", flat=True)) == {"Elsewhere", "Here"}


def test_all_who_have_not_signed_in_are_invited(client, owner):
    waiting = SellerFactory.create_batch(2, organization=owner.organization)
    SellerFactory(organization=owner.organization, last_signed_in_at=timezone.now())
    people.deactivate(SellerFactory(organization=owner.organization))
    SellerFactory()
    client.post(url("people_invite"))
    assert set(OutboxMessage.objects.values_list("address", flat=True)) == {member.email for member in waiting}


def test_team_is_added_renamed_and_moved_but_not_below_itself(client, owner):
    root = people.root_team(owner.organization)
    client.post(url("teams"), {"name": "Benelux", "parent": str(root.public_id)})
    benelux = Team.objects.get(name="Benelux")
    client.post(url("teams"), {"name": "South", "parent": str(benelux.public_id)})
    south = Team.objects.get(name="South")
    assert client.post(url("team", benelux.public_id), {"name": "Benelux", "parent": str(south.public_id)}).status_code == 422
    assert client.post(url("team", benelux.public_id), {"name": "Benelux", "parent": str(benelux.public_id)}).status_code == 422
    assert client.post(url("team", south.public_id), {"name": "Zuid", "parent": str(root.public_id)}).status_code == 302
    assert client.post(url("team", root.public_id), {"name": "Everybody"}).status_code == 302
    assert client.post(url("teams"), {"name": "zuid", "parent": str(root.public_id)}).status_code == 422
    tree = set(Team.objects.values_list("name", "parent__name"))
    assert tree == {("Everybody", None), ("Benelux", "Everybody"), ("Zuid", "Everybody")}


def test_team_is_not_put_below_a_team_of_another_organization(client, owner):
    team = TeamFactory(organization=owner.organization)
    foreign = people.root_team(SellerFactory().organization)
    assert client.post(url("team", team.public_id), {"name": "T", "parent": str(foreign.public_id)}).status_code == 422
    assert client.post(url("teams"), {"name": "T", "parent": str(foreign.public_id)}).status_code == 422


@pytest.mark.parametrize("count", [1, 20])
def test_page_of_teams_costs_the_same_however_many_there_are(client, owner, count, django_assert_num_queries):
    for team in TeamFactory.create_batch(count, organization=owner.organization):
        SellerFactory(organization=owner.organization, team=team)
    with django_assert_num_queries(3):
        response = client.get(url("teams"))
    assert [branch.team.people for branch in response.context["branches"]] == [1] * (count + 1)


def test_holiday_is_added_once_and_removed(client, owner):
    other = OwnerFactory()
    OrganizationHoliday.objects.create(organization=other.organization, day=date(2030, 12, 25), name="Foreign")
    assert client.post(url("holidays"), {"day": "2030-12-25", "name": "Christmas"}).status_code == 302
    assert client.post(url("holidays"), {"day": "2030-12-25", "name": "Again"}).status_code == 422
    page = client.get(url("holidays")).content.decode()
    assert "Christmas" in page
    assert "Foreign" not in page
    assert client.post(url("holiday_remove"), {"day": "2030-12-25"}).status_code == 302
    assert client.post(url("holiday_remove"), {"day": "2030-12-25"}).status_code == 404
    assert list(OrganizationHoliday.objects.values_list("name", flat=True)) == ["Foreign"]

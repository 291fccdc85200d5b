"""Who reads whose records: oneself and the line above, on the day itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts import access
from accounts.models import Member, ReportingLine
from accounts.people import services as people
from accounts.signin.backend import MembershipBackend
from tests.factories import HrFactory, MemberFactory, OrganizationFactory, OwnerFactory, SellerFactory, make_line

pytestmark = pytest.mark.django_db


def learners_of(member):
    return set(Member.objects.learners_visible_to(member))


def test_learning_records_are_read_by_oneself_and_the_line_above():
    director = MemberFactory()
    manager = MemberFactory(organization=director.organization, manager=director)
    seller, colleague = SellerFactory.create_batch(2, organization=director.organization, manager=manager)
    _other_manager, _others = make_line(director.organization)
    assert learners_of(director) == {director, manager, seller, colleague}
    assert learners_of(manager) == {manager, seller, colleague}
    assert learners_of(seller) == {seller}


def test_learning_records_stay_in_the_organization():
    manager, _sellers = make_line()
    _foreign_manager, foreign = make_line()
    assert not learners_of(manager) & set(foreign)


def test_hr_and_owner_read_people_but_no_learning_records():
    organization = OrganizationFactory()
    _manager, sellers = make_line(organization)
    for reader in (HrFactory(organization=organization), OwnerFactory(organization=organization)):
        assert set(sellers) <= set(Member.objects.visible_to(reader))
        assert learners_of(reader) == {reader}


def test_a_former_manager_reads_nothing_from_the_day_of_the_change():
    manager, [seller, _stays] = make_line()
    successor = MemberFactory(organization=manager.organization)
    people.report_to(seller, successor)
    assert seller not in learners_of(manager)
    assert seller in learners_of(successor)


def test_a_line_that_starts_tomorrow_opens_nothing_today():
    seller = SellerFactory()
    manager = MemberFactory(organization=seller.organization)
    people.report_to(seller, manager, on=access.today_of(seller) + timedelta(days=1))
    assert seller not in learners_of(manager)


def test_a_member_who_left_reads_nothing():
    manager, _sellers = make_line()
    people.deactivate(manager)
    assert learners_of(manager) == set()
    assert not Member.objects.visible_to(manager).exists()


def test_a_circle_in_the_line_is_refused():
    manager, [seller, _other] = make_line()
    with pytest.raises(people.LineInACircle):
        people.report_to(manager, seller)


def test_a_second_change_on_the_same_day_replaces_the_first():
    seller = SellerFactory()
    first, second = MemberFactory.create_batch(2, organization=seller.organization)
    people.report_to(seller, first, on=date(2026, 1, 5))
    people.report_to(seller, second, on=date(2026, 1, 5))
    assert list(seller.managers.values_list("manager_id", "started_on", "ended_on")) == [(second.pk, date(2026, 1, 5), None)]


@pytest.mark.parametrize(
    ("zone", "hour", "is_manager"), [("Europe/Brussels", 23, True), ("America/New_York", 2, False), ("Pacific/Kiritimati", 11, True)]
)
def test_a_manager_reads_people_from_the_managers_own_first_day_on(zone, hour, is_manager):
    """The line starts on the 25th; in UTC it is the 24th in the first and the last place, and the 25th in the second."""
    manager = MemberFactory(time_zone=zone)
    seller = SellerFactory(organization=manager.organization)
    ReportingLine.objects.create(organization=manager.organization, member=seller, manager=manager, started_on=date(2026, 11, 25))
    day = 25 if zone.startswith("America") else 24
    with time_machine.travel(datetime(2026, 11, day, hour, 30, tzinfo=UTC), tick=False):
        [found] = MembershipBackend().get_user(manager.user_id).current_memberships
        assert found.is_manager is is_manager
        assert access.is_manager(manager) is is_manager

"""The morning run on a simulated clock, over years and time zones: one set for each seller and local working date."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Member
from accounts.time_zones import known_time_zones
from accounts.working_days import EVERY_DAY, MONDAY_TO_FRIDAY
from reinforcement.daily import services
from reinforcement.daily.preparing import prepare_sets
from reinforcement.daily.streak import streak_of
from reinforcement.models import DailySet
from reinforcement.programs import local_days, planner
from reinforcement.programs import services as programs
from reinforcement.today.queries import set_days
from tests.factories import OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in
from tests.faults.simulated_days import Owed, owed_to, ticks, wrong_mornings, wrong_sets

# On a database of its own, where each run is committed: in the one transaction of a test every temporary table of every run would
# keep its locks until the end.
pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("own_database")]
# Two years with a 29 February, as pieces (first day, days): all of it, or where something happens.
WHOLE = ((datetime(2027, 1, 1, tzinfo=UTC), 730),)
PIECES = (
    (datetime(2027, 3, 10, tzinfo=UTC), 27),  # the Americas, the end of Ramadan, Europe, Lord Howe
    (datetime(2027, 12, 30, tzinfo=UTC), 4),
    (datetime(2028, 2, 27, tzinfo=UTC), 4),
    (datetime(2028, 10, 27, tzinfo=UTC), 12),
)
BEGINS = WHOLE[0][0]
# Where clocks do what nobody expects: half an hour of summer time, three quarters of an hour beside the others, two hours at the
# pole, the far sides of the date line, summer time that gives way to Ramadan, changes at midnight.
NASTY = (
    *("Australia/Lord_Howe", "Pacific/Chatham", "Antarctica/Troll", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Kwajalein"),
    *("Pacific/Pago_Pago", "Etc/GMT+12", "Africa/Casablanca", "Africa/Cairo", "America/St_Johns", "America/Havana", "America/Santiago"),
    *("America/Nuuk", "Atlantic/Azores", "Asia/Beirut", "Asia/Kathmandu", "Asia/Tehran", "Australia/Adelaide", "Pacific/Auckland"),
    *("Europe/Brussels", "Europe/Dublin", "America/New_York", "America/Los_Angeles", "UTC"),
)
# Hours that the nights of change skip or repeat, midnight, the last minutes of a day, and a usual one.
HOURS = (time(8, 15), time(2, 30), time(0, 0), time(2, 0), time(1, 45), time(23, 30), time(3, 0))
# Days that a place left out or began twice: Samoa went without 30 December 2011, Kwajalein without 21 August 1993, and in
# Newfoundland clocks went back at one minute past midnight, into the day before.
HISTORY = {
    "Pacific/Apia": datetime(2011, 12, 27, tzinfo=UTC),
    "Pacific/Kwajalein": datetime(1993, 8, 18, tzinfo=UTC),
    "America/St_Johns": datetime(2010, 11, 4, tzinfo=UTC),
}


def sellers_of(zones, begins, *, working_days=MONDAY_TO_FRIDAY, hours=HOURS) -> list[Member]:
    """One seller for each zone, in one organization, whose one question comes every day until it is answered."""
    organization = OrganizationFactory()
    sellers = [
        SellerFactory(organization=organization, time_zone=zone, preferred_hour=hours[number % len(hours)], working_days=working_days)
        for number, zone in enumerate(zones)
    ]
    starts_on = begins.date() - timedelta(days=2)
    program = ProgramFactory(
        organization=organization, starts_on=starts_on, weekdays=EVERY_DAY, days_after_right=1, days_after_wrong=1, rights_to_retire=10_000
    )
    put_in(program, *QuestionFactory.create_batch(1, organization=organization))
    programs.set_audience(program, sellers)
    program.enrollments.update(started_on=starts_on)
    return sellers


def count_rows() -> None:
    """The database's statistics: it keeps them by itself, but not as fast as a simulated clock makes rows."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.fixture
def keep_zones():
    """Keeps the data of these zones in memory: the standard library drops what nobody holds, and would read it again at each tick."""
    kept: list[ZoneInfo] = []
    return lambda zones: kept.extend(ZoneInfo(zone) for zone in zones)


def sample() -> list[str]:
    """The nasty zones, and every fortieth of the others."""
    return [*NASTY, *sorted(known_time_zones() - set(NASTY))[::40]]


@pytest.mark.parametrize(
    ("zones", "pieces", "grid_hours", "midnights_every_days"),
    [(sample, PIECES, 12, 30), pytest.param(lambda: sorted(known_time_zones()), WHOLE, 6, 60, marks=pytest.mark.full)],
    ids=["sample", "full"],
)
def test_r10_each_seller_has_one_set_a_working_date_and_its_mail_at_the_persons_hour(
    figure, keep_zones, zones, pieces, grid_hours, midnights_every_days
):
    zones = zones()
    keep_zones(zones)
    sellers = sellers_of(zones, BEGINS)
    moments = [
        moment
        for begins, days in pieces
        for moment in ticks(zones, begins, begins + timedelta(days=days), grid_hours=grid_hours, midnights_every_days=midnights_every_days)
    ]
    for number, moment in enumerate(moments):
        if number % 500 == 0:
            count_rows()
        prepare_sets(moment)
    owed = [owed_to(seller, moments) for seller in sellers]
    found = [*wrong_sets(owed), *wrong_mornings(owed)]
    simulated = f"{len(zones)} time zones x {sum(days for _begins, days in pieces)} days"
    figure("R10", f"{simulated}, {len(moments)} ticks: sets", sum(len(seller.days) for seller in owed), DailySet.objects.count())
    figure("R10", f"{simulated}: sets and morning mails doubled, skipped, early or late", 0, len(found))
    assert not found


@pytest.mark.parametrize("zone", HISTORY)
def test_r10_a_date_that_a_place_left_out_or_began_twice_makes_one_set_or_none(zone):
    begins = HISTORY[zone]
    sellers = sellers_of([zone] * len(HOURS), begins, working_days=EVERY_DAY)
    moments = ticks([zone], begins, begins + timedelta(days=7), grid_hours=4, midnights_every_days=1)
    for moment in moments:
        prepare_sets(moment)
    owed = [owed_to(seller, moments) for seller in sellers]
    assert not [*wrong_sets(owed), *wrong_mornings(owed)]


def test_r10_dates_of_another_clock_would_be_seen(monkeypatch):
    zones = ["Pacific/Kiritimati", "Europe/Brussels", "Pacific/Pago_Pago"]
    begins, ends = BEGINS, BEGINS + timedelta(days=14)
    sellers = sellers_of(zones, begins)
    monkeypatch.setattr(
        planner,
        "local_days",
        lambda now: [local_days.LocalDay(zone, now.date()) for zone in zones],
    )
    moments = ticks(zones, begins, ends, grid_hours=3, midnights_every_days=1)
    for moment in moments:
        prepare_sets(moment)
    found = list(wrong_sets([owed_to(seller, moments) for seller in sellers]))
    assert {line.partition(":")[0] for line in found} == set(zones)


# A journey: where somebody is from which moment on. They work every day and answer each set at once.
JOURNEYS = {
    "at noon": [("Europe/Brussels", "2026-11-02T06:00"), ("America/New_York", "2026-11-04T11:00"), ("Asia/Tokyo", "2026-11-06T17:00")],
    "over the date line to the west": [("Pacific/Honolulu", "2026-11-02T10:00"), ("Pacific/Kiritimati", "2026-11-04T12:00")],
    "over the date line to the east": [("Pacific/Kiritimati", "2026-11-02T10:00"), ("Pacific/Pago_Pago", "2026-11-04T12:00")],
    "there and back within a day": [
        ("Pacific/Auckland", "2026-11-02T00:00"),
        ("Pacific/Honolulu", "2026-11-04T00:30"),
        ("Pacific/Auckland", "2026-11-04T08:00"),
        ("Pacific/Honolulu", "2026-11-04T21:00"),
    ],
    "in the hour that is skipped": [("Europe/Brussels", "2026-03-27T00:00"), ("Europe/Lisbon", "2026-03-29T01:00")],
    "in the hour that is repeated": [("America/New_York", "2026-10-30T12:00"), ("America/Chicago", "2026-11-01T06:30")],
    "by half an hour of summer time": [("Australia/Lord_Howe", "2026-04-02T00:00"), ("Australia/Sydney", "2026-04-04T15:00")],
    "every day further east": [
        *[(f"Etc/GMT{number:+d}", f"2026-06-{15 - number:02d}T12:00") for number in range(12, 0, -1)],
        *[(f"Etc/GMT{number:+d}", f"2026-06-{15 - number:02d}T12:00") for number in range(-1, -15, -1)],
    ],
    "every day further west": [
        *[(f"Etc/GMT{number:+d}", f"2026-06-{16 + number:02d}T12:00") for number in range(-14, 0)],
        *[(f"Etc/GMT{number:+d}", f"2026-06-{16 + number:02d}T12:00") for number in range(1, 13)],
    ],
}


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS.keys())
def test_r10_a_move_between_zones_makes_one_set_a_date_and_loses_no_streak(journey):
    steps = [(zone, datetime.fromisoformat(moment).replace(tzinfo=UTC)) for zone, moment in journey]
    begins, ends = steps[0][1], steps[-1][1] + timedelta(days=3)
    [seller] = sellers_of([steps[0][0]], begins, working_days=EVERY_DAY)
    lived: list[date] = []
    moments = {begins + timedelta(hours=4 * number) for number in range((ends - begins) // timedelta(hours=4))}
    for moment in sorted(moments | {since for _zone, since in steps}):
        zone = [name for name, since in steps if since <= moment][-1]
        if seller.time_zone != zone:
            seller.time_zone = zone
            seller.save(update_fields=["time_zone"])
        prepare_sets(moment)
        today = timezone.localdate(moment, seller.zone)
        # A date that is behind somebody does not come back with a journey.
        if not lived or today > lived[-1]:
            lived.append(today)
        for item in services.items_to_answer(seller).filter(answer=None):
            services.answer(seller, item, {"chosen": ["a"]}, now=moment)
    assert list(DailySet.objects.order_by("pk").values_list("local_date", flat=True)) == lived
    assert streak_of(set_days(seller)).current == len(lived)


def test_r10_a_lost_or_doubled_day_would_be_seen():
    [seller] = sellers_of(["Europe/Brussels"], BEGINS)
    moments = ticks(["Europe/Brussels"], BEGINS, BEGINS + timedelta(days=7), grid_hours=6, midnights_every_days=7)
    for moment in moments:
        prepare_sets(moment)
    owed = owed_to(seller, moments)
    assert list(wrong_sets([owed])) == []
    days = dict(list(owed.days.items())[1:]) | {date(2027, 1, 9): BEGINS}
    assert list(wrong_sets([Owed(owed.member_id, owed.zone, owed.hour, days)])) == [
        "Europe/Brussels: 1 skipped, 2027-01-09 first",
        "Europe/Brussels: 1 on days that were none, 2027-01-01 first",
    ]

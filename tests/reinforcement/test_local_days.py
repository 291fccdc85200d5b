"""Local dates and clocks of all zones: what must hold at any instant."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.time_zones import known_time_zones
from accounts.working_days import is_working_day
from reinforcement.programs.local_days import instant, local_days

ZONES = st.sampled_from(sorted(known_time_zones()))
# Whole seconds, as far as the data of the zones say more than a guess.
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)
MOMENTS = st.integers(0, int((LAST - FIRST).total_seconds())).map(lambda seconds: FIRST + timedelta(seconds=seconds))
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def shows(moment, zone):
    """Date and clock in the zone at that instant."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@settings(deadline=None)
@given(moment=MOMENTS, zones=st.lists(ZONES, unique=True, max_size=5))
def test_r10_the_local_day_is_the_date_on_the_clock_there(moment, zones):
    days = local_days(moment, zones)
    assert [day.time_zone for day in days] == sorted(zones)
    for day in days:
        assert day.local_date == shows(moment, day.time_zone).date()
        assert is_working_day(day.weekday, day.local_date)
        assert day.weekday.bit_count() == 1


@settings(deadline=None)
@given(moment=MOMENTS, zone=ZONES)
def test_r10_a_local_day_has_begun_and_ends_within_48_hours(moment, zone):
    [day] = local_days(moment, [zone])
    begun = instant(day.local_date, time(0), zone)
    assert begun <= moment
    # 24 hours, and what a change of clocks adds: an hour, or a day where a place moved over the date line.
    assert moment - begun < timedelta(hours=48)


@settings(deadline=None)
@given(moment=MOMENTS, zone=ZONES, clock=CLOCKS)
def test_r10_the_instant_of_a_clock_is_the_first_at_which_it_is_shown(moment, zone, clock):
    [day] = local_days(moment, [zone])
    wall = datetime.combine(day.local_date, clock)
    found = instant(day.local_date, clock, zone)
    if shows(found, zone) == wall:
        # A clock that is shown twice counts the first time; changes are of at most two hours, and of a whole day.
        for earlier in (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(days=1)):
            assert shows(found - earlier, zone) != wall
    else:
        # Skipped: no instant shows it, and ours is as long after the change as the clock is into the gap.
        gap = shows(found, zone) - wall
        assert timedelta(0) < gap <= timedelta(days=1)
        assert shows(found - gap, zone) != wall
        assert ZoneInfo(zone).utcoffset(shows(found, zone)) - (wall - found.replace(tzinfo=None)) == gap


def test_a_zone_that_the_machine_does_not_know_keeps_no_other_from_its_day(caplog):
    assert [day.time_zone for day in local_days(FIRST, ["Europe/Atlantis", "Europe/Brussels", "../etc"])] == ["Europe/Brussels"]
    assert "no sets for who lives in Europe/Atlantis" in caplog.text

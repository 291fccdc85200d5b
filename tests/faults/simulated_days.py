"""A simulated clock over many local days in many time zones, and what must be true of the sets that it leaves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from accounts.models import Member
from outbox.models import OutboxMessage
from reinforcement.daily.preparing import QUIET_FROM
from reinforcement.models import DailySet

TICK = timedelta(minutes=5)
QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)


def local_date(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def offset_changes(zone: str, begins: datetime, ends: datetime) -> list[datetime]:
    """The instants, to the minute, at which the clocks of the zone are changed."""
    place = ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(place).utcoffset()

    found = []
    day = begins
    while day < ends:
        before, after = day, day + A_DAY
        if offset(before) != offset(after):
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
            found.append((before + timedelta(seconds=59)).replace(second=0, microsecond=0))
        day += A_DAY
    return found


def begins_of_days(zone: str, around: datetime) -> list[datetime]:
    """The instants within a day and a half of `around` at which a new local date begins."""
    step = (around - A_DAY * 1.5).replace(minute=0, second=0, microsecond=0)
    found = []
    while step < around + A_DAY * 1.5:
        if local_date(step, zone) != local_date(step + QUARTER, zone):
            found.append(step + QUARTER)
        step += QUARTER
    return found


def ticks(zones: Iterable[str], begins: datetime, ends: datetime, *, grid_hours: int, midnights_every_days: int) -> list[datetime]:
    """The moments at which the morning run is let loose: those that matter, of all that beat would bring.

    A coarse grid over all days; each quarter of an hour around each change of clocks; and on the day of a change, as on each
    `midnights_every_days`th day, the tick before each local midnight of its zone and the tick at it.
    """
    found = set()
    moment = begins
    while moment < ends:
        found.add(moment)
        moment += timedelta(hours=grid_hours)
    for zone in zones:
        for change in offset_changes(zone, begins, ends):
            found |= {change + number * QUARTER for number in range(-4, 5)}
            found |= {at for midnight in begins_of_days(zone, change) for at in (midnight - TICK, midnight)}
        day = begins + A_DAY * 2
        while day < ends:
            found |= {at for midnight in begins_of_days(zone, day) for at in (midnight - TICK, midnight)}
            day += A_DAY * midnights_every_days
    return sorted(moment for moment in found if begins <= moment < ends)


@dataclass(frozen=True)
class Owed:
    """The local dates of a seller's working days between the first and the last tick, each with the first tick in it."""

    member_id: int
    zone: str
    hour: time
    days: dict[date, datetime]


def owed_to(member: Member, moments: Iterable[datetime]) -> Owed:
    place = ZoneInfo(member.time_zone)
    days: dict[date, datetime] = {}
    latest = date.min
    for moment in moments:
        day = moment.astimezone(place).date()
        if day > latest:
            latest = day
            if member.working_days & (1 << day.weekday()):
                days[day] = moment
    return Owed(member.pk, member.time_zone, member.preferred_hour, days)


def wrong_sets(owed: Iterable[Owed]) -> Iterator[str]:
    """Each way in which the sets differ from one for each working date, made at its first tick."""
    made = defaultdict(list)
    for member_id, day, prepared_at in DailySet.objects.values_list("member_id", "local_date", "prepared_at").order_by("pk"):
        made[member_id].append((day, prepared_at))
    for seller in owed:
        sets = made[seller.member_id]
        dates = [day for day, _prepared_at in sets]
        if len(dates) != len(set(dates)):
            yield f"{seller.zone}: {len(dates) - len(set(dates))} doubled"
        if skipped := seller.days.keys() - set(dates):
            yield f"{seller.zone}: {len(skipped)} skipped, {min(skipped)} first"
        if added := set(dates) - seller.days.keys():
            yield f"{seller.zone}: {len(added)} on days that were none, {min(added)} first"
        if late := [day for day, prepared_at in sets if seller.days.get(day, prepared_at) != prepared_at]:
            yield f"{seller.zone}: {len(late)} not at the first tick of their day, {min(late)} first"


def wrong_mornings(owed: Iterable[Owed]) -> Iterator[str]:
    """Each morning mail that is not due when the clock there first shows the person's hour, or would have shown it."""
    sellers = {seller.member_id: seller for seller in owed}
    due = {
        int(key.rpartition(":")[2]): due_at
        for key, due_at in OutboxMessage.objects.filter(kind="daily_morning").values_list("key", "due_at").iterator()
    }
    for pk, member_id, day, prepared_at in DailySet.objects.values_list("pk", "member_id", "local_date", "prepared_at").iterator():
        seller = sellers[member_id]
        if pk not in due:
            # A set that the first tick of its day made in the quiet hours has none.
            if prepared_at < first_shown(datetime.combine(day, QUIET_FROM), seller.zone):
                yield f"{seller.zone}: no morning mail on {day}"
        elif due[pk] != first_shown(datetime.combine(day, seller.hour), seller.zone):
            yield f"{seller.zone}: on {day} due at {due[pk].astimezone(ZoneInfo(seller.zone))} for {seller.hour}"


@cache
def first_shown(wall: datetime, zone: str) -> datetime:
    """The first instant at which a clock there shows `wall`; in an hour that is skipped, as long after the change as into the hour.

    Found without asking the zone about `wall`: by looking at its clock from every offset that it has around that day.
    """
    place = ZoneInfo(zone)
    base = wall.replace(tzinfo=UTC)
    offsets = [(base + A_DAY * days).astimezone(place).utcoffset() for days in (-1.5, -1, -0.5, 0, 0.5, 1, 1.5)]
    shows = [base - offset for offset in offsets if (base - offset).astimezone(place).replace(tzinfo=None) == wall]
    # Skipped: the clock before the change would have shown it then.
    return min(shows) if shows else base - offsets[0]

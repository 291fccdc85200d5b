"""A morning with everything in it, what must be true after it, and the way back to before it."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import time_machine
from django.db import connection, transaction
from django.db.models import Count, F, Max
from django.utils import timezone

from accounts.models import Absence, Member, Organization
from accounts.people import services as people
from outbox.models import OutboxMessage
from reinforcement.daily import rebuilding, services
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet, DailySetItem, Enrollment, MemberWeek, TeamWeek
from reinforcement.programs import services as programs
from tests.factories import OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, TeamFactory, put_in

EVERY_DAY = 0b1111111
NEW_PER_DAY = 2
WRONG_RETURNS_AFTER = 12
# What the morning run writes. Whatever points to another comes after it.
WRITTEN = (OutboxMessage, DailySet, DailySetItem, MemberWeek, TeamWeek, Enrollment)


@dataclass
class Morning:
    """Who is owed a set on which date and who takes part after it, as the maker of the rows knows it, not as the planner finds it."""

    now: datetime
    owed: dict[int, date] = field(default_factory=dict)
    unwanted_mail: set[int] = field(default_factory=set)
    taking_part: set[int] = field(default_factory=set)


def make_morning(organizations: int, sellers: int, now: datetime, time_zones: tuple[str, ...] = ("UTC",)) -> Morning:
    """Organizations of at least six sellers, in the zones one after another, just before their run at `now`.

    In each: one who joins today, one who leaves the audience today, one who is away, one who wants no mail, one who has left the
    company, and two with questions that are due. Yesterday's sets are there, unanswered.
    """
    morning = Morning(now)
    with time_machine.travel(now - timedelta(days=30), tick=False):
        made = [_make_organization(sellers, zone) for zone, _ in zip(itertools.cycle(time_zones), range(organizations), strict=False)]
    for days in (WRONG_RETURNS_AFTER, 1):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            prepare_sets(timezone.now())
            if days == WRONG_RETURNS_AFTER:
                for _organization, [first, second, *_rest] in made:
                    _answer_wrong(first)
                    _answer_wrong(second)
    with time_machine.travel(now, tick=False):
        for organization, members in made:
            _change(morning, organization, members)
    return morning


def _make_organization(sellers: int, zone: str) -> tuple[Organization, list[Member]]:
    organization = OrganizationFactory(time_zone=zone)
    team = TeamFactory(organization=organization)
    members = SellerFactory.create_batch(sellers - 1, organization=organization, team=team, working_days=EVERY_DAY)
    program = ProgramFactory(organization=organization, weekdays=EVERY_DAY, new_per_day=NEW_PER_DAY)
    put_in(
        program, *QuestionFactory.create_batch(3, organization=organization), *QuestionFactory.create_batch(3, organization=organization)
    )
    programs.set_audience(program, [team])
    return organization, members


def _answer_wrong(seller: Member) -> None:
    for item in services.items_to_answer(seller):
        services.answer(seller, item, {"chosen": ["b"]})


def _change(morning: Morning, organization: Organization, members: list[Member]) -> None:
    *staying, moves, is_away, leaves = members
    staying.append(SellerFactory(organization=organization, team=members[0].team_memberships.get().team, working_days=EVERY_DAY))
    today = timezone.localdate(morning.now, members[0].zone)
    people.place_in_team(moves, people.root_team(organization))
    Absence.objects.create(organization=organization, member=is_away, started_on=today)
    people.deactivate(leaves)
    staying[0].wants_morning_mail = staying[0].wants_reminder = False
    staying[0].save()
    morning.unwanted_mail.add(staying[0].pk)
    morning.owed |= {member.pk: today for member in staying}
    morning.taking_part |= {member.pk for member in [*staying, is_away]}


def noon_zone(moment: datetime) -> str:
    """A zone where it is between noon and one o'clock on the date of UTC: a test at any hour is a test at noon."""
    offset = 12 - moment.astimezone(UTC).hour
    # The signs of these names are turned round.
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def make_reader(now: datetime) -> Member:
    """A seller whose morning mail of today, the only message, is due at `now`."""
    organization = OrganizationFactory(time_zone=noon_zone(now))
    seller = SellerFactory(organization=organization, working_days=EVERY_DAY, wants_reminder=False)
    program = ProgramFactory(organization=organization, weekdays=EVERY_DAY)
    put_in(program, QuestionFactory(organization=organization))
    programs.set_audience(program, [seller])
    prepare_sets(now)
    return seller


class Joining:
    """One organization where it is noon, whose sellers join in groups: each group is owed sets that nobody has prepared yet."""

    def __init__(self, groups: int, size: int, **of_sellers):
        now = timezone.now()
        self.morning = Morning(now)
        organization = OrganizationFactory(time_zone=noon_zone(now))
        program = ProgramFactory(organization=organization, weekdays=EVERY_DAY, new_per_day=NEW_PER_DAY)
        put_in(program, *QuestionFactory.create_batch(6, organization=organization))
        programs.set_audience(program, [people.root_team(organization)])
        of_sellers |= {"organization": organization, "working_days": EVERY_DAY, "is_active": False}
        sellers = SellerFactory.create_batch(groups * size, **of_sellers)
        self._groups = [sellers[start : start + size] for start in range(0, len(sellers), size)]

    def join(self) -> None:
        """The next group joins."""
        joining = {member.pk: timezone.localdate(self.morning.now, member.zone) for member in self._groups.pop(0)}
        self.morning.owed |= joining
        self.morning.taking_part |= joining.keys()
        Member.objects.filter(pk__in=joining).update(is_active=True)

    def have_sets(self) -> bool:
        return DailySet.objects.filter(member__in=self.morning.owed).values("member").distinct().count() == len(self.morning.owed)

    def have_mail(self) -> bool:
        """Whether all morning mails are noted as sent."""
        return OutboxMessage.objects.filter(kind="daily_morning", state="done").count() == len(self.morning.owed)


def damage(morning: Morning, *, is_finished: bool = True) -> list[str]:
    """All that is not as it must be, in sentences; nothing after a sound run. Half way, whole batches may still be missing."""
    return [
        *_damaged_sets(morning, is_finished),
        *_damaged_items(),
        *_damaged_messages(morning),
        *_differences(),
        *(_damaged_enrollments(morning) if is_finished else []),
    ]


def _damaged_sets(morning: Morning, is_finished: bool) -> list[str]:
    today = set(morning.owed.values())
    counts = Counter(DailySet.objects.filter(local_date__in=today).values_list("member_id", "local_date"))
    expected = set(morning.owed.items())
    found = [f"member {member} has {count} sets on {day}" for (member, day), count in counts.items() if count != 1]
    found += [f"member {member} has a set on {day} and is owed none" for member, day in counts.keys() - expected]
    if is_finished:
        found += [f"member {member} has no set on {day}" for member, day in expected - counts.keys()]
    return found


def _damaged_items() -> list[str]:
    counted = DailySet.objects.annotate(items_held=Count("items"), last=Max("items__position"))
    broken = counted.exclude(items_held=F("size"), last=F("size") - 1).values_list("pk", "size", "items_held")
    found = [f"set {pk} of {size} questions holds {held}" for pk, size, held in broken]
    return found + [
        f"set {pk} has {size} questions" for pk, size in DailySet.objects.filter(size__lt=NEW_PER_DAY).values_list("pk", "size")
    ]


def _damaged_messages(morning: Morning) -> list[str]:
    kinds: dict[UUID, list[str]] = {}
    # A reminder is owed from the moment at which the morning mail is finished.
    reminded = set()
    for kind, set_id, state_of_it in OutboxMessage.objects.values_list("kind", "payload__set", "state"):
        # SQLite writes ids without dashes.
        kinds.setdefault(UUID(set_id), []).append(kind)
        if kind == "daily_morning" and state_of_it != "waiting":
            reminded.add(UUID(set_id))
    found = []
    sets = DailySet.objects.filter(local_date__in=set(morning.owed.values()))
    for public_id, member, wants_reminder in sets.values_list("public_id", "member_id", "member__wants_reminder"):
        wanted = [] if member in morning.unwanted_mail else ["daily_morning"]
        if wants_reminder and public_id in reminded:
            wanted.append("daily_reminder")
        if (seen := sorted(kinds.get(public_id, []))) != wanted:
            found.append(f"member {member} is owed the messages {seen}")
    return found


def _differences() -> list[str]:
    differences = [row for pk in Organization.objects.values_list("pk", flat=True) for row in rebuilding.rollup_differences(pk)]
    differences += rebuilding.memory_differences(list(Member.objects.values_list("pk", flat=True)))
    return [f"{row.table} {row.key} is {row.kept}, not {row.rebuilt}" for row in differences]


def _damaged_enrollments(morning: Morning) -> list[str]:
    open_ones = Counter(Enrollment.objects.filter(ended_on=None).values_list("member_id", flat=True))
    return [] if open_ones == Counter(morning.taking_part) else [f"taking part: {open_ones}"]


def state() -> dict[str, list]:
    """All that the run writes, without the ids that differ from run to run."""
    of_public_id = {
        public_id: (member, day) for public_id, member, day in DailySet.objects.values_list("public_id", "member_id", "local_date")
    }
    item = ("position", "program_id", "question_id", "competency_id", "version_id", "wording_id", "reason")
    message = ("kind", "organization", "member", "address", "language", "time_zone", "due_at", "expires_at", "state", "attempts")
    week = ("competency_id", "week_on", "presented", "answered", "right", "credit")
    return {
        "sets": sorted(DailySet.objects.values_list("member_id", "local_date", "team_id", "size", "answered")),
        "items": sorted(DailySetItem.objects.order_by().values_list("daily_set__member_id", "daily_set__local_date", *item)),
        "messages": sorted(
            (*of_public_id[UUID(set_id)], *map(str, columns))
            for set_id, *columns in OutboxMessage.objects.values_list("payload__set", *message)
        ),
        "member weeks": sorted(MemberWeek.objects.values_list("member_id", *week)),
        "team weeks": sorted(TeamWeek.objects.values_list("team_id", *week)),
        "enrollments": sorted(map(str, Enrollment.objects.values_list("program_id", "member_id", "started_on", "ended_on"))),
    }


class Before:
    """The rows that the run writes, as they are now. `restore` brings them back, as often as a test needs."""

    def __init__(self):
        with connection.cursor() as cursor:
            for table in _tables():
                cursor.execute(f"CREATE TABLE before_{table} AS SELECT * FROM {table}")  # noqa: S608 - names of our tables

    def restore(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in reversed(_tables()):
                # Answers point to the sets of earlier days, which the run never changes: they stay.
                kept = f"WHERE id NOT IN (SELECT id FROM before_{table})" if "dailyset" in table else ""  # noqa: S608
                cursor.execute(f"DELETE FROM {table} {kept}")  # noqa: S608 - names of our tables
            for table in _tables():
                cursor.execute(f"INSERT INTO {table} SELECT * FROM before_{table} WHERE id NOT IN (SELECT id FROM {table})")  # noqa: S608

    def forget(self) -> None:
        with connection.cursor() as cursor:
            for table in _tables():
                cursor.execute(f"DROP TABLE before_{table}")


def _tables() -> list[str]:
    return [model._meta.db_table for model in WRITTEN]

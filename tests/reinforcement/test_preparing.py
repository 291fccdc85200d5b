"""The morning run: exactly one set per seller and local date, with what the programs' rules ask for."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Absence, OrganizationHoliday
from accounts.people import services as people
from accounts.working_days import EVERY_DAY, read_weekdays
from outbox.models import OutboxMessage
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet, DailySetItem, Enrollment, MemberWeek, MemoryState, TeamWeek
from reinforcement.programs import planner
from reinforcement.programs import services as programs
from tests.factories import (
    MemberFactory,
    OrganizationFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    TeamFactory,
    enroll,
    put_in,
)

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _set_up_before_that_tuesday():
    """Rows that begin "today" began before the mornings of these tests, on whatever day the tests run."""
    with time_machine.travel(datetime(2026, 11, 2, 0, 30, tzinfo=UTC), tick=False):
        yield


def make_program(questions=5, *, seller=None, **settings):
    seller = seller or SellerFactory()
    program = ProgramFactory(organization=seller.organization, starts_on=date(2026, 11, 2), **settings)
    put_in(program, *QuestionFactory.create_batch(questions, organization=seller.organization))
    programs.set_audience(program, [seller])
    enroll(program, on=date(2026, 11, 2))
    return seller, program


def remember(seller, question, due_on, **fields):
    team = people.root_team(seller.organization)
    return MemoryState.objects.create(
        organization=seller.organization,
        member=seller,
        question=question,
        answered=1,
        rights_in_a_row=0,
        last_verdict="wrong",
        last_answered_at=TUESDAY - timedelta(days=12),
        last_competency=question.competency,
        last_team=team,
        due_on=due_on,
        **fields,
    )


def asked(seller):
    return [(item.question_id, item.reason) for item in DailySet.objects.get(member=seller).items.all()]


def test_a_seller_gets_new_questions_in_the_programs_order():
    seller, program = make_program(new_per_day=2)
    prepare_sets(TUESDAY)
    first, second = program.program_questions.all()[:2]
    assert asked(seller) == [(first.question_id, "new"), (second.question_id, "new")]
    assert DailySet.objects.get().size == 2


def test_a_second_run_changes_nothing():
    make_program()
    prepare_sets(TUESDAY)
    before = list(DailySet.objects.values()), list(OutboxMessage.objects.values()), list(MemberWeek.objects.values())
    made = prepare_sets(TUESDAY + timedelta(minutes=5))
    assert (made.sets, made.items, made.messages) == (0, 0, 0)
    assert before == (list(DailySet.objects.values()), list(OutboxMessage.objects.values()), list(MemberWeek.objects.values()))


def test_due_questions_come_first_the_oldest_due_first_up_to_the_cap():
    seller, program = make_program(6, cap_per_day=3, new_per_day=2)
    lines = list(program.program_questions.all())
    remember(seller, lines[4].question, date(2026, 11, 20))
    remember(seller, lines[5].question, date(2026, 11, 10))
    remember(seller, lines[3].question, date(2026, 11, 25))
    prepare_sets(TUESDAY)
    assert asked(seller) == [(lines[5].question_id, "due"), (lines[4].question_id, "due"), (lines[0].question_id, "new")]


def test_a_retired_or_archived_question_is_not_asked():
    seller, program = make_program(2)
    retired, archived = (line.question for line in program.program_questions.all())
    remember(seller, retired, None, retired_on=date(2026, 11, 1))
    archived.archived_at = TUESDAY
    archived.save()
    prepare_sets(TUESDAY)
    assert not DailySet.objects.exists()


def test_two_programs_share_one_set_with_the_largest_cap_and_ask_a_shared_question_once():
    seller, first = make_program(2, cap_per_day=2, new_per_day=1)
    shared = first.program_questions.first().question
    second = ProgramFactory(organization=seller.organization, starts_on=date(2026, 11, 9), cap_per_day=4, new_per_day=3)
    extra = QuestionFactory.create_batch(3, organization=seller.organization)
    put_in(second, shared, *extra)
    programs.set_audience(second, [seller])
    prepare_sets(TUESDAY)
    assert [question for question, _reason in asked(seller)] == [shared.pk, *(question.pk for question in extra)]


@pytest.mark.parametrize("reason", ["day off", "holiday", "weekend", "pause", "left", "not delivering", "not started"])
def test_a_day_without_work_makes_no_set(reason):
    seller, program = make_program()
    organization, at = seller.organization, TUESDAY
    if reason == "day off":
        seller.working_days = read_weekdays("mon,wed-fri")
        seller.save()
    elif reason == "holiday":
        OrganizationHoliday.objects.create(organization=organization, day=date(2026, 11, 24), name="Feast")
    elif reason == "weekend":
        at = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    elif reason == "pause":
        Absence.objects.create(organization=organization, member=seller, kind="pause", started_on=date(2026, 11, 1))
    elif reason == "left":
        people.deactivate(seller)
    elif reason == "not delivering":
        program.weekdays = read_weekdays("mon")
        program.save()
    elif reason == "not started":
        program.starts_on = date(2026, 11, 25)
        program.save()
    prepare_sets(at)
    assert not DailySet.objects.exists()


def test_after_an_absence_the_first_set_is_a_normal_set():
    seller, program = make_program(10, cap_per_day=3)
    for line in program.program_questions.all():
        remember(seller, line.question, date(2026, 10, 1))
    Absence.objects.create(organization=seller.organization, member=seller, started_on=date(2026, 11, 1), ended_on=date(2026, 11, 23))
    prepare_sets(TUESDAY - timedelta(days=1))
    assert not DailySet.objects.exists()
    prepare_sets(TUESDAY)
    assert len(asked(seller)) == 3


def test_each_seller_is_owed_a_set_by_the_date_where_they_are():
    organization = OrganizationFactory()
    auckland = SellerFactory(organization=organization, time_zone="Pacific/Auckland")
    los_angeles = SellerFactory(organization=organization, time_zone="America/Los_Angeles")
    _seller, program = make_program(seller=auckland)
    programs.set_audience(program, [auckland, los_angeles])
    prepare_sets(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    assert DailySet.objects.get(member=auckland).local_date == date(2026, 11, 24)
    assert DailySet.objects.get(member=los_angeles).local_date == date(2026, 11, 23)


def test_a_move_to_another_zone_makes_no_second_set_for_the_date():
    seller, _program = make_program()
    prepare_sets(TUESDAY)
    seller.time_zone = "America/Los_Angeles"
    seller.save()
    prepare_sets(TUESDAY + timedelta(hours=8))
    prepare_sets(TUESDAY + timedelta(hours=16))
    assert DailySet.objects.filter(member=seller, local_date=date(2026, 11, 24)).count() == 1
    assert DailySet.objects.filter(member=seller).count() == 1


def test_a_move_back_over_the_date_makes_no_set_for_a_day_that_the_person_has_behind_them():
    seller, _program = make_program(seller=SellerFactory(time_zone="Pacific/Auckland"))
    prepare_sets(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    seller.time_zone = "America/Los_Angeles"
    seller.save()
    prepare_sets(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    assert [day.local_date for day in DailySet.objects.filter(member=seller)] == [date(2026, 11, 24)]


def test_after_days_without_a_run_only_todays_set_is_made():
    _seller, _program = make_program()
    prepare_sets(TUESDAY)
    prepare_sets(TUESDAY + timedelta(days=3))
    assert list(DailySet.objects.order_by("local_date").values_list("local_date", flat=True)) == [date(2026, 11, 24), date(2026, 11, 27)]


def test_a_set_counts_as_presented_for_the_member_and_the_team_of_that_day():
    team = TeamFactory()
    seller, _program = make_program(seller=SellerFactory(organization=team.organization, team=team), new_per_day=2)
    prepare_sets(TUESDAY)
    assert sum(MemberWeek.objects.filter(member=seller, week_on=date(2026, 11, 23)).values_list("presented", flat=True)) == 2
    assert sum(TeamWeek.objects.filter(team=team, week_on=date(2026, 11, 23)).values_list("presented", flat=True)) == 2


def test_the_mail_is_due_at_the_persons_hour():
    seller, _program = make_program(seller=SellerFactory(time_zone="Europe/Brussels", preferred_hour=time(8, 15), language="nl"))
    prepare_sets(TUESDAY)
    morning = OutboxMessage.objects.get()
    assert (morning.kind, morning.due_at) == ("daily_morning", datetime(2026, 11, 24, 7, 15, tzinfo=UTC))
    assert (morning.address, morning.language, morning.time_zone) == (seller.email, "nl", "Europe/Brussels")
    assert morning.member == seller.public_id
    assert morning.payload.keys() == {"set"}
    assert morning.expires_at == datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def test_who_wants_the_reminder_alone_gets_it_later_the_same_day():
    make_program(seller=SellerFactory(time_zone="Europe/Brussels", preferred_hour=time(8, 15), wants_morning_mail=False))
    prepare_sets(TUESDAY)
    reminder = OutboxMessage.objects.get()
    assert (reminder.kind, reminder.due_at) == ("daily_reminder", datetime(2026, 11, 24, 12, 15, tzinfo=UTC))


def test_who_wants_no_mail_gets_a_set_and_no_message():
    make_program(seller=SellerFactory(wants_morning_mail=False, wants_reminder=False))
    prepare_sets(TUESDAY)
    assert DailySet.objects.count() == 1
    assert not OutboxMessage.objects.exists()


def test_the_wording_is_in_the_members_language_where_there_is_one():
    _seller, program = make_program(2, seller=SellerFactory(language="nl"))
    first = program.program_questions.first().question
    dutch = first.current_version.wordings.create(organization=first.organization, language="nl", prompt="Wat doe je eerst?", content={})
    prepare_sets(TUESDAY)
    items = list(DailySet.objects.get().items.select_related("wording"))
    assert items[0].wording == dutch
    assert items[1].wording.language == "en"


def test_enrolments_follow_the_team_as_people_join_and_leave():
    organization = OrganizationFactory()
    team = TeamFactory(organization=organization)
    below = TeamFactory(organization=organization, parent=team)
    stays, leaves = SellerFactory(organization=organization, team=team), SellerFactory(organization=organization, team=below)
    MemberFactory(organization=organization, team=team)
    program = ProgramFactory(organization=organization)
    programs.set_audience(program, [team])
    assert set(Enrollment.objects.values_list("member_id", flat=True)) == {stays.pk, leaves.pk}
    people.place_in_team(leaves, people.root_team(organization))
    joins = SellerFactory(organization=organization, team=below)
    prepare_sets(datetime.now(UTC))
    assert set(Enrollment.objects.filter(ended_on=None).values_list("member_id", flat=True)) == {stays.pk, joins.pk}
    people.place_in_team(leaves, below)
    prepare_sets(datetime.now(UTC))
    assert Enrollment.objects.get(member=leaves).ended_on is None


def test_a_team_of_another_organization_is_refused_as_audience():
    program = ProgramFactory()
    with pytest.raises(ValueError, match="another organization"):
        programs.set_audience(program, [TeamFactory()])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has two ways to gather candidates")
@pytest.mark.parametrize("seed", range(8))
def test_walking_from_the_oldest_end_chooses_what_ranking_everything_chooses(monkeypatch, seed):
    chance = random.Random(seed)
    organization = OrganizationFactory()
    questions = QuestionFactory.create_batch(12, organization=organization)
    sellers = SellerFactory.create_batch(6, organization=organization, working_days=EVERY_DAY)
    today = timezone.now().date()
    for days in (30, 20, 20):
        program = ProgramFactory(
            organization=organization,
            starts_on=today - timedelta(days=days),
            weekdays=EVERY_DAY,
            new_per_day=chance.randint(1, 3),
            cap_per_day=chance.randint(1, 5),
        )
        put_in(program, *chance.sample(questions, 7))
        # Two authors at once can give two questions the same position.
        program.program_questions.update(position=F("position") / 2)
        programs.set_audience(program, chance.sample(sellers, 5))
    for seller in sellers:
        for question in chance.sample(questions, chance.randint(0, 12)):
            MemoryState.objects.create(
                organization=organization,
                member=seller,
                question=question,
                answered=1,
                rights_in_a_row=0,
                last_verdict="wrong",
                last_answered_at=timezone.now(),
                last_competency=question.competency,
                last_team=seller.team_memberships.get().team,
                # Many on the same day, some ahead, some mastered, some new again.
                due_on=chance.choice([None, today - timedelta(days=2), today - timedelta(days=2), today, today + timedelta(days=3)]),
                retired_on=chance.choice([None, today]),
            )
    walked = _chosen()
    monkeypatch.setattr(planner, "_FIRST_ONES", planner._EVERYTHING)
    assert walked
    assert _chosen() == walked


def _chosen() -> list[tuple]:
    """What a morning run puts into sets, undone again."""
    with transaction.atomic():
        prepare_sets(timezone.now())
        items = DailySetItem.objects.order_by("daily_set__member_id", "position")
        chosen = list(items.values_list("daily_set__member_id", "position", "program_id", "question_id", "reason"))
        transaction.set_rollback(True)
    return chosen

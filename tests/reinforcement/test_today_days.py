"""Days: when the next set comes, why there is none today, the strip, the streak, the ruler."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Absence, OrganizationHoliday
from reinforcement.daily.preparing import prepare_sets
from reinforcement.daily.streak import SetDay, Streak, streak_of
from reinforcement.memory import policy
from reinforcement.models import DailySet, Enrollment, Program
from reinforcement.programs.services import set_audience
from reinforcement.today import queries, waiting
from reinforcement.today.calendar import Away, Day, Delivery, WorkCalendar, next_set_on, shift_to_working_day
from reinforcement.today.ruler import LABEL_GAP, ruler_marks
from reinforcement.today.strip import day_strip
from reinforcement.today.waiting import Waiting
from tests.factories import AuthorFactory, DailySetFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in
from tests.reinforcement.asking import address, answer_all, items_of, signed_in, words

TODAY = reverse("reinforcement:today")
MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
WEEK = 0b0011111


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def program_for(member, questions=3, **settings):
    """A running program with questions that the planner gives to the member."""
    program = ProgramFactory(organization=member.organization, **({"starts_on": date(2026, 11, 1)} | settings))
    put_in(program, *QuestionFactory.create_batch(questions, organization=member.organization))
    set_audience(program, [member])
    return program


# When the next set comes.


@pytest.mark.parametrize(
    ("first_day", "next_on"),
    [(date(2026, 11, 25), date(2026, 11, 25)), (date(2026, 11, 27), date(2026, 12, 2)), (date(2026, 11, 28), date(2026, 12, 2))],
)
def test_the_next_set_skips_weekends_holidays_and_days_off(first_day, next_on):
    calendar = WorkCalendar(
        WEEK,
        {date(2026, 11, 30): "St Andrew"},
        (Away(date(2026, 11, 27), date(2026, 11, 27), False), Away(date(2026, 12, 1), date(2026, 12, 1), False)),
    )
    assert next_set_on(calendar, [Delivery(WEEK, date(2026, 1, 1), None, date(2026, 1, 1))], first_day) == next_on


def test_the_next_set_waits_for_a_program_that_delivers_and_has_something_to_ask():
    calendar = WorkCalendar(WEEK)
    mastered = Delivery(WEEK, date(2026, 1, 1), None, None)
    ended = Delivery(WEEK, date(2026, 1, 1), date(2026, 11, 24), date(2026, 1, 1))
    thursdays_later = Delivery(0b0001000, date(2026, 12, 2), None, date(2026, 11, 1))
    due_later = Delivery(WEEK, date(2026, 1, 1), None, date(2026, 12, 12))
    start = date(2026, 11, 25)
    assert next_set_on(calendar, [], start) is None
    assert next_set_on(calendar, [mastered, ended], start) is None
    assert next_set_on(calendar, [mastered, due_later], start) == date(2026, 12, 14)
    assert next_set_on(calendar, [due_later, thursdays_later], start) == date(2026, 12, 3)
    pause = WorkCalendar(WEEK, {}, (Away(date(2026, 11, 20), None, True),))
    assert next_set_on(pause, [thursdays_later], start) is None


def test_a_day_is_named_by_the_reason_a_person_would_give():
    saturday = date(2026, 11, 28)
    off = Away(saturday, saturday, is_pause=False)
    assert WorkCalendar(WEEK, {saturday: "Fair"}, (off,)).kind_of(saturday) is Day.WEEKDAY_OFF
    assert WorkCalendar(0b1111111, {saturday: "Fair"}, (off,)).kind_of(saturday) is Day.HOLIDAY
    assert WorkCalendar(0b1111111, {}, (off,)).kind_of(saturday) is Day.DAY_OFF
    assert WorkCalendar(WEEK, {}, (Away(TUESDAY, None, is_pause=True),)).kind_of(saturday) is Day.PAUSE
    assert WorkCalendar(WEEK).kind_of(TUESDAY) is Day.WORKING


def test_a_date_moves_to_a_day_that_both_have():
    assert shift_to_working_day(date(2026, 12, 6), WEEK, 0b1111111) == date(2026, 12, 7)
    assert shift_to_working_day(date(2026, 12, 7), WEEK, 0b0001000) == date(2026, 12, 10)
    assert shift_to_working_day(date(2026, 12, 7), 0b0000001, 0b0000010) == date(2026, 12, 7)


@pytest.mark.django_db
@pytest.mark.parametrize("arm", ["by date", "by value", "by date for comparison"])
@pytest.mark.parametrize("seed", range(4))
def test_the_day_that_is_announced_is_the_day_on_which_the_planner_makes_the_next_set(clock, monkeypatch, arm, seed):
    """Random working days, programs, holidays and absences, played day by day through the planner itself; the lot apart."""
    monkeypatch.setattr(policy, "RANDOM_SHARE", 0.0)
    chance = random.Random(seed)
    mode = Program.Mode.FIXED if arm == "by date" else Program.Mode.ADAPTIVE
    seller = SellerFactory(working_days=chance.randrange(1, 128))
    for _program in range(chance.randrange(1, 3)):
        start = TUESDAY + timedelta(days=chance.randrange(-10, 8))
        weekdays = chance.randrange(1, 128)
        program_for(
            seller,
            chance.randrange(1, 4),
            starts_on=start,
            weekdays=weekdays,
            ends_on=start + timedelta(days=chance.randrange(15, 60)),
            mode=mode,
        )
    assert Enrollment.objects.update(is_fixed=arm == "by date for comparison")
    for _holiday in range(2):
        day = TUESDAY + timedelta(days=chance.randrange(1, 30))
        OrganizationHoliday.objects.get_or_create(organization=seller.organization, day=day, defaults={"name": "Fair"})
    away = TUESDAY + timedelta(days=chance.randrange(1, 20))
    Absence.objects.create(
        organization=seller.organization, member=seller, started_on=away, ended_on=away + timedelta(days=chance.randrange(5))
    )
    announced = next_set_on(queries.calendar_of(seller, TUESDAY), queries.deliveries_of(seller), TUESDAY)
    kept = 0
    for ahead in range(40):
        now = MORNING + timedelta(days=ahead)
        clock.move_to(now)
        prepare_sets(now)
        today = now.date()
        if (daily_set := DailySet.objects.filter(local_date=today).first()) is not None:
            assert announced == today
            kept += 1
            answer_all(daily_set, chance.choice("ab"))
            tomorrow = today + timedelta(days=1)
            announced = next_set_on(queries.calendar_of(seller, today), queries.deliveries_of(seller), tomorrow)
        else:
            assert announced != today
    assert kept


# Done, and no set today.


@pytest.mark.django_db
def test_done_says_when_the_next_set_comes_and_what_todays_answers_were():
    seller = SellerFactory()
    program = program_for(seller, 5)
    questions = [line.question for line in program.program_questions.all()[:3]]
    daily_set = DailySetFactory(member=seller, questions=questions, program=program)
    client = signed_in(seller)
    for item, answer in zip(items_of(daily_set), "aab", strict=True):
        client.post(address(item), {"answer": answer})
    page = words(client.get(TODAY))
    assert "<span>Done for today.</span> <span>The next set is tomorrow, 8:15.</span>" in page
    assert "Tuesday 24 November" in page
    assert "Today you had 2 of 3" in page
    assert page.count("Back on 18 December.") == 2
    assert "Back on 7 December." in page
    assert "<b>1 working day in a row.</b>" in page
    assert "What waits" not in page
    for item in items_of(daily_set):
        assert address(item) in page


@pytest.mark.django_db
def test_half_a_question_is_counted_as_a_half():
    seller = SellerFactory()
    questions = [
        QuestionFactory(organization=seller.organization, kind="multiple", right=["a", "c"]),
        QuestionFactory(organization=seller.organization),
    ]
    daily_set = DailySetFactory(member=seller, questions=questions)
    answer_all(daily_set, ["a"])
    assert "Today you had 1½ of 2" in words(signed_in(seller).get(TODAY))


@pytest.mark.django_db
def test_on_friday_the_next_set_is_on_monday_and_stands_on_the_strip(clock):
    clock.move_to(MORNING + timedelta(days=3))
    seller = SellerFactory()
    program = program_for(seller, 3)
    daily_set = DailySetFactory(member=seller, questions=[program.program_questions.first().question], program=program)
    answer_all(daily_set)
    page = signed_in(seller).get(TODAY)
    assert "The next set is on Monday 30 November, 8:15." in words(page)
    assert [day["state"] for day in page.context["days"]][-4:] == ["now", "off", "off", "next"]


@pytest.mark.django_db
def test_days_in_a_row_name_the_day_off_and_the_longest_run(clock):
    seller = SellerFactory()
    question = QuestionFactory(organization=seller.organization)
    program = ProgramFactory(organization=seller.organization, mode="once")
    days = [date(2026, 11, day) for day in (5, 6, 9, 10, 11, 12, 16, 17, 19, 20, 23, 24)]
    for day in days:
        clock.move_to(datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC))
        daily_set = DailySetFactory(member=seller, questions=[question], program=program, local_date=day)
        if day.day != 17:
            answer_all(daily_set)
    Absence.objects.create(organization=seller.organization, member=seller, started_on=date(2026, 11, 18), ended_on=date(2026, 11, 18))
    page = signed_in(seller).get(TODAY)
    assert "<b>4 working days in a row.</b>" in words(page)
    assert "Wednesday 18 November was your day off and does not count. Your longest run is 7." in words(page)
    states = [day["state"] for day in page.context["days"]]
    # Three weeks from Monday the 9th.
    assert states == [
        *("done", "done", "done", "done", "off", "off", "off"),
        *("done", "missed", "off", "done", "done", "off", "off"),
        *("done", "now", "later", "later", "later"),
    ]
    assert "Your days since 9 November: 9 sets done, 1 not finished, 6 days without a set" in words(page)


@pytest.mark.django_db
@pytest.mark.parametrize("free", ["day off", "holiday"])
def test_a_day_that_is_noted_as_free_after_its_set_was_made_does_not_end_the_row(clock, free):
    seller = SellerFactory()
    question = QuestionFactory(organization=seller.organization)
    program = ProgramFactory(organization=seller.organization, mode="once")
    for day in (19, 20, 23, 24):
        clock.move_to(datetime(2026, 11, day, 7, 30, tzinfo=UTC))
        daily_set = DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, day))
        if day != 23:
            answer_all(daily_set)
    assert "<b>1 working day in a row.</b>" in words(signed_in(seller).get(TODAY))
    ill = date(2026, 11, 23)
    if free == "holiday":
        OrganizationHoliday.objects.create(organization=seller.organization, day=ill, name="Carnival")
    else:
        Absence.objects.create(organization=seller.organization, member=seller, started_on=ill, ended_on=ill)
    page = signed_in(seller).get(TODAY)
    assert "<b>3 working days in a row.</b>" in words(page)
    assert "missed" not in [day["state"] for day in page.context["days"]]
    assert "1 not finished" not in words(page)


def test_a_free_day_neither_adds_to_a_row_nor_hides_that_it_ended():
    done, missed, free = (SetDay(TUESDAY, *facts) for facts in ((True,), (False,), (False, True)))
    assert streak_of([done, free, done, free]) == Streak(2, 2)
    assert streak_of([done, missed, free]) == Streak(0, 1)


def weekend(seller, clock):
    clock.move_to(datetime(2026, 11, 28, 9, 0, tzinfo=UTC))


def holiday(seller, clock):
    OrganizationHoliday.objects.create(organization=seller.organization, day=TUESDAY, name="Carnival")


def day_off(seller, clock):
    Absence.objects.create(organization=seller.organization, member=seller, started_on=TUESDAY, ended_on=TUESDAY)


def pause(seller, clock):
    Absence.objects.create(organization=seller.organization, member=seller, kind="pause", started_on=TUESDAY)


def nothing(seller, clock):
    pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cause", "program", "said"),
    [
        (weekend, {}, ["No set today.", "The next set is on Monday 30 November, 8:15.", "Saturday is not one of your working days."]),
        (holiday, {}, ["No set today.", "The next set is tomorrow, 8:15.", "It is a holiday: Carnival."]),
        (day_off, {}, ["No set today.", "The next set is tomorrow, 8:15.", "It is your day off."]),
        (pause, {}, ["You are paused.", "No next set is planned.", "/me/"]),
        (nothing, None, ["No program yet.", "Ask your manager or an author to add you to one."]),
        (weekend, None, ["No program yet.", "Ask your manager or an author to add you to one."]),
        (day_off, None, ["No program yet."]),
        (pause, None, ["You are paused."]),
        (nothing, {"starts_on": date(2026, 12, 1)}, ["Your program has not started.", "It starts on Tuesday 1 December.", "8:15"]),
        (nothing, {"weekdays": 0b0001000}, ["No set today.", "The next set is on Thursday 26 November", "None of your questions is due."]),
        (nothing, {}, ["Your set is on its way.", "It is here in a few minutes."]),
    ],
)
def test_without_a_set_the_page_says_why_and_when(clock, cause, program, said):
    seller = SellerFactory()
    if program is not None:
        program_for(seller, **program)
    cause(seller, clock)
    page = signed_in(seller).get(TODAY)
    assert page.status_code == 200
    for sentence in said:
        assert sentence in words(page)
    assert "answer-form" not in words(page)


@pytest.mark.django_db
def test_people_who_are_no_sellers_are_told_so():
    page = signed_in(AuthorFactory()).get(TODAY)
    assert "Questions come to sellers, and you are not one here." in words(page)


@pytest.mark.django_db
def test_what_waits_comes_from_the_rooms_above(monkeypatch):
    monkeypatch.setattr(waiting, "_sources", [])
    entry = Waiting("Record your pitch", "Two minutes is enough", "/pitches/1/", "play", 4, badge="by Friday")
    waiting.register_waiting(lambda member: [entry])
    daily_set = DailySetFactory()
    client = signed_in(daily_set.member)
    assert "What waits" not in words(client.get(TODAY))
    answer_all(daily_set)
    page = words(client.get(TODAY))
    assert "What waits" in page
    assert "About 4 minutes" in page
    assert 'href="/pitches/1/"' in page


@pytest.mark.django_db
def test_travelling_does_not_change_the_days(clock):
    """The set of Tuesday stays Tuesday's, wherever its person is when it is finished."""
    seller = SellerFactory(time_zone="America/Los_Angeles")
    daily_set = DailySetFactory(member=seller)
    assert daily_set.local_date == date(2026, 11, 23)
    seller.time_zone = "Asia/Tokyo"
    seller.save()
    answer_all(daily_set)
    assert queries.set_days(seller) == [SetDay(date(2026, 11, 23), is_completed=True)]


# The strip and the ruler.


def test_the_strip_is_nineteen_days_with_today_near_its_end():
    strip = day_strip({TUESDAY: True}, WorkCalendar(WEEK), TUESDAY, date(2026, 11, 25))
    assert (len(strip), strip[0].day, strip[-1].day) == (19, date(2026, 11, 9), date(2026, 11, 27))
    assert [tick.state for tick in strip[-4:]] == ["now", "next", "later", "later"]
    assert [tick.state for tick in day_strip({TUESDAY: False}, WorkCalendar(WEEK), TUESDAY, None)][-4] == "missed"


@pytest.mark.parametrize("seen", [[], [TUESDAY - timedelta(days=12)], [TUESDAY - timedelta(days=gap) for gap in (1, 2, 36, 60, 84, 400)]])
@pytest.mark.parametrize("returns", [None, TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=24)])
def test_the_ruler_keeps_its_order_and_its_words_apart(seen, returns):
    marks = ruler_marks(seen, TUESDAY, returns)
    if not seen and returns is None:
        assert marks == []
        return
    places = [mark.at for mark in marks]
    assert [mark.on for mark in marks] == sorted({*seen, TUESDAY} | ({returns} if returns else set()))
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= 100
    labelled = [mark.at for mark in marks if mark.is_labelled]
    assert all(later - earlier >= LABEL_GAP for earlier, later in itertools.pairwise(labelled))
    assert {mark.kind for mark in marks if mark.is_labelled} >= {"now"} | ({"next"} if returns else set())

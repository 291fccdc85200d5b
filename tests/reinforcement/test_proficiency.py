"""Current proficiency: what each night counts, and what an answer moves in between."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.people import services as people
from reinforcement.daily import services as daily
from reinforcement.memory import store
from reinforcement.memory.packing import DAY_SECONDS
from reinforcement.memory.prior import PRIOR, UNKNOWN_ITEM
from reinforcement.memory.proficiency import CURVE_DAYS
from reinforcement.memory.recall import predict
from reinforcement.memory.spacing import FixedRule
from reinforcement.models import Enrollment, MemoryState, ProficiencyWeek, Program, Question
from reinforcement.programs.assigned import Programs
from reinforcement.progress import proficiency
from reinforcement.progress.proficiency import count_proficiency, count_proficiency_of
from tests.factories import (
    CompetencyFactory,
    DailySetFactory,
    OrganizationFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    enroll,
    monday_of,
    put_in,
)

pytestmark = pytest.mark.django_db
RIGHT, WRONG = {"chosen": ["a"]}, {"chosen": ["b"]}


@pytest.fixture
def competency():
    return CompetencyFactory()


@pytest.fixture
def seller(competency):
    return SellerFactory(organization=competency.organization)


def program_of(seller, competency, questions=3, **values) -> Program:
    """A program of questions of the competency, which the seller takes part in."""
    program = ProgramFactory(organization=seller.organization, **values)
    put_in(program, *QuestionFactory.create_batch(questions, organization=seller.organization, competency=competency))
    enroll(program, seller)
    return program


def answer(seller, program, *responses, on=None):
    """The seller's answers to the first questions of the program, in a set of a day of its own."""
    questions = [line.question for line in program.program_questions.select_related("question")[: len(responses)]]
    day = timezone.localdate() + timedelta(days=seller.daily_sets.count())
    daily_set = DailySetFactory(member=seller, questions=questions, program=program, local_date=day)
    for position, response in enumerate(responses):
        daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set, position=position), response, now=on)


def rows() -> list[tuple]:
    columns = ("member_id", "competency_id", "week_on", "questions", "answers", "expected", "variance", "unpractised", "is_current")
    return list(ProficiencyWeek.objects.order_by("member_id", "competency_id", "week_on").values_list(*columns))


def row_of(seller) -> ProficiencyWeek:
    return ProficiencyWeek.objects.get(member=seller, is_current=True)


def test_never_asked_questions_stand_where_everybody_begins(seller, competency):
    program_of(seller, competency, questions=3)
    now = timezone.now()
    assert count_proficiency(now) == 1
    row = row_of(seller)
    [recall] = {predict(PRIOR.recall, store.Known().record(1, 1), UNKNOWN_ITEM, now.timestamp() / DAY_SECONDS)}
    assert (row.questions, row.answers, row.week_on) == (3, 0, monday_of(timezone.localdate(now, seller.zone)))
    assert row.expected == pytest.approx(3 * recall)
    assert row.variance == pytest.approx(3 * recall * (1 - recall))
    assert row.unpractised == pytest.approx([3 * recall] * len(CURVE_DAYS), abs=1e-3)


def test_without_practice_it_falls_from_night_to_night_and_along_its_curve(seller, competency):
    answer(seller, program_of(seller, competency), RIGHT, RIGHT, WRONG)
    now = timezone.now()
    expected = []
    for days in (0, 10, 30, 60):
        count_proficiency(now + timedelta(days=days))
        row = row_of(seller)
        assert row.unpractised == sorted(row.unpractised, reverse=True)
        assert row.unpractised[0] == pytest.approx(row.expected, abs=1e-3)
        assert row.unpractised[-1] < row.unpractised[0]
        expected.append(row.expected)
    assert expected == sorted(expected, reverse=True)
    assert expected[-1] < expected[0]


def test_counting_again_writes_the_same(seller, competency):
    answer(seller, program_of(seller, competency), RIGHT, WRONG)
    now = timezone.now()
    count_proficiency(now)
    once = rows()
    count_proficiency(now)
    assert rows() == once


def test_older_weeks_stay_and_only_the_latest_is_current(seller, competency):
    answer(seller, program_of(seller, competency), RIGHT, WRONG)
    now = timezone.now()
    count_proficiency(now)
    [before] = rows()
    count_proficiency(now + timedelta(days=14))
    first, second = rows()
    assert first == (*before[:-1], False)
    assert (second[2] - first[2], second[-1]) == (timedelta(days=14), True)


def test_week_is_that_of_the_persons_own_monday(competency):
    seller = SellerFactory(organization=competency.organization, time_zone="Pacific/Auckland")
    program_of(seller, competency)
    # Sunday noon in London is Monday in Auckland.
    count_proficiency(timezone.datetime.fromisoformat("2026-11-15T12:30:00+00:00"))
    assert row_of(seller).week_on == date(2026, 11, 16)


def test_answer_moves_the_row_by_what_the_night_says_of_its_question(seller, competency):
    """Of a person's only question nothing else changes: what the answer moves is what the night counts at that moment."""
    program = program_of(seller, competency, questions=1)
    now = timezone.now()
    count_proficiency(now)
    for days, response in ((0, RIGHT), (0, WRONG), (0, RIGHT)):
        now += timedelta(days=days)
        answer(seller, program, response, on=now)
        moved = row_of(seller)
        count_proficiency(now)
        counted = row_of(seller)
        assert moved.answers == counted.answers
        assert moved.expected == pytest.approx(counted.expected, abs=1e-6)
        assert moved.variance == pytest.approx(counted.variance, abs=1e-6)
    assert counted.answers == 3


def test_answer_moves_neither_older_weeks_nor_other_competencies(seller, competency):
    program = program_of(seller, competency)
    other = program_of(seller, CompetencyFactory(organization=seller.organization))
    now = timezone.now()
    count_proficiency(now - timedelta(days=14))
    count_proficiency(now)
    before = rows()
    answer(seller, program, RIGHT)
    changed = [(one[1], one[-1]) for one, after in zip(before, rows(), strict=True) if one != after]
    assert changed == [(competency.pk, True)]
    assert other.program_questions.count() == 3


def test_answer_before_the_first_night_is_counted_by_it(seller, competency):
    answer(seller, program_of(seller, competency), RIGHT)
    assert rows() == []
    count_proficiency(timezone.now())
    assert row_of(seller).answers == 1


def test_answer_keeps_the_sums_within_what_they_can_be(seller, competency):
    program = program_of(seller, competency, questions=2)
    count_proficiency(timezone.now())
    ProficiencyWeek.objects.update(expected=1.999, variance=0.0)
    answer(seller, program, RIGHT)
    row = row_of(seller)
    assert (row.expected, row.variance) == (2, 0)
    ProficiencyWeek.objects.update(expected=0.001)
    answer(seller, program, WRONG)
    assert row_of(seller).expected == 0


@pytest.mark.parametrize("change", ["meaning", "competency", "archived"])
def test_answer_to_what_was_changed_meanwhile_moves_nothing(seller, competency, change):
    program = program_of(seller, competency, questions=1)
    question = program.program_questions.get().question
    daily_set = DailySetFactory(member=seller, questions=[question], program=program)
    elsewhere = CompetencyFactory(organization=seller.organization)
    count_proficiency(timezone.now())
    before = rows()
    values = {"meaning": {"meaning_since": 2}, "competency": {"competency": elsewhere}, "archived": {"archived_at": timezone.now()}}
    Question.objects.filter(pk=question.pk).update(**values[change])
    daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set), RIGHT)
    assert rows() == before


def test_nobodys_answers_change_a_colleagues_row(seller, competency):
    program = program_of(seller, competency)
    colleague = SellerFactory(organization=seller.organization)
    enroll(program, colleague)
    answer(colleague, program, RIGHT)
    now = timezone.now()
    count_proficiency(now)
    before = rows()
    answer(seller, program, WRONG, WRONG, WRONG)
    count_proficiency(now)
    assert [row for row in rows() if row[0] == colleague.pk] == [row for row in before if row[0] == colleague.pk]
    assert [row for row in rows() if row[0] == seller.pk] != [row for row in before if row[0] == seller.pk]


def test_each_organization_counts_its_own(seller, competency):
    elsewhere = SellerFactory()
    program_of(elsewhere, CompetencyFactory(organization=elsewhere.organization))
    program_of(seller, competency)
    assert count_proficiency_of(seller.organization, timezone.now()) == 1
    assert [row[0] for row in rows()] == [seller.pk]
    assert count_proficiency_of(OrganizationFactory(), timezone.now()) == 0


def test_what_is_over_counts_only_where_it_was_answered(seller, competency):
    program = program_of(seller, competency, questions=4)
    answer(seller, program, RIGHT, WRONG)
    Program.objects.filter(pk=program.pk).update(state=Program.State.ENDED)
    count_proficiency(timezone.now())
    assert row_of(seller).questions == 2


def test_who_does_not_take_part_any_more_keeps_what_was_answered(seller, competency):
    program = program_of(seller, competency, questions=4)
    answer(seller, program, RIGHT)
    Enrollment.objects.update(ended_on=timezone.localdate() - timedelta(days=1))
    count_proficiency(timezone.now())
    assert row_of(seller).questions == 1


@pytest.mark.parametrize(
    "values",
    [
        {"state": Program.State.DRAFT},
        {"starts_on": timezone.localdate() + timedelta(days=3)},
        {"starts_on": date(2020, 1, 6), "ends_on": date(2020, 2, 6)},
        {"state": Program.State.ENDED},
    ],
)
def test_what_is_not_asked_now_is_not_assigned(seller, competency, values):
    program_of(seller, competency, **values)
    assert count_proficiency(timezone.now()) == 0


def test_question_in_two_programs_counts_once_and_an_archived_one_not_at_all(seller, competency):
    program = program_of(seller, competency, questions=3)
    second = ProgramFactory(organization=seller.organization)
    enroll(second, seller)
    first, archived, _third = [line.question for line in program.program_questions.select_related("question")]
    put_in(second, first)
    archived.archived_at = timezone.now()
    archived.save(update_fields=["archived_at"])
    count_proficiency(timezone.now())
    assert row_of(seller).questions == 2


def test_competency_that_is_not_assigned_any_more_has_no_current_row(seller, competency):
    program = program_of(seller, competency)
    other = program_of(seller, CompetencyFactory(organization=seller.organization))
    count_proficiency(timezone.now())
    program.program_questions.all().delete()
    count_proficiency(timezone.now())
    assert [(row[1], row[-1]) for row in rows()] == sorted(
        [(competency.pk, False), (other.program_questions.first().question.competency_id, True)]
    )


def test_who_left_is_not_counted(seller, competency):
    program_of(seller, competency)
    people.deactivate(seller)
    assert count_proficiency(timezone.now()) == 0


def test_who_answers_while_it_is_counted_is_counted_again(seller, competency, monkeypatch):
    program = program_of(seller, competency)
    answer(seller, program, WRONG)
    read, seen = store.known_of, []

    def meanwhile(*whose):
        known = read(*whose)
        if not seen:
            answer(seller, program, RIGHT)
        seen.append(known)
        return known

    monkeypatch.setattr(proficiency.store, "known_of", meanwhile)
    assert count_proficiency(timezone.now()) == 1
    assert len(seen) == 2
    assert row_of(seller).answers == 2


def test_who_answers_each_time_is_left_as_it_stands(seller, competency, monkeypatch):
    program = program_of(seller, competency)
    answer(seller, program, WRONG)
    count_proficiency(timezone.now())
    read = store.known_of

    def meanwhile(*whose):
        known = read(*whose)
        answer(seller, program, RIGHT)
        return known

    monkeypatch.setattr(proficiency.store, "known_of", meanwhile)
    assert count_proficiency(timezone.now()) == 0
    assert row_of(seller).answers == 4


def test_people_are_read_a_batch_at_a_time(seller, competency, monkeypatch, django_assert_max_num_queries):
    program = program_of(seller, competency)
    for _number in range(6):
        enroll(program, SellerFactory(organization=seller.organization))
    with django_assert_max_num_queries(20):
        assert count_proficiency_of(seller.organization, timezone.now()) == 7
    ProficiencyWeek.objects.all().delete()
    monkeypatch.setattr(proficiency, "PEOPLE_AT_ONCE", 2)
    assert count_proficiency_of(seller.organization, timezone.now()) == 7
    assert MemoryState.objects.count() == 0


def test_coming_questions_keep_more_than_no_practice(seller, competency):
    answer(seller, program_of(seller, competency), RIGHT, WRONG, RIGHT)
    count_proficiency(timezone.now())
    row = row_of(seller)
    assert row.coming[0] == row.unpractised[0]
    assert all(with_them >= without for with_them, without in zip(row.coming, row.unpractised, strict=True))
    assert row.coming[-1] > row.unpractised[-1]


def test_where_nothing_is_coming_there_is_no_second_curve(seller, competency):
    program = program_of(seller, competency)
    answer(seller, program, RIGHT)
    Program.objects.update(state=Program.State.ENDED)
    count_proficiency(timezone.now())
    assert row_of(seller).coming is None
    Program.objects.update(state=Program.State.RUNNING, weekdays=0b1000000)
    count_proficiency(timezone.now())
    assert row_of(seller).coming is None, "the program asks on Sundays, on which nobody works"


def test_program_that_ends_soon_asks_no_more_afterwards(seller, competency):
    answer(seller, program_of(seller, competency), RIGHT, WRONG, RIGHT)
    now = timezone.now()
    count_proficiency(now)
    endless = row_of(seller).coming
    Program.objects.update(ends_on=timezone.localdate(now) + timedelta(days=3))
    count_proficiency(now)
    assert row_of(seller).coming[-1] < endless[-1]


def test_several_programs_come_as_one(seller, competency):
    first = program_of(seller, competency, mode="fixed", weekdays=0b1, new_per_day=2, cap_per_day=3, starts_on=date(2026, 1, 5))
    second = program_of(seller, competency, mode="once", weekdays=0b100, new_per_day=1, cap_per_day=5, starts_on=date(2026, 2, 2))
    put_in(second, first.program_questions.first().question)
    programs, today = Programs(seller.organization), date(2026, 3, 2)
    enrollments = list(seller.enrollments.all())
    coming = programs.coming(enrollments, 0b11111, today)
    assert (coming.rule, coming.weekdays, coming.new_per_day, coming.cap_per_day, coming.days) == (FixedRule(12, 24, 2), 0b101, 3, 5, None)
    assert len(coming.questions) == 6
    Program.objects.filter(pk=first.pk).update(ends_on=date(2026, 3, 8))
    Program.objects.filter(pk=second.pk).update(ends_on=date(2026, 3, 3))
    assert Programs(seller.organization).coming(enrollments, 0b11111, today).days == 7

"""The morning run in adaptive programs: what gains most, with what is remembered of each person, and what was drawn by lot."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from accounts.working_days import EVERY_DAY
from reinforcement.daily import services as daily
from reinforcement.daily.preparing import prepare_sets
from reinforcement.memory import policy, store
from reinforcement.memory.features import HALF_LIVES, ability
from reinforcement.memory.packing import DAY_SECONDS
from reinforcement.memory.policy import Candidates, days_between, values
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.versions import as_kept
from reinforcement.models import (
    Competency,
    DailySet,
    DailySetItem,
    Enrollment,
    FittedModels,
    MemoryState,
    ModelsInForce,
    Program,
    Question,
    QuestionEasiness,
)
from reinforcement.programs import adaptive, planner
from reinforcement.programs import services as programs
from tests.factories import CompetencyFactory, OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 5, 0, tzinfo=UTC)
RIGHT, WRONG = {"chosen": ["a"]}, {"chosen": ["b"]}
ADAPTIVE = Program.Mode.ADAPTIVE


@pytest.fixture(autouse=True)
def nothing_by_lot(monkeypatch):
    monkeypatch.setattr(policy, "RANDOM_SHARE", 0.0)
    monkeypatch.setattr(policy, "NEW_SHARE", 0.0)


@pytest.fixture(autouse=True)
def _begun_before():
    with time_machine.travel(MONDAY - timedelta(days=7), tick=False):
        yield


def adaptive_program(*sellers: Member, questions=5, **settings) -> Program:
    settings = {"mode": ADAPTIVE, "starts_on": date(2026, 9, 1), "weekdays": EVERY_DAY, "new_per_day": 3, **settings}
    organization = sellers[0].organization
    program = ProgramFactory(organization=organization, **settings)
    put_in(program, *(QuestionFactory.create_batch(questions, organization=organization) if isinstance(questions, int) else questions))
    programs.set_audience(program, sellers)
    enroll(program, on=date(2026, 9, 1))
    return program


def everyday_seller(**fields) -> Member:
    return SellerFactory(working_days=EVERY_DAY, **fields)


def make_unequal(*questions: Question) -> None:
    """No two of the questions are as easy as each other, so that nothing is decided by lot."""
    for number, question in enumerate(questions):
        QuestionEasiness.objects.create(
            organization=question.organization,
            question=question,
            meaning_since=question.meaning_since,
            counted_at=MONDAY,
            answers=20,
            easiness=1.3 - number / 12,
            first_answers=20,
            first_easiness=0.0,
        )


def live(days: int, answers, start: datetime = MONDAY) -> None:
    """Mornings in a row; `answers(item, day)` says what an item is answered with in the afternoon, None: not at all."""
    for day in range(days):
        morning = start + timedelta(days=day)
        with time_machine.travel(morning, tick=False):
            prepare_sets(morning)
        afternoon = morning + timedelta(hours=9)
        with time_machine.travel(afternoon, tick=False):
            for member in Member.objects.filter(daily_sets__local_date=morning.date()).distinct():
                for item in list(daily.items_to_answer(member).filter(daily_set__local_date=morning.date())):
                    response = answers(item, day)
                    if response is not None:
                        daily.answer(member, daily.items_to_answer(member).get(pk=item.pk), response, now=afternoon)


def asked(seller, on: datetime) -> list[tuple[int, str]]:
    daily_set = DailySet.objects.filter(member=seller, local_date=on.date()).first()
    return [(item.question_id, item.reason) for item in daily_set.items.all()] if daily_set else []


def worth_of(seller: Member, program: Program, question: Question, now: datetime) -> float:
    """What asking is worth, from what answering knows of the seller: one pair on its own."""
    kept = store.find(seller.organization_id, seller.pk, question, question.competency_id)
    practice = kept.memory.practice if kept.memory else None
    blank = (0.0,) * len(HALF_LIVES)
    pair = Candidates(
        answers=np.array([practice.answers if practice else 0]),
        rights=np.array([practice.rights if practice else 0]),
        last_right=np.array([practice is not None and practice.run > 0]),
        at=np.array([practice.at if practice else 0.0]),
        tried=np.array([practice.tried if practice else blank]),
        rights_left=np.array([practice.rights_left if practice else blank]),
        ability=np.array([ability(kept.person.record(practice))]),
        easiness=np.array([kept.item.easiness]),
        weight=np.ones(1),
    )
    length = None if program.ends_on is None else (program.ends_on - program.starts_on).days
    ahead = 60.0 if program.ends_on is None else (program.ends_on - now.date()).days
    model = store.models_of(kept.fitted_id).trace
    return float(values(model, pair, now.timestamp() / DAY_SECONDS, ahead, days_between(length))[0])


@pytest.mark.parametrize("ends_on", [None, date(2026, 10, 20)])
def test_each_person_is_asked_what_is_worth_most_by_what_answering_knows_of_them(ends_on):
    one, other = everyday_seller(), everyday_seller(organization=OrganizationFactory())
    third = everyday_seller(organization=one.organization)
    for seller in (one, other):
        questions = [
            QuestionFactory(organization=seller.organization, competency=competency)
            for competency in CompetencyFactory.create_batch(2, organization=seller.organization)
            for _number in range(12)
        ]
        adaptive_program(*{one: [one, third], other: [other]}[seller], questions=questions, ends_on=ends_on)
        make_unequal(*questions)
        # How easy another meaning was is not known of this one.
        QuestionEasiness.objects.filter(question=questions[0]).update(meaning_since=7)
    fitted = FittedModels.objects.create(
        organization=other.organization,
        fitted_at=MONDAY,
        answers=9,
        weights=as_kept(PRIOR._replace(trace=replace(PRIOR.trace, easiness=-2.0, trace=1.4))),
    )
    ModelsInForce.objects.create(organization=other.organization, fitted=fitted, since=MONDAY)
    live(12, lambda item, day: [RIGHT, WRONG, None, RIGHT][(item.question_id * 7 + item.daily_set.member_id + day) % 4])
    last = MONDAY + timedelta(days=24)
    expected = {}
    for seller in (one, third, other):
        program = Program.objects.get(organization=seller.organization)
        resting = MemoryState.objects.filter(member=seller, due_on__gt=last.date()).values("question_id")
        free = Question.objects.filter(program_questions__program=program).exclude(pk__in=resting)
        worth = {question.pk: worth_of(seller, program, question, last) for question in free}
        assert len(worth) > 4
        expected[seller] = sorted(worth, key=lambda pk, worth=worth: -worth[pk])[:3]
    prepare_sets(last)
    for seller, questions in expected.items():
        assert [question for question, _reason in asked(seller, last)] == questions
    assert {reason for seller in expected for _question, reason in asked(seller, last)} <= {"value", "new"}


def test_answered_question_rests_seven_days_after_wrong_and_fourteen_after_right():
    seller = everyday_seller()
    program = adaptive_program(seller, questions=2)
    right, _wrong = [line.question_id for line in program.program_questions.all()]
    live(1, lambda item, _day: RIGHT if item.question_id == right else WRONG)
    live(19, lambda _item, _day: None, MONDAY + timedelta(days=1))
    seen = [(day, question) for day in range(1, 20) for question, _reason in asked(seller, MONDAY + timedelta(days=day))]
    first_days = {question: min(day for day, seen_question in seen if seen_question == question) for _day, question in seen}
    assert sorted(first_days.values()) == [7, 14]
    assert first_days[right] == 14


def test_new_questions_of_which_nothing_is_known_come_in_the_order_of_the_program():
    seller = everyday_seller()
    competency = CompetencyFactory(organization=seller.organization)
    first, second, third, *others = QuestionFactory.create_batch(6, organization=seller.organization, competency=competency)
    program = adaptive_program(seller, questions=[*others, third, second, first], new_per_day=2)
    programs.move_question(program, third, steps=-3)
    prepare_sets(MONDAY)
    assert asked(seller, MONDAY) == [(third.pk, "new"), (others[0].pk, "new")]


def test_what_matters_most_now_counts_more_with_all_that_stands_under_it():
    seller = everyday_seller()
    usual, weighty = CompetencyFactory.create_batch(2, organization=seller.organization)
    below = CompetencyFactory(organization=seller.organization, parent=weighty)
    questions = [QuestionFactory(organization=seller.organization, competency=competency) for competency in (usual, usual, below)]
    CompetencyFactory(matters_now=True)
    adaptive_program(seller, questions=questions, cap_per_day=1)
    live(1, lambda item, day: None)
    assert asked(seller, MONDAY) == [(questions[0].pk, "new")]
    Competency.objects.filter(pk=weighty.pk).update(matters_now=True)
    live(1, lambda item, day: None, start=MONDAY + timedelta(days=1))
    assert asked(seller, MONDAY + timedelta(days=1)) == [(questions[2].pk, "new")]


def test_new_questions_and_the_cap_are_bounded_each_day():
    seller = everyday_seller()
    adaptive_program(seller, questions=12, new_per_day=1, cap_per_day=2)
    live(20, lambda item, day: RIGHT if item.question_id % 3 else WRONG)
    days = [asked(seller, MONDAY + timedelta(days=day)) for day in range(20)]
    assert max(len(day) for day in days) == 2
    assert {sum(reason == "new" for _question, reason in day) for day in days} == {0, 1}


def test_question_mastered_in_another_program_may_be_asked_again():
    seller = everyday_seller()
    question = QuestionFactory(organization=seller.organization)
    once = adaptive_program(seller, questions=[question], mode=Program.Mode.ONCE)
    live(1, lambda _item, _day: RIGHT)
    assert MemoryState.objects.get().retired_on is not None
    programs.end(once, on=MONDAY.date())
    adaptive_program(seller, questions=[question])
    soon = MONDAY + timedelta(days=13)
    prepare_sets(soon)
    assert (asked(seller, soon), planner.count_owed(soon)) == ([], 0)
    later = MONDAY + timedelta(days=14)
    assert planner.count_owed(later) == 1
    prepare_sets(later)
    assert asked(seller, later) == [(question.pk, "value")]


def test_what_is_due_by_date_comes_first_then_one_by_date_and_one_by_value_in_turn():
    seller = everyday_seller()
    by_date = adaptive_program(seller, questions=4, mode=Program.Mode.FIXED, cap_per_day=5, new_per_day=2, days_after_wrong=3)
    due, *new = [line.question_id for line in by_date.program_questions.all()]
    live(1, lambda item, _day: WRONG if item.question_id == due else None)
    by_value = adaptive_program(seller, questions=4, starts_on=date(2026, 9, 2))
    valuable = set(by_value.program_questions.values_list("question_id", flat=True))
    morning = MONDAY + timedelta(days=3)
    prepare_sets(morning)
    found = [question for question, _reason in asked(seller, morning)]
    assert [found[0], found[1], found[3]] == [due, *new[:2]]
    assert {found[2], found[4]} < valuable


def test_what_is_drawn_by_lot_is_logged_as_such_and_may_rest(monkeypatch):
    seller = everyday_seller()
    adaptive_program(seller, questions=1)
    live(1, lambda _item, _day: RIGHT)
    tomorrow = MONDAY + timedelta(days=1)
    prepare_sets(tomorrow)
    assert asked(seller, tomorrow) == []
    monkeypatch.setattr(policy, "RANDOM_SHARE", 1.0)
    prepare_sets(tomorrow)
    assert [reason for _question, reason in asked(seller, tomorrow)] == ["random"]


def test_lot_of_a_day_is_the_same_at_every_tick(monkeypatch):
    monkeypatch.setattr(policy, "RANDOM_SHARE", 0.2)
    sellers = [everyday_seller()]
    sellers += [everyday_seller(organization=sellers[0].organization) for _number in range(19)]
    adaptive_program(*sellers, questions=1)
    live(1, lambda item, _day: RIGHT)
    tomorrow = MONDAY + timedelta(days=1)
    prepare_sets(tomorrow)
    drawn = {seller.pk for seller in sellers if asked(seller, tomorrow)}
    # Half of them draw in one of three slots: none, or all, comes once in a million.
    assert 0 < len(drawn) < 20
    for minutes in range(5, 60, 5):
        prepare_sets(tomorrow + timedelta(minutes=minutes))
    assert {seller.pk for seller in sellers if asked(seller, tomorrow)} == drawn


def test_share_of_sellers_is_drawn_once_to_run_by_date():
    sellers = SellerFactory.create_batch(40, organization=OrganizationFactory())
    compared = adaptive_program(*sellers, fixed_share=50)
    whole, dated = adaptive_program(*sellers), adaptive_program(*sellers, mode=Program.Mode.FIXED, fixed_share=50)
    drawn = set(Enrollment.objects.filter(program=compared, is_fixed=True).values_list("member_id", flat=True))
    # Fewer than 5 or more than 35 of 40 come once in ten million draws.
    assert 5 <= len(drawn) <= 35
    assert not Enrollment.objects.filter(program__in=[whole, dated], is_fixed=True).exists()
    programs.set_audience(compared, [])
    programs.set_audience(compared, sellers)
    assert set(Enrollment.objects.filter(program=compared, is_fixed=True, ended_on=None).values_list("member_id", flat=True)) == drawn


def test_who_runs_by_date_for_comparison_follows_the_fixed_rule_and_draws_as_many_by_lot(monkeypatch):
    dated = everyday_seller()
    valued = everyday_seller(organization=dated.organization)
    program = adaptive_program(dated, valued, questions=1)
    Enrollment.objects.filter(member=dated).update(is_fixed=True)
    live(1, lambda _item, _day: WRONG)
    assert [(item.daily_set.member_id == dated.pk, item.is_fixed) for item in DailySetItem.objects.all()] in (
        [(True, True), (False, False)],
        [(False, False), (True, True)],
    )
    due = dict(MemoryState.objects.values_list("member_id", "due_on"))
    assert due == {dated.pk: MONDAY.date() + timedelta(days=program.days_after_wrong), valued.pk: MONDAY.date() + timedelta(days=7)}
    for days, who in ((7, valued), (program.days_after_wrong, dated)):
        morning = MONDAY + timedelta(days=days)
        prepare_sets(morning)
        assert [bool(asked(seller, morning)) for seller in (valued, dated)] == [who == valued or days > 7, who == dated]
    assert asked(dated, morning)[0][1] == "due"
    monkeypatch.setattr(policy, "RANDOM_SHARE", 1.0)
    prepare_sets(morning + timedelta(days=1))
    assert [asked(seller, morning + timedelta(days=1))[0][1] for seller in (dated, valued)] == ["random", "random"]


def test_what_archived_and_ended_leave_over_makes_no_set():
    seller = everyday_seller()
    program = adaptive_program(seller, questions=1)
    Question.objects.update(archived_at=MONDAY)
    prepare_sets(MONDAY)
    assert not DailySet.objects.exists()
    Question.objects.update(archived_at=None)
    programs.end(program, on=MONDAY.date() - timedelta(days=1))
    prepare_sets(MONDAY)
    assert not DailySet.objects.exists()
    assert planner.count_owed(MONDAY) == 0


def test_second_run_changes_nothing():
    seller = everyday_seller()
    adaptive_program(seller)
    assert planner.count_owed(MONDAY) == 1
    prepare_sets(MONDAY)
    before = list(DailySetItem.objects.values())
    assert prepare_sets(MONDAY + timedelta(minutes=5)).items == 0
    assert list(DailySetItem.objects.values()) == before
    assert planner.count_owed(MONDAY) == 0


def test_parts_of_few_pairs_choose_what_all_at_once_chooses(monkeypatch):
    sellers = [everyday_seller()]
    sellers += [everyday_seller(organization=sellers[0].organization) for _number in range(4)]
    program = adaptive_program(*sellers, questions=40)
    make_unequal(*[line.question for line in program.program_questions.all()])
    live(10, lambda item, day: RIGHT if (item.question_id + item.daily_set.member_id + day) % 3 else WRONG)
    morning = MONDAY + timedelta(days=10)

    def chosen():
        prepare_sets(morning)
        found = [asked(seller, morning) for seller in sellers]
        DailySetItem.objects.filter(daily_set__local_date=morning.date()).delete()
        DailySet.objects.filter(local_date=morning.date()).delete()
        return found

    at_once = chosen()
    monkeypatch.setattr(adaptive, "PAIRS_AT_ONCE", 3)
    assert any(at_once)
    assert chosen() == at_once


def test_statements_do_not_grow_with_people_questions_programs_and_organizations():
    def statements(organizations: int, sellers: int, questions: int) -> int:
        for _organization in range(organizations):
            people = [everyday_seller(organization=OrganizationFactory())]
            people += [everyday_seller(organization=people[0].organization) for _number in range(sellers - 1)]
            for _program in range(organizations):
                adaptive_program(*people, questions=questions)
        with CaptureQueriesContext(connection) as captured:
            prepare_sets(MONDAY)
        return len(captured)

    assert statements(1, 2, 2) == statements(3, 6, 5)


def test_programs_are_adaptive_unless_their_author_says_otherwise():
    assert Program(starts_on=timezone.localdate()).mode == ADAPTIVE

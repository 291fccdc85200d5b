"""Answering: judged once, logged once, and memory, figures and set kept with it."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts import rows, statements
from accounts.people import services as people
from accounts.statements import Part
from reinforcement.daily import services
from reinforcement.daily.rebuilding import memory_differences, rollup_differences
from reinforcement.memory import store
from reinforcement.models import Answer, CompetencyState, DailySet, LastAnswers, LearnerState, MemberWeek, MemoryState, TeamWeek
from reinforcement.questions.kinds.base import ResponseError
from reinforcement.questions.services import Asked, Words, publish_version
from tests.factories import CompetencyFactory, DailySetFactory, QuestionFactory, SellerFactory, TeamFactory

pytestmark = pytest.mark.django_db
RIGHT, WRONG = {"chosen": ["a"]}, {"chosen": ["b"]}


def item_of(daily_set, position=0):
    return services.items_to_answer(daily_set.member).get(daily_set=daily_set, position=position)


def give(daily_set, response=RIGHT, position=0, **options):
    return services.answer(daily_set.member, item_of(daily_set, position), response, **options)


def test_a_right_answer_returns_after_24_days_and_a_wrong_one_after_12():
    daily_set = DailySetFactory(question_count=2)
    right, wrong = give(daily_set, RIGHT, 0), give(daily_set, WRONG, 1)
    today = timezone.localdate(timezone=daily_set.member.zone)
    assert (right.answer.verdict, right.answer.due_on) == ("right", today + timedelta(days=24))
    assert (wrong.answer.verdict, wrong.answer.due_on) == ("wrong", today + timedelta(days=12))
    assert {state.due_on for state in MemoryState.objects.all()} == {today + timedelta(days=12), today + timedelta(days=24)}


def test_two_rights_in_a_row_retire_the_question():
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    first = DailySetFactory(member=seller, questions=[question], local_date=date(2026, 11, 2))
    give(first)
    program = first.items.get().program
    second = DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, 26))
    answered = give(second)
    state = MemoryState.objects.get()
    assert answered.answer.retires
    assert (state.due_on, state.retired_on, state.rights_in_a_row) == (None, date(2026, 11, 26), 2)


def test_partly_counts_as_wrong_for_spacing_and_as_its_credit_in_figures():
    question = QuestionFactory(kind="multiple", right=("a", "c"))
    daily_set = DailySetFactory(member=SellerFactory(organization=question.organization), questions=[question])
    answered = give(daily_set, {"chosen": ["a", "b"]})
    assert (answered.answer.verdict, answered.answer.credit) == ("partly", 0.5)
    assert MemoryState.objects.get().rights_in_a_row == 0
    week = MemberWeek.objects.get()
    assert (week.answered, week.right, week.credit, week.first_credit) == (1, 0, 5000, 5000)


def test_the_last_answer_of_a_set_completes_it_once():
    daily_set = DailySetFactory(question_count=2)
    give(daily_set, position=0)
    assert DailySet.objects.get().completed_at is None
    give(daily_set, position=1)
    completed = DailySet.objects.get().completed_at
    assert completed is not None
    give(daily_set, position=1)
    assert DailySet.objects.get().completed_at == completed


def test_the_same_answer_again_counts_once_and_is_answered_alike():
    daily_set = DailySetFactory()
    first, again = give(daily_set, WRONG), give(daily_set, RIGHT)
    assert again.is_replay
    assert again.answer == first.answer
    assert again.answer.verdict == "wrong"
    assert Answer.objects.count() == 1
    assert MemberWeek.objects.get().answered == 1
    assert DailySet.objects.get().answered == 1


def test_another_key_with_another_response_is_told_what_counts():
    daily_set = DailySetFactory()
    key = uuid.uuid4()
    first = give(daily_set, WRONG, request_key=key)
    assert give(daily_set, WRONG, request_key=key).is_replay
    with pytest.raises(services.AlreadyAnswered) as told:
        give(daily_set, RIGHT, request_key=uuid.uuid4())
    assert told.value.answer == first.answer


def test_an_answer_to_no_option_changes_nothing():
    daily_set = DailySetFactory()
    for response in ({"chosen": ["z"]}, {"chosen": []}, {}, {"chosen": ["a", "b"]}, "a", None):
        with pytest.raises(ResponseError):
            give(daily_set, response)
    assert not Answer.objects.exists()


def test_a_set_older_than_14_days_takes_no_answer():
    daily_set = DailySetFactory(prepared_at=timezone.now() - timedelta(days=14, minutes=1))
    with pytest.raises(services.SetClosed):
        give(daily_set)
    assert not Answer.objects.exists()


@pytest.mark.parametrize(("said", "kept"), [(-48, "prepared"), (0, "said"), (48, "received")])
def test_the_phones_clock_is_clamped_between_prepared_and_received(said, kept):
    now = timezone.now()
    daily_set = DailySetFactory(prepared_at=now - timedelta(hours=2))
    at = now - timedelta(hours=1) + timedelta(hours=said)
    row = give(daily_set, answered_at=at, now=now).answer
    assert row.answered_at == {"prepared": daily_set.prepared_at, "said": at, "received": now}[kept]
    assert row.received_at == now


def test_an_answer_belongs_to_the_local_week_in_which_it_was_given():
    seller = SellerFactory(time_zone="Pacific/Auckland")
    sunday_noon_utc = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    daily_set = DailySetFactory(member=seller, local_date=date(2026, 11, 20), prepared_at=sunday_noon_utc - timedelta(hours=2))
    assert give(daily_set, now=sunday_noon_utc).answer.week_on == date(2026, 11, 23)


def test_a_changed_team_and_competency_move_right_at_last_answer():
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    first = DailySetFactory(member=seller, questions=[question], local_date=date(2026, 11, 2))
    give(first, RIGHT)
    team = TeamFactory(organization=seller.organization)
    people.place_in_team(seller, team)
    question.competency = CompetencyFactory(organization=seller.organization)
    question.save()
    second = DailySetFactory(member=seller, questions=[question], program=first.items.get().program, local_date=date(2026, 11, 20))
    give(second, WRONG)
    rows = {(row.team_id, row.competency_id): (row.questions, row.right) for row in LastAnswers.objects.all()}
    assert rows == {(first.team_id, first.items.get().competency_id): (0, 0), (team.pk, question.competency_id): (1, 0)}
    assert rollup_differences(seller.organization_id) == _presented_only(seller)


def _presented_only(seller):
    """Sets made by the factory were not counted as presented; nothing else may differ."""
    differences = rollup_differences(seller.organization_id)
    for difference in differences:
        assert (difference.kept or {"presented": 0}) | {"presented": 0} == difference.rebuilt | {"presented": 0} or not difference.kept
        assert (difference.kept or {}).get("presented", 0) != difference.rebuilt["presented"]
    return differences


def test_memory_is_the_fold_of_the_log():
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    program = None
    for day, response in ((2, RIGHT), (3, WRONG), (16, RIGHT), (20, RIGHT)):
        daily_set = DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, day))
        program = daily_set.items.get().program
        give(daily_set, response)
    assert memory_differences([seller.pk]) == []
    MemoryState.objects.update(rights_in_a_row=7)
    [difference] = memory_differences([seller.pk])
    assert difference.key == (seller.pk, question.pk)


def test_an_answer_to_an_older_meaning_says_nothing_about_the_new_one():
    question = QuestionFactory()
    daily_set = DailySetFactory(member=SellerFactory(organization=question.organization), questions=[question])
    question.meaning_since = 2
    question.save()
    row = give(daily_set).answer
    state = MemoryState.objects.get()
    assert (row.due_on, state.due_on, state.retired_on, state.rights_in_a_row, state.answered) == (None, None, None, 0, 1)
    assert memory_differences([daily_set.member_id]) == []


def test_log_rows_can_not_be_changed():
    row = give(DailySetFactory()).answer
    row.credit = 0
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        Answer.objects.update(credit=0)


def test_a_colleagues_item_is_not_found():
    daily_set, other = DailySetFactory(), DailySetFactory()
    assert not services.items_to_answer(daily_set.member).filter(daily_set=other).exists()


@pytest.mark.django_db(transaction=True)
def test_an_answer_costs_one_statement_beside_finding_the_item_where_they_are_kept(django_assert_num_queries):
    daily_set = DailySetFactory(question_count=3)
    give(daily_set, position=0)
    item = item_of(daily_set, 1)
    # All of it at once, or one by one with the transaction's begin and end.
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 12):
        services.answer(daily_set.member, item, RIGHT)


def at_once(seller, items) -> list:
    """What came of answers to all items that were sent at the same moment."""
    results, start = [], threading.Barrier(len(items))

    def tap(item):
        start.wait()
        try:
            results.append(services.answer(seller, item, WRONG))
        except Exception as problem:  # noqa: BLE001 - the test looks at what came out
            results.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap, args=[item]) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def question_in_two_sets():
    """The items of one question that a member is asked in two sets, both read before either is answered."""
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    first = DailySetFactory(member=seller, questions=[question], local_date=date(2026, 11, 2))
    give(first, WRONG)
    program = first.items.get().program
    sets = [DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, day)) for day in (14, 15)]
    return seller, [item_of(one) for one in sets]


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_came_between_reading_and_writing_is_counted_too():
    seller, items = question_in_two_sets()
    for item in items:
        services.answer(seller, item, RIGHT)
    assert MemoryState.objects.get().answered == 3
    assert MemoryState.objects.get().rights_in_a_row == 2
    assert Answer.objects.count() == 3
    assert memory_differences([seller.pk]) == []
    assert MemberWeek.objects.aggregate(answered=Sum("answered"))["answered"] == 3


def two_questions_read_at_once():
    """The items of two questions, both read before either is answered, of a seller who has answered another one before."""
    questions = QuestionFactory.create_batch(3)
    questions[2].competency = questions[1].competency
    questions[2].save()
    seller = SellerFactory(organization=questions[0].organization)
    daily_set = DailySetFactory(member=seller, questions=questions)
    give(daily_set, RIGHT, position=0)
    return seller, [item_of(daily_set, position) for position in (1, 2)]


@pytest.mark.django_db(transaction=True)
def test_first_answers_of_a_person_at_the_same_moment_all_stand():
    """Each is the first to its question, and some are the first of the person and in a competency: rows that only one of them can make."""
    seller = SellerFactory()
    for _round in range(3):
        seller = SellerFactory(organization=seller.organization)
        competencies = CompetencyFactory.create_batch(3, organization=seller.organization)
        questions = [QuestionFactory(organization=seller.organization, competency=competencies[number % 3]) for number in range(9)]
        daily_set = DailySetFactory(member=seller, questions=questions)
        results = at_once(seller, [item_of(daily_set, position) for position in range(9)])
        assert [type(result).__name__ for result in results] == ["Answered"] * 9
        assert memory_differences([seller.pk]) == []


@pytest.mark.django_db(transaction=True)
def test_answers_to_two_questions_read_at_once_both_count_in_the_persons_record():
    seller, items = two_questions_read_at_once()
    for item in items:
        services.answer(seller, item, RIGHT)
    assert LearnerState.objects.get().answers == 3
    assert memory_differences([seller.pk]) == []


@pytest.mark.django_db(transaction=True)
def test_without_a_look_at_the_persons_record_an_answer_is_seen_to_be_lost_from_it(monkeypatch):
    change = rows.change
    monkeypatch.setattr(
        rows, "change", lambda model, key, values: change(model, {name: key[name] for name in key if name != "answers"}, values)
    )
    seller, items = two_questions_read_at_once()
    services.answer(seller, items[0], RIGHT)
    # The other one's competency has a record by now, so that its insertion cannot find out either.
    items[1].skill_id, items[1].skill_ability, items[1].skill_practice = CompetencyState.objects.filter(
        competency=items[1].competency_id
    ).values_list("pk", "ability", "practice")[0]
    services.answer(seller, items[1], RIGHT)
    assert LearnerState.objects.get().answers == 2
    assert "learner" in {difference.table for difference in memory_differences([seller.pk])}


@pytest.mark.django_db(transaction=True)
def test_without_a_look_at_what_came_between_an_answer_is_seen_to_be_lost_from_memory(monkeypatch):
    change = rows.change
    monkeypatch.setattr(
        rows,
        "change",
        lambda model, key, values: change(model, {name: key[name] for name in key if name not in {"answered", "answers"}}, values),
    )
    seller, items = question_in_two_sets()
    for item in items:
        services.answer(seller, item, RIGHT)
    assert MemoryState.objects.get().answered == 2
    assert memory_differences([seller.pk]) != []


@pytest.mark.django_db(transaction=True)
def test_an_answer_whose_memory_is_always_another_writes_nothing(monkeypatch):
    monkeypatch.setattr(store, "find", lambda *_keys: stale)
    seller, (item, other) = question_in_two_sets()
    stale = store.kept_with(item)
    services.answer(seller, other, RIGHT)
    before = list(MemberWeek.objects.values())
    with pytest.raises(statements.ChangedMeanwhile):
        services.answer(seller, item, RIGHT)
    assert not Answer.objects.filter(item=item).exists()
    assert list(MemberWeek.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_many_equal_answers_at_once_leave_one_row():
    daily_set = DailySetFactory(question_count=1)
    results = at_once(daily_set.member, [item_of(daily_set)] * 12)
    assert [type(result) for result in results] == [services.Answered] * 12
    assert sorted(result.is_replay for result in results) == [False] + [True] * 11
    assert Answer.objects.count() == 1
    assert (MemberWeek.objects.get().answered, TeamWeek.objects.get().answered, DailySet.objects.get().answered) == (1, 1, 1)


def test_a_published_change_of_meaning_starts_every_memory_again():
    question = QuestionFactory()
    daily_set = DailySetFactory(member=SellerFactory(organization=question.organization), questions=[question])
    give(daily_set)
    wording = question.current_version.wordings.get()
    asked = Asked("single", {"right": ["b"]}, Words("en", wording.prompt, wording.content))
    publish_version(question, change="wording", asked=asked)
    assert MemoryState.objects.get().due_on is not None
    publish_version(question, change="meaning", asked=asked)
    state = MemoryState.objects.get()
    assert (state.due_on, state.rights_in_a_row, state.answered) == (None, 0, 1)
    assert memory_differences([daily_set.member_id]) == []


@pytest.mark.django_db(transaction=True)
def test_one_question_in_two_sets_answered_at_once_counts_in_both():
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    first = DailySetFactory(member=seller, questions=[question], local_date=date(2026, 11, 2))
    second = DailySetFactory(member=seller, questions=[question], program=first.items.get().program, local_date=date(2026, 11, 3))
    items = [item_of(first), item_of(second)]
    results = at_once(seller, items)
    assert [type(result) for result in results] == [services.Answered] * 2
    assert sorted(result.answer.is_first for result in results) == [False, True]
    assert MemoryState.objects.get().answered == 2
    assert memory_differences([seller.pk]) == []


@pytest.mark.django_db(transaction=True)
def test_many_answers_to_one_question_at_once_all_count():
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    days = [date(2026, 11, day) for day in range(1, 9)]
    first = DailySetFactory(member=seller, questions=[question], local_date=days[0])
    program = first.items.get().program
    sets = [first] + [DailySetFactory(member=seller, questions=[question], program=program, local_date=day) for day in days[1:]]
    results = at_once(seller, [item_of(one) for one in sets])
    assert [type(result) for result in results] == [services.Answered] * len(days)
    assert sorted(result.before.answered if result.before else 0 for result in results) == list(range(len(days)))
    assert MemoryState.objects.get().answered == len(days)
    assert memory_differences([seller.pk]) == []


def question_answered(times: int):
    """A seller's item of a question that was answered so often before; both are read before anything else happens."""
    question = QuestionFactory()
    seller = SellerFactory(organization=question.organization)
    program = None
    for day in range(1, times + 2):
        daily_set = DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, day))
        program = daily_set.items.get().program
        if day <= times:
            give(daily_set, RIGHT)
    return question, seller, item_of(daily_set)


def change_meaning(question) -> None:
    wording = question.current_version.wordings.get()
    asked = Asked("single", {"right": ["b"]}, Words("en", wording.prompt, wording.content))
    publish_version(question, change="meaning", asked=asked)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_question_that_came_to_mean_another_before_its_answer_is_written_stays_new(times):
    question, seller, item = question_answered(times)
    change_meaning(question)
    services.answer(seller, item, RIGHT)
    state = MemoryState.objects.get()
    assert (state.rights_in_a_row, state.due_on, state.retired_on) == (0, None, None)
    assert memory_differences([seller.pk]) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_an_answer_waits_for_a_change_of_meaning_that_is_under_way(times):
    question, seller, item = question_answered(times)
    results = []

    def tap():
        try:
            results.append(services.answer(seller, item, RIGHT))
        finally:
            connections.close_all()

    answering = threading.Thread(target=tap)
    with transaction.atomic():
        change_meaning(question)
        answering.start()
        answering.join(1)
        assert answering.is_alive()
    answering.join(20)
    assert len(results) == 1
    assert not Answer.objects.get(item=item.pk).retires
    assert memory_differences([seller.pk]) == []


@pytest.mark.django_db(transaction=True)
def test_without_asking_what_it_means_an_answer_is_seen_to_undo_a_change_of_meaning(monkeypatch):
    question, seller, item = question_answered(1)
    change_meaning(question)
    monkeypatch.setattr(store, "still_means", lambda question: Part("SELECT 1", []))
    services.answer(seller, item, RIGHT)
    assert memory_differences([seller.pk]) != []

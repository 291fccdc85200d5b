"""The commands prove that memory and roll-ups are folds of the log, and mend them."""

import json
import math
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reinforcement.daily import rebuilding, services
from reinforcement.daily.preparing import prepare_sets
from reinforcement.daily.shares import count_option_shares
from reinforcement.models import (
    Answer,
    CompetencyState,
    DailySet,
    DailySetItem,
    LastAnswers,
    LearnerState,
    MemberWeek,
    MemoryState,
    OptionShares,
    TeamWeek,
)
from reinforcement.programs import planner
from reinforcement.programs import services as programs
from tests.factories import DailySetFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in
from tests.reinforcement.planted import rewrite

pytestmark = pytest.mark.django_db
ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", "c"])), min_size=1, max_size=12)


def run(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def answer_all(seller):
    daily_set = services.current_set(seller)
    for item in services.items_to_answer(seller).filter(daily_set=daily_set):
        services.answer(seller, item, {"chosen": ["a"]})


def make_history():
    seller = SellerFactory()
    program = ProgramFactory(organization=seller.organization, starts_on=date(2026, 1, 1), weekdays=127)
    put_in(program, *QuestionFactory.create_batch(4, organization=seller.organization))
    programs.set_audience(program, [seller])
    seller.working_days = 127
    seller.save()
    prepare_sets(timezone.now())
    answer_all(seller)
    return seller


def test_run_daily_prints_what_it_made_and_a_second_time_nothing():
    seller = make_history()
    DailySet.objects.filter(member=seller)
    second = json.loads(run("run_daily", "--json"))
    assert second == {"sets": 0, "items": 0, "messages": 0, "failed": 0}
    later = json.loads(run("run_daily", "--json", "--at", (timezone.now() + timedelta(days=1)).isoformat()))
    assert later["sets"] == 1


def test_run_daily_says_how_many_sets_failed_and_exits_1(monkeypatch, capsys):
    seller = make_history()

    def fail(batch, _days, _now):
        if batch.after < seller.pk <= batch.last:
            raise ValueError
        return 0

    monkeypatch.setattr(planner, "choose", fail)
    with pytest.raises(SystemExit) as stopped:
        run("run_daily", "--json")
    assert stopped.value.code == 1
    assert "The sets of 1 members could not be made" in capsys.readouterr().err


def test_run_daily_refuses_a_moment_that_is_none():
    with pytest.raises(CommandError, match="not a moment"):
        run("run_daily", "--at", "tomorrow")


def test_checks_pass_on_what_answering_kept():
    make_history()
    assert "0 differences" in run("rebuild_memory", "--check")
    assert "0 differences" in run("rebuild_rollups", "--check")


def values(model, names) -> list:
    """What the rows hold in these columns, in order; bytes as such, which PostgreSQL gives in another shape."""
    rows = model.objects.values_list(*names)
    return sorted([[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in rows])


@pytest.mark.parametrize(
    ("command", "model", "change"),
    [
        ("rebuild_memory", MemoryState, {"rights_in_a_row": 9}),
        ("rebuild_memory", MemoryState, {"practice": None}),
        ("rebuild_memory", LearnerState, {"ability": 9.5}),
        ("rebuild_memory", CompetencyState, {"ability": 9.5}),
        ("rebuild_rollups", MemberWeek, {"presented": 99}),
        ("rebuild_rollups", TeamWeek, {"answered": 99}),
        ("rebuild_rollups", LastAnswers, {"right": 99}),
    ],
)
def test_a_wrong_row_is_found_and_mended(command, model, change):
    make_history()
    right = values(model, change)
    model.objects.update(**change)
    with pytest.raises(SystemExit) as stopped:
        run(command, "--check")
    assert stopped.value.code == 1
    run(command)
    assert "0 differences" in run(command, "--check")
    assert values(model, change) == right


def test_lost_rows_are_made_again():
    make_history()
    for model in (MemoryState, LearnerState, CompetencyState, MemberWeek, TeamWeek, LastAnswers):
        model.objects.all().delete()
    run("rebuild_memory")
    run("rebuild_rollups")
    assert "0 differences" in run("rebuild_memory", "--check")
    assert "0 differences" in run("rebuild_rollups", "--check")
    assert MemberWeek.objects.exists()


def test_one_member_is_checked_by_public_id():
    seller = make_history()
    assert run("rebuild_memory", "--check", "--member", str(seller.public_id)).startswith("1 members, 0")
    with pytest.raises(CommandError, match="no member"):
        run("rebuild_memory", "--member", "00000000-0000-0000-0000-000000000000")
    with pytest.raises(CommandError, match="not a public id"):
        run("rebuild_memory", "--member", "7")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_answers=ANSWERS)
def test_whatever_is_answered_when_the_fold_holds(given_answers):
    questions = QuestionFactory.create_batch(2, organization=(seller := SellerFactory()).organization)
    program, day = None, date(2026, 1, 5)
    for gap, option in given_answers:
        day += timedelta(days=gap + 1)
        daily_set = DailySetFactory(member=seller, questions=questions[: 1 + gap % 2], program=program, local_date=day)
        program = daily_set.items.first().program
        for item in services.items_to_answer(seller).filter(daily_set=daily_set):
            services.answer(seller, item, {"chosen": [option]})
    run("rebuild_memory", "--check")


def answer_first(question, *options):
    """A seller for each of these options, who answers the question for the first time."""
    for option in options:
        seller = SellerFactory(organization=question.organization)
        daily_set = DailySetFactory(member=seller, questions=[question])
        services.answer(seller, services.items_to_answer(seller).get(daily_set=daily_set), {"chosen": [option]})


def test_shares_count_each_persons_first_answer_to_the_version_five_people_at_a_time():
    question = QuestionFactory()
    answer_first(question, "a", "a", "b", "a")
    assert count_option_shares(timezone.now()) == 0
    answer_first(question, "b")
    assert count_option_shares(timezone.now()) == 1
    answer_first(question, "c", "c", "c", "c")
    assert count_option_shares(timezone.now()) == 0
    shares = OptionShares.objects.get()
    assert (shares.people, shares.chosen) == (5, {"a": 3, "b": 2})
    answer_first(question, "c")
    assert count_option_shares(timezone.now()) == 1
    shares.refresh_from_db()
    assert (shares.people, shares.chosen) == (10, {"a": 3, "b": 2, "c": 5})


@pytest.mark.parametrize("arguments", [(), ("--check",)])
@pytest.mark.parametrize("columns", [{"predicted": 1.5}, {"easiness": math.inf}, {"verdict": "perhaps"}], ids=str)
def test_row_of_the_log_that_cannot_be_is_named_and_nothing_is_rebuilt(monkeypatch, arguments, columns):
    first, second = make_history(), make_history()
    # The bad row comes in the second batch; the first one has something to mend.
    monkeypatch.setattr(rebuilding, "MEMBERS_AT_ONCE", 1)
    MemoryState.objects.filter(member=first).update(rights_in_a_row=9)
    bad = second.answers.order_by("pk").last()
    rewrite(bad, **columns)
    with pytest.raises(CommandError, match=f"answer {bad.pk}:"):
        run("rebuild_memory", *arguments)
    assert set(MemoryState.objects.filter(member=first).values_list("rights_in_a_row", flat=True)) == {9}


def test_answer_whose_set_is_not_there_is_named():
    seller = make_history()
    bad = seller.answers.order_by("pk").last()
    DailySetItem.objects.filter(pk=bad.item_id).update(daily_set_id=10**9)
    with pytest.raises(CommandError, match=f"answer {bad.pk}:.* not there"):
        run("rebuild_memory")


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_gap_in_the_log_is_named_and_not_mended(arguments):
    seller = make_history()
    # As somebody at the database might: nothing in the product takes an answer out.
    gone = seller.answers.order_by("pk").last()
    QuerySet(Answer).filter(pk=gone.pk).delete()
    before = values(MemoryState, ("question_id", "answered", "practice"))
    with pytest.raises(CommandError, match=f"set {gone.item.daily_set_id}: .* were counted and .* are there"):
        run("rebuild_memory", *arguments)
    assert values(MemoryState, ("question_id", "answered", "practice")) == before


def test_first_answer_that_is_missing_is_named_by_the_next_one():
    seller = make_history()
    first = seller.answers.order_by("pk").first()
    again = DailySetFactory(member=seller, questions=[first.question], local_date=date(2031, 1, 1))
    later = services.answer(seller, services.items_to_answer(seller).get(daily_set=again), {"chosen": ["a"]}).answer
    DailySet.objects.filter(pk=first.item.daily_set_id).update(answered=F("answered") - 1)
    QuerySet(Answer).filter(pk=first.pk).delete()
    with pytest.raises(CommandError, match=f"answer {later.pk}: it is not the first one to its question, and an earlier one is missing"):
        run("rebuild_memory")

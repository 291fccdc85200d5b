"""The groups of compared programs: counted from the log each night, growing by enough people of both at a time."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reinforcement.daily import services as daily
from reinforcement.daily.comparisons import count_comparisons, count_comparisons_of
from reinforcement.daily.preparing import prepare_sets
from reinforcement.memory import policy
from reinforcement.models import ComparedGroup, DailySetItem, Enrollment, Program
from reinforcement.programs import comparison_queries as queries
from reinforcement.programs import services as programs
from reinforcement.tasks import count_comparisons as task
from tests.factories import OrganizationFactory
from tests.reinforcement.drawn import NIGHT, answer, enroll_in, join, make_compared, make_found

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def program():
    return make_compared(OrganizationFactory())


@pytest.fixture
def groups(program):
    """Nine people of each group."""
    return join(program, 9, is_fixed=False), join(program, 9, is_fixed=True)


def counted(program):
    """Answers and rights of both groups, the adaptive one first."""
    return list(program.compared_groups.order_by("is_fixed").values_list("is_fixed", "people", "answers", "right"))


def test_answers_to_what_was_drawn_by_lot_are_counted_by_group(program, groups):
    adaptive, fixed = groups
    answer(program, adaptive, ["right", "right", "wrong"])
    answer(program, fixed, ["right", "partly"])
    for reason in ("new", "due", "value"):
        answer(program, adaptive + fixed, ["right"], reason=reason)
    assert count_comparisons(NIGHT) == 2
    assert counted(program) == [(False, 9, 27, 18), (True, 9, 18, 9)]
    rows = program.compared_groups.order_by("is_fixed")
    assert list(rows.values_list("taking_part", "answered", "counted_at")) == [(9, 54, NIGHT), (9, 45, NIGHT)]


def test_nothing_is_counted_before_eight_people_of_each_group_have_answered(program, groups):
    adaptive, fixed = groups
    answer(program, adaptive, ["right"] * 9)
    answer(program, fixed[:7], ["right"] * 9)
    answer(program, fixed[7:], ["right"] * 9, reason="due")
    assert count_comparisons(NIGHT) == 0
    answer(program, fixed[7:8], ["wrong"])
    assert count_comparisons(NIGHT) == 2


def test_organization_that_asks_for_more_people_has_them(program, groups):
    program.organization.small_group_minimum = 10
    program.organization.save()
    answer(program, groups[0] + groups[1], ["right"])
    assert count_comparisons(NIGHT) == 0


def test_counts_grow_when_five_people_of_each_group_have_answered_since(program, groups):
    adaptive, fixed = groups
    answer(program, adaptive + fixed, ["right"])
    count_comparisons(NIGHT)
    answer(program, adaptive, ["wrong"], at=NIGHT + DAY)
    # Four who answer often are four.
    answer(program, fixed[:4], ["wrong"] * 5, at=NIGHT + DAY)
    answer(program, fixed[4:], ["wrong"], at=NIGHT + DAY, reason="due")
    assert count_comparisons(NIGHT + 2 * DAY) == 0
    assert counted(program) == [(False, 9, 9, 9), (True, 9, 9, 9)]
    assert set(program.compared_groups.values_list("counted_at", flat=True)) == {NIGHT}
    answer(program, fixed[4:5], ["wrong"], at=NIGHT + 2 * DAY)
    assert count_comparisons(NIGHT + 3 * DAY) == 2
    assert counted(program) == [(False, 9, 18, 9), (True, 9, 30, 9)]
    assert set(program.compared_groups.values_list("counted_at", flat=True)) == {NIGHT + 3 * DAY}


def test_any_number_of_runs_comes_to_the_end_of_one(program, groups):
    answer(program, groups[0] + groups[1], ["right", "wrong"])
    task()
    before = list(ComparedGroup.objects.values())
    assert len(before) == 2
    task()
    assert count_comparisons(NIGHT) == 0
    assert list(ComparedGroup.objects.values()) == before


def test_what_comes_after_the_moment_of_counting_waits(program, groups):
    answer(program, groups[0] + groups[1], ["right"])
    answer(program, groups[0] + groups[1], ["wrong"], at=NIGHT + DAY)
    count_comparisons(NIGHT)
    assert counted(program) == [(False, 9, 9, 9), (True, 9, 9, 9)]


def test_answers_after_leaving_the_program_do_not_count(program, groups):
    adaptive, fixed = groups
    answer(program, adaptive + fixed, ["right"], at=NIGHT - 3 * DAY)
    Enrollment.objects.filter(member__in=adaptive).update(ended_on=(NIGHT - 2 * DAY).date())
    answer(program, adaptive + fixed, ["wrong"], at=NIGHT - DAY)
    count_comparisons(NIGHT)
    assert counted(program) == [(False, 9, 9, 9), (True, 9, 18, 9)]


def test_answer_counts_in_the_program_that_asked(program, groups):
    """The same people and the same question in another program, in groups that are drawn anew."""
    adaptive, fixed = groups
    other = make_compared(program.organization)
    other.program_questions.update(question=program.program_questions.get().question)
    enroll_in(other, adaptive, is_fixed=True)
    enroll_in(other, fixed, is_fixed=False)
    answer(program, adaptive + fixed, ["right"])
    answer(other, adaptive + fixed, ["wrong", "wrong"])
    count_comparisons(NIGHT)
    assert counted(program) == [(False, 9, 9, 9), (True, 9, 9, 9)]
    assert counted(other) == [(False, 9, 18, 0), (True, 9, 18, 0)]


def test_other_organizations_count_apart(program, groups):
    other = make_found(OrganizationFactory())
    answer(program, groups[0] + groups[1], ["wrong"])
    assert count_comparisons(NIGHT) == 4
    assert counted(program) == [(False, 9, 9, 0), (True, 9, 9, 0)]
    assert counted(other) == [(False, 9, 90, 72), (True, 9, 90, 36)]
    assert set(other.compared_groups.values_list("organization_id", flat=True)) == {other.organization_id}


@pytest.mark.parametrize("settings", [{"fixed_share": 0}, {"mode": Program.Mode.FIXED}, {"state": Program.State.DRAFT}])
def test_only_adaptive_programs_with_a_share_are_counted(settings):
    make_found(OrganizationFactory(), **settings)
    assert count_comparisons(NIGHT) == 0


def test_program_that_has_ended_is_counted_still(program, groups):
    answer(program, groups[0] + groups[1], ["right"])
    programs.end(program, on=NIGHT.date())
    assert count_comparisons(NIGHT) == 2


def test_what_the_morning_run_draws_is_what_is_counted(program, monkeypatch):
    monkeypatch.setattr(policy, "RANDOM_SHARE", 1.0)
    morning = NIGHT + timedelta(hours=4)
    programs.set_audience(program, [*join(program, 8, is_fixed=False), *join(program, 8, is_fixed=True)])
    with time_machine.travel(morning, tick=False):
        prepare_sets(morning)
        for item in DailySetItem.objects.select_related("daily_set__member"):
            seller = item.daily_set.member
            chosen = "b" if item.is_fixed else "a"
            daily.answer(seller, daily.items_to_answer(seller).get(pk=item.pk), {"chosen": [chosen]})
    assert count_comparisons(morning + DAY) == 2
    assert counted(program) == [(False, 8, 8, 8), (True, 8, 8, 0)]


def test_planted_effect_is_found():
    program = make_found(OrganizationFactory(), rights=8, rights_by_date=5, people=20)
    count_comparisons(NIGHT)
    comparison = queries.comparison_of(program)
    found = comparison.difference
    assert found.estimate == pytest.approx(0.3, abs=0.02)
    assert found.low > 0.2
    assert found.is_clear


def test_equal_groups_show_nothing_clear():
    program = make_found(OrganizationFactory(), rights=6, rights_by_date=6, people=20)
    count_comparisons(NIGHT)
    assert not queries.comparison_of(program).difference.is_clear


def test_statements_do_not_grow_with_programs_and_people():
    def statements(programs: int, people: int) -> int:
        organization = OrganizationFactory()
        for _number in range(programs):
            make_found(organization, people=people)
        with CaptureQueriesContext(connection) as captured:
            assert count_comparisons_of(organization, NIGHT) == 2 * programs
        return len(captured)

    assert statements(3, 12) == statements(1, 8)

"""How well answers were predicted: counted each night by week and over the latest answers, in steps of enough people."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from reinforcement.daily.reliability import count_reliability
from reinforcement.models import Answer, Reliability, ReliabilityBin
from tests.factories import OrganizationFactory
from tests.reinforcement.predicted import log_answers, sellers_of, true_and_false

pytestmark = pytest.mark.django_db
WEEK, LATER = date(2026, 3, 2), date(2026, 3, 9)


@pytest.fixture
def organization():
    return OrganizationFactory()


def bins(organization, week_on=WEEK):
    """Tenth -> (answers, sum of predicted, right, people), where there are answers."""
    rows = ReliabilityBin.objects.filter(organization=organization, week_on=week_on, answers__gt=0).order_by("tenth")
    return {row.tenth: (row.answers, pytest.approx(row.predicted), row.right, row.people) for row in rows}


def state():
    """All that is counted, without keys of rows and times."""
    columns = ("organization_id", "answers", "people", "predicted", "right", "rmse", "since_on", "through")
    counted = ("organization_id", "week_on", "tenth", "answers", "predicted", "right", "people", "through")
    return set(Reliability.objects.values_list(*columns)), set(ReliabilityBin.objects.values_list(*counted))


def test_answers_are_counted_by_week_and_tenth(organization):
    sellers = sellers_of(organization)
    log_answers(sellers, [(0.72, True), (0.74, True), (0.78, False), (0.71, True), (0.75, False)], week_on=WEEK)
    log_answers(sellers, [(0.31, False), (0.32, True), (0.33, False), (0.34, False), (0.35, False)], week_on=LATER)
    assert count_reliability(timezone.now()) == 12
    assert bins(organization) == {7: (5, 3.70, 3, 5)}
    assert bins(organization, LATER) == {3: (5, 1.65, 1, 5)}
    latest = Reliability.objects.get(organization=organization)
    assert (latest.answers, latest.people) == (10, 5)
    assert (latest.predicted, latest.right) == (pytest.approx(0.535), pytest.approx(0.4))
    # Half of the answers differ by 0.14 on average, half by 0.13.
    assert latest.rmse == pytest.approx(((0.14**2 + 0.13**2) / 2) ** 0.5)
    assert bins(organization, None) == {3: (5, 1.65, 1, 5), 7: (5, 3.70, 3, 5)}


@pytest.mark.parametrize(
    ("predicted", "tenth"),
    [(0.0, 0), (0.0999999, 0), (0.1, 1), (0.3, 3), (0.6, 6), (0.7, 7), (0.8999999, 8), (0.9, 9), (0.9999999, 9), (1.0, 9)],
)
def test_edges_of_the_tenths_are_the_same_in_the_week_and_in_the_latest(organization, predicted, tenth):
    log_answers(sellers_of(organization), [(predicted, True)] * 5, week_on=WEEK)
    count_reliability(timezone.now())
    assert set(bins(organization)) == set(bins(organization, None)) == {tenth}


def test_answers_of_before_there_were_predictions_are_left_out(organization):
    sellers = sellers_of(organization)
    log_answers(sellers, [(None, False)] * 10, week_on=WEEK)
    assert count_reliability(timezone.now()) == 0
    log_answers(sellers, [(0.5, True)] * 5, week_on=WEEK)
    count_reliability(timezone.now())
    assert bins(organization) == {5: (5, 2.5, 5, 5)}
    assert Reliability.objects.get(organization=organization).answers == 5


def test_partly_right_is_not_correct(organization):
    for seller in sellers_of(organization):
        [answer] = log_answers([seller], [(0.5, True)], week_on=WEEK)
        Answer.objects.filter(pk=answer.pk).delete()
        answer.verdict, answer.credit = "partly", 0.5
        Answer.objects.bulk_create([answer])
    count_reliability(timezone.now())
    assert bins(organization) == {5: (5, 2.5, 0, 5)}


def test_answers_of_another_organization_are_never_counted(organization):
    other = OrganizationFactory()
    log_answers(sellers_of(other, 6), [(0.5, False)] * 6, week_on=WEEK)
    log_answers(sellers_of(organization), [(0.5, True)] * 5, week_on=WEEK)
    count_reliability(timezone.now())
    assert bins(organization) == bins(organization, None) == {5: (5, 2.5, 5, 5)}
    assert bins(other) == {5: (6, 3.0, 0, 6)}


def test_counting_again_changes_nothing(organization):
    now = timezone.now()
    log_answers(sellers_of(organization, 7), true_and_false(0.75, 30, of=45), week_on=WEEK, at=now - timedelta(minutes=10))
    assert count_reliability(now) > 0
    before = state()
    for later in (now, now + timedelta(days=1), now + timedelta(days=2)):
        assert count_reliability(later) == 0
        assert state() == before


def test_only_the_latest_thousand_answers_are_in_the_summary(organization):
    sellers = sellers_of(organization)
    log_answers(sellers, true_and_false(0.9, 0, of=40), week_on=WEEK)
    log_answers(sellers, true_and_false(0.6, 600, of=1000), week_on=LATER)
    count_reliability(timezone.now())
    latest = Reliability.objects.get(organization=organization)
    assert (latest.answers, latest.right, latest.predicted) == (1000, 0.6, pytest.approx(0.6))
    assert bins(organization) == {9: (40, 36.0, 0, 5)}


def test_late_answers_join_their_old_week_when_they_are_of_enough_people(organization):
    sellers = sellers_of(organization)
    now = timezone.now()
    log_answers(sellers, [(0.5, True)] * 5, week_on=WEEK, at=now - timedelta(days=3))
    count_reliability(now - timedelta(days=3))
    log_answers(sellers, [(0.5, True)] * 5, week_on=LATER, at=now - timedelta(days=2))
    count_reliability(now - timedelta(days=2))
    log_answers(sellers[:4], [(0.5, False)] * 8, week_on=WEEK, at=now - timedelta(days=1))
    count_reliability(now - timedelta(days=1))
    assert bins(organization) == {5: (5, 2.5, 5, 5)}
    log_answers(sellers[4:], [(0.5, False)], week_on=WEEK, at=now)
    count_reliability(now)
    assert bins(organization) == {5: (14, 7.0, 5, 5)}
    assert bins(organization, LATER) == {5: (5, 2.5, 5, 5)}


def test_nothing_is_counted_of_fewer_people_than_the_minimum(organization):
    log_answers(sellers_of(organization, 4), [(0.5, True)] * 200, week_on=WEEK)
    assert count_reliability(timezone.now()) == 0
    assert not ReliabilityBin.objects.exists()
    assert Reliability.objects.get(organization=organization).answers == 0


def test_figures_grow_by_enough_people_only(organization):
    sellers = sellers_of(organization, 9)
    log_answers(sellers[:5], [(0.5, True)] * 5, week_on=WEEK)
    count_reliability(timezone.now())
    before = state()
    log_answers(sellers[5:], [(0.5, False)] * 12, week_on=WEEK)
    count_reliability(timezone.now())
    assert state() == before
    log_answers(sellers[:1], [(0.5, False)], week_on=WEEK)
    count_reliability(timezone.now())
    assert bins(organization) == bins(organization, None) == {5: (18, 9.0, 5, 9)}


def test_what_comes_while_it_is_counted_waits_for_the_next_time(organization):
    sellers = sellers_of(organization)
    begun = timezone.now()
    log_answers(sellers[:4], [(0.5, True)] * 4, week_on=WEEK, at=begun - timedelta(minutes=1))
    log_answers(sellers[4:], [(0.5, True)], week_on=WEEK, at=begun + timedelta(minutes=1))
    assert count_reliability(begun) == 0
    count_reliability(begun + timedelta(minutes=2))
    assert bins(organization) == {5: (5, 2.5, 5, 5)}


def test_answer_that_stands_in_the_log_later_than_one_after_it_is_counted(organization):
    """A number is drawn before the answer is written: those with lower numbers may be seen only the next night."""
    sellers = sellers_of(organization)
    now = timezone.now()
    held = log_answers(sellers, [(0.5, True)] * 5, week_on=WEEK, at=now)
    log_answers(sellers, [(0.8, True)] * 5, week_on=LATER, at=now)
    Answer.objects.filter(pk__in=[answer.pk for answer in held]).delete()
    count_reliability(now)
    assert (bins(organization), bins(organization, LATER)) == ({}, {8: (5, 4.0, 5, 5)})
    Answer.objects.bulk_create(held)
    count_reliability(now + timedelta(days=1))
    assert bins(organization) == {5: (5, 2.5, 5, 5)}

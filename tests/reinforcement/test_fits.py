"""The nightly fit: what comes in force where, what does not, and what a bad log, a kill or a second run leave behind."""

import json
import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from outbox import services as outbox
from outbox.models import Job
from reinforcement.daily import fits
from reinforcement.daily.log import LogError
from reinforcement.memory import fitting, store
from reinforcement.memory.features import FEATURES
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.versions import as_kept, from_kept
from reinforcement.models import Answer, DailySetItem, FittedModels, ModelsInForce
from tests.factories import OrganizationFactory
from tests.reinforcement.planted import NIGHT, TRACE, plant, rewrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory()


def current(organization) -> ModelsInForce | None:
    return ModelsInForce.objects.filter(organization=organization, is_current=True).first()


def models_in_force(organization):
    return from_kept(current(organization).fitted.weights)


def entropy(probabilities) -> float:
    return float(np.mean([-p * math.log(p) - (1 - p) * math.log(1 - p) for p in probabilities]))


def test_planted_weights_are_found_in_the_rows_of_the_log(organization):
    probabilities = plant(organization, answers=4_000, sellers=20)
    assert fits.fit_own(organization, NIGHT)
    fitted, row = models_in_force(organization), current(organization)
    for name in ("intercept", "new", "trace", "last_right", "share", "ability", "easiness", "easiness_if_seen"):
        assert getattr(fitted.trace, name) == pytest.approx(getattr(TRACE, name), abs=0.3), name
    # What no model can know is how each single answer falls.
    assert row.log_loss == pytest.approx(entropy(probabilities[-400:]), abs=0.05)
    assert row.log_loss_before == pytest.approx(math.log(2))
    assert (row.fitted.answers, row.fitted.fitted_at, row.fitted.organization) == (4_000, NIGHT, organization)


def test_worse_models_do_not_come_in_force(organization):
    plant(organization, is_known=True)
    assert not fits.fit_own(organization, NIGHT)
    assert not FittedModels.objects.exists()
    assert not ModelsInForce.objects.exists()


def test_candidate_has_not_seen_what_it_is_judged_by(organization, monkeypatch):
    plant(organization, answers=1_500)
    seen = []
    fit_logistic = fitting.fit_logistic
    monkeypatch.setattr(fitting, "fit_logistic", lambda rows, *others: seen.append(len(rows)) or fit_logistic(rows, *others))
    assert fits.fit_own(organization, NIGHT)
    # Recall and trace: on nine tenths to be judged, then on all to be used.
    assert sorted(seen) == [1_350, 1_350, 1_500, 1_500]


def test_few_answers_make_no_models_of_their_own(organization):
    plant(organization, answers=fits.FEWEST - 5)
    assert not fits.fit_own(organization, NIGHT)


def test_answers_without_a_stored_prediction_judge_nothing(organization):
    plant(organization, predicted=None)
    assert not fits.fit_own(organization, NIGHT)


def test_only_the_latest_answers_are_fitted_on(organization, monkeypatch):
    plant(organization, answers=1_500)
    whole = fits._gathered(organization, NIGHT, 1_500, 1_500)
    latest = fits._gathered(organization, NIGHT, 1_500, 1_000)
    assert (latest.rows == whole.rows[500:]).all()
    assert (latest.rights == whole.rights[500:]).all()


def test_answers_that_came_after_the_night_wait_for_the_next(organization):
    plant(organization, answers=1_500)
    latest = Answer.objects.order_by("pk")[1_399].received_at
    assert fits.fit_own(organization, latest)
    assert current(organization).fitted.answers == 1_400


def test_version_stands_until_the_log_has_grown(organization):
    plant(organization, answers=1_200)
    assert fits.fit_own(organization, NIGHT)
    plant(organization, answers=55, seed=1)
    assert not fits.fit_own(organization, NIGHT + timedelta(days=1))
    plant(organization, answers=5, seed=2)
    assert fits.fit_own(organization, NIGHT + timedelta(days=2))
    assert [row.is_current for row in ModelsInForce.objects.order_by("pk")] == [False, True]
    assert FittedModels.objects.count() == 2


def test_another_organizations_log_changes_nothing_of_mine(organization):
    plant(organization, answers=1_200)
    alone = fits._gathered(organization, NIGHT, 1_200, fits.LATEST)
    plant(OrganizationFactory(), replace(TRACE, intercept=-3.0), answers=1_200, seed=1)
    beside = fits._gathered(organization, NIGHT, 1_200, fits.LATEST)
    assert (alone.rows == beside.rows).all()
    assert fits.fit_own(organization, NIGHT)
    assert [row.organization for row in ModelsInForce.objects.all()] == [organization]


def test_worse_trace_leaves_the_one_in_force(organization, monkeypatch):
    plant(organization, answers=1_500)
    flat = replace(TRACE, trace=0.0, intercept=-4.0, easiness=0.0)
    monkeypatch.setattr(fitting, "fit_trace", lambda rows, rights: flat)
    assert fits.fit_own(organization, NIGHT)
    assert models_in_force(organization).trace == PRIOR.trace
    assert models_in_force(organization).recall != PRIOR.recall


def test_new_organization_gets_the_models_of_all():
    large, small, new = OrganizationFactory.create_batch(3)
    plant(large, answers=2_000)
    plant(small, answers=50, seed=1)
    assert fits.fit_pooled(NIGHT) == 2
    rows = {row.organization: row for row in ModelsInForce.objects.all()}
    assert set(rows) == {small, new}
    assert rows[small].fitted == rows[new].fitted
    assert (rows[small].fitted.organization, rows[small].fitted.answers, rows[small].log_loss) == (None, 2_050, None)
    # One that comes later finds it there; nobody's models change.
    newest = OrganizationFactory()
    assert fits.fit_pooled(NIGHT + timedelta(days=1)) == 1
    assert current(newest).fitted == rows[small].fitted


def test_pooled_models_come_in_force_only_where_they_are_not_worse():
    large, alike, other = OrganizationFactory.create_batch(3)
    plant(large, answers=2_000)
    plant(alike, answers=700, seed=1)
    # What the others get right is wrong here, and was known to be.
    opposite = replace(TRACE, easiness=-3.0, intercept=-3.0)
    plant(other, opposite, answers=700, seed=2, predicted=0.1)
    assert fits.fit_pooled(NIGHT) == 1
    row = current(alike)
    assert row.log_loss < row.log_loss_before
    assert current(other) is None
    assert fits.fit_pooled(NIGHT + timedelta(days=1)) == 0


def test_each_organization_has_an_equal_share_in_the_pooled_models(monkeypatch):
    monkeypatch.setattr(fits, "LATEST", 1_000)
    sizes = []
    gathered = fits._gathered
    monkeypatch.setattr(fits, "_gathered", lambda *about: sizes.append(len((found := gathered(*about)).rows)) or found)
    for seed, answers in enumerate((1_500, 300)):
        plant(OrganizationFactory(), answers=answers, seed=seed)
    fits.fit_pooled(NIGHT)
    assert sorted(sizes) == [300, 500]


def test_organization_with_its_own_models_takes_none_of_all(organization):
    plant(organization, answers=1_000)
    assert fits.fit_own(organization, NIGHT)
    assert fits.fit_pooled(NIGHT) == 0
    assert current(organization).fitted.organization == organization


def owed(now=NIGHT) -> list[Job]:
    fits.owe_fits(now)
    return list(Job.objects.order_by("pk"))


def test_a_night_owes_each_fit_once(organization):
    first = owed()
    assert [job.organization for job in first] == [organization.public_id, None]
    assert owed(NIGHT + timedelta(hours=1)) == first
    assert len(owed(NIGHT + timedelta(days=1))) == 4


def test_fit_that_runs_twice_leaves_one_version(organization):
    plant(organization, answers=1_200)
    small = OrganizationFactory()
    jobs = owed()
    for _ in range(2):
        for job in jobs:
            fits.run(job.payload)
    assert FittedModels.objects.filter(organization=organization).count() == 1
    assert FittedModels.objects.filter(organization=None).count() == 1
    assert [ModelsInForce.objects.filter(organization=one).count() for one in (organization, small)] == [1, 1]


def test_fit_that_another_has_overtaken_changes_nothing(organization, monkeypatch):
    plant(organization, answers=1_200)
    put_in_force = store.put_in_force

    def after_another(*about, **options):
        monkeypatch.setattr(store, "put_in_force", put_in_force)
        assert fits.fit_own(organization, NIGHT)
        return put_in_force(*about, **options)

    monkeypatch.setattr(store, "put_in_force", after_another)
    assert not fits.fit_own(organization, NIGHT)
    assert (FittedModels.objects.count(), ModelsInForce.objects.count()) == (1, 1)


def test_fit_that_is_killed_before_it_publishes_is_done_by_its_next_try(organization, monkeypatch):
    plant(organization, answers=1_200)
    [job, _pooled] = owed(timezone.now())

    class Killed(BaseException):
        pass

    def die(*about, **options):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(ModelsInForce.objects, "create", die)
        with pytest.raises(Killed):
            outbox.try_job(job.pk)
    assert not FittedModels.objects.exists()
    Job.objects.filter(pk=job.pk).update(claimed_at=None, claim=None)
    outbox.try_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert (FittedModels.objects.count(), ModelsInForce.objects.count()) == (1, 1)


def test_kill_between_two_organizations_ends_as_without_it(monkeypatch):
    plant(OrganizationFactory(), answers=2_000)
    OrganizationFactory.create_batch(2)
    put_in_force, done = store.put_in_force, []

    def only_once(*about, **options):
        if done:
            raise KeyboardInterrupt
        done.append(about)
        return put_in_force(*about, **options)

    with monkeypatch.context() as dying:
        dying.setattr(store, "put_in_force", only_once)
        with pytest.raises(KeyboardInterrupt):
            fits.fit_pooled(NIGHT)
    assert ModelsInForce.objects.count() == 1
    fits.fit_pooled(NIGHT)
    assert ModelsInForce.objects.filter(is_current=True).count() == 2
    assert FittedModels.objects.count() == 1


@pytest.mark.parametrize(
    "columns", [{"predicted": 1.5}, {"predicted": -0.1}, {"easiness": math.inf}, {"verdict": "perhaps"}], ids=lambda columns: str(columns)
)
def test_row_that_cannot_be_is_named_and_changes_nothing(organization, caplog, columns):
    plant(organization, answers=1_000)
    bad = Answer.objects.order_by("pk")[500]
    rewrite(bad, **columns)
    with pytest.raises(LogError, match=f"answer {bad.pk}:"):
        fits.fit_own(organization, NIGHT)
    assert f"answer {bad.pk}" in caplog.text
    assert not FittedModels.objects.exists()


def test_answer_whose_set_is_not_there_is_named(organization):
    plant(organization, answers=1_000)
    bad = Answer.objects.order_by("pk")[500]
    DailySetItem.objects.filter(pk=bad.item_id).update(daily_set_id=10**9)
    with pytest.raises(LogError, match=f"answer {bad.pk}:.* not there"):
        fits.fit_own(organization, NIGHT)


def test_bad_log_of_one_takes_no_other_with_it():
    good, bad, small = OrganizationFactory.create_batch(3)
    plant(good, answers=1_500)
    plant(bad, answers=600, seed=1)
    rewrite(Answer.objects.filter(organization=bad).first(), predicted=7.0)
    assert fits.fit_pooled(NIGHT) == 1
    assert current(small)
    assert current(bad) is None


@pytest.mark.parametrize("failure", [ValueError("nothing to fit"), FloatingPointError(), np.linalg.LinAlgError("singular")])
def test_fit_that_fails_leaves_what_is_in_force(organization, monkeypatch, caplog, failure):
    plant(organization, answers=1_200)

    def fail(*about):
        raise failure

    monkeypatch.setattr(fitting, "fit_logistic", fail)
    assert not fits.fit_own(organization, NIGHT)
    assert not FittedModels.objects.exists()
    assert f"the models of {organization.public_id} could not be fitted" in caplog.text


def test_numbers_that_are_none_do_not_come_in_force(organization, monkeypatch, caplog):
    plant(organization, answers=1_200)
    wild = replace(PRIOR.recall, weights=(math.nan, *[0.0] * (len(FEATURES) - 1)))
    with monkeypatch.context() as fitted_wrong:
        fitted_wrong.setattr(fitting, "fit_earlier", lambda *about: wild)
        assert not fits.fit_own(organization, NIGHT)
    monkeypatch.setattr(fitting, "fit_like", lambda *about: wild)
    assert not fits.fit_own(organization, NIGHT)
    assert not FittedModels.objects.exists()
    assert "could not be fitted (ValueError)" in caplog.text


def test_kept_version_is_plain_json(organization):
    plant(organization, answers=1_200)
    fits.fit_own(organization, NIGHT)
    kept = FittedModels.objects.get().weights
    assert as_kept(from_kept(json.loads(json.dumps(kept)))) == kept

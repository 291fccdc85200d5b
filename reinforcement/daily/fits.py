"""The nightly fit of the models that predict and choose: for each organization its own, and one of all organizations together.

A version comes in force only where it predicts the organization's latest answers not worse than they were predicted when they were
given. Each fit is a job of its own in the worker of long work; only there numpy and scikit-learn are loaded.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import close_old_connections, connection
from django.utils import timezone

from accounts.models import Organization
from accounts.organizations import sum_over_organizations
from outbox.models import Job
from outbox.services import queue_jobs
from reinforcement.daily.log import LogError
from reinforcement.daily.models import Answer
from reinforcement.daily.records import before_each_answer
from reinforcement.memory import store
from reinforcement.memory.models import FittedModels, ModelsInForce
from reinforcement.memory.versions import Models, as_kept

if TYPE_CHECKING:
    from reinforcement.memory.training import Answers, Judgement

logger = logging.getLogger(__name__)

KIND = "fit_memory"
LATEST = store.MOST_FITTED
# Own models from here on: some twenty answers for each weight, and a hundred to judge them by.
FEWEST = 1_000
# An organization with fewer takes the version of all as it is: a tenth of its answers could not say whether it is good there.
FEWEST_TO_CHOOSE = 500
# A version stands until the log has grown by this share. By then half of the latest tenth was predicted by it, so that its own successor is
# compared with it and not with what was before; and a log of a million answers has made at most 142 versions since its first thousand.
GROWN_BY = 0.05

T = TypeVar("T")


def owe_fits(now: datetime) -> None:
    """Owes this night's fits: once a UTC date, however often it is asked."""
    organizations: list[Any] = list(Organization.objects.order_by("pk").values_list("public_id", flat=True))
    queue_jobs(
        Job(
            kind=KIND,
            key=f"{KIND}:{public_id or 'pooled'}:{now.date()}",
            organization=public_id,
            payload={"organization": public_id and str(public_id), "at": now.isoformat()},
            due_at=now,
        )
        for public_id in [*organizations, None]
    )


def run(payload: dict) -> None:
    """The job: the fit of one organization, or the pooled one, on what was answered by the moment that the job was owed."""
    at = datetime.fromisoformat(payload["at"])
    if payload["organization"] is None:
        fit_pooled(at)
        return
    organization = Organization.objects.filter(public_id=payload["organization"]).first()
    if organization is not None:
        fit_own(organization, at)


def fit_own(organization: Organization, at: datetime, *, since: datetime | None = None) -> bool:
    """Whether a version of the organization's own answers came in force: now, or `since` a moment of a simulated past.

    Raises log.LogError, and then nothing has changed.
    """
    answered = _answered(organization, at).count()
    before = store.in_force(organization)
    if answered < FEWEST or (before and _is_own(before) and not _is_outdated(before.fitted, answered)):
        return False
    from reinforcement.memory import training

    answers = _gathered(organization, at, answered, LATEST)
    candidate = _fitted(lambda: training.candidate(answers), organization)
    judgement = candidate and training.judged(candidate.recall, answers)
    if candidate is None or judgement is None or not judgement.is_for_it:
        return False
    trace_before = store.models_of(before.fitted_id if before else None).trace
    weights = _fitted(lambda: _kept(training.fitted_like(candidate, answers, trace_before)), organization)
    if weights is None:
        return False
    _connect_again()
    version = FittedModels(organization=organization, fitted_at=at, answers=answered, weights=weights)
    return _put_in_force(organization, version, before, judgement, since)


def fit_pooled(at: datetime) -> int:
    """In how many organizations with few answers of their own a version of everybody's came in force.

    Where there are enough answers to judge by, it has to be good there; else it has to be good for all together.
    """
    counts = {organization: _answered(organization, at).count() for organization in Organization.objects.order_by("pk")}
    in_force = {organization: store.in_force(organization) for organization, answered in counts.items() if answered < FEWEST}
    # Where a run was killed, some have this night's version already.
    waiting = {one: before for one, before in in_force.items() if not (before and (_is_own(before) or before.fitted.fitted_at == at))}
    total, newest = sum(counts.values()), store.pooled_version()
    if not waiting or total < FEWEST:
        return 0
    if newest is not None and newest.fitted_at != at and not _is_outdated(newest, total):
        new = [one for one, before in waiting.items() if before is None and counts[one] < FEWEST_TO_CHOOSE]
        return sum(_put_in_force(one, newest, None, None) for one in new)
    return _fit_pooled_anew(at, {one: answered for one, answered in counts.items() if answered}, waiting, newest)


def _fit_pooled_anew(
    at: datetime, counts: dict[Organization, int], waiting: dict[Organization, ModelsInForce | None], newest: FittedModels | None
) -> int:
    from reinforcement.memory import training

    most = LATEST // len(counts)
    shares: dict[Organization, Answers] = {}

    def gather(organization: Organization) -> int:
        if organization in counts:
            shares[organization] = _gathered(organization, at, counts[organization], most)
        return 1

    # One whose log cannot be read takes no other with it, and stays with what it has.
    sum_over_organizations("reading answers for the pooled fit", gather)
    if not shares:
        return 0
    answers = training.pooled(list(shares.values()))
    candidate = _fitted(lambda: training.candidate(answers), None)
    of_all = candidate and training.judged(candidate.recall, answers)
    if candidate is None or of_all is None:
        return 0
    readable = [one for one in waiting if one in shares or one not in counts]
    own = {one: training.judged(candidate.recall, shares[one]) if one in shares else None for one in readable}
    takers = {one: judgement for one, judgement in own.items() if (judgement or of_all).is_for_it}
    if not takers:
        return 0
    trace_before = store.models_of(newest.pk if newest else None).trace
    weights = _fitted(lambda: _kept(training.fitted_like(candidate, answers, trace_before)), None)
    if weights is None:
        return 0
    _connect_again()
    total = sum(counts.values())
    return sum(
        _put_in_force(one, FittedModels(organization=None, fitted_at=at, answers=total, weights=weights), waiting[one], judgement)
        for one, judgement in takers.items()
    )


def _answered(organization: Organization, at: datetime):
    return Answer.objects.filter(member__organization_id=organization.pk, received_at__lte=at).order_by()


def _is_own(in_force: ModelsInForce | None) -> bool:
    return in_force is not None and in_force.fitted.organization_id is not None


def _is_outdated(fitted: FittedModels, answered: int) -> bool:
    """Whether there are so many more answers, or this release reads the version no more."""
    return answered >= fitted.answers * (1 + GROWN_BY) or not store.can_be_read(fitted.pk)


def _gathered(organization: Organization, at: datetime, answered: int, most: int) -> "Answers":
    """The latest `most` of the organization's answers, with the features that they had. All of the log is read for these."""
    from reinforcement.memory.training import Gathering

    first = 0
    if answered > most:
        first = _answered(organization, at).order_by("-pk").values_list("pk", flat=True)[most - 1]
    gathering = Gathering()
    try:
        for row, record, item, moment in before_each_answer(organization, at):
            if row.pk >= first:
                gathering.add(row.pk, row.member_id, row.is_right, row.predicted, record, item, moment)
    except LogError as flaw:
        logger.error("nothing is fitted on the log of organization %s: %s", organization.public_id, flaw)
        raise
    return gathering.answers()


def _fitted(fit: Callable[[], T], organization: Organization | None) -> T | None:
    """What was fitted; None, with a line in the log, where there is nothing that can be: another night has other answers."""
    try:
        return fit()
    except (ArithmeticError, MemoryError, RuntimeError, ValueError) as failure:
        whose = organization.public_id if organization else "all organizations"
        logger.error("the models of %s could not be fitted (%s)", whose, type(failure).__name__)
        return None


def _connect_again() -> None:
    """The fit took minutes, in which the database may have ended the connection."""
    if not connection.in_atomic_block:
        close_old_connections()


def _kept(models: Models) -> dict[str, Any]:
    """The version as it is kept. Raises ValueError where one of its numbers is none."""
    kept = as_kept(models)
    json.dumps(kept, allow_nan=False)
    return kept


def _put_in_force(
    organization: Organization,
    version: FittedModels,
    before: ModelsInForce | None,
    judgement: "Judgement | None",
    since: datetime | None = None,
) -> bool:
    losses = {"log_loss": judgement and judgement.log_loss, "log_loss_before": judgement and judgement.before}
    is_in_force = store.put_in_force(organization, version, instead_of=before, since=since or timezone.now(), **losses)
    if is_in_force:
        whose = "pooled" if version.organization_id is None else "own"
        logger.info("organization %s has new %s models: log loss %s, before %s", organization.public_id, whose, *losses.values())
    return is_in_force

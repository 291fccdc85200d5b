"""Answers are predicted with the version in force in the person's organization."""

import math
from dataclasses import replace

import pytest
from django.utils import timezone

from reinforcement.daily import services as daily
from reinforcement.memory.features import FEATURES
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.versions import as_kept
from reinforcement.models import FittedModels, ModelsInForce
from tests.factories import DailySetFactory, OrganizationFactory, QuestionFactory, SellerFactory

pytestmark = pytest.mark.django_db
RIGHT = {"chosen": ["a"]}


def version_in_force(organization, log_odds: float, *, is_current: bool = True):
    """A version that predicts the same of every answer."""
    recall = replace(PRIOR.recall, intercept=log_odds, weights=(0.0,) * len(FEATURES))
    weights = as_kept(PRIOR._replace(recall=recall))
    fitted = FittedModels.objects.create(organization=organization, fitted_at=timezone.now(), answers=10, weights=weights)
    return ModelsInForce.objects.create(organization=organization, fitted=fitted, since=timezone.now(), is_current=is_current)


def predicted(seller) -> float:
    daily_set = DailySetFactory(member=seller, questions=[QuestionFactory(organization=seller.organization)])
    return daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set), RIGHT).answer.predicted


def test_answer_is_predicted_with_the_version_in_force_of_its_organization():
    seller, other = SellerFactory(), SellerFactory(organization=OrganizationFactory())
    version_in_force(seller.organization, math.log(3), is_current=True)
    version_in_force(other.organization, 0.0)
    version_in_force(seller.organization, -1.0, is_current=False)
    assert predicted(seller) == pytest.approx(0.75)
    assert predicted(other) == pytest.approx(0.5)


def test_without_a_version_the_one_that_an_installation_begins_with_predicts():
    seller = SellerFactory()
    version_in_force(OrganizationFactory(), 0.0)
    assert predicted(seller) not in (0.5, None)


def test_version_of_an_older_release_is_not_used(caplog):
    seller = SellerFactory()
    unknown = predicted(SellerFactory())
    in_force = version_in_force(seller.organization, 0.0)
    weights = in_force.fitted.weights
    weights["recall"]["weights"]["mood"] = weights["recall"]["weights"].pop("new")
    FittedModels.objects.filter(pk=in_force.fitted_id).update(weights=weights)
    assert predicted(seller) == unknown
    assert "other features" in caplog.text

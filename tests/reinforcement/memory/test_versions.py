"""A version of the fitted models is kept and read again without a change."""

import json

import pytest

from reinforcement.memory.features import FEATURES
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.recall import Model, Tree, Trees
from reinforcement.memory.trace import TraceModel
from reinforcement.memory.versions import Models, as_kept, from_kept

TREE = Tree((0, -1, -1), (0.5, 0.0, 0.0), (1, 0, 0), (2, 0, 0), (0.0, -0.25, 0.75))
WITH_TREES = Models(
    Model(0.62, -0.125, tuple(number / 64 for number in range(len(FEATURES))), (Trees(0.5, (TREE, TREE)), Trees(0.25, (TREE,)))),
    TraceModel(0.1, -0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
)


@pytest.mark.parametrize("models", [PRIOR, WITH_TREES])
def test_version_is_read_as_it_was_kept_in_whatever_order_the_database_gives_names(models):
    assert from_kept(json.loads(json.dumps(as_kept(models), sort_keys=True))) == models


@pytest.mark.parametrize("change", [lambda weights: weights.pop("new"), lambda weights: weights.update({"mood": 1.0})])
def test_version_of_other_features_is_refused(change):
    kept = as_kept(PRIOR)
    change(kept["recall"]["weights"])
    with pytest.raises(ValueError, match="other features"):
        from_kept(kept)

"""The two fitted models of an organization as one version, and the form in which a version is kept. Pure Python."""

from dataclasses import asdict
from typing import Any, NamedTuple

from reinforcement.memory.features import FEATURES
from reinforcement.memory.recall import Model, Tree, Trees
from reinforcement.memory.trace import TraceModel


class Models(NamedTuple):
    """What says where recall stands, and what says how it goes on."""

    recall: Model
    trace: TraceModel


def as_kept(models: Models) -> dict[str, Any]:
    """The version in types that JSON knows; `from_kept` gives the same version again."""
    recall = models.recall
    return {
        "recall": {
            "share": recall.share,
            "intercept": recall.intercept,
            "weights": dict(zip(FEATURES, recall.weights, strict=True)),
            "second": [{"base": sum_of.base, "trees": [tree._asdict() for tree in sum_of.trees]} for sum_of in recall.second],
        },
        "trace": asdict(models.trace),
    }


def from_kept(kept: dict[str, Any]) -> Models:
    """The version that was kept. Raises ValueError where its weights are those of other features than FEATURES."""
    recall = kept["recall"]
    # Not compared by order: the database may keep the names of an object in an order of its own.
    if set(recall["weights"]) != set(FEATURES):
        raise ValueError("the weights are those of other features: fit them again")
    second = tuple([Trees(sum_of["base"], tuple([_tree(tree) for tree in sum_of["trees"]])) for sum_of in recall["second"]])
    weights = tuple([recall["weights"][name] for name in FEATURES])
    return Models(Model(recall["share"], recall["intercept"], weights, second), TraceModel(**kept["trace"]))


def _tree(kept: dict[str, list]) -> Tree:
    return Tree(**{name: tuple(values) for name, values in kept.items()})

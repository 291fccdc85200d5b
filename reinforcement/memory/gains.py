"""How many more questions are expected right with those that come than without practice. Pure; numpy: workers only.

Where recall stands now is said by the recall model, how it goes on by the trace model: each moves it by as much of log odds as it moves
its own prediction from now on.
"""

from collections.abc import Sequence

import numpy as np

from reinforcement.memory.columns import state_of
from reinforcement.memory.features import Item, Record, ability
from reinforcement.memory.foresight import Schedule, coming
from reinforcement.memory.log_odds import logits, sigmoids
from reinforcement.memory.trace import TraceModel


def gains(
    model: TraceModel,
    records: Sequence[Sequence[Record]],
    items: Sequence[Item],
    recalls: Sequence[Sequence[float]],
    schedule: Schedule,
    days: Sequence[int],
    now: float,
) -> np.ndarray:
    """Learners x questions x `days` (ascending): what the coming questions of `schedule` add to the recall of each, never less than 0.

    `records` and `recalls` have a row for each learner and a column for each of `items`; `recalls` are those of the moment `now`.
    """
    practices = [[record.practice and record.practice._replace(at=min(record.practice.at - now, 0.0)) for record in row] for row in records]
    abilities = np.array([[ability(record) for record in row] for row in records])
    state = state_of(practices, abilities, np.array([item.easiness for item in items]))
    without, practised = coming(model, state, schedule, days)
    stands = (logits(np.asarray(recalls)) - logits(without[..., 0]))[..., None]
    return np.maximum(sigmoids(stands + logits(practised)) - sigmoids(stands + logits(without)), 0.0)

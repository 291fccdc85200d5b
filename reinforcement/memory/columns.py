"""Records of many learners and many questions as columns: what record and curve say of one pair, for all pairs at once. Pure; numpy:
workers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from reinforcement.memory.features import HALF_LIVES, WRONG_EXPOSURE, Practice
from reinforcement.memory.log_odds import sigmoids
from reinforcement.memory.policy import Candidates
from reinforcement.memory.trace import FAINTEST, SHAPE, TraceModel

_RATES = np.log(2) / np.array(HALF_LIVES)
_SHAPE = np.array(SHAPE)


@dataclass(frozen=True)
class State:
    """Records as arrays of one shape, mostly learners x questions. `tried` and `rights_left` have a last axis for the half-lives.

    The names are those of features.Practice; `answers` 0 is a new question. `ability` is general and in the question's competencies
    together (features.ability). `last_right` is 1 or 0, in between where it is only expected.
    """

    answers: np.ndarray
    rights: np.ndarray
    run: np.ndarray
    last_right: np.ndarray
    at: np.ndarray
    tried: np.ndarray
    rights_left: np.ndarray
    ability: np.ndarray
    easiness: np.ndarray

    def pick(self, index) -> "State":
        """The same for a part of the pairs, by any index of numpy's."""
        return State(*[getattr(self, field.name)[index] for field in fields(self)])

    def candidates(self) -> Candidates:
        """The pairs one after the other, of equal weight."""
        flat = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "run"}
        by_half_life = {name: flat.pop(name).reshape(-1, len(HALF_LIVES)) for name in ("tried", "rights_left")}
        return Candidates(**{name: values.ravel() for name, values in flat.items()}, **by_half_life, weight=np.ones(self.answers.size))


def state_of(practices: Sequence[Sequence[Practice | None]], ability: np.ndarray, easiness: np.ndarray) -> State:
    """The state of `practices`, a row for each learner, None for what was never answered.

    `ability` and `easiness` have any shape that numpy broadcasts to learners x questions: (learners, 1) and (questions,) do.
    """
    blank = Practice(0, 0, 0, 0.0, (0.0,) * len(HALF_LIVES), (0.0,) * len(HALF_LIVES))
    rows = [[practice or blank for practice in row] for row in practices]
    shape = (len(rows), len(rows[0]) if rows else 0)
    columns = {name: np.array([[getattr(practice, name) for practice in row] for row in rows], dtype=float) for name in Practice._fields}
    columns = {name: column.reshape(*shape, *column.shape[2:]) for name, column in columns.items()}
    last_right = (columns["run"] > 0).astype(float)
    return State(**columns, last_right=last_right, ability=np.broadcast_to(ability, shape), easiness=np.broadcast_to(easiness, shape))


def beginners(ability: np.ndarray, easiness: np.ndarray) -> State:
    """Learners of these abilities who were never asked questions of this easiness."""
    return state_of([[None] * len(easiness)] * len(ability), np.asarray(ability)[:, None], np.asarray(easiness))


def recall(model: TraceModel, state: State, now: float) -> np.ndarray:
    """The probability of a right answer at `now` (days) for each pair, as trace.curve() has it."""
    fading = np.exp(-_RATES * np.maximum(now - state.at, 0.0)[..., None])
    left = ((state.rights_left + WRONG_EXPOSURE * (state.tried - state.rights_left)) * fading) @ _SHAPE
    share = np.log((state.rights + 1) / (state.answers - state.rights + 1))
    seen = model.trace * np.log(np.maximum(left, FAINTEST)) + model.last_right * state.last_right + model.share * share
    general = model.intercept + model.ability * state.ability + model.easiness * state.easiness
    log_odds = general + np.where(state.answers == 0, model.new, seen + model.easiness_if_seen * state.easiness)
    return sigmoids(log_odds)


def answer(state: State, asked, rights: np.ndarray, now: float) -> State:
    """The state after answers at `now` to the pairs of `asked`, an index of numpy's that names no pair twice; as practised() has it."""
    before = state.pick(asked)
    fading = np.exp(-_RATES * np.maximum(now - before.at, 0.0)[..., None])
    after = {
        "answers": before.answers + 1,
        "rights": before.rights + rights,
        "run": np.where(rights, np.maximum(before.run, 0) + 1, np.minimum(before.run, 0) - 1),
        "last_right": rights,
        "at": np.where(before.answers == 0, now, np.maximum(now, before.at)),
        "tried": before.tried * fading + 1,
        "rights_left": before.rights_left * fading + np.asarray(rights)[..., None],
    }
    return put(state, asked, after)


def put(state: State, place, changed: dict[str, np.ndarray]) -> State:
    """The state with other values in the columns of `changed` at `place`."""
    columns = {}
    for name, column in changed.items():
        columns[name] = getattr(state, name).copy()
        columns[name][place] = column
    return replace(state, **columns)

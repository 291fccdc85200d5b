"""Logs of one learner for the tests of memory, and what a fold makes of them."""

from hypothesis import strategies as st

from reinforcement.memory.features import Item, Record
from reinforcement.memory.fitting import Past

ITEM = Item(easiness=0.4, first_easiness=0.1, answers=30)
COMPETENCIES = ("listening",)
# Days between answers: repeats of the same moment and day, weeks, and clocks that jump back.
gaps = st.one_of(st.just(0.0), st.floats(0, 0.5), st.floats(0.5, 60), st.floats(-40, 0))
histories = st.lists(st.tuples(gaps, st.integers(0, 3), st.booleans()), min_size=1, max_size=40)


def past_of(history, item: Item = ITEM) -> tuple[Past, float]:
    """The learner after `history` (days since the answer before, question, right), and the moment of the last answer."""
    past, at = Past(), 1_000.0
    for gap, question, is_right in history:
        at += gap
        past.add(question, COMPETENCIES, item, is_right, at)
    return past, at


def record_of(history, question: int = 0) -> tuple[Record, float]:
    past, at = past_of(history)
    return past.record(question, COMPETENCIES), at

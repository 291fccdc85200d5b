"""What is believed before an installation has answers of its own. Pure.

The weights come from the two simulated worlds of bench.policy (`python -m bench.prior` writes them), so that no row of anybody's log is
part of the product.
"""

import json
from pathlib import Path

from reinforcement.memory.features import Item, logit
from reinforcement.memory.versions import Models, from_kept

PRIOR_FILE = Path(__file__).with_name("prior.json")
# The share of rights before anybody has answered. It is part of the folds of answers that came before there was a memory model, and of what
# is counted about questions: another value asks for a rebuild of all memory.
UNKNOWN_SHARE = 0.6
# The share of rights that an author's guess stands for.
_GUESSED = {"": UNKNOWN_SHARE, "easy": 0.8, "medium": 0.6, "hard": 0.4}


def guessed_share(difficulty: str) -> float:
    """The share of rights by the author's guess "easy", "medium" or "hard", and without one."""
    return _GUESSED[difficulty]


def unknown_item(difficulty: str = "") -> Item:
    """A question of which nobody's answers say anything yet: imagined answers alone."""
    easiness = logit(guessed_share(difficulty))
    return Item(easiness, easiness, answers=0)


UNKNOWN_ITEM = unknown_item()


def read_prior(path: Path = PRIOR_FILE) -> Models:
    """The prior version of a file. Raises ValueError where its weights are not those of the features."""
    return from_kept(json.loads(path.read_text()))


PRIOR = read_prior()

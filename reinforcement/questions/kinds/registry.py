"""The kinds there are, in the order an author sees them. A new kind is a file of its own and a line here."""

from reinforcement.questions.kinds.base import Kind
from reinforcement.questions.kinds.gap import Gap
from reinforcement.questions.kinds.matching import Matching
from reinforcement.questions.kinds.multiple import Multiple
from reinforcement.questions.kinds.numeric import Numeric
from reinforcement.questions.kinds.ordering import Ordering
from reinforcement.questions.kinds.short_text import ShortText
from reinforcement.questions.kinds.single import Single
from reinforcement.questions.kinds.true_false import TrueFalse

KINDS: tuple[Kind, ...] = (Single(), Multiple(), TrueFalse(), ShortText(), Numeric(), Gap(), Ordering(), Matching())
_BY_NAME = {kind.name: kind for kind in KINDS}


def kind(name: str) -> Kind:
    """The kind stored as `name`. KeyError when there is none."""
    return _BY_NAME[name]

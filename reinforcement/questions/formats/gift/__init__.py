"""Moodle's GIFT: questions as a text that people write by hand. `read` takes a text apart, `write` makes one."""

from reinforcement.questions.formats.gift.reading import read
from reinforcement.questions.formats.gift.writing import Written, write

__all__ = ["Written", "read", "write"]

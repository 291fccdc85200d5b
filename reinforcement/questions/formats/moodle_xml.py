"""Moodle XML, the format in which Moodle gives and takes whole banks: `read` and `write`."""

from reinforcement.questions.formats.moodle_reading import read
from reinforcement.questions.formats.moodle_writing import Written, write

__all__ = ["Written", "read", "write"]

"""A practice in few bytes, as its row holds it. Pure."""

import struct

from reinforcement.memory.features import HALF_LIVES, Practice

_FORM = struct.Struct(f"<IIid{2 * len(HALF_LIVES)}f")
DAY_SECONDS = 86_400.0


def packed(practice: Practice) -> bytes:
    """The bytes of a practice; its faded counts as single-precision numbers."""
    return _FORM.pack(practice.answers, practice.rights, practice.run, practice.at, *practice.tried, *practice.rights_left)


def unpacked(data: bytes | memoryview) -> Practice:
    """The practice that the bytes hold."""
    answers, rights, run, at, *counts = _FORM.unpack(data)
    return Practice(answers, rights, run, at, tuple(counts[: len(HALF_LIVES)]), tuple(counts[len(HALF_LIVES) :]))


def as_kept(practice: Practice) -> Practice:
    """The practice as it is read again: rounded, so that a fold of the log ends in what the row holds."""
    return unpacked(packed(practice))

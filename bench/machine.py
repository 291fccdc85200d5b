"""What processes cost, read from /proc: processor time and memory of whole process trees, and how busy the rest of the machine was."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
# Fields of /proc/<pid>/stat, counted from the one after the name.
_PARENT, _OWN_USER, _ENDED_CHILDREN_SYSTEM = 1, 11, 14


def tree_of(root: int) -> set[int]:
    """The process `root` and every process below it that lives now."""
    children = defaultdict(list)
    for pid in _pids():
        fields = _stat(pid)
        if fields:
            children[int(fields[_PARENT])].append(pid)
    found, waiting = set(), [root]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children[pid]
    return found


def processor_seconds(roots: Iterable[int]) -> float:
    """Seconds of processor time that the trees below `roots` have used, with those of their ended children."""
    ticks = 0
    for pid in set().union(*(tree_of(root) for root in roots)):
        fields = _stat(pid)
        if fields:
            ticks += sum(int(field) for field in fields[_OWN_USER : _ENDED_CHILDREN_SYSTEM + 1])
    return ticks / _TICKS


def memory_mb(root: int) -> float:
    """Proportional memory of the tree below `root` in megabytes: what processes share is counted once, in parts."""
    kilobytes = 0
    for pid in tree_of(root):
        try:
            rollup = (_PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kilobytes / 1024


def _pids() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """The fields after the process's name, which may itself hold spaces and brackets; empty for a process that has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


@dataclass
class Busy:
    """How much of the machine others used meanwhile. `roots` are ours: this process and the servers that it measures."""

    roots: list[int]

    def __post_init__(self):
        self._began = (time.monotonic(), self._machine(), processor_seconds(self.roots))

    def share(self) -> float:
        """From 0 to 1, since this object was made."""
        began_at, machine, ours = self._began
        whole = (time.monotonic() - began_at) * (os.cpu_count() or 1)
        others = (self._machine() - machine) - (processor_seconds(self.roots) - ours)
        return round(min(max(others / whole, 0.0), 1.0), 2) if whole else 0.0

    @staticmethod
    def _machine() -> float:
        """Seconds that all processors together have worked: all but idle and waiting for disks."""
        user, nice, system, _idle, _waiting, irq, soft_irq, steal = map(int, (_PROC / "stat").read_text().splitlines()[0].split()[1:9])
        return (user + nice + system + irq + soft_irq + steal) / _TICKS

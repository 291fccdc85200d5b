"""What a check finds: how it stands, in one sentence, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """`fix` is a command or a setting; it is empty only where nothing has to be mended."""

    level: Level
    found: str
    fix: str = ""


def ok(found: str) -> Finding:
    return Finding(Level.OK, found)


def warning(found: str, fix: str) -> Finding:
    """It works now, and will cost somebody something."""
    return Finding(Level.WARNING, found, fix)


def problem(found: str, fix: str) -> Finding:
    """Something does not work, or is open to others."""
    return Finding(Level.PROBLEM, found, fix)


@dataclass(frozen=True)
class Check:
    """One thing to look at. `needs` names another check: where that one finds a problem, this one is not looked at."""

    name: str
    look: Callable[[], Finding]
    needs: str = ""
    uses_database: bool = False


def counted(number: int, thing: str, things: str = "") -> str:
    """ "1 message", "2 messages"; `things` where the plural is another one."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"

"""What else waits for a member, shown when the set is done. Upper rooms register where it comes from in `AppConfig.ready`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: a bold line, a side line, the page where it is done, and how many minutes it takes."""

    title: str
    text: str
    url: str
    icon: str
    minutes: int
    badge: str = ""


Source = Callable[[object], Iterable[Waiting]]
_sources: list[Source] = []


def register_waiting(source: Source) -> None:
    """`source(member)` gives what waits for the member, most pressing first. It may cost one statement."""
    _sources.append(source)


def waiting_for(member) -> list[Waiting]:
    return [waiting for source in _sources for waiting in source(member)]

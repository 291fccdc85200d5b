"""Kinds of messages and jobs. Upper rooms register theirs in `AppConfig.ready`, so that this room never needs to know them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from outbox.models import OutboxMessage


@dataclass(frozen=True)
class Rendered:
    """A message as it is read. `html` may be empty; `headers` such as List-Unsubscribe come on top of our own."""

    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class MessageKind(Protocol):
    """What a room answers for its messages."""

    def render(self, message: OutboxMessage) -> Rendered:
        """The message in the active language and time zone, which are those of the message."""

    def still_due(self, message: OutboxMessage, now: datetime) -> bool:
        """Whether the reason for the message still stands at delivery; False drops it."""

    def may_send(self, message: OutboxMessage, now: datetime) -> bool:
        """Whether the person may be reached at `now` (quiet hours, budget); False holds it back and asks again later."""


# What follows a message that is finished, however it ended; runs in the transaction that finishes it.
FollowUp = Callable[[OutboxMessage], None]

# Does the work of a job from its payload. It may run again after a crash, so it must come to the same end.
JobKind = Callable[[dict], None]


class UnknownKind(LookupError):
    """No room has registered this kind."""


_message_kinds: dict[str, MessageKind] = {}
_secret_kinds: set[str] = set()
_follow_ups: dict[str, FollowUp] = {}
_job_kinds: dict[str, JobKind] = {}
_long_kinds: set[str] = set()


def register_message_kind(name: str, kind: MessageKind, *, is_secret: bool = False, follow_up: FollowUp | None = None) -> None:
    """Makes the kind known; the payload of a secret one (codes, links) is wiped as soon as the message is finished."""
    _message_kinds[name] = kind
    if follow_up is not None:
        _follow_ups[name] = follow_up
    if is_secret:
        _secret_kinds.add(name)


def register_job_kind(name: str, run: JobKind, *, is_long: bool = False) -> None:
    """Makes the kind known. A long one may take hours: the worker of long work runs it, and holds its claim meanwhile."""
    _job_kinds[name] = run
    if is_long:
        _long_kinds.add(name)


def message_kind(name: str) -> MessageKind:
    """The kind; raises UnknownKind."""
    try:
        return _message_kinds[name]
    except KeyError:
        raise UnknownKind(f"No room sends messages of kind {name!r}.") from None


def is_secret(name: str) -> bool:
    """Whether the payload of this kind of message is wiped once it is finished."""
    return name in _secret_kinds


def follow_up(message: OutboxMessage) -> None:
    """Lets the message's room owe what follows it."""
    if message.kind in _follow_ups:
        _follow_ups[message.kind](message)


def long_kinds() -> set[str]:
    """The kinds of jobs that the worker of long work runs."""
    return _long_kinds


def job_kind(name: str) -> JobKind:
    """What runs jobs of this kind; raises UnknownKind."""
    try:
        return _job_kinds[name]
    except KeyError:
        raise UnknownKind(f"No room runs jobs of kind {name!r}.") from None

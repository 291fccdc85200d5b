"""A real SMTP server on a free port, whose answers a test scripts."""

import asyncio
import socket
from collections import deque
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """Accepts everything unless told otherwise.

    `recipient_replies` and `data_replies` are used up one by one; a reply that starts with 2 accepts.
    `delay_seconds` passes between the last byte of a message and the answer to it.
    """

    def __init__(self):
        self.received = []
        self.recipient_replies = deque()
        self.data_replies = deque()
        self.delay_seconds = 0.0
        self.transfers_started = 0

    @property
    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.received]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the name that aiosmtpd calls
        reply = self.recipient_replies.popleft() if self.recipient_replies else "250 OK"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        self.transfers_started += 1
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        reply = self.data_replies.popleft() if self.data_replies else "250 Accepted"
        if reply.startswith("2"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return reply


@contextmanager
def running_mail_server():
    """The server, with its `port`; stopped at the end."""
    server = MailServer()
    server.port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()

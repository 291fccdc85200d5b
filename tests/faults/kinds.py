"""Kinds that the workers of the fault tests know."""

import os
import signal
import time

from outbox.registry import Rendered, register_job_kind, register_message_kind


class Note:
    def render(self, message):
        return Rendered(f"Note {message.payload['number']}", "As text")

    def still_due(self, message, now):
        return True

    def may_send(self, message, now):
        return True


class LethalNote(Note):
    def render(self, message):
        kill_own_process(message.payload)


def succeed(payload):
    pass


def write_line(payload):
    """One more line for each run; the system writes a short line whole."""
    with open(payload["path"], "a") as file:
        file.write(f"{payload['number']}\n")


def outlast(payload):
    """Takes longer than the limit of a short task, and than a lease."""
    write_line(payload)
    time.sleep(payload["seconds"])


def kill_own_process(payload):
    """Dies as under the out-of-memory killer."""
    os.kill(os.getpid(), signal.SIGKILL)


register_message_kind("note", Note())
register_message_kind("lethal_note", LethalNote())
register_job_kind("succeed", succeed)
register_job_kind("write_line", write_line)
register_job_kind("outlast", outlast, is_long=True)
register_job_kind("kill_own_process", kill_own_process)

"""Work in a process of its own that dies as under `kill -9`: at a point that is counted, or at a moment that is drawn.

The child is forked from this process, which has everything loaded, and opens a database connection of its own. A *point* lies
before and after each SQL statement, each commit, each publishing to the broker and each step of talking to the mail server.
"""

import os
import signal
import smtplib
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection, connections
from kombu import Producer


@dataclass(frozen=True)
class Ended:
    """How the child ended, and the points that it had come to."""

    is_killed: bool
    points: list[str]

    @property
    def last_point(self) -> str:
        return self.points[-1] if self.points else "the start"


def run_until_point(work: Callable[[], object], number: int) -> Ended:
    """Does the work in a child that kills itself at its point of this number, from 1; it ends by itself when it has fewer points."""
    reading, writing = os.pipe()

    def child():
        os.close(reading)
        _watch_points(lambda points: _die_at(number, points, writing))
        work()

    pid = _fork(child)
    os.close(writing)
    with os.fdopen(reading) as labels:
        points = labels.read().splitlines()
    return Ended(_is_killed(pid), points)


def run_for(work: Callable[[], object], seconds: float) -> Ended:
    """Does the work in a child that is killed after this time, unless it has ended before."""
    pid = _fork(work)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return Ended(_is_killed(pid), [])


def points_of(work: Callable[[], object]) -> list[str]:
    """Every point of the work, which is done whole."""
    return run_until_point(work, sys.maxsize).points


def _fork(work: Callable[[], object]) -> int:
    # A connection must have one owner: each process opens its own.
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except Exception:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        # Without the ends of the process that was copied: its fixtures and its reports are none of the child's business.
        os._exit(code)


def _is_killed(pid: int) -> bool:
    """Waits for the child. One that failed fails the test; its error is in the captured output."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in (0, -signal.SIGKILL):
        pytest.fail(f"the child ended with {code}")
    return code == -signal.SIGKILL


def _die_at(number: int, points: list[str], writing: int) -> None:
    os.write(writing, f"{points[-1]}\n".encode())
    if len(points) == number:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch_points(arrived: Callable[[list[str]], None]) -> None:
    """Calls `arrived` with the points so far at each one. For a child: nothing is put back."""
    points: list[str] = []

    def around(call: Callable, name: Callable[..., str]) -> Callable:
        def watched(*args, **kwargs):
            what = name(*args)
            points.append(f"before {what}")
            arrived(points)
            result = call(*args, **kwargs)
            points.append(f"after {what}")
            arrived(points)
            return result

        return watched

    def statement(execute, sql, params, many, context):
        return around(execute, lambda sql, *_rest: " ".join(sql.split())[:60])(sql, params, many, context)

    connection.execute_wrappers.append(statement)
    connection.connect = around(connection.connect, lambda: "connecting to the database")
    connection._commit = around(connection._commit, lambda: "COMMIT")
    Producer.publish = around(Producer.publish, lambda *_: "publishing")
    smtplib.SMTP.connect = around(smtplib.SMTP.connect, lambda *_: "connecting to the mail server")
    smtplib.SMTP.send = around(smtplib.SMTP.send, lambda _client, data: f"sending {_smtp_step(data)}")
    smtplib.SMTP.getreply = around(smtplib.SMTP.getreply, lambda _client: "a reply of the mail server")


def _smtp_step(data: bytes | str) -> str:
    text = data.decode() if isinstance(data, bytes) else data
    return "the mail" if text.endswith("\r\n.\r\n") else text.split()[0].upper()

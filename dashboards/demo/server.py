"""The processes of the demo: web, and one worker with beat in it. All of them end together, and nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

HOST = "127.0.0.1"
# The web process loads templates and translations first; a slow machine under load takes a while.
START_SECONDS = 60
# A worker may finish the task in its hands before it is killed.
STOP_SECONDS = 8


class ServingFailed(Exception):
    """Why the demo cannot go on, in one sentence."""


def commands(port: int, data_directory: Path) -> dict[str, list[str]]:
    """What is run, by the name that a person would call it."""
    return {
        "web server": [
            *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
            *("--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--log-level", "warning", "--graceful-timeout", "3"),
        ],
        "worker": [
            *(sys.executable, "-m", "celery", "-A", "config", "--quiet", "worker", "-B", "-c", "1"),
            *("--schedule", str(data_directory / "beat"), "--loglevel", "WARNING"),
            # One worker has nobody to talk to; on the filesystem broker each such talk is a file.
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
    }


def serve(commands: dict[str, list[str]], port: int, announce: Callable[[], None]) -> None:
    """Runs until SIGINT or SIGTERM, then stops every process. Raises ServingFailed when the port is taken or a process ends."""
    _refuse_taken_port(port)
    # The signal is only noted: raised as an exception, it could come between the start of a process and our knowing it.
    signals: list[int] = []
    before = {number: signal.signal(number, lambda received, frame: signals.append(received)) for number in (signal.SIGINT, signal.SIGTERM)}
    processes: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands.items():
            # A session of its own: Ctrl-C in the terminal reaches us alone, and we end whole groups.
            processes[name] = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own commands
        deadline = time.monotonic() + START_SECONDS
        is_announced = False
        while not signals:
            _refuse_ended(processes)
            if not is_announced and _answers(port):
                announce()
                is_announced = True
            if not is_announced and time.monotonic() > deadline:
                raise ServingFailed(f"The web server did not answer within {START_SECONDS} seconds.")
            time.sleep(0.1)
    finally:
        _stop_all(list(processes.values()))
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as taken:
            raise ServingFailed(f"Port {port} is taken: choose another one, such as PORT={port + 1}.") from taken


def _refuse_ended(processes: dict[str, subprocess.Popen]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise ServingFailed(f"The {name} ended by itself (exit code {process.returncode}); the lines above say why.")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2):
            return True
    except OSError:  # refused, cut or late: it is still starting
        return False


def _stop_all(processes: list[subprocess.Popen]) -> None:
    """Asks each process to end, and kills what is left of its group."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for process in processes:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue

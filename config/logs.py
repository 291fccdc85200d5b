"""Log lines: JSON in production, plain text elsewhere. No line of production says who somebody is or what somebody wrote.

A line of JSON holds the names that stand here and no others: whatever else a library hangs on its record stays out. Of an error
it holds the types and the places in the code; its own text quotes rows of the database and addresses, and stays out too.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from celery import current_task
from django.http import HttpRequest

from config import environment

# What follows in an address is a key to somebody's set, invitation or password (deploy/nginx/nginx.conf hides the same).
SECRET_PATHS = ("/t/", "/invitation/", "/accounts/password/reset/key/")
_SECRET = re.compile(f"({'|'.join(map(re.escape, SECRET_PATHS))})[^\\s\"'?]+")
_QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*")
_MAIL_ADDRESS = re.compile(r"[^\s\"'<>(),:;=/@]+@[^\s\"'<>(),:;@]+")

# The request that this thread answers; a thread that goes on with its work takes it along.
request_in_hand: ContextVar[HttpRequest | None] = ContextVar("request_in_hand", default=None)


def masked(text: str) -> str:
    """The text without keys in addresses, without what stands behind their question marks, and without mail addresses."""
    return _MAIL_ADDRESS.sub("-", _QUERY.sub(r"\1", _SECRET.sub(r"\1-/", text)))


def formatter() -> logging.Formatter:
    """What writes the lines of this process, as LOG_FORMAT and the mode say."""
    return JsonFormatter() if environment.logs_are_json() else logging.Formatter("{asctime} {levelname} {name} {message}", style="{")


class JsonFormatter(logging.Formatter):
    """One JSON object in one line for each record."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(_message(record)),
            **_where(record),
            **_of_access(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def described(error: BaseException) -> list[dict[str, Any]]:
    """The error and what caused it, outermost first: type, code of the system or database, places in the code. Never its text."""
    found = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        entry: dict[str, Any] = {"type": _type_of(current), "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}
        if code := getattr(current, "pgcode", None) or getattr(current, "errno", None):
            entry["code"] = code
        found.append(entry)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def _type_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _message(record: logging.LogRecord) -> str:
    if isinstance(record.args, Mapping) and "traceback" in record.args:
        # Celery writes the text of a task's error and its traceback into the message.
        arguments: Any = {**record.args, "exc": "", "traceback": ""}
    elif isinstance(record.args, tuple):
        arguments = tuple(_type_of(value) if isinstance(value, BaseException) else value for value in record.args)
    else:
        arguments = record.args
    return (str(record.msg) % arguments if arguments else str(record.msg)).strip()


def _where(record: logging.LogRecord) -> dict[str, str]:
    """The request or the task that the line belongs to. Asks no database."""
    known: dict[str, str] = {}
    request = getattr(record, "request", None) or request_in_hand.get()
    if request_id := getattr(request, "id", None):
        known["request_id"] = request_id
        if member := getattr(request, "member", None):
            known["member"] = str(member.public_id)
            if type(member).organization.is_cached(member):
                known["organization"] = str(member.organization.public_id)
    if current_task and current_task.request.id:
        known |= {"task": current_task.name, "task_id": current_task.request.id}
    return known


def _of_access(record: logging.LogRecord) -> dict[str, Any]:
    """What gunicorn knows of a request that it has answered."""
    if record.name != "gunicorn.access" or not isinstance(record.args, Mapping):
        return {}
    atoms: Mapping[str, Any] = record.args
    return {"status": int(atoms["s"]), "seconds": float(atoms["L"]), "request_id": atoms["{x-request-id}o"]}


def watch_uncaught() -> None:
    """Errors that nobody caught become a line of the log too, in whichever thread."""
    logger = logging.getLogger("uncaught")

    def of_process(kind, error, trace):
        logger.critical("An error ended the process.", exc_info=(kind, error, trace))

    def of_thread(told: threading.ExceptHookArgs):
        if told.exc_value is not None:
            logger.error("An error ended a thread.", exc_info=(told.exc_type, told.exc_value, told.exc_traceback))

    sys.excepthook = of_process
    threading.excepthook = of_thread

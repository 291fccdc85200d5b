"""Looks at one check after the other: each within a bounded time, none ends the examination, and no secret leaves it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection, connections

from dashboards.doctor.findings import Check, Finding, Level, problem, warning

SECONDS_FOR_A_CHECK = 10.0


@dataclass(frozen=True)
class Result:
    name: str
    finding: Finding


def examine(checks: Sequence[Check], seconds: float = SECONDS_FOR_A_CHECK) -> list[Result]:
    """What each check found, in their order; `seconds` is what one of them may take. Changes nothing that anybody keeps."""
    results: dict[str, Result] = {}
    examiner = _Examiner()
    for check in checks:
        needed = results.get(check.needs)
        if needed is not None and needed.finding.level is Level.PROBLEM:
            finding = warning(f"Not looked at, as “{check.needs}” is a problem.", f"Mend “{check.needs}” first.")
        else:
            try:
                finding = examiner.ask(check, seconds)
            except Empty:
                # Whoever hangs is left behind with its connection, and ends with the process.
                examiner = _Examiner()
                finding = problem(
                    f"No answer within {seconds:g} seconds.", "Look at what this check asks: it hangs, or the machine is overloaded."
                )
        shown = replace(finding, found=_without_secrets(finding.found), fix=_without_secrets(finding.fix))
        results[check.name] = Result(check.name, shown)
    examiner.leave()
    return list(results.values())


class _Examiner:
    """A thread that looks. One that hangs cannot be ended from outside, so another one goes on in its place."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Check, float] | None] = SimpleQueue()
        self._found: SimpleQueue[Finding] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def ask(self, check: Check, seconds: float) -> Finding:
        """Raises queue.Empty where no answer comes in time."""
        self._asked.put((check, seconds))
        return self._found.get(timeout=seconds)

    def leave(self) -> None:
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            while (asked := self._asked.get()) is not None:
                self._found.put(look(*asked))
        finally:
            connections.close_all()


def look(check: Check, seconds: float) -> Finding:
    """The finding of the check; a check that raises is one too."""
    try:
        if check.uses_database and connection.vendor == "postgresql":
            # The server gives up as well, so that a statement that is too slow does not go on after we have left.
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds * 1000:.0f}"])
        return check.look()
    except Exception as failure:  # noqa: BLE001 - whatever goes wrong is a finding for the operator
        said = str(failure).strip().splitlines()
        # Half a secret would not be recognised any more: they are taken out before the text is cut.
        reason = f"{type(failure).__name__}: {_without_secrets(said[0])[:200]}" if said else type(failure).__name__
        return problem(f"This could not be looked at: {reason}", "Mend what the sentence names; with it the check runs again.")


def _without_secrets(text: str) -> str:
    for secret in _secrets():
        text = text.replace(secret, "…")
    return text


def _secrets() -> list[str]:
    """Every secret that the settings hold, as it is and as it stands in an address; longest first."""
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, settings.EMAIL_HOST_PASSWORD]
    known += [database["PASSWORD"] for database in settings.DATABASES.values()]
    known.append(urlsplit(settings.REDIS_URL).password or "")
    return sorted({form for secret in known if secret for form in (secret, quote(secret, safe=""))}, key=len, reverse=True)

"""Holding a claim for longer than a lease: a job that takes hours, and is free again minutes after its worker was killed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection
from django.utils import timezone

from outbox.models import LEASE, Owed

logger = logging.getLogger(__name__)

# A renewal that fails twice still comes in time.
RENEWED_EVERY = LEASE.total_seconds() / 4


@contextmanager
def holding(row: Owed) -> Iterator[None]:
    """Renews the claim of `row` from a thread meanwhile. It ends with the process, and the claim a lease later."""
    is_over = threading.Event()
    thread = threading.Thread(target=_renew, args=(row, is_over), name=f"hold-{row.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _renew(row: Owed, is_over: threading.Event) -> None:
    while not is_over.wait(RENEWED_EVERY):
        try:
            held = type(row)._default_manager.filter(pk=row.pk, claim=row.claim, state=Owed.State.WAITING)
            held.update(claimed_at=timezone.now())
        except Error:
            logger.warning("the claim of %s %s could not be renewed", row._meta.model_name, row.pk, exc_info=True)
        finally:
            connection.close()

"""A person waits for a sign-in code: its delivery is tried at once, in a thread that nobody waits for."""

import logging
import threading
from contextvars import copy_context

from django.db import Error, connection, transaction

from outbox import services
from outbox.models import OutboxMessage

logger = logging.getLogger(__name__)

# Mail threads of one web process. When all are busy, the sweeper delivers within one tick.
_places = threading.BoundedSemaphore(4)


def wake(message: OutboxMessage) -> None:
    """Delivers the message in the background after the commit. Whatever goes wrong, the sweeper delivers it later."""
    transaction.on_commit(lambda: _start(message.pk))


def _start(pk: int) -> None:
    if _places.acquire(blocking=False):
        # The lines that it logs belong to the request that woke it.
        threading.Thread(target=copy_context().run, args=(_deliver, pk), name=f"deliver-{pk}", daemon=True).start()


def _deliver(pk: int) -> None:
    try:
        services.try_message(pk)
    except Error:
        logger.warning("message %s was left to the sweeper", pk, exc_info=True)
    finally:
        connection.close()
        _places.release()

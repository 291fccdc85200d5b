"""Mail in the journeys: what is owed is delivered at once, and its links are pressed."""

import re

from outbox.models import OutboxMessage
from outbox.services import try_message


def deliver_mail() -> None:
    """One try for every message that waits, as the worker makes it."""
    for message in OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING).order_by("pk"):
        try_message(message.pk)


def links_in(html: str) -> dict[str, str]:
    """The addresses that a mail links to, by the words that are pressed."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]+>", " ", words).split()): url for url, words in found}

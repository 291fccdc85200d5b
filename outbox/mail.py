"""One message to one address over SMTP, and what the server's answer means for it."""

import hashlib
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from outbox.models import OutboxMessage
from outbox.registry import Rendered


class DeliveryFailed(Exception):
    """The message was not accepted now; a later try may succeed."""


class DeliveryRefused(DeliveryFailed):
    """The server will never accept this message for this address."""


def message_id(key: str) -> str:
    """The same for each try of a message: a receiver that has accepted it before a crash can recognise it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def send(message: OutboxMessage, rendered: Rendered) -> None:
    """Hands the message to the mail server. Raises DeliveryFailed, or DeliveryRefused for good."""
    mail = EmailMultiAlternatives(
        rendered.subject,
        rendered.text,
        to=[message.address],
        headers={**rendered.headers, "Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    if rendered.html:
        mail.attach_alternative(rendered.html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, reply = next(iter(refusal.recipients.values()))
        raise _failure(code, reply) from refusal
    except smtplib.SMTPDataError as refusal:
        raise _failure(refusal.smtp_code, refusal.smtp_error) from refusal
    except (OSError, smtplib.SMTPException) as trouble:
        # No connection, a refused sign-in or sender: the fault is ours or the server's, never the recipient's.
        raise DeliveryFailed(f"{type(trouble).__name__}: {trouble}") from trouble


def _failure(code: int, reply: bytes | str) -> DeliveryFailed:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return (DeliveryRefused if 500 <= code < 600 else DeliveryFailed)(f"{code} {text}")

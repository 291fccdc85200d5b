"""Mail about signing in: codes, links, news about one's account. Rendered in the request, delivered by the outbox."""

import uuid
from datetime import timedelta

from allauth.account import app_settings
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Member, User
from outbox import services
from outbox.models import OutboxMessage
from outbox.registry import Rendered
from outbox.wake import wake

KIND = "signin"
# A reset link or a warning is still worth reading after an outage of the mail server, a code is not.
LASTS = timedelta(days=1)


class SigninMail:
    """Asked for by the person this minute, so it knows neither quiet hours nor a budget."""

    def render(self, message):
        return Rendered(**message.payload)

    def still_due(self, message, now):
        return True

    def may_send(self, message, now):
        return True


def recipient_settings(address: str) -> tuple[str | None, str]:
    """Language and time zone of the person with this address; no language when nobody has it. One query."""
    user = User.objects.filter(email=address.lower())
    found = Member.objects.filter(user__in=user, is_active=True).order_by("pk").values_list("language", "time_zone").first()
    return found or (None, settings.TIME_ZONE)


def queue_signin_mail(mail: EmailMessage, *, language: str, time_zone: str, has_code: bool) -> OutboxMessage:
    """Stores the rendered mail and has it delivered in the background, at once."""
    html = next((body for body, kind in getattr(mail, "alternatives", []) if kind == "text/html"), "")
    lasts = timedelta(seconds=app_settings.LOGIN_BY_CODE_TIMEOUT) if has_code else LASTS
    message = services.queue_message(
        kind=KIND,
        key=f"{KIND}:{uuid.uuid4()}",
        address=mail.to[0],
        language=language,
        time_zone=time_zone,
        payload={"subject": mail.subject, "text": mail.body, "html": html},
        expires_at=timezone.now() + lasts,
    )
    wake(message)
    return message

"""The mail to the owners when predictions and answers have drifted apart."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Member
from outbox.models import OutboxMessage
from outbox.registry import Rendered
from reinforcement.reliability.models import ReliabilityNotice
from reinforcement.reliability.reading import read_notice
from reinforcement.reliability.services import KIND

__all__ = ["KIND", "NoticeMail"]


class NoticeMail:
    """At most one in seven days and due at the person's hour, so that it needs no other budget."""

    def render(self, message: OutboxMessage) -> Rendered:
        """Two statements."""
        notice = _notices(message).select_related("organization").get()
        context = {
            "name": _owners(message).values_list("name", flat=True).get(),
            "organization": notice.organization.name,
            "finding": read_notice(notice.predicted, notice.right),
            "url": settings.SITE_URL.rstrip("/") + reverse("reinforcement:reliability"),
        }
        subject = _("%(organization)s: predictions and answers have drifted apart") % {"organization": notice.organization.name}
        return Rendered(
            subject=" ".join(subject.split()),
            text=render_to_string("reinforcement/mail/reliability.txt", context),
            html=render_to_string("reinforcement/mail/reliability.html", context),
        )

    def still_due(self, message: OutboxMessage, now: datetime) -> bool:
        """Whether the notice still stands and the person is still an owner. Two statements."""
        return _notices(message).filter(recovered_at=None).exists() and _owners(message).exists()

    def may_send(self, message: OutboxMessage, now: datetime) -> bool:
        return True


def _notices(message: OutboxMessage):
    return ReliabilityNotice.objects.filter(organization__public_id=str(message.organization), pk=message.payload["notice"])


def _owners(message: OutboxMessage):
    return Member.objects.filter(
        organization__public_id=str(message.organization), public_id=str(message.member), is_owner=True, is_active=True
    )

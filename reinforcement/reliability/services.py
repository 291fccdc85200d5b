"""What is owed when predictions and answers drift apart: one notice for each time that they do."""

from datetime import datetime, timedelta

from accounts.models import Member, Organization
from outbox import services as outbox
from outbox.models import OutboxMessage
from reinforcement.programs.local_days import instant
from reinforcement.reliability.figures import LATEST_ANSWERS, is_apart
from reinforcement.reliability.models import Reliability, ReliabilityNotice

KIND = "reliability_notice"
NOTICES_APART = timedelta(days=7)


def notice_drift(organization: Organization, latest: Reliability, now: datetime) -> None:
    """Makes a notice and owes its mails where the latest answers have drifted from what was predicted; ends it where they have not.

    None while one stands, nor within seven days of the last one, nor over fewer answers than the latest ones should be. Joins the
    transaction of the caller, who holds the organization: two runs make one notice.
    """
    if latest.answers < LATEST_ANSWERS:
        return
    notices = ReliabilityNotice.objects.filter(organization=organization)
    if not is_apart(latest.predicted, latest.right):
        notices.filter(recovered_at=None).update(recovered_at=now)
        return
    last = notices.order_by("-noticed_at").first()
    if last is not None and (last.recovered_at is None or last.noticed_at > now - NOTICES_APART):
        return
    notice = ReliabilityNotice.objects.create(organization=organization, noticed_at=now, predicted=latest.predicted, right=latest.right)
    owners = Member.objects.filter(organization=organization, is_owner=True, is_active=True).select_related("user")
    outbox.queue_messages(_mail(organization, notice, owner, now) for owner in owners)


def _mail(organization: Organization, notice: ReliabilityNotice, owner: Member, now: datetime) -> OutboxMessage:
    return OutboxMessage(
        kind=KIND,
        key=f"reliability:{notice.pk}:{owner.pk}",
        organization=organization.public_id,
        member=owner.public_id,
        address=owner.email,
        language=owner.language,
        time_zone=owner.time_zone,
        payload={"notice": notice.pk},
        due_at=_next_hour_of(owner, now),
    )


def _next_hour_of(member: Member, now: datetime) -> datetime:
    """When it is the person's hour next: it is counted at night, and nothing about it is urgent."""
    today = now.astimezone(member.zone).date()
    hours = (instant(today + timedelta(days=days), member.preferred_hour, member.time_zone) for days in (0, 1))
    return next(hour for hour in hours if hour >= now)

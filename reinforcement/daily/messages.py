"""The mails of a daily set: in the morning, one reminder, and once more when somebody asks for it."""

import math
import re
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Absence, Member
from outbox import services as outbox
from outbox.models import OutboxMessage
from outbox.registry import FollowUp, MessageKind, Rendered
from reinforcement.daily.links import link_to, stop_link_of
from reinforcement.daily.models import DailySet, DailySetItem
from reinforcement.daily.services import OPEN_FOR, current_set
from reinforcement.programs.local_days import instant
from reinforcement.questions.kinds.choice import ShownChoice
from reinforcement.questions.kinds.registry import kind

MORNING, REMINDER, AGAIN = "daily_morning", "daily_reminder", "daily_again"
SUBJECT_CHARACTERS = 78
MINUTES_A_QUESTION = 2 / 3
# At most one reminder, this long after the person's hour.
REMIND_AFTER = timedelta(hours=5)
# It comes no sooner than this after the morning mail, however late that one was.
MAILS_APART = timedelta(hours=2)
# A mail that was asked for this minute is of no use much later.
AGAIN_LASTS = timedelta(hours=1)


class DailyMail:
    """The mail of a set on its own day; `wish` is the member's setting that allows it. Quiet hours are kept by its due and expiry times."""

    def __init__(self, wish: str):
        self.wish = wish

    def render(self, message: OutboxMessage) -> Rendered:
        return _rendered(message)

    def still_due(self, message: OutboxMessage, now: datetime) -> bool:
        daily_set = _set_of(message)
        if daily_set is None or not _is_open(daily_set, now):
            return False
        member = daily_set.member
        is_its_day = timezone.localdate(now, member.zone) == daily_set.local_date
        return getattr(member, self.wish) and is_its_day and not daily_set.is_away

    def may_send(self, message: OutboxMessage, now: datetime) -> bool:
        return True


class Reminder(DailyMail):
    def may_send(self, message: OutboxMessage, now: datetime) -> bool:
        """Not on the heels of the morning mail, which an outage may have made late. One statement."""
        morning = OutboxMessage.objects.filter(
            organization=message.organization, member=message.member, kind=MORNING, payload__set=message.payload["set"]
        )
        return not morning.filter(state=OutboxMessage.State.DONE, finished_at__gt=now - MAILS_APART).exists()


class AskedForMail:
    """The mail again, as long as the set is open: the person asked for it."""

    def render(self, message: OutboxMessage) -> Rendered:
        return _rendered(message)

    def still_due(self, message: OutboxMessage, now: datetime) -> bool:
        daily_set = _set_of(message)
        return daily_set is not None and _is_open(daily_set, now)

    def may_send(self, message: OutboxMessage, now: datetime) -> bool:
        return True


KINDS: dict[str, MessageKind] = {MORNING: DailyMail("wants_morning_mail"), REMINDER: Reminder("wants_reminder"), AGAIN: AskedForMail()}


def owe_reminder(morning: OutboxMessage) -> None:
    """Owes the reminder when the morning mail is finished, sent or not: until then nobody knows whether it is needed. Two statements."""
    daily_set = _set_of(morning)
    if daily_set is None or not daily_set.member.wants_reminder or daily_set.completed_at is not None:
        return
    member = daily_set.member
    due_at = instant(daily_set.local_date, member.preferred_hour, member.time_zone) + REMIND_AFTER
    if morning.expires_at is None or due_at >= morning.expires_at:
        return
    outbox.queue_messages(
        [
            OutboxMessage(
                kind=REMINDER,
                key=f"daily:reminder:{daily_set.pk}",
                organization=morning.organization,
                member=morning.member,
                address=member.email,
                language=member.language,
                time_zone=member.time_zone,
                payload=morning.payload,
                due_at=due_at,
                expires_at=morning.expires_at,
            )
        ]
    )


FOLLOW_UPS: dict[str, FollowUp] = {MORNING: owe_reminder}


def send_again(set_id: uuid.UUID, now: datetime) -> None:
    """Owes the member of that set a mail with the question that waits today, at most one an hour; nothing where none waits.

    The caller has checked the signature that named the set.
    """
    member = (
        Member.objects.filter(daily_sets__public_id=set_id, is_active=True, user__is_active=True)
        .select_related("organization", "user")
        .first()
    )
    current = current_set(member) if member is not None else None
    if current is None or current.completed_at is not None or now - current.prepared_at > OPEN_FOR:
        return
    outbox.queue_message(
        kind=AGAIN,
        key=f"daily:again:{current.pk}:{now:%Y%m%d%H}",
        organization=member.organization.public_id,
        member=member.public_id,
        address=member.email,
        language=member.language,
        time_zone=member.time_zone,
        payload={"set": str(current.public_id)},
        due_at=now,
        expires_at=now + AGAIN_LASTS,
    )


def _sets(message: OutboxMessage):
    return DailySet.objects.filter(
        public_id=message.payload["set"], organization__public_id=str(message.organization), member__public_id=str(message.member)
    )


def _set_of(message: OutboxMessage) -> DailySet | None:
    """The set with its member, and whether a newer one stands or the member is away on its day. One statement."""
    newer = DailySet.objects.filter(member_id=OuterRef("member_id"), local_date__gt=OuterRef("local_date"))
    away = Absence.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=OuterRef("local_date")), member_id=OuterRef("member_id"), started_on__lte=OuterRef("local_date")
    )
    return _sets(message).annotate(is_superseded=Exists(newer), is_away=Exists(away)).select_related("member__user").first()


def _is_open(daily_set: DailySet, now: datetime) -> bool:
    member = daily_set.member
    is_current = not daily_set.is_superseded and now - daily_set.prepared_at <= OPEN_FOR
    return is_current and daily_set.completed_at is None and member.is_active and member.user.is_active


def _rendered(message: OutboxMessage) -> Rendered:
    """The next question of the set that waits. Two statements."""
    daily_set = _sets(message).select_related("member__organization").get()
    item = (
        DailySetItem.objects.filter(daily_set=daily_set, organization_id=daily_set.organization_id, answer=None)
        .select_related("version", "wording")
        .order_by("position")[0]
    )
    settings_url = settings.SITE_URL.rstrip("/") + reverse("accounts:me")
    stop_url = stop_link_of(daily_set.member.public_id)
    context = _context(message, daily_set, item) | {"settings_url": settings_url, "stop_url": stop_url}
    return Rendered(
        subject=Truncator(" ".join(item.wording.prompt.split())).chars(SUBJECT_CHARACTERS),
        text=render_to_string("reinforcement/mail/daily.txt", context),
        html=render_to_string("reinforcement/mail/daily.html", context),
        # A page with a button: mail scanners open addresses too, so no one-click address is promised.
        headers={"List-Unsubscribe": f"<{stop_url}>"},
    )


def _context(message: OutboxMessage, daily_set: DailySet, item: DailySetItem) -> dict:
    shown = kind(item.version.kind).show(item.wording.content, item.seed)
    number, waiting = item.position + 1, daily_set.size - daily_set.answered
    minutes = max(1, math.ceil(waiting * MINUTES_A_QUESTION))
    lead = ngettext("%(count)d question", "%(count)d questions", waiting) % {"count": waiting}
    about = ngettext("about %(minutes)d minute", "about %(minutes)d minutes", minutes) % {"minutes": minutes}
    return {
        "language": message.language,
        "name": daily_set.member.name,
        "organization": daily_set.member.organization.name,
        "over": _("Still open today") if message.kind == REMINDER else _("The question of today"),
        # The figure stays with its unit at the end of a line.
        "effort": re.sub(r"(?<=\d) ", "\N{NO-BREAK SPACE}", f"{lead}, {about}"),
        "wording": item.wording,
        "instruction": shown.instruction,
        "options": [
            {"letter": option.letter, "text": option.text, "url": link_to(daily_set.public_id, choose=option.id, question=number)}
            for option in (shown.options if isinstance(shown, ShownChoice) else ())
        ],
        "url": link_to(daily_set.public_id),
    }

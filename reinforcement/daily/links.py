"""The signed link of the morning mail: it opens one set for answering, and nothing else."""

import base64
import binascii
import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import access
from accounts.models import Member
from reinforcement.daily.models import DailySet
from reinforcement.daily.services import OPEN_FOR

COOKIE = "today_link"
_TOKENS = Signer(salt="reinforcement.daily.links", sep=".")
_STOPS = Signer(salt="reinforcement.daily.links.stop", sep=".")
_COOKIE_SALT = "reinforcement.daily.links.cookie"


def token_of(set_id: uuid.UUID) -> str:
    """The token of a set, 66 characters that may stand in an address. The same set always has the same token."""
    return _sign(_TOKENS, set_id)


def set_id_of(token: str) -> uuid.UUID | None:
    """The public id of the set that the token names; None where the token is not one of ours."""
    return _unsign(_TOKENS, token)


def stop_link_of(member_id: uuid.UUID) -> str:
    """The whole address where the member (public id) stops these mails without signing in. It is good for nothing else."""
    return settings.SITE_URL.rstrip("/") + reverse("reinforcement:link_stop", args=[_sign(_STOPS, member_id)])


def member_who_stops(token: str) -> Member | None:
    """The member whom a token of `stop_link_of` names; None where it is not one of ours. One statement: the signature stood for one."""
    member_id = _unsign(_STOPS, token)
    return Member.objects.filter(public_id=member_id).select_related("organization").first() if member_id else None


def _sign(signer: Signer, public_id: uuid.UUID) -> str:
    return signer.sign(base64.urlsafe_b64encode(public_id.bytes).rstrip(b"=").decode())


def _unsign(signer: Signer, token: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(signer.unsign(token) + "=="))
    except (BadSignature, binascii.Error, ValueError):
        return None


def link_to(set_id: uuid.UUID, *, choose: str = "", question: int = 1) -> str:
    """The whole address for a mail. `choose` names the option that the page ticks beforehand, on the set's question `question`."""
    address = settings.SITE_URL.rstrip("/") + reverse("reinforcement:link", args=[token_of(set_id)])
    query = {"choose": choose} if choose else {}
    if choose and question > 1:
        query["question"] = str(question)
    return f"{address}?{urlencode(query)}" if query else address


def open_link(set_id: uuid.UUID, now: datetime) -> DailySet | None:
    """The set with its member, while its link is good: it is the member's latest, at most 14 days old, and the member may sign in.

    One statement. It asks without a member: the signature stood for one.
    """
    newer = DailySet.objects.filter(member_id=OuterRef("member_id"), local_date__gt=OuterRef("local_date"))
    daily_set = (
        DailySet.objects.filter(public_id=set_id)
        .annotate(is_superseded=Exists(newer))
        .select_related("member__organization", "member__user")
        .first()
    )
    if daily_set is None or daily_set.is_superseded or now - daily_set.prepared_at > OPEN_FOR:
        return None
    member = daily_set.member
    return daily_set if access.is_reader(member) and member.user.is_active else None


@dataclass(frozen=True)
class KeptLink:
    """What the cookie says: which set was opened, and whose it is. Both are public ids."""

    set_id: uuid.UUID
    member_id: uuid.UUID


def keep_link(response: HttpResponse, daily_set: DailySet) -> None:
    """Puts the link into a signed cookie that the browser sends to Today only."""
    response.set_signed_cookie(
        COOKIE,
        f"{daily_set.public_id.hex}.{daily_set.member.public_id.hex}",
        salt=_COOKIE_SALT,
        max_age=int(OPEN_FOR.total_seconds()),
        path=reverse("reinforcement:today"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept_link(request: HttpRequest) -> KeptLink | None:
    """The link that this browser opened; None without one, and for a cookie that is not ours."""
    value = request.get_signed_cookie(COOKIE, default="", salt=_COOKIE_SALT, max_age=OPEN_FOR) or ""
    set_id, _dot, member_id = value.partition(".")
    try:
        return KeptLink(uuid.UUID(hex=set_id), uuid.UUID(hex=member_id))
    except ValueError:
        return None


def forget_link(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=reverse("reinforcement:today"), samesite="Lax")

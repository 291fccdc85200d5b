"""Who answers on Today: the member who is signed in, or the one for whom the mail's link was opened in this browser."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from accounts import access
from accounts.models import Member
from accounts.signin.decorators import member_required
from reinforcement.daily import links
from reinforcement.daily.models import DailySet


@dataclass(frozen=True)
class Visitor:
    """`opened` is the one set that a link opened; None for a member who is signed in."""

    member: Member
    opened: DailySet | None = None


def visited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Calls `view(request, visitor, …)`. A good link of somebody else wins over the sign-in; it opens these pages only.

    An ended link gives way to the sign-in, and without one to the page that says what to do. Nothing of this is cached.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        kept = links.kept_link(request)
        if kept is None or _is_of(request, kept):
            if request.htmx and not request.user.is_authenticated:
                # Signed out meanwhile: the whole page goes to the sign-in, not the piece that was asked for.
                return HttpResponseClientRedirect(redirect_to_login(reverse("reinforcement:today")).url)
            return private(member_required(_as_member(view))(request, *args, **kwargs))
        opened = links.open_link(kept.set_id, timezone.now())
        if opened is not None:
            with translation.override(opened.member.language), timezone.override(opened.member.zone):
                request.LANGUAGE_CODE = opened.member.language
                return private(view(request, Visitor(opened.member, opened), *args, **kwargs))
        if access.is_reader(request.member):
            response = _as_member(view)(request, *args, **kwargs)
            links.forget_link(response)
            return private(response)
        return link_ended(request, links.token_of(kept.set_id))

    return checked


def link_ended(request: HttpRequest, token: str) -> HttpResponse:
    """The page for a link of ours that opens nothing any more. It says the same whatever the reason."""
    return private(render(request, "reinforcement/today/link_ended.html", {"token": token}, status=410))


def private(response: HttpResponse) -> HttpResponse:
    """The response, kept by nobody: what a set holds is between the person and the questions."""
    response["Cache-Control"] = "private, no-store"
    return response


def _is_of(request: HttpRequest, kept: links.KeptLink) -> bool:
    return access.is_reader(request.member) and request.member.public_id == kept.member_id


def _as_member(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return lambda request, *args, **kwargs: view(request, Visitor(request.member), *args, **kwargs)

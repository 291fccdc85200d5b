"""The door of the morning mail: its link opens Today for one set and is no sign-in."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.people import services as people
from reinforcement.daily import links, messages
from reinforcement.today.visitors import link_ended, private


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Remembers the link in this browser and goes to Today. Mail scanners open links too, so nothing is written."""
    set_id = links.set_id_of(token)
    if set_id is None:
        return _unknown(request)
    opened = links.open_link(set_id, timezone.now())
    if opened is None:
        return link_ended(request, token)
    passed_on = {name: request.GET[name] for name in ("choose", "question") if name in request.GET}
    address = reverse("reinforcement:today")
    response = redirect(f"{address}?{urlencode(passed_on)}" if passed_on else address)
    if access.is_reader(request.member) and request.member.pk == opened.member_id:
        links.forget_link(response)
    else:
        links.keep_link(response, opened)
    return private(response)


@require_POST
def link_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Sends today's question again to the person of the link, and to nobody else. The page says the same whether it did or not."""
    set_id = links.set_id_of(token)
    if set_id is None:
        return _unknown(request)
    messages.send_again(set_id, timezone.now())
    return private(render(request, "reinforcement/today/link_mail.html"))


@require_http_methods(["GET", "HEAD", "POST"])
def link_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stops the morning mail and the reminder of the person of the link, by its button; the sets go on."""
    member = links.member_who_stops(token)
    if member is None:
        return _unknown(request)
    with translation.override(member.language):
        if request.method == "POST":
            people.stop_daily_mail(member)
        return private(render(request, "reinforcement/today/link_stop.html", {"member": member}))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forgets the link in this browser."""
    response = redirect("reinforcement:today")
    links.forget_link(response)
    return private(response)


def _unknown(request: HttpRequest) -> HttpResponse:
    return private(render(request, "reinforcement/today/link_unknown.html", status=404))

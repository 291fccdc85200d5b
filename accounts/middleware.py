"""Each request knows for which member it acts, in whose language, and where that person's day stands."""

from django.http import HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import timezone, translation

MEMBER_SESSION_KEY = "member"


def current_member(request):
    """The membership that the session chose, else the oldest one; None when signed out or without a membership."""
    if not request.user.is_authenticated:
        return None
    memberships = getattr(request.user, "current_memberships", [])
    chosen = request.session.get(MEMBER_SESSION_KEY)
    return next((member for member in memberships if member.pk == chosen), memberships[0] if memberships else None)


class MemberMiddleware:
    """Sets `request.member`, and activates the member's language and time zone for the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.member = current_member(request)
        if request.member is None:
            return self.get_response(request)
        request.member.user = request.user
        translation.activate(request.member.language)
        request.LANGUAGE_CODE = request.member.language
        with timezone.override(request.member.zone):
            return self.get_response(request)


class FormAddressMiddleware:
    """Says what to do to somebody who loads an address that only takes forms, as the reload of a refused form does.

    Without it the answer is a 405 with nothing in it, which a browser shows as an empty page or as its own error.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_bare = isinstance(response, HttpResponseNotAllowed) and not response.content
        if is_bare and request.method == "GET" and request.accepts("text/html"):
            response.content = render_to_string("405.html", request=request)
        return response

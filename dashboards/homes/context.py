"""What every page of a member shows around its content."""

from functools import partial

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from dashboards.homes.navigation import links_for


def navigation(request):
    member = getattr(request, "member", None)
    if member is None:
        return {}
    return {
        "navigation": SimpleLazyObject(lambda: links_for(member, request.path)),
        "memberships": getattr(request.user, "current_memberships", [member]),
        # Asked for by whole pages only, not by the pieces that replace a part of one.
        "settings_url": partial(reverse, "accounts:me"),
    }

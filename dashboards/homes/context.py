"""What every page of a member shows around its content."""

from dashboards.homes.navigation import links_for


def navigation(request):
    member = getattr(request, "member", None)
    if member is None:
        return {}
    return {"navigation": links_for(member, request.path), "memberships": getattr(request.user, "current_memberships", [member])}

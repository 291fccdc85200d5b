"""The home page leads each role to where its work is."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.signin.decorators import member_required
from dashboards.homes.navigation import links_for


@require_safe
@member_required
def home(request):
    links = links_for(request.member, request.path)
    if not links:
        return render(request, "dashboards/no_role.html")
    return redirect(links[0].url)

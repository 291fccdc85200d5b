"""Pages around signing in that are ours."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.signin.decorators import member_required
from accounts.signin.sessions import act_as


@member_required
@require_POST
def organization_switch(request):
    """The session acts for another of the user's own memberships from here on."""
    chosen = request.POST.get("member", "")
    found = next((member for member in request.user.current_memberships if str(member.public_id) == chosen), None)
    if found is None:
        raise Http404
    act_as(request, found)
    return redirect("home")


@require_safe
def sign_up(request):
    """Where allauth's mail to an unknown address leads: accounts are made by invitation."""
    return render(request, "account/signup_closed.html")

"""Doors: who may enter a view at all. What they find behind it is the rule of `accounts.access`."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render

from accounts import access


def member_required(view):
    """Lets current members in; a visitor is sent to the sign-in, a user without a membership to the page that says so."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if access.is_reader(request.member):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            return render(request, "accounts/no_membership.html", status=403)
        return redirect_to_login(request.get_full_path())

    return checked


def role_required(is_open_to):
    """Lets in the members for whom `is_open_to(member)` holds; for others the page does not exist."""

    def decorate(view):
        @member_required
        @wraps(view)
        def checked(request, *args, **kwargs):
            if not is_open_to(request.member):
                raise Http404
            return view(request, *args, **kwargs)

        return checked

    return decorate

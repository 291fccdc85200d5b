"""For whom a request of the API acts."""

from typing import Any

from accounts.models import Member


def member_of(request: Any) -> Member:
    """The member whom token or session name. Only behind IsMember, which lets nobody else in."""
    return request._request.member

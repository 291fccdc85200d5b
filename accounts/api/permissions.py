"""The API is for members; which rows each may see is the rule of `access`."""

from django.http import Http404
from rest_framework.permissions import BasePermission

from accounts import access


class IsMember(BasePermission):
    def has_permission(self, request, view):
        return access.is_reader(getattr(request._request, "member", None))


class IsAuthor(BasePermission):
    """For others the step does not exist, as a page that is not theirs."""

    def has_permission(self, request, view):
        member = getattr(request._request, "member", None)
        if member is None or not access.is_reader(member):
            return False
        if not member.is_author:
            raise Http404
        return True

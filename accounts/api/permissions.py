"""The API is for members; which rows each may see is the rule of `access`."""

from rest_framework.permissions import BasePermission

from accounts import access


class IsMember(BasePermission):
    def has_permission(self, request, view):
        return access.is_reader(getattr(request._request, "member", None))

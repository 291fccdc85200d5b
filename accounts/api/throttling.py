"""How often the API may be called, counted in the database cache: the same for all web processes."""

from rest_framework.throttling import SimpleRateThrottle


class MemberThrottle(SimpleRateThrottle):
    scope = "member"

    def get_cache_key(self, request, view):
        member = getattr(request._request, "member", None)
        return f"throttle:member:{member.pk}" if member is not None else None


class AnonymousThrottle(SimpleRateThrottle):
    scope = "anonymous"

    def get_cache_key(self, request, view):
        if getattr(request._request, "member", None) is not None:
            return None
        return f"throttle:anonymous:{self.get_ident(request)}"

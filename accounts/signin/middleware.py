"""Each request knows its user, who was read with the session."""

from django.contrib.auth import middleware
from django.utils.functional import SimpleLazyObject

from accounts.signin.memberships import read_before


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, which asks the backend for the user; the backend finds the memberships that came with the session."""

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))


def _user_of(request):
    with read_before(request.session.memberships):
        return middleware.get_user(request)

"""Who calls the API: a member with a token, or a member signed in to the pages."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from accounts import access
from accounts.models import ApiToken


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token ff_…`. The token names the member, so it also names the organization."""

    keyword = "Token"

    def authenticate(self, request):
        keyword, _space, secret = authentication.get_authorization_header(request).decode("latin-1").partition(" ")
        if keyword.lower() != self.keyword.lower() or not secret:
            return None
        token = ApiToken.objects.with_secret(secret.strip()).select_related("member__organization", "member__user").first()
        if token is None or not access.is_reader(token.member) or not token.member.user.is_active:
            raise exceptions.AuthenticationFailed(_("This token opens nothing: it is wrong, was withdrawn, or its owner has left."))
        today = timezone.now().date()
        if token.last_used_on != today:
            ApiToken.objects.editable_by(token.member).filter(pk=token.pk).update(last_used_on=today)
        request._request.member = token.member
        return token.member.user, token

    def authenticate_header(self, request):
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, with its CSRF check; the middleware has chosen the member."""

    def authenticate_header(self, request):
        return "Session"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token ff_…"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}

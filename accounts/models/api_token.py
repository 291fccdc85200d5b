"""A member's key to the API. Only its hash is kept."""

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models.member import Member
from accounts.models.organization import Organization


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.own(member))

    def editable_by(self, member):
        return self.visible_to(member)

    def with_secret(self, secret: str):
        """The tokens, one or none, that `secret` opens."""
        return self.filter(digest=hashlib.sha256(secret.encode()).hexdigest())


class ApiToken(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    @classmethod
    def issue(cls, member: Member, name: str) -> tuple["ApiToken", str]:
        """A saved token and its secret, which is shown once and kept nowhere."""
        secret = "ff_" + secrets.token_urlsafe(32)
        digest = hashlib.sha256(secret.encode()).hexdigest()
        return cls.objects.create(organization_id=member.organization_id, member=member, name=name, digest=digest), secret

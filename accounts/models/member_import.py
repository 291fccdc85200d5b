"""A file of members that was loaded and waits until it is applied or put aside."""

import uuid

from django.db import models
from django.db.models import Q

from accounts import access
from accounts.models.member import Member
from accounts.models.organization import Organization


class MemberImportQuerySet(models.QuerySet):
    def editable_by(self, member):
        """One's own loaded files, as long as one is an owner."""
        return self.filter(access.own(member) & Q(member__is_owner=True))


class MemberImport(models.Model):
    """Kept between preview and applying, since a browser cannot hold a file; it goes when it is applied, replaced or a day old."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberImportQuerySet.as_manager()

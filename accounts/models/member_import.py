"""A file of members that was loaded and waits until it is applied or put aside."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts import access
from accounts.models.member import Member
from accounts.models.organization import Organization


class MemberImportQuerySet(models.QuerySet):
    def editable_by(self, member):
        """One's own loaded files of the last day, as long as one is an owner."""
        return self.filter(access.own(member) & Q(member__is_owner=True), created_at__gt=timezone.now() - MemberImport.KEPT_FOR)


class MemberImport(models.Model):
    """Kept between preview and applying, as a browser cannot hold a file; it goes when it is applied or replaced, and opens for a day."""

    KEPT_FOR = timedelta(days=1)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberImportQuerySet.as_manager()

"""Files of questions that somebody is still looking at."""

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts import access
from accounts.models import Member, Organization


class QuestionImportQuerySet(models.QuerySet):
    def visible_to(self, member):
        """An author's own file, for a day."""
        return self.filter(access.content_editable_by(member), created_by=member, created_at__gt=timezone.now() - QuestionImport.KEPT)

    def editable_by(self, member):
        return self.visible_to(member)

    def expired(self, now):
        return self.filter(created_at__lte=now - QuestionImport.KEPT)


class QuestionImport(models.Model):
    """A file that its author is still looking at; removed when it is applied, or after a day."""

    KEPT = timedelta(days=1)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=200)
    data = models.BinaryField()
    # Empty: guessed from the file.
    mapping = models.CharField(max_length=500, blank=True)
    has_header = models.BooleanField(null=True)
    competency = models.CharField(max_length=120, blank=True)
    # Names of importing/reading.py and encodings.py; empty: found out from the file.
    format = models.CharField(max_length=20, blank=True, db_default="")
    encoding = models.CharField(max_length=20, blank=True, db_default="")

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="question_import_age")]

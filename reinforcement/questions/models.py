"""The bank: questions, their immutable versions, and the wordings of a version in each language."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models import Member, Organization
from reinforcement.competencies.models import Competency


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, member):
        """All questions for authors, managers and HR; for others the ones they have answered."""
        if access.reads_all_content(member):
            return self.filter(access.content_visible_to(member))
        if not access.is_reader(member):
            return self.none()
        answered = self.model.objects.filter(answers__organization_id=member.organization_id, answers__member_id=member.pk)
        return self.filter(organization_id=member.organization_id, pk__in=answered.values("pk"))

    def editable_by(self, member):
        return self.filter(access.content_editable_by(member))

    def in_use(self):
        return self.filter(archived_at=None)


class Question(models.Model):
    """One point to know. What is asked stands in its versions; memory and figures hang on the question."""

    class Difficulty(models.TextChoices):
        EASY = "easy", _("Easy: most will know it")
        MEDIUM = "medium", _("Medium")
        HARD = "hard", _("Hard: most will not know it yet")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="questions")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="questions", verbose_name=_("competency"))
    external_id = models.CharField(_("id in the source"), max_length=120, blank=True)
    # The key by which an import knows the question again when the file carries no id (questions/sameness.py).
    same_key = models.CharField(max_length=64)
    current_version = models.ForeignKey("QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    # Number of the last version that changed the meaning: answers to older ones say nothing about when it returns.
    meaning_since = models.PositiveIntegerField(default=1)
    # The author's guess, which counts as a few answers until there are real ones; empty: none.
    difficulty = models.CharField(max_length=10, choices=Difficulty, blank=True, db_default="")
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "external_id"], condition=~Q(external_id=""), name="question_external_id_once"),
        ]
        indexes = [models.Index(fields=["organization", "same_key"], name="question_same_key")]

    def __str__(self):
        return f"question {self.pk}"


class ImmutableQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} rows are never changed")


class QuestionVersion(models.Model):
    """What was asked and how it is judged, fixed for good: an answer is judged by the version that was shown."""

    class Change(models.TextChoices):
        FIRST = "first", _("first version")
        WORDING = "wording", _("wording only")
        MEANING = "meaning", _("the meaning")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    answer_key = models.JSONField()
    language = models.CharField(_("original language"), max_length=5, choices=settings.LANGUAGES)
    # A change of meaning starts every memory of the question again; a change of wording keeps the dates.
    change = models.CharField(max_length=10, choices=Change, default=Change.FIRST)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_number_once")]

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a question version is never changed")
        super().save(*args, **kwargs)


class QuestionWording(models.Model):
    """The words of a version in one language. Rich text is kept clean and is cleaned again when it is shown."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    situation = models.TextField(_("situation"), blank=True)
    prompt = models.CharField(_("question"), max_length=1000)
    content = models.JSONField()
    explanation = models.TextField(_("explanation"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="question_wording_language_once")]

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a wording is never changed")
        super().save(*args, **kwargs)


class OptionShares(models.Model):
    """How members answered a version at first, counted by a periodic batch: never a hot row in the answer's path."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    version = models.OneToOneField(QuestionVersion, on_delete=models.CASCADE, related_name="shares")
    people = models.PositiveIntegerField()
    # option id -> number of people who chose it
    chosen = models.JSONField()
    counted_at = models.DateTimeField()

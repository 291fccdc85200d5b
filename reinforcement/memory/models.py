"""What a member remembers, as folds of the log of answers: of a question, in a competency, in general. And what is known of questions."""

from django.db import models
from django.db.models import Q

from accounts import access
from accounts.models import Member, Organization, Team
from reinforcement.competencies.models import Competency
from reinforcement.questions.models import Question


class RecordQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.learners_visible_to(member))


class MemoryState(models.Model):
    """`due_on` empty and `retired_on` empty: the question counts as new for the member."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memory_states", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="memory_states")
    answered = models.PositiveIntegerField()
    rights_in_a_row = models.PositiveSmallIntegerField()
    last_verdict = models.CharField(max_length=10)
    last_answered_at = models.DateTimeField()
    # Where the last answer stands in the figures, so that the next one can move it.
    last_competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", db_index=False)
    last_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)
    # Answers to the question's present meaning, fading (memory/packing.py); empty where there are none.
    practice = models.BinaryField(null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "question"], name="memory_state_once")]
        indexes = [
            # The planner's question: what of this member is due, oldest first.
            models.Index(fields=["member", "due_on"], include=["question"], condition=Q(due_on__isnull=False), name="memory_due"),
        ]


class LearnerState(models.Model):
    """A member's record in general (memory/features.py, Learner). For choosing questions; people are not ranked by it."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="learner_state")
    answers = models.PositiveIntegerField()
    rights = models.PositiveIntegerField()
    ability = models.FloatField()
    fast = models.FloatField()
    steady = models.FloatField()
    at = models.FloatField()
    this_hour = models.FloatField()

    objects = RecordQuerySet.as_manager()


class CompetencyState(models.Model):
    """A member's record in a competency: ability there beside the general one, and practice (memory/packing.py)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="competency_states", db_index=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="member_states", db_index=False)
    ability = models.FloatField()
    practice = models.BinaryField()

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "competency"], name="competency_state_once")]


class QuestionEasiness(models.Model):
    """What everybody's answers said about a question one night; the current one is in force."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="easiness_versions", db_index=False)
    # The meaning that was counted (Question.meaning_since): a version of another one says nothing.
    meaning_since = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    answers = models.PositiveIntegerField()
    easiness = models.FloatField()
    first_answers = models.PositiveIntegerField()
    first_easiness = models.FloatField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question"], condition=Q(is_current=True), name="question_easiness_one_current"),
        ]


class FittedModels(models.Model):
    """A version of the models that predict and choose (memory/versions.py), fitted one night. Kept when another one is in force."""

    # Empty: fitted on the answers of all organizations together, for those with too few of their own.
    organization = models.ForeignKey(Organization, null=True, on_delete=models.CASCADE, related_name="+")
    # What was answered by then was known: the moment of the night's run.
    fitted_at = models.DateTimeField()
    # All that were there, also those that were too old to be fitted on.
    answers = models.PositiveIntegerField()
    weights = models.JSONField()

    class Meta:
        # A night's fit that runs twice leaves one version.
        constraints = [
            models.UniqueConstraint(fields=["organization", "fitted_at"], name="fitted_models_once_a_night"),
            models.UniqueConstraint(fields=["fitted_at"], condition=Q(organization=None), name="fitted_models_pooled_once_a_night"),
        ]


class ModelsInForce(models.Model):
    """Which version an organization's answers are predicted with, and since when. The current one is in force."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="models_in_force")
    fitted = models.ForeignKey(FittedModels, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    # Mean log loss on the organization's latest answers, which neither had been fitted on: of this version, and of the one before it.
    log_loss = models.FloatField(null=True)
    log_loss_before = models.FloatField(null=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=Q(is_current=True), name="models_in_force_one_current"),
        ]

"""What a member remembers of a question: one row, a fold of the log of answers."""

from django.db import models
from django.db.models import Q

from accounts import access
from accounts.models import Member, Organization, Team
from reinforcement.competencies.models import Competency
from reinforcement.questions.models import Question


class MemoryStateQuerySet(models.QuerySet):
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

    objects = MemoryStateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "question"], name="memory_state_once")]
        indexes = [
            # The planner's question: what of this member is due, oldest first.
            models.Index(fields=["member", "due_on"], include=["question"], condition=Q(due_on__isnull=False), name="memory_due"),
        ]

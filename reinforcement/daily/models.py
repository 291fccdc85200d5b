"""Daily sets and the append-only log of answers."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models import Member, Organization, Team
from reinforcement.competencies.models import Competency
from reinforcement.programs.models import Program
from reinforcement.questions.models import Question, QuestionVersion, QuestionWording


class DailySetQuerySet(models.QuerySet):
    def visible_to(self, member):
        """One's own sets: what a set holds is between the person and the questions."""
        return self.filter(access.own(member))

    def editable_by(self, member):
        return self.visible_to(member)


class DailySet(models.Model):
    """What one seller is asked on one local date. The latest one is the current one; an earlier one is no debt."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="daily_sets", db_index=False)
    # The member's team on that day: figures of what was presented and answered follow it.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    local_date = models.DateField()
    size = models.PositiveSmallIntegerField()
    answered = models.PositiveSmallIntegerField(default=0)
    prepared_at = models.DateTimeField()
    # Which run of the planner made the set; the run's items and messages are inserted by it in the same transaction.
    run = models.UUIDField()
    # The fact behind the streak: set when the last question of the set was answered.
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = DailySetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "local_date"], name="daily_set_once_a_local_date")]
        indexes = [models.Index(fields=["run"], name="daily_set_of_run")]


class DailySetItemQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(
            Q(daily_set__organization_id=member.organization_id, daily_set__member_id=member.pk)
            if access.is_reader(member)
            else access.NOBODY
        )

    def editable_by(self, member):
        return self.visible_to(member)


class DailySetItem(models.Model):
    """One question of a set, with the version and wording that are shown, and why it comes now.

    The morning run writes very many of them at once, from a join with the rows they name: what follows from the set or from the wording
    is not looked up again for each, and nobody asks for items by them.
    """

    class Reason(models.TextChoices):
        NEW = "new", _("new")
        DUE = "due", _("due")
        # In adaptive programs: what gains most lasting recall; and what was drawn by lot, by which recall can be checked.
        VALUE = "value", _("gains most")
        RANDOM = "random", _("drawn by lot")

    # Names this delivery from outside; also the key that makes a repeated answer count once.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    daily_set = models.ForeignKey(DailySet, on_delete=models.CASCADE, related_name="items", db_index=False, db_constraint=False)
    position = models.PositiveSmallIntegerField()
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    # The question's main competency on that day.
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    wording = models.ForeignKey(QuestionWording, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    reason = models.CharField(max_length=10, choices=Reason)
    # Whether the member runs the adaptive program by the fixed rule, for comparison.
    is_fixed = models.BooleanField(default=False, db_default=False)

    objects = DailySetItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        # Also the index by which the items of a set are found.
        constraints = [models.UniqueConstraint(fields=["daily_set", "question"], name="daily_set_item_question_once")]

    @property
    def seed(self) -> str:
        """Decides the order of the options: the same in the mail, on each device, and after checking."""
        return str(self.key)


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, member):
        """Learning records: one's own and those of one's line."""
        return self.filter(access.learners_visible_to(member))

    def update(self, **kwargs):
        raise TypeError("the log of answers is append-only")


class Answer(models.Model):
    """One row of the log. Memory and figures are folds of these rows in the order of their ids."""

    class Verdict(models.TextChoices):
        RIGHT = "right", _("right")
        PARTLY = "partly", _("partly right")
        WRONG = "wrong", _("not yet")

    class Confidence(models.TextChoices):
        GUESS = "guess", _("Guess")
        THINK = "think", _("Think so")
        SURE = "sure", _("Sure")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="answers", db_index=False)
    item = models.OneToOneField(DailySetItem, on_delete=models.PROTECT, related_name="answer")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="answers")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    # The competency of the item and the team of the set.
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    request_key = models.UUIDField(null=True, blank=True)
    response = models.JSONField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    credit = models.FloatField()
    confidence = models.CharField(max_length=10, choices=Confidence, blank=True)
    # The memory model's probability of a right answer before it was given, and the question's easiness in log odds that it knew. Both
    # are empty in answers of before there was a memory model.
    predicted = models.FloatField(null=True, blank=True)
    easiness = models.FloatField(null=True, blank=True)
    is_first = models.BooleanField()
    # What the rule in force decided and the screen said; kept, so that a later setting does not rewrite history.
    due_on = models.DateField(null=True, blank=True)
    retires = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # Monday of the member's local week in which the answer was given.
    week_on = models.DateField()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "request_key"], name="answer_request_once"),
            models.CheckConstraint(condition=Q(credit__gte=0, credit__lte=1), name="answer_credit_between_0_and_1"),
            models.CheckConstraint(condition=Q(answered_at__lte=F("received_at")), name="answer_before_received"),
        ]
        indexes = [
            models.Index(fields=["member", "question"], name="answer_of_member"),
            # Results of programs are counted from first answers alone, by a batch that reads nothing but this index.
            models.Index(
                fields=["program", "question"], include=["verdict", "member"], condition=Q(is_first=True), name="answer_first_in_program"
            ),
        ]

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("the log of answers is append-only")
        super().save(*args, **kwargs)

    @property
    def is_right(self) -> bool:
        return self.verdict == self.Verdict.RIGHT

"""Roll-ups of the log, kept in the transaction of the answer and of the set. `rebuild_rollups --check` proves them.

They are copies: the rows that they are made from hold the foreign keys, so the database does not look them up once more here.
"""

from django.db import models

from accounts import access
from accounts.models import Member, Organization, Team
from reinforcement.competencies.models import Competency

# Credit is summed in whole ten-thousandths: whole numbers add up exactly in any order, so a rebuild can be compared.
CREDIT_UNITS = 10_000


class Week(models.Model):
    """Counts of one week (by its Monday) and one competency. Shares are quotients of sums, never means of shares."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    week_on = models.DateField()
    presented = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    # Sums of credit in CREDIT_UNITS.
    credit = models.PositiveBigIntegerField(default=0)
    first_answered = models.PositiveIntegerField(default=0)
    first_right = models.PositiveIntegerField(default=0)
    first_credit = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class LearningRecordQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.learners_visible_to(member))

    def line_visible_to(self, member):
        """Records of the member's line, without the member's own."""
        return self.filter(access.line_visible_to(member))


class MemberWeek(Week):
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="weeks", db_constraint=False, db_index=False)

    objects = LearningRecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "competency", "week_on"], name="member_week_once")]


class TeamWeek(Week):
    """By the team that the member was in on that day."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="weeks", db_constraint=False, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "competency", "week_on"], name="team_week_once")]


class LastAnswers(models.Model):
    """*Right at last answer*: of the questions that a member answered, how many were right the last time.

    Kept per member, competency, and team of the day of that last answer: a member's figure is the sum over teams,
    a team's figure the sum over members.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="last_answers", db_constraint=False, db_index=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    questions = models.IntegerField()
    right = models.IntegerField()

    objects = LearningRecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "team", "competency"], name="last_answers_once")]
        indexes = [models.Index(fields=["team", "competency"], include=["questions", "right"], name="last_answers_of_team")]


class ProficiencyWeek(models.Model):
    """*Current proficiency* of a member in a competency, as it stood in a week (by its Monday): sums over the questions assigned.

    Counted each night, and moved by each answer in between. A week in which nothing was counted has no row. The current row is the
    latest one of what is assigned now.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="proficiency_weeks", db_constraint=False, db_index=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    week_on = models.DateField()
    counted_at = models.DateTimeField()
    questions = models.PositiveIntegerField()
    # Answers to what these questions mean.
    answers = models.PositiveIntegerField()
    # How many are expected right, and the variance of that number (memory/proficiency.py).
    expected = models.FloatField()
    variance = models.FloatField()
    # How many of them are expected right on the days of outlook.CURVE_DAYS after it was counted, if nothing is practised.
    unpractised = models.JSONField()
    # The same with the questions that come by then; empty where none will come.
    coming = models.JSONField(null=True)
    is_current = models.BooleanField(default=True)

    objects = LearningRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "competency", "week_on"], name="proficiency_week_once"),
            models.UniqueConstraint(fields=["member", "competency"], condition=models.Q(is_current=True), name="proficiency_one_current"),
        ]

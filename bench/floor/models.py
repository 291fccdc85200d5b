"""The floor's tables: a question, the log of answers, one state per learner and question, and a team's weeks."""

from django.db import models


class Question(models.Model):
    prompt = models.TextField()
    options = models.JSONField()
    right = models.CharField(max_length=10)
    explanation = models.TextField()


class Answer(models.Model):
    learner_id = models.BigIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    chosen = models.CharField(max_length=10)
    is_right = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["learner_id", "question"], name="floor_answer_of_learner")]


class State(models.Model):
    learner_id = models.BigIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    rights_in_a_row = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner_id", "question"], name="floor_state_once")]


class TeamWeek(models.Model):
    team_id = models.BigIntegerField()
    competency = models.PositiveSmallIntegerField()
    week = models.PositiveSmallIntegerField()
    answered = models.PositiveIntegerField()
    right = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team_id", "competency", "week"], name="floor_team_week_once")]

"""Programs: planned reinforcement of questions for an audience."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models import Member, Organization, Team
from accounts.working_days import EVERY_DAY, MONDAY_TO_FRIDAY
from reinforcement.questions.models import Question


class ProgramQuerySet(models.QuerySet):
    def visible_to(self, member):
        """All programs for authors, managers and HR; for others the ones they are enrolled in."""
        if access.reads_all_content(member):
            return self.filter(access.content_visible_to(member))
        if not access.is_reader(member):
            return self.none()
        return self.filter(
            organization_id=member.organization_id,
            pk__in=Enrollment.objects.filter(organization_id=member.organization_id, member_id=member.pk).values("program_id"),
        )

    def editable_by(self, member):
        return self.filter(access.content_editable_by(member))

    def results_visible_to(self, member):
        """The programs whose results the member reads, where they are of enough people."""
        return self.filter(access.progress_visible_to(member))


class Program(models.Model):
    class Mode(models.TextChoices):
        ADAPTIVE = "adaptive", _("adaptive: what gains most lasting recall")
        FIXED = "fixed", _("fixed: again after 12 or 24 days")
        ERRORS = "errors", _("errors only: again until right")
        ONCE = "once", _("once: each question one time")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="programs")
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("what it is for"), blank=True)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.ADAPTIVE)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"), default=MONDAY_TO_FRIDAY, validators=[MinValueValidator(1), MaxValueValidator(EVERY_DAY)]
    )
    new_per_day = models.PositiveSmallIntegerField(
        _("new questions a day"), default=2, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    cap_per_day = models.PositiveSmallIntegerField(
        _("questions a day at most"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    days_after_wrong = models.PositiveSmallIntegerField(_("days until it returns after not yet or partly"), default=12)
    days_after_right = models.PositiveSmallIntegerField(_("days until it returns after right"), default=24)
    rights_to_retire = models.PositiveSmallIntegerField(_("times right in a row until it is mastered"), default=2)
    # Of an adaptive program: how many of a hundred sellers, drawn by lot, run by the fixed rule, so that the two can be compared.
    fixed_share = models.PositiveSmallIntegerField(
        _("sellers in a hundred who run on fixed spacing, for comparison"), default=0, db_default=0, validators=[MaxValueValidator(50)]
    )
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="program_ends_after_start"),
        ]

    def __str__(self):
        return self.name


class ProgramQuestion(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="program_questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="program_questions")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["program", "question"], name="program_question_once")]


class ProgramAudience(models.Model):
    """One line of the audience: a member, or a team with all teams below it, also for people who join it later."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="audience")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(member=None) ^ Q(team=None), name="audience_is_a_member_or_a_team"),
            models.UniqueConstraint(fields=["program", "member"], name="audience_member_once"),
            models.UniqueConstraint(fields=["program", "team"], name="audience_team_once"),
        ]


class Enrollment(models.Model):
    """The member takes part from `started_on` until the day before `ended_on`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="enrollments")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="enrollments")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    # Drawn by lot at the first enrolment, by the program's share, for as long as the member takes part.
    is_fixed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "member"], name="enrollment_once")]
        indexes = [models.Index(fields=["member", "program"], name="enrollment_of_member")]


class ProgramResult(models.Model):
    """How many people a program has and how many of them have started: dated, made by a periodic batch."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="result")
    enrolled = models.PositiveIntegerField()
    # People who have given a first answer here. It grows by the minimum of people or more at a time.
    started = models.PositiveIntegerField()
    counted_at = models.DateTimeField()


class QuestionResult(models.Model):
    """First answers to a question of a program, of enough people. It grows by the minimum of people or more at a time."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="question_results")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    # The option of the current version that most of those chose who were not right, where enough people did; else empty.
    attracts = models.CharField(max_length=20, blank=True)
    attracted = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "question"], name="question_result_once")]


class ComparedGroup(models.Model):
    """Answers to questions drawn by lot of one of the two groups of a program: those who run by the fixed rule, and the others.

    Both are counted at the same moment; anew, when the minimum of people or more in each of them have answered since.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="compared_groups")
    is_fixed = models.BooleanField()
    people = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    # Of the share right, with the person as the unit.
    variance = models.FloatField()
    # People who have answered anything in the program, and all their answers.
    taking_part = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "is_fixed"], name="compared_group_once")]

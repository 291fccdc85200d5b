"""Published figures: all that HR and leadership read of learning. Rows say how many people stand behind them, never who."""

from django.db import models

from accounts import access
from accounts.models import Member, Organization
from reinforcement.competencies.models import Competency


class AggregateQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.aggregates_visible_to(member))


class Publication(models.Model):
    """Where the publishing of an organization stands. Whoever publishes holds this row."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+")
    # Local date of the latest round, and its moment; empty before the first one has ended.
    published_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # Monday of the latest week that was closed and published.
    weeks_through = models.DateField(null=True, blank=True)

    objects = AggregateQuerySet.as_manager()


class FigureGroup(models.Model):
    """Teams whose people are shown together: the minimum of people or more. One that is no longer current keeps its weeks."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    # Ids of its teams in ascending order, joined by commas: the same teams are the same group.
    key = models.TextField()
    people = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)

    objects = AggregateQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="figure_group_once")]

    @property
    def team_ids(self) -> list[int]:
        return [int(pk) for pk in self.key.split(",")]


class GroupFigure(models.Model):
    """*Right at last answer* of a group on a competency: the mean of its people with data, in whole per cent.

    Beside it *current proficiency*, published at the same moment: the mean of those of the same people who have a figure of it; empty
    where these, or those of them with something new, are too few.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(FigureGroup, on_delete=models.CASCADE, related_name="figures")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField()
    with_data = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    current_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    current_with_data = models.PositiveIntegerField(null=True, blank=True)
    published_at = models.DateTimeField()

    objects = AggregateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "competency"], name="group_figure_once")]


class Contribution(models.Model):
    """What a member last contributed to a published figure of a competency, so that the next one holds enough that is new."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    questions = models.PositiveIntegerField()
    right = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "competency"], name="contribution_once")]


class GroupWeek(models.Model):
    """A closed week of a group; it does not change any more. Answers and right ones are empty where they are hidden."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(FigureGroup, on_delete=models.CASCADE, related_name="weeks")
    week_on = models.DateField()
    answered = models.PositiveIntegerField(null=True, blank=True)
    right = models.PositiveIntegerField(null=True, blank=True)
    # People who answered.
    people = models.PositiveIntegerField(null=True, blank=True)
    # Of the questions in the people's sets, the share that was answered, in whole per cent; empty where too few people had sets.
    participation = models.PositiveSmallIntegerField(null=True, blank=True)
    people_asked = models.PositiveIntegerField(null=True, blank=True)

    objects = AggregateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "week_on"], name="group_week_once")]
        indexes = [models.Index(fields=["organization", "week_on"], name="group_week_of_organization")]


class CompetencyWeek(models.Model):
    """A closed week of a competency, over the whole organization; there is no row where it is hidden."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    week_on = models.DateField()
    answered = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    people = models.PositiveIntegerField()

    objects = AggregateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "competency", "week_on"], name="competency_week_once")]

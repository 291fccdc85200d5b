"""How well answers were predicted: counts over all who answered, made by a periodic batch from the log. Rows name nobody."""

from django.db import models
from django.db.models import Q

from accounts import access
from accounts.models import Organization


class ReliabilityQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.model_figures_visible_to(member))


class Reliability(models.Model):
    """An organization's latest answers against what was predicted of them. Whoever counts holds the organization's row."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+")
    # Id of the answer up to which the log has been looked through for weeks to count.
    looked_through = models.PositiveBigIntegerField(default=0)
    # The latest answers; all of it stays as it is until enough people have answered since `through`.
    answers = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    # Mean predicted probability, share right, and the root of the mean square difference of both over ten bins, weighted by answers.
    predicted = models.FloatField(default=0)
    right = models.FloatField(default=0)
    rmse = models.FloatField(default=0)
    since_on = models.DateField(null=True, blank=True)
    through = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = ReliabilityQuerySet.as_manager()


class ReliabilityBin(models.Model):
    """Answers of one week, or the latest ones where there is no week, whose predicted probability lies in one tenth (0 to 9)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    week_on = models.DateField(null=True, blank=True)
    tenth = models.PositiveSmallIntegerField()
    answers = models.PositiveIntegerField()
    # Sum of the predicted probabilities.
    predicted = models.FloatField()
    right = models.PositiveIntegerField()
    # Different people who answered.
    people = models.PositiveIntegerField()
    # Id of the latest answer that is counted.
    through = models.PositiveBigIntegerField()

    objects = ReliabilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "week_on", "tenth"], name="reliability_bin_of_week_once"),
            models.UniqueConstraint(fields=["organization", "tenth"], condition=Q(week_on=None), name="reliability_bin_of_latest_once"),
        ]


class ReliabilityNotice(models.Model):
    """Predictions and answers drifted apart, and the owners were told. It stands until they have come together again."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    noticed_at = models.DateTimeField()
    recovered_at = models.DateTimeField(null=True, blank=True)
    # Of the latest answers at that time.
    predicted = models.FloatField()
    right = models.FloatField()

    objects = ReliabilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=Q(recovered_at=None), name="reliability_notice_one_stands"),
        ]
        indexes = [
            # When were the owners told last?
            models.Index(fields=["organization", "noticed_at"], name="reliability_notice_latest"),
        ]

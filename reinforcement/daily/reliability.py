"""How well answers were predicted: counted each night from the log, by week and over the latest answers.

Only weeks with new answers are counted, all of their answers anew. What people can watch grow would tell what the next person answered:
so a bin is replaced when enough different people have answered since it was counted, and so are the latest answers.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, Count, F, FloatField, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast, Floor, Least

from accounts.models import Organization
from accounts.organizations import sum_over_organizations
from reinforcement.daily.models import Answer
from reinforcement.reliability import figures, services
from reinforcement.reliability.models import Reliability, ReliabilityBin

# Nobody's answer is still being written this long after it was received: what a number before the last one belongs to is there by then.
SETTLED_AFTER = timedelta(hours=1)


def count_reliability(now: datetime) -> int:
    """Counts all organizations' predictions; how many bins changed. Owners are owed a mail where predictions have drifted."""
    return sum_over_organizations("counting reliability", lambda organization: count_reliability_of(organization, now))


@transaction.atomic
def count_reliability_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. Two at once wait for one another, and no answer waits for them."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    row, _created = Reliability.objects.get_or_create(organization=organization)
    new = _answers(organization, now).filter(pk__gt=row.looked_through)
    weeks = set(new.values_list("week_on", flat=True).distinct())
    changed = 0
    if weeks:
        changed = _count_weeks(organization, weeks, now) + _count_latest(organization, row, now)
        settled = new.filter(received_at__lte=now - SETTLED_AFTER).aggregate(Max("pk"))["pk__max"]
        row.looked_through = settled or row.looked_through
        row.save()
    # Also when nothing is new: what came too soon after the last notice is due some night.
    services.notice_drift(organization, row, now)
    return changed


def _answers(organization: Organization, now: datetime):
    """Answers up to `now` of which a prediction was made."""
    return Answer.objects.filter(organization=organization, predicted__isnull=False, received_at__lte=now).order_by()


def _count_weeks(organization: Organization, weeks: set[date], now: datetime) -> int:
    """Replaces the bins of these weeks that enough people have answered since; how many. Two statements, and two for what changed."""
    counted = ReliabilityBin.objects.filter(organization=organization, week_on__in=weeks)
    before = {(row.week_on, row.tenth): row for row in counted}
    through = [When(week_on=week, tenth=tenth, then=Value(row.through)) for (week, tenth), row in before.items()]
    # The same cut as figures.bin_of: a tenth of 1 to 9 times ten is never a little less than a whole number in binary.
    tenth = Cast(Least(Floor(F("predicted") * figures.BINS), Value(figures.BINS - 1.0), output_field=FloatField()), IntegerField())
    rows = (
        _answers(organization, now)
        .filter(week_on__in=weeks)
        .annotate(tenth=tenth)
        .annotate(counted_through=Case(*through, default=Value(0)))
        .values_list("week_on", "tenth")
        .annotate(
            answers=Count("pk"),
            sum_predicted=Sum("predicted"),
            right=Count("pk", filter=Q(verdict=Answer.Verdict.RIGHT)),
            people=Count("member", distinct=True),
            last=Max("pk"),
            newer=Count("member", distinct=True, filter=Q(pk__gt=F("counted_through"))),
        )
    )
    bins = [
        ReliabilityBin(
            organization=organization,
            week_on=week,
            tenth=place,
            answers=answers,
            predicted=predicted,
            right=right,
            people=people,
            through=last,
        )
        for week, place, answers, predicted, right, people, last, newer in rows
        if newer >= organization.small_group_minimum
    ]
    _replace(organization, [before[key].pk for one in bins if (key := (one.week_on, one.tenth)) in before], bins)
    return len(bins)


def _count_latest(organization: Organization, row: Reliability, now: datetime) -> int:
    """Counts the latest answers into `row` and ten bins where enough people are new among them; how many bins changed."""
    columns = ("pk", "member_id", "predicted", "verdict", "answered_at")
    answers = list(_answers(organization, now).order_by("-pk").values_list(*columns)[: figures.LATEST_ANSWERS])
    if len({member for pk, member, *_rest in answers if pk > row.through}) < organization.small_group_minimum:
        return 0
    counts = figures.counted((member, predicted, verdict == Answer.Verdict.RIGHT) for _pk, member, predicted, verdict, _at in answers)
    row.answers, row.people = len(answers), len({member for _pk, member, *_rest in answers})
    row.predicted = sum(count.predicted for count in counts) / row.answers
    row.right = sum(count.right for count in counts) / row.answers
    row.rmse = figures.rmse_of(counts)
    row.since_on = min(at for *_rest, at in answers).date()
    row.through = max(pk for pk, *_rest in answers)
    row.counted_at = now
    bins = [
        ReliabilityBin(organization=organization, tenth=tenth, through=row.through, **asdict(count)) for tenth, count in enumerate(counts)
    ]
    before = ReliabilityBin.objects.filter(organization=organization, week_on=None)
    _replace(organization, list(before.values_list("pk", flat=True)), bins)
    return len(bins)


def _replace(organization: Organization, before: list[int], bins: Iterable[ReliabilityBin]) -> None:
    ReliabilityBin.objects.filter(organization=organization, pk__in=before).delete()
    ReliabilityBin.objects.bulk_create(bins)

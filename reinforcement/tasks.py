"""What workers do for this room. Each task may run any number of times, also at once, and comes to the same end."""

from celery import shared_task
from django.utils import timezone

from reinforcement.daily import comparisons, easiness, fits, preparing, reliability, results, shares
from reinforcement.progress import proficiency
from reinforcement.published import services as published


@shared_task
def prepare_daily_sets() -> None:
    preparing.prepare_sets(timezone.now())


@shared_task
def count_option_shares() -> None:
    shares.count_option_shares(timezone.now())


@shared_task
def count_results() -> None:
    results.count_results(timezone.now())


@shared_task
def count_easiness() -> None:
    easiness.count_easiness(timezone.now())


@shared_task
def owe_fits() -> None:
    fits.owe_fits(timezone.now())


@shared_task
def count_reliability() -> None:
    reliability.count_reliability(timezone.now())


@shared_task
def owe_proficiency() -> None:
    proficiency.owe_proficiency(timezone.now())


@shared_task
def count_comparisons() -> None:
    comparisons.count_comparisons(timezone.now())


@shared_task
def publish_figures() -> None:
    published.publish_due(timezone.now())

"""Jobs in the journeys: what is owed is done at once."""

from outbox.models import Job
from outbox.services import try_job


def do_jobs() -> None:
    """One try for every job that waits, as the worker makes it."""
    for job in Job.objects.filter(state=Job.State.WAITING).order_by("pk"):
        try_job(job.pk)

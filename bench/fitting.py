"""One night's fits in a process of its own: `python -m bench.fitting` prints its seconds, its largest size, and what came in force."""

import json
import resource
import sys
import time

PREDICTIONS = 500

if __name__ == "__main__":
    import django

    django.setup()

    from itertools import islice

    from django.utils import timezone

    from accounts.models import Organization
    from outbox.models import Job
    from outbox.tasks import run_long_jobs
    from reinforcement.daily import fits
    from reinforcement.daily.records import before_each_answer
    from reinforcement.memory import store
    from reinforcement.memory.recall import predict

    now = timezone.now()
    fits.owe_fits(now)
    began = time.perf_counter()
    run_long_jobs()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    failed = list(Job.objects.exclude(state="done").values_list("last_error", flat=True))
    organization = Organization.objects.get()
    row = store.in_force(organization)
    if failed or row is None:
        sys.exit(f"nothing came in force: {failed}")
    model = store.models_of(row.fitted_id).recall
    some = [known[1:] for known in islice(before_each_answer(organization, now), PREDICTIONS)]
    began = time.perf_counter()
    for record, item, at in some:
        predict(model, record, item, at)
    found = {
        "seconds": seconds,
        "peak_mb": peak,
        "trees": sum(len(trees.trees) for trees in model.second),
        "version_kb": len(json.dumps(row.fitted.weights)) / 1024,
        "predict_us": (time.perf_counter() - began) / len(some) * 1e6,
        "log_loss": row.log_loss,
        "log_loss_before": row.log_loss_before,
    }
    json.dump(found, sys.stdout)

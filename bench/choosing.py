"""What one seller is asked tomorrow, chosen fifty times over in a process of its own: `python -m bench.choosing` prints the median."""

import json
import statistics
import sys
import time
from datetime import timedelta

TIMES = 50

if __name__ == "__main__":
    import django

    django.setup()

    from django.db import transaction
    from django.utils import timezone

    from accounts.models import Member
    from reinforcement.programs import planner

    tomorrow = timezone.now() + timedelta(days=1)
    days = planner.days_owed(tomorrow)
    member = Member.objects.filter(is_seller=True).order_by("-pk").values_list("pk", flat=True)[0]
    milliseconds = []
    for _time in range(TIMES):
        began = time.perf_counter()
        with transaction.atomic():
            planner.forget(*planner.TABLES)
            rows = planner.choose(planner.Batch(member - 1, member), days, tomorrow)
            transaction.set_rollback(True)
        milliseconds.append(1000 * (time.perf_counter() - began))
    json.dump({"rows": rows, "milliseconds": statistics.median(milliseconds)}, sys.stdout)

"""One morning run in a process of its own: `python -m bench.preparing` prints its seconds, what it made, and the process's largest size."""

import json
import resource
import sys
import time

if __name__ == "__main__":
    import django

    django.setup()

    from django.utils import timezone

    from reinforcement.daily.preparing import prepare_sets

    began = time.perf_counter()
    made = prepare_sets(timezone.now())
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"seconds": seconds, "sets": made.sets, "items": made.items, "messages": made.messages, "peak_mb": peak}, sys.stdout)

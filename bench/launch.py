"""`python -m bench.launch [--questions 60] [--days 90,180,365] [--json]`: seconds of the simulation before a launch.

What a worker does for one adaptive program with the prior model: the program itself, fixed spacing beside it, and no practice, each played
by 200 people. The middle of three rounds for each length in days.
"""

import argparse
import os
import time
from datetime import date, timedelta

import numpy as np

from bench.machine import Busy
from bench.report import reporting
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.spacing import AdaptiveRule
from reinforcement.programs.launch_foresight import Abilities, LaunchPlan, reckon

KEYS = ("questions", "people", "days", "seconds", "recall", "low", "high", "fixed", "without", "busy")
MONDAY = date(2026, 11, 30)
MONDAY_TO_FRIDAY = 0b0011111
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--days", default="90,180,365")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    easiness = np.random.default_rng(1).normal(0.4, 0.8, options.questions).tolist()
    busy = Busy([os.getpid()])
    with reporting(KEYS, as_json=options.json) as reporter:
        for days in map(int, options.days.split(",")):
            plan = LaunchPlan(AdaptiveRule(), MONDAY_TO_FRIDAY, MONDAY, MONDAY + timedelta(days=days - 1), 2, 3)
            seconds = []
            for _round in range(ROUNDS):
                start = time.perf_counter()
                result = reckon(PRIOR.trace, plan, Abilities(0.0, 0.7, is_known=False), easiness)
                seconds.append(time.perf_counter() - start)
            last = {"recall": result["ours"][-1], **{name: result[name][-1] for name in ("low", "high", "fixed", "without")}}
            line = {"questions": options.questions, "people": result["people"], "days": days, "seconds": round(sorted(seconds)[1], 2)}
            reporter.add({**line, **last, "busy": busy.share()})


if __name__ == "__main__":
    main()

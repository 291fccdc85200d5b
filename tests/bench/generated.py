"""A made log of answers in the benches' format: learners differ, questions differ, practice helps and fades."""

import csv
import gzip
import math
import random
from pathlib import Path


def write_log(path: Path, *, learners: int = 40, answers: int = 60, questions: int = 30, seed: int = 1) -> Path:
    """Writes the log to `path`; each learner answers once a day or twice."""
    randomness = random.Random(seed)
    easiness = [randomness.gauss(0, 1.2) for _question in range(questions)]
    with gzip.open(path, "wt", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["learner", "item", "skills", "timestamp", "correct"])
        for learner in range(learners):
            ability, at = randomness.gauss(0, 1), randomness.uniform(0, 20) * 86_400
            last: dict[int, float] = {}
            for _answer in range(answers):
                at += randomness.uniform(0.4, 1.4) * 86_400
                question = randomness.randrange(questions)
                practised = 1.5 * math.exp(-(at - last[question]) / (20 * 86_400)) if question in last else 0.0
                is_right = randomness.random() < 1 / (1 + math.exp(-(ability + easiness[question] + practised)))
                rows.writerow([f"l{learner}", f"q{question}", f"s{question % 3};t{question % 2}", f"{at:.1f}", int(is_right)])
                last[question] = at
    return path

"""`python -m bench.policy --world A|B --seeds 0-7 [--worlds FILE] [--json]`: what is kept per question asked.

100 learners, 50 shared questions, 90 days, five days a week, at most three questions a day, nine of ten are answered. A policy sees answers
only. Ours learns from a pilot of 150 other learners on the same questions, half asked at random, half by fixed spacing, and asks 5 % of its
questions at random. All policies are held to the number of questions that fixed spacing 7/14 asks; the gain is over no practice.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.machine import Busy
from bench.report import reporting
from bench.worlds import PARAMETERS, World, parameters_of
from reinforcement.memory.features import HALF_LIVES, Item, ability, easiness
from reinforcement.memory.fitting import Past, fit_trace
from reinforcement.memory.policy import Candidates, choose, days_between, draw, rests, values
from reinforcement.memory.trace import TraceModel, evidence

KEYS = ("world", "policy", "seed", "gain_per_100", "recall_90", "recall_120", "asked", "busy")
LEARNERS, QUESTIONS, DAYS, CAP, ANSWERED = 100, 50, 90, 3, 0.9
PILOT_LEARNERS = 150
SLOTS = sum(day % 7 < 5 for day in range(DAYS)) * CAP
ONLY_SKILL = ("all",)


class Seen:
    """What a policy may know: the answers, as records and as columns of the same."""

    def __init__(self, learners: int, items: list[Item]):
        size = (learners, QUESTIONS)
        self.items = items
        self.pasts = [Past() for _learner in range(learners)]
        self.answers, self.rights, self.at, self.run = (np.zeros(size) for _ in range(4))
        self.last_right = np.zeros(size, dtype=bool)
        self.tried, self.rights_left = (np.zeros((*size, len(HALF_LIVES))) for _ in range(2))
        self.ability = np.zeros(learners)

    def add(self, learner: int, question: int, is_right: bool, now: float) -> None:
        past = self.pasts[learner]
        past.add(question, ONLY_SKILL, self.items[question], is_right, now)
        record = past.record(question, ONLY_SKILL)
        practice, place = record.practice, (learner, question)
        self.answers[place], self.rights[place], self.at[place] = practice.answers, practice.rights, practice.at
        self.run[place], self.last_right[place] = practice.run, practice.run > 0
        self.tried[place], self.rights_left[place] = practice.tried, practice.rights_left
        self.ability[learner] = ability(record)

    def candidates(self) -> Candidates:
        learners = len(self.pasts)
        flat = (learners * QUESTIONS, len(HALF_LIVES))
        return Candidates(
            answers=self.answers.ravel(),
            rights=self.rights.ravel(),
            last_right=self.last_right.ravel(),
            at=self.at.ravel(),
            tried=self.tried.reshape(flat),
            rights_left=self.rights_left.reshape(flat),
            ability=np.repeat(self.ability, QUESTIONS),
            easiness=np.tile([item.easiness for item in self.items], learners),
            weight=np.ones(learners * QUESTIONS),
        )


# What a policy makes of a day: a score for each learner and question, minus infinity for what is not asked.
Policy = Callable[[Seen, int, np.random.Generator], np.ndarray]


def at_random(seen: Seen, _day: int, randomness: np.random.Generator) -> np.ndarray:
    return randomness.random(seen.answers.shape)


def fixed(after_wrong: int, after_right: int) -> Policy:
    """Due questions first, the longest waiting first; then new ones; no more after two rights in a row."""

    def policy(seen: Seen, day: int, randomness: np.random.Generator) -> np.ndarray:
        days = day - seen.at
        is_new = seen.answers == 0
        is_due = ~is_new & (seen.run < 2) & (days >= np.where(seen.last_right, after_right, after_wrong))
        return np.where(is_due, 1000 + days, np.where(is_new, 1.0, -np.inf)) + randomness.random(days.shape) * 1e-6

    return policy


def ours(model: TraceModel, most_new: int = CAP) -> Policy:
    """The product's: most gain per question by the end of the programme, some slots at random."""

    def policy(seen: Seen, day: int, randomness: np.random.Generator) -> np.ndarray:
        shape = seen.answers.shape
        pairs = seen.candidates()
        worth = np.where(rests(pairs, day), -np.inf, values(model, pairs, day, DAYS - day, days_between(DAYS)))
        learners = np.repeat(np.arange(shape[0]), shape[1])
        same = np.zeros(len(worth), dtype=int)
        is_drawn = np.zeros(shape, dtype=bool)
        names = randomness.integers(0, 1 << 40, shape[0])
        is_drawn[draw(names, np.full(shape[0], day), np.full(shape[0], CAP), np.full(shape[0], QUESTIONS))] = True
        chosen = choose(worth, learners, same, seen.answers.ravel() == 0, is_drawn.ravel(), same + CAP, same + most_new, randomness)
        score = np.full(len(worth), -np.inf)
        score[chosen.pairs] = np.arange(len(chosen.pairs), 0, -1)
        return score.reshape(shape)

    return policy


@dataclass
class Run:
    """What a simulated programme came to. `log`: learner, question, right, day of each answer."""

    recall_90: float
    recall_120: float
    asked: float
    log: list[tuple[int, int, bool, float]] = field(default_factory=list)


def simulate(world: World, policy: Policy | None, seen: Seen, randomness: np.random.Generator, budget: float | None = None) -> Run:
    """Ninety days under `policy`; None asks nothing. `budget` is the number of questions a learner answers on average."""
    learners = len(seen.pasts)
    log = []
    for day in range(DAYS) if policy else ():
        if day % 7 >= 5:
            continue
        score = policy(seen, day, randomness)
        questions = np.argsort(-score, axis=1)[:, :CAP].ravel()
        asked = np.repeat(np.arange(learners), CAP)
        taken = np.isfinite(score[asked, questions]) & (randomness.random(len(asked)) < ANSWERED)
        if budget is not None:
            taken &= randomness.random(len(asked)) < budget / (SLOTS * ANSWERED)
        asked, questions = asked[taken], questions[taken]
        rights = randomness.random(len(asked)) < world.probabilities(day)[asked, questions]
        world.answer(asked, questions, rights, day)
        for learner, question, is_right in zip(asked.tolist(), questions.tolist(), rights.tolist(), strict=True):
            seen.add(learner, question, is_right, float(day))
            log.append((learner, question, is_right, float(day)))
    return Run(float(world.probabilities(90.0).mean()), float(world.probabilities(120.0).mean()), len(log) / learners, log)


def easiness_of(name: str, parameters: dict, seed: int) -> np.ndarray:
    """How easy the questions of a seed are in truth."""
    return np.random.default_rng([seed, 2, ord(name)]).normal(0, parameters["sd_i"], QUESTIONS)


def world_of(name: str, parameters: dict, seed: int, learners: int, people: int) -> World:
    """Learners numbered `people` before the questions of the seed."""
    abilities = np.random.default_rng([seed, 3, people, ord(name)]).normal(0, parameters["sd_u"], learners)
    return World(name, parameters, easiness_of(name, parameters, seed), abilities)


def pilot(name: str, parameters: dict, seed: int) -> tuple[list[Item], TraceModel]:
    """What is known of the questions, and the trace model, from the answers of other learners."""
    logs = []
    for people, policy in ((10, at_random), (11, fixed(7, 14))):
        size = PILOT_LEARNERS // 2
        blank = [Item(0.0, 0.0, 0)] * QUESTIONS
        run = simulate(world_of(name, parameters, seed, size, people), policy, Seen(size, blank), np.random.default_rng([seed, people]))
        logs += [(people, *answer) for answer in run.log]
    items = _items_from(logs)
    rows: list[list[float]] = []
    pasts: dict[tuple[int, int], Past] = {}
    for people, learner, question, is_right, day in logs:
        past = pasts.setdefault((people, learner), Past())
        rows.append(evidence(past.record(question, ONLY_SKILL), items[question], day))
        past.add(question, ONLY_SKILL, items[question], is_right, day)
    rights = np.array([is_right for _people, _learner, _question, is_right, _day in logs])
    return items, fit_trace(np.array(rows), rights)


def _items_from(logs: list[tuple[int, int, int, bool, float]]) -> list[Item]:
    """A question's easiness by first answers: repeats are easier the more they were asked."""
    counts = np.zeros((QUESTIONS, 2))
    known = set()
    for people, learner, question, is_right, _day in logs:
        if (people, learner, question) not in known:
            known.add((people, learner, question))
            counts[question] += 1, is_right
    share = counts[:, 1].sum() / counts[:, 0].sum()
    return [Item(easiness(right, count, share), easiness(right, count, share), int(count)) for count, right in counts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", choices=["A", "B"], required=True)
    parser.add_argument("--seeds", default="0-7", help="one seed, or the first and the last: 0-7")
    parser.add_argument("--worlds", type=Path, default=PARAMETERS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    first, _dash, last = options.seeds.partition("-")
    parameters = parameters_of(options.world, options.worlds)
    busy = Busy([os.getpid()])
    with reporting(KEYS, as_json=options.json) as reporter:
        for seed in range(int(first), int(last or first) + 1):
            items, model = pilot(options.world, parameters, seed)
            nothing = _run(options.world, parameters, seed, None, items)
            budget = None
            for name, policy in {
                "fixed_7_14": fixed(7, 14),
                "fixed_12_24": fixed(12, 24),
                "random": at_random,
                "ours": ours(model),
            }.items():
                # Fixed spacing asks what is due; the others would fill every slot and are held to as many questions.
                run = _run(options.world, parameters, seed, policy, items, None if name.startswith("fixed") else budget)
                budget = budget or run.asked
                gain = 100 * (run.recall_90 - nothing.recall_90) / run.asked * 100
                figures = {"gain_per_100": gain, "recall_90": run.recall_90, "recall_120": run.recall_120, "asked": run.asked}
                rounded = {key: round(value, 4) for key, value in figures.items()}
                reporter.add({"world": options.world, "policy": name, "seed": seed, **rounded, "busy": busy.share()})


def _run(name: str, parameters: dict, seed: int, policy: Policy | None, items: list[Item], budget: float | None = None) -> Run:
    world = world_of(name, parameters, seed, LEARNERS, 0)
    return simulate(world, policy, Seen(LEARNERS, items), np.random.default_rng([seed, 1]), budget)


if __name__ == "__main__":
    main()

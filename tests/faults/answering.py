"""Many people who answer at once, a ledger of what was acknowledged to them, and the comparison of both with the log of answers.

The ledger is a file of the test's own: whatever happens to the parts under test, it knows what they promised.
"""

import json
import queue
import random
import threading
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Organization
from accounts.people import services as people
from accounts.working_days import EVERY_DAY
from reinforcement.daily.log import LogError
from reinforcement.daily.preparing import prepare_sets
from reinforcement.daily.rebuilding import memory_differences, rollup_differences
from reinforcement.models import Answer, DailySetItem, Enrollment
from reinforcement.programs import services as programs
from tests.factories import OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in
from tests.parts.web import Caller, WebServer, caller_of

# How a person answers: the page with script, the page without, a program over the API.
WAYS = ("htmx", "form", "api")


@dataclass(frozen=True)
class Task:
    """A question that lies before somebody, with the answer that they are going to give, and how."""

    item_id: int
    key: uuid.UUID
    caller: Caller
    way: str
    chosen: str
    request_key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def page(self) -> str:
        return reverse("reinforcement:today_question", args=[self.key])

    def request(self) -> bytes:
        """The bytes of the answer: a second one is a repeat of the first."""
        if self.way == "api":
            body = {"response": {"chosen": [self.chosen]}}
            path = reverse("api:answer", args=[self.key])
            return self.caller.json_post(path, body, {"Idempotency-Key": str(self.request_key)})
        return self.caller.form_post(self.page, {"answer": self.chosen}, is_htmx=self.way == "htmx")

    def is_acknowledged(self, status: int, location: str | None) -> bool:
        """Whether an answer with this status says that the answer stands; a redirect does when it leads to the verdict."""
        return status in (200, 201) or (status == 302 and location == self.page)


def make_sellers(count: int) -> list[Member]:
    """Sellers of one organization who work on every day, where the clock shows UTC."""
    organization = OrganizationFactory()
    return SellerFactory.create_batch(count, organization=organization, time_zone="UTC", working_days=EVERY_DAY)


def run_program(sellers: list[Member], questions: int) -> None:
    """A program that asks them all its questions each day until they are answered."""
    organization = sellers[0].organization
    starts_on = timezone.now().date() - timedelta(days=30)
    program = ProgramFactory(
        organization=organization, starts_on=starts_on, weekdays=EVERY_DAY, new_per_day=questions, cap_per_day=questions
    )
    put_in(program, *QuestionFactory.create_batch(questions, organization=organization))
    programs.set_audience(program, [people.root_team(organization)])
    # They began today; the mornings that passed are asked as well.
    Enrollment.objects.filter(program=program).update(started_on=starts_on)


def lay_out(
    server: WebServer, sellers: list[Member], *, mornings: int, questions: int = 10, ways=WAYS, seed: int = 1, **options
) -> list[Task]:
    """Mornings pass in which nobody answers; then every item of every set lies before its seller, in a random order.

    So each question lies before its seller once for each morning: the answers to it meet in one row of memory. `options` are those
    of a Caller.
    """
    now = timezone.now()
    # At once: a worker that runs beside would make today's sets first, and then no earlier day is made any more.
    with transaction.atomic():
        run_program(sellers, questions)
        for days in reversed(range(mornings)):
            prepare_sets(now - timedelta(days=days))
    callers = {seller.pk: caller_of(server, seller, **options) for seller in sellers}
    items = DailySetItem.objects.filter(daily_set__member__in=sellers).values_list("pk", "key", "daily_set__member_id")
    chance = random.Random(seed)
    tasks = [
        Task(pk, key, callers[member], way=chance.choice(ways), chosen=chance.choice("aab")) for pk, key, member in items.order_by("pk")
    ]
    chance.shuffle(tasks)
    return tasks


class Ledger:
    """One line for each request that was acknowledged, written before the next is sent."""

    def __init__(self, path: Path):
        self._file = path.open("a")
        self._path = path
        self._lock = threading.Lock()
        self.count = 0
        self.repeated = 0

    def acknowledge(self, task: Task, status: int, sent: int) -> None:
        """The answer to `task` was acknowledged with `status`, after it had been sent that many times."""
        line = {"item": task.item_id, "chosen": task.chosen, "way": task.way, "request_key": str(task.request_key), "status": status}
        with self._lock:
            self._file.write(json.dumps(line | {"sent": sent}) + "\n")
            self._file.flush()
            self.count += 1
            self.repeated += sent > 1

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self._path.read_text().splitlines()]


class Crowd:
    """Clients that answer the tasks. What is not acknowledged is sent again, the same, until it is."""

    def __init__(self, tasks: list[Task], ledger: Ledger, *, clients: int = 8, per_second: float = 0):
        self._waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
        for task in tasks:
            self._waiting.put(task)
        self._ledger = ledger
        self._pause_seconds = clients / per_second if per_second else 0
        self._is_over = threading.Event()
        self._clients = [threading.Thread(target=self._answer_all, daemon=True) for _ in range(clients)]
        # Anything that is neither an acknowledgement nor a fault: with right requests there is none.
        self.refused: list[str] = []

    def start(self) -> None:
        for client in self._clients:
            client.start()

    @property
    def is_done(self) -> bool:
        return not any(client.is_alive() for client in self._clients)

    def stop(self) -> None:
        """Ends what is left to do; what was sent is waited for."""
        self._is_over.set()
        for client in self._clients:
            client.join()

    def _answer_all(self) -> None:
        while not self._is_over.is_set():
            try:
                task = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._answer(task)
            self._is_over.wait(self._pause_seconds)

    def _answer(self, task: Task) -> None:
        sent = 0
        while not self._is_over.is_set():
            sent += 1
            try:
                reply = task.caller.send(task.request())
            except OSError:
                time.sleep(0.1)
                continue
            if task.is_acknowledged(reply.status, reply.headers["Location"]):
                self._ledger.acknowledge(task, reply.status, sent)
                return
            if reply.status < 500:
                self.refused.append(f"{task.way} {reply.status}: {reply.text[:200]}")
                return
            time.sleep(0.1)


@dataclass(frozen=True)
class Damage:
    """How the log of answers differs from the ledger, and memory and roll-ups from the log."""

    lost: int
    doubled: int
    changed: int
    memory: int
    rollups: int


NONE = Damage(lost=0, doubled=0, changed=0, memory=0, rollups=0)


def _memory_damage() -> int:
    """Rows of memory that are not the fold of the log; 1 where the log itself is refused, as one with a gap is."""
    try:
        return len(memory_differences(list(Member.objects.values_list("pk", flat=True))))
    except LogError:
        return 1


def damage_of(ledger: Ledger) -> Damage:
    """What acknowledged requests do not find in the log exactly once and as they said it, and every row that is not its fold."""
    rows = defaultdict(list)
    for item, response, request_key in Answer.objects.values_list("item_id", "response", "request_key").iterator():
        rows[item].append((response["chosen"], str(request_key)))
    found: Counter[str] = Counter()
    for line in ledger.lines():
        stored = rows.get(line["item"], [])
        found["lost"] += not stored
        found["changed"] += any(
            chosen != [line["chosen"]] or (line["way"] == "api" and request_key != line["request_key"]) for chosen, request_key in stored
        )
    found["doubled"] = sum(len(stored) > 1 for stored in rows.values())
    return Damage(
        lost=found["lost"],
        doubled=found["doubled"],
        changed=found["changed"],
        memory=_memory_damage(),
        rollups=sum(len(rollup_differences(pk)) for pk in list(Organization.objects.values_list("pk", flat=True))),
    )

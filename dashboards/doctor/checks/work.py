"""Whether what is owed gets done: beat, workers, sets, figures, backups."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from dashboards.backup.services import HEARTBEAT
from dashboards.doctor.findings import Finding, counted, ok, problem, warning
from dashboards.health import checks as health
from outbox.models import Heartbeat, Job, OutboxMessage, Owed
from outbox.registry import long_kinds
from reinforcement.daily.log import LogError
from reinforcement.daily.models import Answer
from reinforcement.daily.rebuilding import memory_differences
from reinforcement.programs import planner
from reinforcement.progress.models import MemberWeek

# A due row is taken within seconds; a tick and a restart may pass.
TAKEN_WITHIN = timedelta(minutes=5)
# Long jobs wait for one another; a night's are done by the next noon.
LONG_TAKEN_WITHIN = timedelta(hours=10)
PARKED_SINCE = timedelta(days=7)
# Sets are owed from local midnight and prepared every five minutes.
PREPARED_WITHIN = timedelta(minutes=15)
SAMPLE = 20
BACKUP_EVERY = timedelta(hours=36)


def beat() -> Finding:
    try:
        health.beat()
    except health.NotReady as late:
        return problem(str(late), "Start beat and a worker, and look at what they log.")
    return ok("Beat ticks, and a worker takes its ticks.")


def worker() -> Finding:
    """Rows that are due and that nobody has taken."""
    late, jobs = timezone.now() - TAKEN_WITHIN, Job.objects
    owed = (OutboxMessage.objects.due_before(late), jobs.due_before(late).exclude(kind__in=long_kinds()))
    waiting = {rows.model: rows.aggregate(count=Count("pk"), oldest=Min("due_at")) for rows in owed}
    long = jobs.due_before(timezone.now() - LONG_TAKEN_WITHIN).filter(kind__in=long_kinds()).count()
    count = sum(row["count"] for row in waiting.values())
    if count:
        oldest = min(row["oldest"] for row in waiting.values() if row["oldest"])
        return problem(
            f"Nobody takes {counted(count, 'message or job', 'messages and jobs')} that {'is' if count == 1 else 'are'} due for over"
            f" {TAKEN_WITHIN.seconds // 60} minutes, the oldest since {oldest:%Y-%m-%d %H:%M} UTC.",
            "Start a worker; where one runs, restart it and look at what it logs.",
        )
    if long:
        return problem(
            f"Nobody takes {counted(long, 'long job', 'long jobs')} due for over {LONG_TAKEN_WITHIN.seconds // 3600} hours.",
            "Start the worker of long work (docs/operations.md, Start).",
        )
    return ok("Everything that is due is being taken.")


def parked() -> Finding:
    """Rows that were given up for good in the last days."""
    since = timezone.now() - PARKED_SINCE
    kinds: dict[str, int] = {}
    oldest = []
    for owed in (OutboxMessage, Job):
        rows = owed._default_manager.filter(state=Owed.State.PARKED, finished_at__gte=since).order_by()
        for row in rows.values("kind").annotate(count=Count("pk"), oldest=Min("finished_at")):
            kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["count"]
            oldest.append(row["oldest"])
    if kinds:
        named = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        return warning(
            f"Given up in the last {PARKED_SINCE.days} days: {named}; the oldest on {min(oldest):%Y-%m-%d}.",
            "Read why: SELECT kind, last_error FROM outbox_outboxmessage WHERE state = 'parked', and the same of outbox_job.",
        )
    return ok(f"No message and no job was given up in the last {PARKED_SINCE.days} days.")


def sets() -> Finding:
    """Sets that were owed a while ago and are not there: asked as the morning run asks, and thrown away."""
    moment = timezone.now() - PREPARED_WITHIN
    days = planner.days_owed(moment)
    owed = 0
    for batch in planner.batches() if days else []:
        with transaction.atomic():
            planner.forget(*planner.TABLES)
            if planner.choose(batch, days, moment):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT COUNT(DISTINCT member_id) FROM chosen")
                    owed += cursor.fetchone()[0]
    if owed:
        return problem(
            f"Sets of today are owed to {counted(owed, 'seller')} and not prepared.",
            "manage.py run_daily prepares them; then look at why the worker did not.",
        )
    return ok("Every set of today that is owed is prepared.")


def figures() -> Finding:
    """Memory and weekly figures of the people who answered last, against the log. A difference counts when it is there twice."""
    latest = Answer.objects.order_by("-pk").values_list("member_id", flat=True)[: SAMPLE * 50]
    members = list(dict.fromkeys(latest))[:SAMPLE]
    # An answer that comes in between two reads looks like a difference once.
    try:
        differing = _differing(_differing(members))
    except LogError as flaw:
        return problem(f"The log of answers holds a row that cannot be: {flaw}.", "Look at the row, and restore it from a backup.")
    if differing:
        return problem(
            f"The figures of {len(differing)} of {counted(len(members), 'person', 'people')} differ from the log of answers.",
            "manage.py rebuild_memory, then manage.py rebuild_rollups",
        )
    return ok(f"The figures of {counted(len(members), 'person', 'people')} who answered last agree with the log.")


def _differing(members: list[int]) -> list[int]:
    """Those of the members whose memory or weeks are not what their answers say. Four statements."""
    if not members:
        return []
    week = ("member_id", "competency_id", "week_on")
    rights, firsts = Count("pk", filter=Q(verdict=Answer.Verdict.RIGHT)), Count("pk", filter=Q(is_first=True))
    logged = Answer.objects.filter(member_id__in=members).order_by().values_list(*week).annotate(Count("pk"), rights=rights, firsts=firsts)
    kept = MemberWeek.objects.filter(member_id__in=members, answered__gt=0).values_list(*week, "answered", "right", "first_answered")
    of_weeks = {row[0] for row in set(logged) ^ set(kept)}
    return sorted(of_weeks | {difference.key[0] for difference in memory_differences(members)})


def backup() -> Finding:
    made_at = Heartbeat.objects.filter(name=HEARTBEAT).aggregate(at=Max("beaten_at"))["at"]
    fix = "manage.py backup DIRECTORY, each night; docs/operations.md says how to keep and to prove it"
    if made_at is None:
        return warning("No backup was made with manage.py backup yet.", fix)
    age = timezone.now() - made_at
    if age > BACKUP_EVERY:
        return warning(f"The last backup is of {made_at:%Y-%m-%d %H:%M} UTC.", fix)
    return ok(f"The last backup is of {made_at:%Y-%m-%d %H:%M} UTC.")

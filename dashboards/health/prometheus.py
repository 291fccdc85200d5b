"""What Prometheus reads: requests of all web processes, and what the database says is owed. Numbers, and names of kinds and views."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashboards.health.requests import REGISTRY
from outbox.models import Heartbeat, Job, OutboxMessage
from reinforcement.programs.planner import count_owed

TABLES = {"message": OutboxMessage, "job": Job}


def may_scrape(authorization: str) -> bool:
    """Whether the header carries METRICS_TOKEN; without one in the settings nobody may."""
    return bool(settings.METRICS_TOKEN) and constant_time_compare(authorization, f"Bearer {settings.METRICS_TOKEN}")


def exposition() -> bytes:
    """The metrics in Prometheus' text format. Seven statements, whatever lies in the database."""
    registry = CollectorRegistry()
    registry.register(_Installation())
    registry.register(_WebProcesses())
    return generate_latest(_requests()) + generate_latest(registry)


def _requests() -> CollectorRegistry:
    """Requests of all web processes where gunicorn's configuration has given them a directory in common, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


class _Installation(Collector):
    """What the database knows. When it does not answer, its being down is the one thing that is told."""

    def collect(self) -> Iterator[Metric]:
        try:
            known = [*_outbox(), *_beat(), _owed_sets()]
        except Error:
            known = []
        yield GaugeMetricFamily("feedforward_database_up", "1 when the database answers.", value=1 if known else 0)
        yield from known


def _outbox() -> Iterator[Metric]:
    now = timezone.now()
    labels = ["table", "kind"]
    owed = GaugeMetricFamily("feedforward_outbox_owed", "Rows that are due and wait, or are being tried.", labels=labels)
    oldest = GaugeMetricFamily("feedforward_outbox_oldest_owed_seconds", "How long the oldest of them is due.", labels=labels)
    parked = GaugeMetricFamily("feedforward_outbox_parked", "Rows that wait for a person to look at them.", labels=labels)
    for table, model in TABLES.items():
        for kind, count, due_at in model.objects.owed_by_kind(now):
            owed.add_metric([table, kind], count)
            oldest.add_metric([table, kind], (now - due_at).total_seconds())
        for kind, count in model.objects.parked_by_kind():
            parked.add_metric([table, kind], count)
    return iter((owed, oldest, parked))


def _beat() -> Iterator[Metric]:
    heartbeat = Heartbeat.objects.filter(name="beat").first()
    if heartbeat is not None:
        age = (timezone.now() - heartbeat.beaten_at).total_seconds()
        yield GaugeMetricFamily("feedforward_beat_age_seconds", "Seconds since beat last ticked and a worker took the tick.", value=age)


def _owed_sets() -> Metric:
    count = count_owed(timezone.now())
    return GaugeMetricFamily("feedforward_sets_owed", "Sets of today that are owed and not prepared yet.", value=count)


class _WebProcesses(Collector):
    """Memory, processor time and open files of each web process here: gunicorn's workers share one command line and one parent."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for pid in _web_processes():
            for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc, arg-type]
                family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                for sample in metric.samples:
                    family.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        yield from families.values()


def _web_processes() -> list[int]:
    parent, command = os.getppid(), Path("/proc/self/cmdline").read_bytes()
    siblings = Path(f"/proc/{parent}/task/{parent}/children")
    found = [int(pid) for pid in siblings.read_text().split()] if siblings.exists() else [os.getpid()]
    return [pid for pid in found if _command_of(pid) == command]


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended while we looked
        return b""

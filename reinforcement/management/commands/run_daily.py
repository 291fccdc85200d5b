"""Prepares every set owed at a moment and queues its messages. May run any number of times. Exit 1: some sets failed, see the log."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reinforcement.daily.preparing import prepare_sets


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--at", metavar="INSTANT", help="the moment, such as 2026-12-01T07:00:00Z; now when left out")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, at, **options):
        prepared = prepare_sets(read_instant(at) if at else timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(asdict(prepared)))
        else:
            self.stdout.write(f"{prepared.sets} sets with {prepared.items} questions prepared, {prepared.messages} messages queued.")
        if prepared.failed:
            self.stderr.write(f"The sets of {prepared.failed} members could not be made; the log names them.")
            sys.exit(1)


def read_instant(text: str) -> datetime:
    """The instant that `text` names; without an offset it is UTC. Raises CommandError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a moment. Write it as 2026-12-01T07:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

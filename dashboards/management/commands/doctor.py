"""`manage.py doctor [--json]`: looks at the whole installation; for each thing what was found, and what mends it."""

import json
import sys
from collections import Counter

from django.core.management.base import BaseCommand

from dashboards.doctor.checks import CHECKS
from dashboards.doctor.examination import Result, examine
from dashboards.doctor.findings import Level, counted


class Command(BaseCommand):
    help = "Looks at the installation and names what is wrong with its fix. Exit 1: at least one problem. Changes nothing."
    # They are looked at as one of the checks: what they find must not end the command.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", dest="is_json", help="print one JSON object")

    def handle(self, *, is_json: bool, **options):
        results = examine(CHECKS)
        levels = Counter(result.finding.level for result in results)
        status = next(level for level in (Level.PROBLEM, Level.WARNING, Level.OK) if levels[level])
        if is_json:
            checks = [
                {"name": result.name, "level": result.finding.level, "found": result.finding.found, "fix": result.finding.fix}
                for result in results
            ]
            self.stdout.write(json.dumps({"status": status, "checks": checks}, ensure_ascii=False))
        else:
            for result in results:
                self.stdout.write(_as_text(result))
            self.stdout.write(
                f"\n{counted(levels[Level.PROBLEM], 'problem')}, {counted(levels[Level.WARNING], 'warning')}, {levels[Level.OK]} fine."
            )
        if status is Level.PROBLEM:
            sys.exit(1)


def _as_text(result: Result) -> str:
    finding = result.finding
    line = f"{finding.level:<8} {result.name:<17} {finding.found}"
    return f"{line}\n{'':<27}fix: {finding.fix}" if finding.fix else line

"""`manage.py import_members FILE --organization SLUG [--dry-run] [--json]`: exit 0 applied, 2 refused (nothing changed)."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.member_import import services
from accounts.member_import.plan import Outcome, Plan
from accounts.models import Organization
from accounts.tables import MOST_BYTES


class Command(BaseCommand):
    help = "Brings people in from a CSV file, all of them or, where a row has a problem, none."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--json", action="store_true", dest="is_json", help="print one line of JSON")

    def handle(self, *, file: Path, organization: str, dry_run: bool, is_json: bool, **options):
        found = Organization.objects.filter(slug=organization).first()
        if found is None:
            raise CommandError(f"There is no organization “{organization}”.", returncode=2)
        try:
            with file.open("rb") as source:
                content = source.read(MOST_BYTES + 1)
        except OSError as trouble:
            raise CommandError(f"The file cannot be read: {trouble.strerror}.", returncode=2) from trouble
        plan = services.preview(found, content)
        if not plan.problems and not dry_run:
            try:
                plan = services.apply(found, content)
            except services.ImportRefused as refusal:
                plan = Plan([], refusal.problems)
        self._report(plan, is_json=is_json, dry_run=dry_run)
        if plan.problems:
            sys.exit(2)

    def _report(self, plan: Plan, *, is_json: bool, dry_run: bool) -> None:
        rejected = [{"row": problem.row, "column": problem.column, "message": problem.message} for problem in plan.problems]
        is_refused = bool(rejected)
        counts = {
            "created": 0 if is_refused else plan.count(Outcome.NEW),
            "updated": 0 if is_refused else plan.count(Outcome.CHANGED),
            "unchanged": 0 if is_refused else plan.count(Outcome.UNCHANGED),
        }
        if is_json:
            self.stdout.write(json.dumps({**counts, "rejected": rejected}, ensure_ascii=False))
            return
        for problem in plan.problems:
            self.stderr.write(f"row {problem.row}, column {problem.column}: {problem.message}")
        if is_refused:
            self.stderr.write("Nothing has changed.")
            return
        would = "would be " if dry_run else ""
        counted = ", ".join(f"{count} {would}{word}" for word, count in counts.items())
        self.stdout.write(counted)

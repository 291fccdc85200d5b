"""`manage.py backup DIRECTORY [--keep-days 35] [--json]`: database and private files into a new folder below DIRECTORY."""

import json
from datetime import timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboards.backup import services
from dashboards.backup.archive import BackupRefused

KEEP_DAYS = 35


class Command(BaseCommand):
    help = "Makes a backup while the installation runs, and removes those that are too old. Exit 2: none was made."

    def add_arguments(self, parser):
        parser.add_argument("directory", metavar="DIRECTORY", type=Path)
        parser.add_argument("--keep-days", type=int, default=KEEP_DAYS, help=f"older ones in DIRECTORY are removed (default {KEEP_DAYS})")
        parser.add_argument("--json", action="store_true", dest="is_json", help="print one JSON object")

    def handle(self, *, directory: Path, keep_days: int, is_json: bool, **options):
        if keep_days < 1:
            raise CommandError("Backups are kept for at least one day.", returncode=2)
        now = timezone.now()
        try:
            path, manifest = services.make_backup(directory, now=now)
        except BackupRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        removed = services.remove_old(directory, older_than=timedelta(days=keep_days), now=now)
        rows = sum(held.rows for held in manifest.tables.values())
        if is_json:
            values = {"backup": str(path), "tables": len(manifest.tables), "rows": rows, "files": len(manifest.files)}
            self.stdout.write(json.dumps({**values, "removed": [str(old) for old in removed]}, ensure_ascii=False))
        else:
            self.stdout.write(f"{path}: {len(manifest.tables)} tables with {rows} rows, {len(manifest.files)} files.")
            for old in removed:
                self.stdout.write(f"{old} was older than {keep_days} days and is removed.")

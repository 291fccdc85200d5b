"""`manage.py restore BACKUP [--check] [--json]`: fills an empty installation from a backup, and proves that it is equal."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from dashboards.backup import services
from dashboards.backup.archive import BackupRefused


class Command(BaseCommand):
    help = "Restores BACKUP into an empty database and an empty directory of files. Exit 2: refused, nothing changed."

    def add_arguments(self, parser):
        parser.add_argument("backup", metavar="BACKUP", type=Path, help="a folder that manage.py backup made")
        parser.add_argument("--check", action="store_true", help="only read the backup to its end, whatever lies here")
        parser.add_argument("--json", action="store_true", dest="is_json", help="print one JSON object")

    def handle(self, *, backup: Path, check: bool, is_json: bool, **options):
        try:
            if check:
                manifest, differing = services.check_backup(backup), []
            else:
                restored = services.restore(backup)
                manifest, differing = restored.manifest, restored.differing
        except BackupRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        rows = sum(held.rows for held in manifest.tables.values())
        if is_json:
            values = {"made_at": manifest.made_at, "tables": len(manifest.tables), "rows": rows, "files": len(manifest.files)}
            self.stdout.write(json.dumps({**values, "differing": differing}, ensure_ascii=False))
        else:
            done = "whole" if check else "restored, with the same rows and files"
            self.stdout.write(
                f"{backup} of {manifest.made_at}: {len(manifest.tables)} tables with {rows} rows, {len(manifest.files)} files;"
                f" {'NOT equal: ' + ', '.join(differing) if differing else done}."
            )
        if differing:
            sys.exit(1)

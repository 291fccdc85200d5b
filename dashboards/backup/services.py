"""Making a backup, and restoring one into an empty installation."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from dashboards.backup import archive, databases
from dashboards.backup.archive import BackupRefused, Manifest
from outbox.models import Heartbeat

# By this name `doctor` knows when the last backup was made.
HEARTBEAT = "backup"
UNPACKED = ".restoring"


@dataclass(frozen=True)
class Restored:
    """What was restored, and which tables and files are not what the manifest says: none, unless something is very wrong."""

    manifest: Manifest
    differing: list[str]


def make_backup(directory: Path, *, now: datetime) -> tuple[Path, Manifest]:
    """A new backup in a folder of its own below the directory, readable by its owner only. Raises BackupRefused.

    The database comes first: a file that a row names was written before the row, so the files that follow hold it.
    """
    if Path(settings.MEDIA_ROOT) in [directory, *directory.parents]:
        raise BackupRefused(f"{directory} lies among the private files: each backup would hold the ones before. Name another directory.")
    target = directory / now.astimezone(UTC).strftime(archive.NAME)
    unfinished = target.with_name(target.name + archive.UNFINISHED)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise BackupRefused(f"{target} is there already.")
        unfinished.mkdir(mode=0o700)
    except OSError as closed:
        raise BackupRefused(f"{directory} cannot be written: {closed.strerror}.") from closed
    before = os.umask(0o077)
    try:
        tables = databases.copy_to(unfinished / archive.DATABASE)
        manifest = Manifest(
            made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            product=connection.vendor,
            migrations=_applied(),
            tables=tables,
            files=archive.pack_files(Path(settings.MEDIA_ROOT), unfinished / archive.FILES),
        )
        archive.write_manifest(unfinished, manifest)
        archive.seal(unfinished)
        unfinished.rename(target)
    except OSError as trouble:
        raise BackupRefused(f"{target} cannot be written: {trouble.strerror}.") from trouble
    finally:
        os.umask(before)
        shutil.rmtree(unfinished, ignore_errors=True)
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"beaten_at": now})
    return target, manifest


def remove_old(directory: Path, *, older_than: timedelta, now: datetime) -> list[Path]:
    """Removes finished backups older than that; which ones. Whoever was erased since must not live on in them."""
    old = [path for made_at, path in sorted(archive.finished_backups(directory).items()) if now - made_at > older_than]
    for path in old:
        shutil.rmtree(path)
    return old


def check_backup(folder: Path) -> Manifest:
    """Reads the whole backup. Raises BackupRefused where it is damaged, of another product, or of a newer release."""
    manifest = archive.read(folder)
    if manifest.product != connection.vendor:
        raise BackupRefused(f"{folder} is of {manifest.product}, and DATABASE_URL names {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupRefused(f"{folder} is of another release: this one does not know {newer[0]}. Bring the checkout to that release.")
    if not databases.is_readable(folder / archive.DATABASE):
        raise BackupRefused(f"{folder} is damaged: its database cannot be read.")
    return manifest


def restore(folder: Path) -> Restored:
    """Fills an empty installation from the backup. Raises BackupRefused, and has then changed nothing."""
    manifest = check_backup(folder)
    files = Path(settings.MEDIA_ROOT)
    _refuse_unless_empty(files)
    # Inside, as the directory itself may be a disk of its own: from here each entry moves in one step.
    unpacked = files / UNPACKED
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        archive.unpack_files(folder / archive.FILES, unpacked, manifest.files)
        databases.restore_from(folder / archive.DATABASE)
        for entry in unpacked.iterdir():
            entry.rename(files / entry.name)
    except OSError as trouble:
        raise BackupRefused(f"{files} cannot be written: {trouble.strerror}.") from trouble
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    now_held = databases.held()
    tables = sorted(name for name in manifest.tables.keys() | now_held.keys() if manifest.tables.get(name) != now_held.get(name))
    return Restored(manifest, [*tables, *archive.differing_files(files, manifest.files)])


def _refuse_unless_empty(files: Path) -> None:
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as closed:
        raise BackupRefused("The database does not answer.") from closed
    if tables:
        raise BackupRefused("The database is not empty: restore into a new one, and name it in DATABASE_URL.")
    if files.exists() and any(entry.name != UNPACKED for entry in files.iterdir()):
        raise BackupRefused(f"{files} is not empty: move away what lies there, or name another directory in STORAGE_URL.")


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())

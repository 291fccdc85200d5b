"""What lies on disk: private files, room, static files, translations."""

import json
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage

from dashboards.doctor.findings import Finding, counted, ok, problem, warning
from dashboards.health import checks as health

LITTLE_ROOM = 2_000_000_000
NO_ROOM = 300_000_000


def storage() -> Finding:
    try:
        health.storage()
    except health.NotReady as closed:
        return problem(str(closed), "Give the service user the right to write the directory of STORAGE_URL.")
    return ok("Private files can be written.")


def room() -> Finding:
    """Free space where the product writes: private files, and DATA_DIR."""
    free = min(shutil.disk_usage(_nearest(folder)).free for folder in (Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR)))
    found = f"{free / 1e9:.1f} GB are free where the product writes."
    fix = "Make room on the disks of DATA_DIR and STORAGE_URL, or move them; old backups may lie there."
    if free < NO_ROOM:
        return problem(found, fix)
    if free < LITTLE_ROOM:
        return warning(found, fix)
    return ok(found)


def _nearest(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def static_files() -> Finding:
    """Each file of the code was collected, under a name that changes with its content, after it was last changed."""
    fix = "manage.py collectstatic --noinput, then restart the web processes"
    root = Path(settings.STATIC_ROOT)
    manifest = root / "staticfiles.json"
    if not hasattr(staticfiles_storage, "manifest_name"):
        return problem("Static files are served without a manifest.", "Take DEBUG and TESTING away.")
    if not manifest.exists():
        return problem("Static files were not collected: pages cannot be made.", fix)
    collected = json.loads(manifest.read_text())["paths"]
    sources = {name: Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])}
    missing = [name for name in sources if name not in collected or not (root / collected[name]).exists()]
    if missing:
        return problem(f"{counted(len(missing), 'static file')} were not collected, such as {sorted(missing)[0]}.", fix)
    collected_at = manifest.stat().st_mtime
    if newer := sorted(name for name, path in sources.items() if path.stat().st_mtime > collected_at):
        return warning(f"{counted(len(newer), 'static file')} changed after they were collected, such as {newer[0]}.", fix)
    return ok(f"{counted(len(sources), 'static file')} are collected.")


def translations() -> Finding:
    """Each language has its compiled messages, as new as their source."""
    stale = []
    for language, _name in settings.LANGUAGES:
        compiled = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.mo"
        source = compiled.with_suffix(".po")
        if language == settings.LANGUAGE_CODE:
            continue  # the language in which the product is written
        if not compiled.exists() or (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
            stale.append(language)
    if stale:
        return problem(f"Pages are not translated into {', '.join(stale)}: the messages are not compiled.", "make setup")
    return ok("The messages of all languages are compiled.")

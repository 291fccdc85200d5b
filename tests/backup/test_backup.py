"""Backup and restore: what comes back is what was there, to the row and the byte; what is damaged changes nothing."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboards.backup import archive
from tests.installation import ROOT, Installation
from tests.parts.servers import MissingServer, PostgresServer, postgres_server, wait_for

pytestmark = pytest.mark.faults

FILES = {"pitches/2026/lea.mp4": os.urandom(200_000), "pitches/Léa notes.txt": "é".encode(), "empty": b""}


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL of our own, where there is one on this machine."""
    try:
        # Another run of the tests closes the directory of all of them to other users, such as PostgreSQL's.
        with tempfile.TemporaryDirectory() as directory, postgres_server(Path(directory)) as server:
            yield server
    except MissingServer as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))


class Place:
    """Makes installations with one kind of database, empty or as a copy of another one, all with the same directory of backups."""

    def __init__(self, directory: Path, server: PostgresServer | None):
        self.directory, self._server = directory, server

    def make(self, name: str, like: Installation | None = None) -> Installation:
        directory = self.directory / name
        shutil.copytree(like.directory, directory) if like else directory.mkdir()
        given = {}
        if self._server:
            template = like.environment["DATABASE_URL"].rpartition("/")[2] if like else "template0"
            given["DATABASE_URL"] = self._server.create_database(f"{self.directory.name}_{name}", template)
        installation = Installation(directory, **given)
        installation.backups = self.directory / "backups"
        return installation


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request, tmp_path_factory):
    """A kind of database, and an installation on it with people, answers and private files."""
    server = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    place = Place(tmp_path_factory.mktemp(request.param), server)
    ours = place.make("template")
    assert ours.manage("migrate").returncode == 0
    live(ours, "fill")
    for name, content in FILES.items():
        path = ours.directory / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return server, ours


@pytest.fixture
def place(template, tmp_path_factory):
    """Where installations of one test are made."""
    return Place(tmp_path_factory.mktemp("place"), template[0])


@pytest.fixture
def living(template, place):
    """An installation of this test with people, answers and private files."""
    return place.make("living", like=template[1])


def live(ours: Installation, what: str) -> str:
    """What tests/backup/living.py prints."""
    done = subprocess.run([sys.executable, "-m", "tests.backup.living", what], **in_(ours), capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def in_(ours: Installation) -> dict:
    return {"cwd": ROOT, "env": ours.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}, "text": True}


def back_up(ours: Installation) -> Path:
    done = ours.manage("backup", str(ours.backups), "--json")
    assert done.returncode == 0, done.stderr
    return Path(json.loads(done.stdout)["backup"])


def counts(ours: Installation) -> dict:
    return json.loads(live(ours, "counts"))


def hashes_of_files(ours: Installation) -> dict:
    folder = ours.directory / "files"
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_r19_restored_installation_has_the_same_rows_files_and_sign_ins(living, place, figure):
    before = counts(living)
    backup = back_up(living)
    restored = place.make("restored")
    done = restored.manage("restore", str(backup), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["differing"] == []
    after = counts(restored)
    assert after == before
    assert sum(rows for rows, _sum in after.values()) > 500
    assert after["reinforcement_answer"][0] == 60
    assert hashes_of_files(restored) == {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    for command in ("rebuild_memory", "rebuild_rollups"):
        checked = restored.manage(command, "--check")
        assert (checked.returncode, "0 differences" in checked.stdout) == (0, True), checked.stdout
    assert live(restored, "sign-in") == "200"
    # Sequences go on: a row that is new gets a key of its own.
    assert restored.manage("create_organization", "later", "--name", "Later", "--owner", "later@acme.example").returncode == 0
    assert restored.manage("migrate", "--check").returncode == 0
    figure("R19", f"rows equal after restore, {next(iter(living.environment.get('DATABASE_URL', 'sqlite').split(':')))}", "all", len(after))


def test_r19_backup_that_is_made_while_answers_come_in_is_of_one_moment(living, place, tmp_path):
    lines = tmp_path / "acknowledged"
    with lines.open("w") as log:
        answering = subprocess.Popen([sys.executable, "-m", "tests.backup.living", "answer"], **in_(living), stdout=log)
    try:
        wait_for(lambda: count_lines(lines) >= 3, "answers come in")
        acknowledged = count_lines(lines)
        backup = back_up(living)
        after = count_lines(lines)
        wait_for(lambda: count_lines(lines) > after, "answers still come in after the backup")
    finally:
        answering.kill()
        answering.wait()
    restored = place.make("restored")
    assert restored.manage("restore", str(backup)).returncode == 0
    answers = counts(restored)["reinforcement_answer"][0]
    assert 60 + acknowledged <= answers < counts(living)["reinforcement_answer"][0]
    for command in ("rebuild_memory", "rebuild_rollups"):
        checked = restored.manage(command, "--check")
        assert (checked.returncode, "0 differences" in checked.stdout) == (0, True), checked.stdout


def count_lines(path: Path) -> int:
    return path.read_text().count("\n")


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# Its sums are right, so only the program that reads it finds out.
THE_UNREADABLE = "a database that is none"
DAMAGES = {
    "a byte of the database": lambda backup: damage(backup / "database"),
    "a byte of the files": lambda backup: damage(backup / "files.tar"),
    "a byte of the manifest": lambda backup: damage(backup / "manifest.json"),
    "a byte of the sums": lambda backup: damage(backup / "SHA256SUMS"),
    "no files": lambda backup: (backup / "files.tar").unlink(),
    "no sums": lambda backup: (backup / "SHA256SUMS").unlink(),
    "cut short": lambda backup: os.truncate(backup / "database", 1000),
    THE_UNREADABLE: lambda backup: replace_database(backup),
}


def replace_database(backup: Path) -> None:
    (backup / "database").write_bytes(b"PGDMP" + bytes(2000))
    (backup / "SHA256SUMS").unlink()
    archive.seal(backup)


def test_damaged_backup_is_refused_and_nothing_is_changed(living, place, tmp_path):
    backup = back_up(living)
    assert archive.read(backup).tables
    for name, cause in DAMAGES.items():
        damaged = shutil.copytree(backup, tmp_path / name)
        cause(damaged)
        if name != THE_UNREADABLE:
            with pytest.raises(archive.BackupRefused):
                archive.read(damaged)
    target = place.make("target")
    for name in ("a byte of the files", THE_UNREADABLE):
        refused = target.manage("restore", str(tmp_path / name))
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), (name, refused.stdout, refused.stderr)
        assert "is damaged" in refused.stderr
    assert counts(target) == {}
    assert hashes_of_files(target) == {}
    assert target.manage("restore", str(backup), "--check").returncode == 0
    assert target.manage("restore", str(backup)).returncode == 0


def test_installation_that_is_not_empty_is_refused(living, place):
    backup = back_up(living)
    before = counts(living)
    refused = living.manage("restore", str(backup))
    assert (refused.returncode, "The database is not empty" in refused.stderr) == (2, True)
    assert counts(living) == before
    target = place.make("target")
    (target.directory / "files").mkdir()
    (target.directory / "files" / "kept.txt").write_text("mine")
    refused = target.manage("restore", str(backup))
    assert (refused.returncode, "is not empty" in refused.stderr) == (2, True)
    assert list(hashes_of_files(target)) == ["kept.txt"]


def test_backup_of_a_newer_release_or_of_another_database_is_refused(living, place):
    backup = back_up(living)
    manifest = json.loads((backup / "manifest.json").read_text())
    for changed, part in (({"migrations": ["outbox.9999_new"]}, "of another release"), ({"product": "oracle"}, "is of oracle")):
        (backup / "manifest.json").write_text(json.dumps(manifest | changed))
        (backup / "SHA256SUMS").unlink()
        archive.seal(backup)
        refused = place.make(next(iter(changed))).manage("restore", str(backup))
        assert (refused.returncode, part in refused.stderr) == (2, True), refused.stderr


def test_p4_backups_older_than_35_days_go_and_only_they(living):
    living.backups.mkdir()
    now = datetime.now(UTC)
    ages = {"young": timedelta(days=34, hours=23), "old": timedelta(days=35, hours=1)}
    folders = {name: living.backups / (now - age).strftime(archive.NAME) for name, age in ages.items()}
    for folder in folders.values():
        folder.mkdir()
        (folder / "SHA256SUMS").touch()
    of_somebody_else = living.backups / "20200101"
    of_somebody_else.mkdir()
    made = back_up(living)
    assert sorted(living.backups.iterdir()) == sorted([folders["young"], of_somebody_else, made])
    assert made.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.iterdir())
    assert subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=made, check=False, capture_output=True).returncode == 0


def test_backup_that_fails_leaves_nothing_and_removes_nothing(living):
    old = living.backups / "20200101T000000Z"
    old.mkdir(parents=True)
    (old / "SHA256SUMS").touch()
    for changes, part in (
        ({"STORAGE_URL": f"file://{living.backups.parent}"}, "lies among the private files"),
        ({"PATH": "/nowhere"}, "pg_dump is not on this machine"),
    ):
        if "PATH" in changes and "DATABASE_URL" not in living.environment:
            continue  # SQLite needs no program
        ours = Installation(living.directory, **{**living.environment, **changes})
        refused = ours.manage("backup", str(living.backups))
        assert (refused.returncode, part in refused.stderr) == (2, True), refused.stderr
        assert list(living.backups.iterdir()) == [old]

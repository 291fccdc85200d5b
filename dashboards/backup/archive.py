"""A backup on disk: a directory with the database, the private files, a manifest of what they hold, and the sums of all three.

`sha256sum -c SHA256SUMS` inside it proves that it is whole, on any machine.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

DATABASE = "database"
FILES = "files.tar"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
FORMAT = 1
NAME = "%Y%m%dT%H%M%SZ"
# A backup that is being written; a crash leaves it under this name, and nobody takes it for a whole one.
UNFINISHED = ".part"


class BackupRefused(Exception):
    """The backup cannot be made, or not be restored here; nothing was changed. The text says why, for an operator."""


@dataclass(frozen=True)
class Held:
    """What a table holds: its rows, and the sum of their hashes, whatever their order."""

    rows: int
    sum: str


@dataclass(frozen=True)
class HeldFile:
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`product` is the kind of database; `migrations` are those that were applied, as "app.name"."""

    made_at: str
    product: str
    migrations: list[str]
    tables: dict[str, Held]
    files: dict[str, HeldFile]
    format: int = FORMAT


def write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def seal(folder: Path) -> None:
    """Writes the sums of what lies in the folder, and makes sure that all of it is on the disk."""
    names = sorted(path.name for path in folder.iterdir())
    (folder / SUMS).write_text("".join(f"{sha256_of(folder / name)}  {name}\n" for name in names))
    for path in [*folder.iterdir(), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def read(folder: Path) -> Manifest:
    """The manifest of a whole backup. Raises BackupRefused where anything is missing, added or changed."""
    try:
        lines = [line.split("  ", 1) for line in (folder / SUMS).read_text().splitlines()]
        expected = {name: said for said, name in lines}
        wrong = sorted({DATABASE, FILES, MANIFEST} ^ expected.keys())
        wrong += [name for name, said in sorted(expected.items()) if name not in wrong and sha256_of(folder / name) != said]
        if wrong:
            raise BackupRefused(f"{folder} is damaged: {', '.join(wrong)} is not what {SUMS} says.")
        said = json.loads((folder / MANIFEST).read_text())
        if said["format"] != FORMAT:
            raise BackupRefused(f"{folder} was made by another release: it has format {said['format']}, and {FORMAT} can be read here.")
        said["tables"] = {name: Held(**held) for name, held in said["tables"].items()}
        said["files"] = {name: HeldFile(**held) for name, held in said["files"].items()}
        return Manifest(**said)
    except OSError as missing:
        raise BackupRefused(f"{folder} is no whole backup: {missing.filename or folder} cannot be read.") from missing
    except (ValueError, KeyError, TypeError) as unreadable:
        raise BackupRefused(f"{folder} is no backup of this product: its manifest or {SUMS} cannot be read.") from unreadable


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack_files(directory: Path, archive: Path) -> dict[str, HeldFile]:
    """Writes every regular file below the directory into the archive; what went in. A file that goes meanwhile is left out."""
    held = {}
    with tarfile.open(archive, "w") as packed:
        for path in sorted(directory.rglob("*")) if directory.exists() else []:
            if not path.is_file() or path.is_symlink():
                continue
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue
            with file:
                name = path.relative_to(directory).as_posix()
                information = packed.gettarinfo(arcname=name, fileobj=file)
                reader = _Hashed(file)
                packed.addfile(information, reader)
            held[name] = HeldFile(information.size, reader.sha256.hexdigest())
    return held


class _Hashed(io.RawIOBase):
    """Reads a file and remembers the hash of what was read."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def unpack_files(archive: Path, directory: Path, held: dict[str, HeldFile]) -> None:
    """Writes the archive's files below the directory, which is made. Raises BackupRefused where they are not those of the manifest."""
    directory.mkdir(parents=True)
    with tarfile.open(archive) as packed:
        packed.extractall(directory, filter="data")
    if differing := differing_files(directory, held):
        shutil.rmtree(directory)
        raise BackupRefused(f"{archive} does not hold what the manifest says: {', '.join(differing[:3])}.")


def differing_files(directory: Path, held: dict[str, HeldFile]) -> list[str]:
    found = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    changed = [name for name in held.keys() & found.keys() if sha256_of(found[name]) != held[name].sha256]
    return sorted({*changed, *(held.keys() ^ found.keys())})


def finished_backups(directory: Path) -> dict[datetime, Path]:
    """Backups below the directory by the moment they were made; anything else that lies there is left out."""
    found = {}
    for path in directory.iterdir():
        try:
            made_at = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        if (path / SUMS).exists():
            found[made_at] = path
    return found

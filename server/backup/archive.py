"""The file of a backup: a zip with a manifest, whole and checked or not there at all."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.message import Millis
from server.processes.refusal import Refused

FORMAT = 1
MANIFEST = "manifest.json"
DOCUMENTS = "collections/"
FILES = "files/"
CHUNK = 1 << 20
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What reading a damaged zip may raise."""


class Member(BaseModel):
    """One part of an archive: how many bytes and documents, and their SHA-256."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bytes: int
    documents: int = 0
    sha256: str


class Manifest(BaseModel):
    """What an archive says of itself; `store` is the store's id, `origin` its first one.

    Every commit acknowledged before `began` is in it, and none made after `cut`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = FORMAT
    version: str
    mode: str
    store: str
    origin: str
    began: Millis
    cut: Millis
    ended: Millis
    missing_files: int
    members: dict[str, Member]

    def of(self, prefix: str) -> list[str]:
        """The names of the members below a folder."""
        return [name for name in self.members if name.startswith(prefix)]


class Writing:
    """One member as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._bytes = 0
        self.documents = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._bytes += len(data)

    def done(self) -> Member:
        return Member(bytes=self._bytes, documents=self.documents, sha256=self._digest.hexdigest())


class ArchiveWriter:
    """Members one after the other; what is written blocks."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.members: dict[str, Member] = {}

    @contextmanager
    def member(self, name: str, *, packed: bool) -> Generator[Writing]:
        """Write a member of unknown length; what is packed already is only stored."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            writing = Writing(file)
            yield writing
        self.members[name] = writing.done()

    def close(self, manifest: Manifest) -> None:
        """The manifest is the last thing that is written."""
        self._zip.writestr(MANIFEST, orjson.dumps(manifest.model_dump(mode="json")))
        self._zip.close()

    def abandon(self) -> None:
        """Let go of what could not be finished."""
        with suppress(OSError, ValueError):
            self._zip.close()


@contextmanager
def new_archive(place: Path, *, force: bool) -> Generator[ArchiveWriter]:
    """Write an archive beside its place, and put it there once it is whole and on the disk.

    Its owner alone may read it. Raises Refused where a file is there already and not `force`,
    where another backup is writing it, and OSError where it cannot be written: nothing stays.
    """
    if place.exists() and not force:
        raise Refused(f"{place} is there already; give another name, or --force to replace it.")
    draft = place.with_name(f".{place.name}.unfinished")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        if not _is_ours_alone(descriptor, draft):
            raise Refused(f"Another backup is writing {place} at this moment.")
        os.fchmod(descriptor, 0o600)
        file.truncate()  # What a killed one left behind.
        archive = ArchiveWriter(file)
        try:
            yield archive
            file.flush()
            os.fsync(descriptor)
            draft.replace(place)
        except BaseException as error:
            archive.abandon()
            draft.unlink(missing_ok=True)
            with suppress(OSError):  # What is buffered for a full disk has no other place to go.
                file.close()
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise Refused(f"There is no room for {place}; nothing of it was kept.") from None
            raise
    _sync_folder(place.parent)


class ArchiveReader:
    """An archive that was checked from its first to its last byte."""

    def __init__(self, opened: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip = opened
        self.manifest = manifest

    @contextmanager
    def member(self, name: str) -> Generator[IO[bytes]]:
        """Read a member."""
        with self._zip.open(name) as file:
            yield file


@contextmanager
def checked_archive(place: Path, heed: Callable[[str], None]) -> Generator[ArchiveReader]:
    """Open an archive and compare every member with what the manifest says of it.

    `heed` is told of each member before it is read. Raises Refused for what is no archive of
    ours, damaged, incomplete, or of a newer release.
    """
    try:
        opened = zipfile.ZipFile(place)
    except FileNotFoundError:
        raise Refused(f"There is no file {place}.") from None
    except DAMAGE as error:
        raise _damaged(place, str(error)) from None
    with opened:
        manifest = _manifest(place, opened)
        names = set(opened.namelist()) - {MANIFEST}
        if lost := (manifest.members.keys() ^ names):
            raise _damaged(place, f"{min(lost)} is missing or too much")
        for name, member in manifest.members.items():
            heed(name)
            _check(place, opened, name, member)
        yield ArchiveReader(opened, manifest)


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, a megabyte at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def _is_ours_alone(descriptor: int, draft: Path) -> bool:
    """Lock the draft; another one may just have put it into its place."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), draft.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _manifest(place: Path, opened: zipfile.ZipFile) -> Manifest:
    try:
        raw: dict[str, Any] = dict(orjson.loads(opened.read(MANIFEST)))
    except (*DAMAGE, TypeError) as error:
        raise _damaged(place, f"its manifest cannot be read: {error}") from None
    written = raw.get("format")
    if isinstance(written, int) and written > FORMAT:
        raise Refused(f"{place} was written by a newer Deskwire: restore it with that release.")
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        raise _damaged(place, f"its manifest has {error.error_count()} wrong fields") from None


def _check(place: Path, opened: zipfile.ZipFile, name: str, member: Member) -> None:
    digest = hashlib.sha256()
    size = 0
    try:
        with opened.open(name) as file:
            for chunk in chunks_of(file):
                digest.update(chunk)
                size += len(chunk)
    except DAMAGE as error:
        raise _damaged(place, f"{name}: {error}") from None
    if (size, digest.hexdigest()) != (member.bytes, member.sha256):
        raise _damaged(place, f"{name} is not what was written")


def _damaged(place: Path, why: str) -> Refused:
    return Refused(f"{place} is damaged, incomplete or no backup ({why}); take another one.")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The files of an import: from a folder, a zip or one file, within limits."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from domain.errors import Invalid

MOST_FILES = 1_000
FILE_BYTES = 1_000_000
ALL_BYTES = 50_000_000
KINDS = (".md", ".markdown", ".html", ".htm", ".csv")
ZIP = ".zip"


class Wrong(StrEnum):
    """Why a file, or a line of one, does not come in."""

    UNSAFE_PATH = "unsafe_path"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    FRONT_MATTER = "front_matter"
    NO_TEXT = "no_text"
    NO_COLUMNS = "no_columns"
    INVALID = "invalid"
    REFUSED = "refused"


class Bad(Exception):
    """What cannot come in; `detail` says more, such as the field."""

    def __init__(self, wrong: Wrong, detail: str = "") -> None:
        super().__init__(wrong, detail)
        self.wrong, self.detail = wrong, detail


class File(NamedTuple):
    """Its path below the folder or in the zip, and its bytes, or why there are none."""

    path: str
    content: bytes | Bad


def files_of(name: str, content: bytes) -> list[File]:
    """What one uploaded file holds: itself, or those of a zip; raises Invalid."""
    if not name.lower().endswith(ZIP):
        return _counted(iter([File(name, content)]))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _counted(_unzipped(archive))
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise Invalid("This is no zip that can be read.", fields={"file": "not a zip"}) from None


def files_in(place: Path) -> list[File]:
    """The files of a folder, or one file; raises Invalid and OSError. Links are not followed."""
    if not place.is_dir():
        return files_of(place.name, place.read_bytes())
    found = (each for each in sorted(place.rglob("*")) if each.is_file() and not each.is_symlink())
    inside = ((each.relative_to(place).as_posix(), each) for each in found)
    return _counted(
        File(path, Bad(Wrong.TOO_LARGE) if each.stat().st_size > FILE_BYTES else each.read_bytes())
        for path, each in inside
        if _is_wanted(path)
    )


def _counted(files: Iterator[File]) -> list[File]:
    """Refuses all where there is more than a machine should be asked to hold."""
    kept: list[File] = []
    size = 0
    for file in files:
        if not file.path.lower().endswith(KINDS):
            kind = ", ".join(KINDS)
            raise Invalid(f"Articles come from {kind} or a zip.", fields={"file": "not a kind"})
        if isinstance(file.content, bytes) and len(file.content) > FILE_BYTES:
            file = File(file.path, Bad(Wrong.TOO_LARGE))
        kept.append(file)
        size += len(file.content) if isinstance(file.content, bytes) else 0
        if len(kept) > MOST_FILES or size > ALL_BYTES:
            most = f"{MOST_FILES} files of {ALL_BYTES // 1_000_000} MB together"
            raise Invalid(f"At most {most} come in at once.", fields={"file": "too many"})
    if not kept:
        raise Invalid("There is no article in it.", fields={"file": "empty"})
    return kept


def _unzipped(archive: zipfile.ZipFile) -> Iterator[File]:
    for entry in archive.infolist():
        if entry.is_dir() or not _is_wanted(entry.filename):
            continue
        yield File(entry.filename, _unpacked(archive, entry))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | Bad:
    """What a file says of its size is not believed: it is read so far and no further."""
    path = PurePosixPath(entry.filename)
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or link:
        return Bad(Wrong.UNSAFE_PATH)
    try:
        with archive.open(entry) as file:
            content = file.read(FILE_BYTES + 1)
    except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError, EOFError, ValueError):
        return Bad(Wrong.UNREADABLE)  # It has a password, or is broken.
    except Exception as error:  # zlib.error and its like are of no common kind.
        return Bad(Wrong.UNREADABLE, type(error).__name__)
    return Bad(Wrong.TOO_LARGE) if len(content) > FILE_BYTES else content


def _is_wanted(path: str) -> bool:
    """Not pictures, and not what systems leave behind."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
    return not hidden and path.lower().endswith(KINDS)

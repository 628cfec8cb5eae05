"""Fetches a model's file from its hub: goes on where it broke off, and proves what it got."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

PIECE = 1024 * 1024
TRIES = 5
PAUSE_SECONDS = 2.0
SILENT_SECONDS = 30.0
SPARE_BYTES = 1_000_000_000
"""What a disk must have left besides."""


class PullFailed(OSError):
    """The file could not be had; what was fetched of it is kept for the next time."""


class Told(NamedTuple):
    """What the hub says of a file."""

    size: int
    sha256: str


Progress = Callable[[int, int], None]
"""Gets how many bytes are there, and how many there will be."""


async def pull(url: str, place: Path, progress: Progress) -> None:
    """Fetch a file unless it is there; raises PullFailed."""
    if (part := _part_of(place)) is None:
        return
    patience = ClientTimeout(total=None, sock_connect=SILENT_SECONDS, sock_read=SILENT_SECONDS)
    async with ClientSession(timeout=patience, trust_env=True) as session:
        told = await _told(session, url)
        _require_room(place.parent, told.size - _size(part))
        for tries_left in reversed(range(TRIES)):
            before = _size(part)
            try:
                await _go_on(session, url, part, told, progress)
            except (ClientError, TimeoutError) as error:
                if not tries_left and _size(part) == before:
                    raise PullFailed(f"{url}: {error or type(error).__name__}") from error
                await asyncio.sleep(PAUSE_SECONDS)
            if _size(part) >= told.size:
                break
    await asyncio.to_thread(_prove, part, told)
    part.replace(place)


async def _told(session: ClientSession, url: str) -> Told:
    try:
        async with session.head(url, allow_redirects=False) as answer:
            if answer.status >= 400:
                raise PullFailed(f"{url} answers {answer.status}")
            sha256 = answer.headers.get("X-Linked-Etag", answer.headers.get("ETag", ""))
            size = answer.headers.get("X-Linked-Size", answer.headers.get("Content-Length", "0"))
    except (ClientError, TimeoutError) as error:
        raise PullFailed(f"{url}: {error or type(error).__name__}") from error
    sha256 = sha256.strip('"')
    if len(sha256) != 64:
        raise PullFailed(f"{url} does not say what its file's checksum is")
    return Told(int(size), sha256)


async def _go_on(
    session: ClientSession, url: str, part: Path, told: Told, progress: Progress
) -> None:
    """Fetch what is missing, as far as it comes."""
    have = _size(part)
    if have >= told.size:
        return
    async with session.get(url, headers={"Range": f"bytes={have}-"}) as answer:
        answer.raise_for_status()
        await _append(answer, part, have, told, progress)


async def _append(
    answer: ClientResponse, part: Path, have: int, told: Told, progress: Progress
) -> None:
    if answer.status != 206:
        have = 0  # It sends the whole file again.
    with _opened(part, have) as file:
        async for piece in answer.content.iter_chunked(PIECE):
            file.write(piece)
            have += len(piece)
            progress(have, told.size)


def _prove(part: Path, told: Told) -> None:
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != told.sha256:
        part.unlink()
        raise PullFailed(f"{part.name} came in damaged and is thrown away; fetch it again")


def _part_of(place: Path) -> Path | None:
    """Where a file grows before it is whole; None where it is there."""
    if place.exists():
        return None
    place.parent.mkdir(parents=True, exist_ok=True)
    return place.with_name(place.name + ".part")


def _opened(part: Path, have: int) -> BinaryIO:
    """To write on from so many bytes on."""
    file = part.open("r+b" if part.exists() else "wb")
    file.seek(have)
    file.truncate()
    return file


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _require_room(folder: Path, wanted: int) -> None:
    if (free := shutil.disk_usage(folder).free) < wanted + SPARE_BYTES:
        raise PullFailed(
            f"{folder} has {free / 1e9:.1f} GB free; {(wanted + SPARE_BYTES) / 1e9:.1f} are needed"
        )

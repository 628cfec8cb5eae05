"""Uploaded files: the bytes in a folder, what is known of them in documents."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast
from uuid import uuid4

from beanie import Document
from pydantic import BaseModel
from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from domain.access import Actor
from domain.errors import Retryable
from domain.message import Millis
from domain.ticket.state import Attachment, Message

HEAD_BYTES = 8192
"""How much of a file its type is judged by."""
ERASED_AT_ONCE = 100
CLAIM_MS = 60_000
"""For so long a command that may still commit keeps others from naming the same file."""
FULL = (errno.ENOSPC, errno.EDQUOT)


class Claim(BaseModel):
    """The command that is about to put a file into a message."""

    command_id: str
    at: Millis


class StoredFile(Document):
    """A file of one uploader, in no message or in exactly one, whose audience may read it."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    uploader: str
    name: str
    media_type: str
    size: int
    digest: str
    at: Millis
    claim: Claim | None = None
    ticket_id: str | None = None
    message_id: str | None = None

    class Settings:
        name = "attachments"
        indexes: ClassVar = [
            IndexModel([("message_id", ASCENDING), ("uploader", ASCENDING), ("at", ASCENDING)])
        ]

    def as_attachment(self) -> Attachment:
        """The file as its message names it."""
        return Attachment(id=self.id, name=self.name, media_type=self.media_type, size=self.size)


@dataclass(frozen=True)
class Draft:
    """Bytes that are on disk and belong to nobody yet; `digest` is their SHA-256."""

    path: Path
    size: int
    digest: str
    head: bytes


class DiskFull(Retryable):
    """There was no room; nothing of the file was kept."""


class AttachmentFolder:
    """Where the bytes are; several nodes share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, file_id: str) -> Path:
        """Spread over 256 folders, so that none gets slow."""
        return self._folder / file_id[:2] / file_id

    async def receive(self, chunks: AsyncIterator[bytes]) -> Draft:
        """Write a stream to disk and wait until it is there; nothing stays if it fails.

        Raises DiskFull, and whatever the stream raises.
        """
        path = self._folder / "incoming" / str(uuid4())
        digest = hashlib.sha256()
        head = bytearray()
        size = 0
        try:
            with await asyncio.to_thread(_create, path) as file:
                async for chunk in chunks:
                    size += len(chunk)
                    digest.update(chunk)
                    head += chunk[: HEAD_BYTES - len(head)]
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_sync, file)
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in FULL:
                raise DiskFull("The server has no room left for this file.") from None
            raise
        return Draft(path, size, digest.hexdigest(), bytes(head))

    async def keep(self, draft: Draft, file: StoredFile) -> StoredFile:
        """Give a draft its document and place; a repeat gets the document that is there.

        The document comes first: a crash between the two is healed by the repeat of the upload.
        """
        try:
            await _files().insert_one({"_id": file.id, **file.model_dump(exclude={"id"})})
        except DuplicateKeyError:
            stored = await find_file(file.id)
            if stored is None or stored.digest != draft.digest:
                await asyncio.to_thread(draft.path.unlink, missing_ok=True)
                return stored or file
            file = stored
        await asyncio.to_thread(_move, draft.path, self.path_of(file.id))
        return file

    async def erase(self, file_ids: Iterable[str]) -> None:
        """Take files away for good: first the bytes, then what is known of them."""
        for file_id in file_ids:
            await asyncio.to_thread(self.path_of(file_id).unlink, missing_ok=True)
            await _files().delete_one({"_id": file_id})

    async def erase_unused(self, before: Millis) -> int:
        """Erase files that no message took in time, and drafts that a crash left behind."""
        erased = 0
        unused: dict[str, Any] = {"message_id": None, "at": {"$lt": before}}
        while found := await _files().find(unused, {"_id": 1}).limit(ERASED_AT_ONCE).to_list():
            await self.erase(each["_id"] for each in found)
            erased += len(found)
        await asyncio.to_thread(_remove_older, self._folder / "incoming", before)
        return erased


async def find_file(file_id: str) -> StoredFile | None:
    """What is known of a file."""
    found = await _files().find_one({"_id": file_id})
    return StoredFile.model_validate(found) if found else None


async def count_unused(uploader: str) -> int:
    """How many files of somebody are in no message."""
    return await _files().count_documents({"message_id": None, "uploader": uploader})


async def claim_uploads(
    file_ids: Sequence[str], actor: Actor, command_id: str, now: Millis
) -> tuple[Attachment, ...]:
    """Those of the files that the actor uploaded and that no other message has, in order.

    They are kept for this command and for the steps it leads to, so that two messages at once
    cannot take the same file.
    """
    origin = command_id.rpartition(":")[2]
    claimed: list[Attachment] = []
    for file_id in file_ids:
        found = await _files().find_one_and_update(
            {
                "_id": file_id,
                "uploader": {"$in": sorted(actor.identities)},
                "message_id": None,
                "$or": [
                    {"claim": None},
                    {"claim.command_id": origin},
                    {"claim.at": {"$lt": now - CLAIM_MS}},
                ],
            },
            {"$set": {"claim": {"command_id": origin, "at": now}}},
        )
        if found:
            claimed.append(StoredFile.model_validate(found).as_attachment())
    return tuple(claimed)


async def release_uploads(file_ids: Sequence[str], command_id: str) -> None:
    """Give back what a command claimed and will not use, so that another may name it at once."""
    if file_ids:
        await _files().update_many(
            {"_id": {"$in": list(file_ids)}, "message_id": None, "claim.command_id": command_id},
            {"$set": {"claim": None}},
        )


async def bind_uploads(message: Message) -> None:
    """Make the files of a committed message readable to its audience; a repeat changes nothing."""
    if not message.attachments:
        return
    await _files().update_many(
        {"_id": {"$in": [each.id for each in message.attachments]}, "message_id": None},
        {"$set": {"ticket_id": message.ticket_id, "message_id": message.id}},
    )


def _files() -> AsyncCollection[dict[str, Any]]:
    """The collection, with the concerns that the store was opened with."""
    return cast("AsyncCollection[dict[str, Any]]", StoredFile.get_pymongo_collection())  # pyright: ignore[reportUnknownMemberType]


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _move(draft: Path, place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove_older(folder: Path, before: Millis) -> None:
    for draft in folder.glob("*"):
        if draft.stat().st_mtime * 1000 < before:
            draft.unlink(missing_ok=True)

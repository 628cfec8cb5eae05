"""Taking a backup of a store that is in use.

There are no transactions, so the order makes the copy one that can be healed:

1. What is derived from the log (headers first, then what was written before them) is read before
   the log: a header that is behind is folded forward at the restore, one that is ahead could not.
2. The log is cut at a moment: what was made after it is left out. A step is made after the commit
   that owes it, so no stream of the copy holds the effect of a commit that is not in it.
3. A commit whose step was struck while the log was read owes it again in the copy: a step that is
   there already counts once.
4. Plain documents follow, those who owe steps before those whom they are owed to; then what they
   pay into, files, numbers, and last of all the erasures.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection

from domain.message import Millis
from server.backup.archive import (
    CHUNK,
    DOCUMENTS,
    FILES,
    ArchiveWriter,
    Manifest,
    new_archive,
)
from server.backup.identity import load_identity
from server.clock import SystemClock
from server.dispatch.alone import Alone
from server.settings import Settings
from server.store.attachments import AttachmentFolder, StoredFile
from server.store.commits import step_work
from server.store.connect import Raw, Store
from server.store.kinds import KINDS
from server.store.models import OWED, OWED_INDEX, LogEntry

Say = Callable[[str], None]

DERIVED = ("tickets", "agents", "messages", "markers")
LOG = "log"
PLAIN: tuple[str, ...] = tuple(cast(Any, kind.model).Settings.name for kind in KINDS.values())
STEERING = ("users", *(name for name in PLAIN if name not in ("users", "contacts")))
"""Read together while nobody changes them; they refer to each other."""
LAST = ("audit", "command_results", "attachments", "sequences", "erasures")
LEFT_OUT = frozenset(
    {
        *("store", "leases", "counters", "attendance", "queues", "leave_calendars"),
        *("sessions", "refresh_tokens", "setup_tokens", "proofs", "devices"),
    }
)
"""What a restore begins anew: ids, holders and numbers of the moment, and every log-in with its
devices."""
SKEW_MS = 500
"""A node whose clock differs by more from the store's is not ready."""
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


async def take_backup(
    store: Store, settings: Settings, place: Path, say: Say, *, force: bool
) -> Manifest:
    """Write everything into one file; every commit acknowledged before is in it.

    Raises Refused, OSError where it cannot be written, PyMongoError.
    """
    with new_archive(place, force=force) as archive:
        taking = _Taking(store, settings, archive, say)
        manifest = await taking.run()
        await asyncio.to_thread(archive.close, manifest)
    return manifest


class _Taking:
    """One backup."""

    def __init__(self, store: Store, settings: Settings, archive: ArchiveWriter, say: Say) -> None:
        self._store = store
        self._settings = settings
        self._archive = archive
        self._say = say
        self._raw = store.database.with_options(codec_options=_RAW)

    async def run(self) -> Manifest:
        began = await self._now() - SKEW_MS
        owed = await self._owed()
        for name in DERIVED:
            await self._copy(name)
        cut = await self._cut()
        await self._copy_log(began, cut, owed)
        async with Alone(self._store, SystemClock(), "documents").turn():
            for name in STEERING:
                await self._copy(name)
        for name in ("contacts", *await self._others(), *LAST):
            await self._copy(name)
        missing = await self._copy_files()
        return await self._manifest(began, cut, missing)

    async def _others(self) -> list[str]:
        """The collections that this list does not name, also those of a newer release."""
        known = {*DERIVED, LOG, *PLAIN, *LAST, *LEFT_OUT}
        names = await self._store.database.list_collection_names()
        return sorted(
            name for name in names if not name.startswith("system.") and name not in known
        )

    async def _manifest(self, began: Millis, cut: Millis, missing: int) -> Manifest:
        identity = await load_identity(self._store.database)
        assert identity is not None, "an open store has an id"
        return Manifest(
            version=version("deskwire"),
            mode=self._settings.mode,
            store=identity.epoch,
            origin=identity.origin,
            began=began,
            cut=cut,
            ended=await self._now(),
            missing_files=missing,
            members=self._archive.members,
        )

    async def _now(self) -> Millis:
        """The store's time."""
        hello = await self._store.client.admin.command("hello")
        return int(hello["localTime"].timestamp() * 1000)

    async def _owed(self) -> frozenset[str]:
        """The commits that owe work at the beginning."""
        found = self._store[LogEntry].find(OWED, {"_id": 1}).hint(OWED_INDEX)
        return frozenset([each["_id"] async for each in found])

    async def _cut(self) -> Millis:
        """A moment after everything that was read so far; returned once it is past for all nodes.

        A commit may be dated later than now where a clock was wrong: none of those is lost.
        """
        newest = await self._store[LogEntry].find_one({}, {"at": 1}, sort=[("at", -1)])
        cut = await self._now() + SKEW_MS
        await asyncio.sleep(2 * SKEW_MS / 1000)
        return max(cut, newest["at"] if newest else 0)

    async def _copy(self, name: str) -> None:
        await self._write(name, self._documents(self._raw[name], {}))

    async def _copy_log(self, began: Millis, cut: Millis, owed: Collection[str]) -> None:
        """In the order of ids: so no commit is there without those before it in its stream."""

        async def commits() -> AsyncIterator[bytes]:
            async for raw in self._documents(self._raw[LOG], {"at": {"$lte": cut}}):
                commit: RawBSONDocument = RawBSONDocument(raw)
                again = commit["steps"] and (commit["at"] >= began or commit["_id"] in owed)
                yield _owing_its_steps(raw) if again else raw

        await self._write(LOG, commits())

    async def _documents(
        self, collection: AsyncCollection[RawBSONDocument], where: Mapping[str, Any]
    ) -> AsyncIterator[bytes]:
        async for document in collection.find(where).sort("_id", 1).hint("_id_"):
            yield bytes(document.raw)

    async def _write(self, name: str, documents: AsyncIterator[bytes]) -> None:
        with self._archive.member(f"{DOCUMENTS}{name}.bson", packed=True) as member:
            waiting = bytearray()
            async for document in documents:
                member.documents += 1
                waiting += document
                if len(waiting) >= CHUNK:
                    await asyncio.to_thread(member.write, bytes(waiting))
                    waiting.clear()
            await asyncio.to_thread(member.write, bytes(waiting))
        self._say(f"{member.documents:>10} {name}")

    async def _copy_files(self) -> int:
        """The bytes of every attachment; how many had none any more, or not yet."""
        folder = AttachmentFolder(self._settings.attachments_dir)
        copied = missing = 0
        async for found in self._store[StoredFile].find({}, {"_id": 1}, sort=[("_id", 1)]):
            try:
                await asyncio.to_thread(self._copy_file, found["_id"], folder)
                copied += 1
            except FileNotFoundError:
                missing += 1
        self._say(f"{copied:>10} files")
        return missing

    def _copy_file(self, file_id: str, folder: AttachmentFolder) -> None:
        with (
            folder.path_of(file_id).open("rb") as file,
            self._archive.member(f"{FILES}{file_id}", packed=False) as member,
        ):
            while chunk := file.read(CHUNK):
                member.write(chunk)


def _owing_its_steps(raw: bytes) -> bytes:
    commit: Raw = bson.decode(raw)  # pyright: ignore[reportUnknownMemberType]
    steps = [step_work(step["command"]["command_id"]) for step in commit["steps"]]
    commit["pending"] += [step for step in steps if step not in commit["pending"]]
    return bson.encode(commit)

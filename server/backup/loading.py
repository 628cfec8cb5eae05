"""Putting the documents and files of an archive into an empty store."""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.database import AsyncDatabase

from server.backup.archive import DOCUMENTS, FILES, ArchiveReader, chunks_of
from server.backup.identity import NAME as STORE
from server.faults import fault
from server.processes.refusal import Refused
from server.store.attachments import AttachmentFolder, StoredFile
from server.store.connect import Raw

Say = Callable[[str], None]

BATCH, BATCH_BYTES = 1_000, 4 << 20
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_FILE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_NAME = re.compile(r"[A-Za-z0-9_.]{1,100}")


async def refuse_filled(database: AsyncDatabase[Raw], folder: Path) -> None:
    """Raise Refused unless there are neither documents nor files."""
    for name in await database.list_collection_names():
        if name != STORE and await database[name].find_one({}, {"_id": 1}):
            raise Refused(
                f"The store is not empty: there is something in {name}. Restore into another"
                " folder (DATA=./other), or another database (DESKWIRE_DATABASE=other)."
            )
    if await asyncio.to_thread(_holds_something, folder):
        raise Refused(
            f"The folder for uploaded files is not empty: {folder}. Restore into another one"
            " (DATA=./other or DESKWIRE_ATTACHMENTS_DIR=./other)."
        )


async def clear_half(database: AsyncDatabase[Raw], folder: Path) -> None:
    """Take away what a restore that was killed has put in; it had begun with nothing."""
    for name in await database.list_collection_names():
        if name != STORE:
            await database.drop_collection(name)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def load(
    archive: ArchiveReader, database: AsyncDatabase[Raw], folder: Path, say: Say
) -> None:
    """Insert every document, then keep the bytes of every file that one speaks of."""
    for name in archive.manifest.of(DOCUMENTS):
        collection = name.removeprefix(DOCUMENTS).removesuffix(".bson")
        if not _NAME.fullmatch(collection) or collection == STORE:
            raise Refused(f"The archive has a collection that none of ours is called: {name}")
        with archive.member(name) as file:
            loaded = await _insert(file, database, collection)
        say(f"{loaded:>10} {collection}")
    for name in archive.manifest.of(FILES):
        file_id = name.removeprefix(FILES)
        if not _FILE_ID.fullmatch(file_id):
            raise Refused(f"The archive has a file that none of ours is called: {name}")
        files = database[StoredFile.Settings.name]
        if await files.find_one({"_id": file_id}, {"_id": 1}):
            place = AttachmentFolder(folder).path_of(file_id)
            with archive.member(name) as file:
                await asyncio.to_thread(_keep, file, place)
    say(f"{len(archive.manifest.of(FILES)):>10} files")


async def _insert(file: IO[bytes], database: AsyncDatabase[Raw], name: str) -> int:
    """The documents of one collection; how many there were."""
    loaded = 0
    collection = database.with_options(codec_options=_RAW)[name]
    for batch in _batches(file, name):
        await collection.insert_many(batch, ordered=False)
        loaded += len(batch)
        fault("after_load")
    return loaded


def _holds_something(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _batches(file: IO[bytes], name: str) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    try:
        with io.BufferedReader(file) as buffered:  # pyright: ignore[reportArgumentType]
            for document in bson.decode_file_iter(buffered, _RAW):
                batch.append(document)
                size += len(document.raw)
                if len(batch) >= BATCH or size >= BATCH_BYTES:
                    yield batch
                    batch, size = [], 0
    except BSONError as error:
        raise Refused(f"{name} of the archive holds what is no document: {error}") from None
    if batch:
        yield batch


def _keep(file: IO[bytes], place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as kept:
        for chunk in chunks_of(file):
            kept.write(chunk)
        kept.flush()
        os.fsync(descriptor)

"""Opening the store: one client, the models and their indexes, the store's own id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from beanie import Document, init_beanie  # pyright: ignore[reportUnknownVariableType]
from pymongo import AsyncMongoClient, ReadPreference, ReturnDocument, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from domain.errors import Conflict
from server.settings import Settings
from server.store.models import DOCUMENTS, StoreIdentity

Raw = dict[str, Any]
"""A document as it is stored."""

DURABLE = WriteConcern("majority", wtimeout=8_000, j=True)
MAJORITY = ReadConcern("majority")
SELECTION_MS = 5_000
SOCKET_MS = 15_000
RESTORING = "restoring"
"""The document beside the store's identity that stands while a restore has not come to its end."""


class StoreUnfinished(Conflict):
    """A restore was begun and has not come to its end: nobody may see the store as it is."""


@dataclass(frozen=True)
class Store:
    """An open database. Its collections write to a majority unless `quick` is asked for."""

    client: AsyncMongoClient[Raw]
    database: AsyncDatabase[Raw]
    epoch: str

    def __getitem__(self, model: type[Document]) -> AsyncCollection[Raw]:
        """The collection of a model: majority reads from the primary, durable writes."""
        return self.database[model.get_collection_name()]

    def quick(self, model: type[Document]) -> AsyncCollection[Raw]:
        """The collection for what can be derived again: its writes are not waited for so long."""
        return self[model].with_options(write_concern=WriteConcern(1))

    async def time(self) -> datetime:
        """What time it is for the database."""
        hello: Raw = await self.client.admin.command("hello")
        return hello["localTime"]

    async def close(self) -> None:
        await self.client.close()


def connect(
    settings: Settings, *, patient: bool = False
) -> tuple[AsyncMongoClient[Raw], AsyncDatabase[Raw]]:
    """A client and the database with the concerns of everything we do; asks nothing yet.

    Who is `patient` waits for an answer as long as it takes, such as for an index of everything.
    """
    client = AsyncMongoClient[Raw](
        settings.mongodb_url,
        serverSelectionTimeoutMS=SELECTION_MS,
        socketTimeoutMS=None if patient else SOCKET_MS,
        tz_aware=True,
    )
    database = client.get_database(
        settings.database,
        read_preference=ReadPreference.PRIMARY,
        read_concern=MAJORITY,
        write_concern=DURABLE,
    )
    return client, database


async def open_store(settings: Settings, *, unfinished: bool = False) -> Store:
    """Connect, make missing indexes, and read the store's id.

    Raises PyMongoError; StoreUnfinished within a restore, except for the restore itself.
    """
    client, database = connect(settings, patient=unfinished)
    identities = database[StoreIdentity.Settings.name]
    if not unfinished and await identities.find_one({"_id": RESTORING}):
        await client.close()
        raise StoreUnfinished(
            "A restore of this store has not come to its end: give the same `deskwire restore` or"
            " `deskwire restored` once more."
        )
    await init_beanie(database=database, document_models=DOCUMENTS, skip_indexes=True)
    await _make_indexes(database)
    identity: Raw = await identities.find_one_and_update(
        {"_id": "store"},
        {"$setOnInsert": {"epoch": str(uuid4())}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )  # pyright: ignore[reportAssignmentType] - it is there after an upsert
    return Store(client, database, identity["epoch"])


async def _make_indexes(database: AsyncDatabase[Raw]) -> None:
    """Make those that are missing. Beanie asks every collection first which it has, and that is
    half of a start; whoever makes one that is there is told so, and nothing is done."""
    for model in DOCUMENTS:
        if indexes := model.get_settings().indexes:
            wanted = [each.index for each in indexes]
            await database[model.get_collection_name()].create_indexes(wanted)

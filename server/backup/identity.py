"""The store's id, and the mark of a restore that has not come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pymongo.asynchronous.database import AsyncDatabase

from server.store.connect import RESTORING, Raw
from server.store.models import StoreIdentity

NAME = StoreIdentity.Settings.name
_STORE = {"_id": "store"}
_MARK = {"_id": RESTORING}


@dataclass(frozen=True)
class Identity:
    """`origin` stays through restores, which give every store a new `epoch`."""

    epoch: str
    origin: str


async def load_identity(database: AsyncDatabase[Raw]) -> Identity | None:
    """The store's id; None where nobody has opened it yet."""
    found = await database[NAME].find_one(_STORE)
    return Identity(found["epoch"], found.get("origin") or found["epoch"]) if found else None


async def renew_identity(database: AsyncDatabase[Raw], origin: str) -> None:
    """Give the store a new epoch: no cursor, cache or replay of an earlier one is believed."""
    await database[NAME].replace_one(_STORE, {"epoch": str(uuid4()), "origin": origin}, upsert=True)


async def load_mark(database: AsyncDatabase[Raw]) -> dict[str, Any] | None:
    """What was begun and has not come to its end: {by, folder?}."""
    return await database[NAME].find_one(_MARK)


async def set_mark(database: AsyncDatabase[Raw], **said: Any) -> None:  # noqa: ANN401 - JSON
    """From now on no process opens the store, until the mark is struck."""
    await database[NAME].replace_one(_MARK, said, upsert=True)


async def strike_mark(database: AsyncDatabase[Raw]) -> None:
    """It has come to its end."""
    await database[NAME].delete_one(_MARK)

"""Who alone may do something for a while: across all processes, with fencing tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.message import Millis
from domain.ports import Clock
from server.repeating import for_ever
from server.store.connect import Raw, Store
from server.store.duplicates import taken_places
from server.store.models import Lease


class Leases:
    """The collection `leases`, for one holder."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._leases = store[Lease]
        self._clock = clock
        self._holder = str(uuid4())

    async def acquire(self, name: str, millis: Millis) -> int | None:
        """Take or renew a lease; its fencing token, or None while another has it.

        The token rises with every change of holder.
        """
        now = self._clock.now()
        until = now + millis
        renewed: Raw | None = await self._leases.find_one_and_update(
            {"_id": name, "holder": self._holder, "until": {"$gt": now}},
            {"$set": {"until": until}},
            return_document=ReturnDocument.AFTER,
        )
        if renewed is not None:
            return renewed["token"]
        try:
            taken: Raw | None = await self._leases.find_one_and_update(
                {"_id": name, "until": {"$lte": now}},
                {"$set": {"holder": self._holder, "until": until}, "$inc": {"token": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None
        return taken["token"] if taken else None

    async def release(self, name: str, token: int) -> None:
        """Let others have it at once; its token stays, so that it can only rise."""
        await self._leases.update_one(
            {"_id": name, "holder": self._holder, "token": token}, {"$set": {"until": 0}}
        )

    @asynccontextmanager
    async def turn(self, name: str, millis: Millis) -> AsyncGenerator[bool]:
        """Have a lease for as long as something takes, renewed meanwhile and given back at once;
        False while another has it."""
        token = await self.acquire(name, millis)
        if token is None:
            yield False
            return
        renew = partial(self._renew, name, millis)
        renewing = asyncio.create_task(for_ever(f"renewing {name}", renew, 0.0))
        try:
            yield True
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])
            await self.release(name, token)

    async def _renew(self, name: str, millis: Millis) -> None:
        await asyncio.sleep(millis / 3_000)
        await self.acquire(name, millis)

    async def give_back(self) -> None:
        """Let others have at once whatever this holder has: it stops."""
        await self._leases.update_many({"holder": self._holder}, {"$set": {"until": 0}})

    async def acquire_some(self, names: Sequence[str], millis: Millis) -> list[str]:
        """Those of many leases that nobody has; they fence nothing, and `drop` ends them."""
        if not names:
            return []
        now = self._clock.now()
        leases = [
            {"_id": name, "holder": self._holder, "token": 0, "until": now + millis}
            for name in names
        ]
        try:
            await self._leases.insert_many(leases, ordered=False)
            return list(names)
        except BulkWriteError as error:
            taken = taken_places(error)
        won = [name for place, name in enumerate(names) if place not in taken]
        for place in taken:
            if await self.acquire(names[place], millis) is not None:
                won.append(names[place])
        return won

    async def drop(self, names: Sequence[str]) -> None:
        """End what `acquire_some` got; nothing is left of it."""
        await self._leases.delete_many({"_id": {"$in": list(names)}, "holder": self._holder})

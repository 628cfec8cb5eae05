"""The browsers that somebody of the staff is told on: each is as good as its log-in, no longer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from domain.errors import Conflict
from domain.message import Id, Millis, Record
from server.store.connect import Raw, Store
from server.store.models import StoredDevice
from server.store.sessions import LogIn

MOST = 10
"""So many has a person; who was not seen for longest gives way to another."""
REACHES_MS: Millis = 14 * 24 * 3_600_000
"""So long after it was seen or accepted something a device counts as one in a pocket."""
FAILS_MOST = 3
"""After so many failures in a row it does not."""


class Device(Record):
    """A browser as it is kept: `seen_at` is when it was registered last, `failures` how many pushes
    it did not take since one that it did."""

    id: str
    user_id: Id
    session_id: str
    endpoint: str
    p256dh: str
    auth: str
    label: str
    created_at: Millis
    seen_at: Millis
    last_ok_at: Millis | None = None
    failures: int = 0


def device_id(endpoint: str) -> str:
    """The same browser is the same device, whoever logs in there."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


class Devices:
    """The collection `devices`."""

    def __init__(self, store: Store) -> None:
        self._devices = store[StoredDevice]
        self._logins = store[LogIn]

    async def register(self, device: Device) -> Device:
        """Keep a browser, or that it is still there; as it is then.

        Whose it is by now is who holds its secrets: with others it stays whose it was. Raises
        Conflict for that.
        """
        fields = device.model_dump(exclude={"id"})
        kept = ("created_at", "last_ok_at", "failures")
        first: Raw = {name: fields.pop(name) for name in kept}
        mine = {"_id": device.id, "p256dh": device.p256dh, "auth": device.auth}
        await self._devices.update_one(
            {"_id": device.id}, {"$setOnInsert": {**fields, **first}}, upsert=True
        )
        taken = await self._devices.update_one(mine, {"$set": fields})
        if not taken.matched_count:
            raise Conflict("This browser is registered with other keys.")
        await self._trim(device.user_id)
        return _device(await self._devices.find_one({"_id": device.id}) or {})

    async def of(self, user_id: Id) -> list[Device]:
        """Somebody's own, the one seen last first."""
        found = self._devices.find({"user_id": user_id}).sort([("seen_at", -1), ("_id", 1)])
        return [_device(raw) async for raw in found]

    async def ids_of(self, user_ids: Iterable[Id]) -> dict[Id, list[str]]:
        """By person who has any, theirs; one query."""
        ids: dict[Id, list[str]] = {}
        asked = list(user_ids)
        if asked:
            where = {"user_id": {"$in": asked}}
            async for raw in self._devices.find(where, {"user_id": 1}).sort("_id", 1):
                ids.setdefault(raw["user_id"], []).append(raw["_id"])
        return ids

    async def load(self, identity: str, now: Millis) -> Device | None:
        """A device whose log-in goes on."""
        raw = await self._devices.find_one({"_id": identity})
        if raw is None or not await self._goes_on(raw["session_id"], now):
            return None
        return _device(raw)

    async def reaching(self, now: Millis) -> frozenset[Id]:
        """Everybody who is likely to be reached by push."""
        lately = {"$gte": now - REACHES_MS}
        where = {
            "failures": {"$lt": FAILS_MOST},
            "$or": [{"seen_at": lately}, {"last_ok_at": lately}],
        }
        return frozenset(
            [raw["user_id"] async for raw in self._devices.find(where, {"user_id": 1})]
        )

    async def accepted(self, device: Device, now: Millis) -> None:
        """It took something."""
        await self._update(device, {"$set": {"last_ok_at": now, "failures": 0}})

    async def failed(self, device: Device) -> None:
        """It did not."""
        await self._update(device, {"$inc": {"failures": 1}})

    async def gone(self, device: Device) -> None:
        """Its push service says that there is no such browser any more; one that was registered
        anew meanwhile stays."""
        await self._devices.delete_one({"_id": device.id, "seen_at": device.seen_at})

    async def remove(self, user_id: Id, identity: str) -> bool:
        """Take away one of somebody's own; whether there was one."""
        return (
            await self._devices.delete_one({"_id": identity, "user_id": user_id})
        ).deleted_count == 1

    async def forget(self, session_ids: Sequence[str]) -> None:
        """Log-ins ended, and with them what their browsers are told."""
        if session_ids:
            await self._devices.delete_many({"session_id": {"$in": list(session_ids)}})

    async def tidy(self, now: Millis) -> None:
        """Forget those whose log-in ran out."""
        held = {raw["session_id"] async for raw in self._devices.find({}, {"session_id": 1})}
        live = await self._live(held, now)
        await self.forget(sorted(held - live))

    async def _goes_on(self, session_id: str, now: Millis) -> bool:
        return bool(await self._live([session_id], now))

    async def _live(self, session_ids: Collection[str], now: Millis) -> set[str]:
        where = {"_id": {"$in": list(session_ids)}, "ended": None, "expires_at": {"$gt": now}}
        return {raw["_id"] async for raw in self._logins.find(where, {"_id": 1})}

    async def _update(self, device: Device, change: dict[str, Any]) -> None:
        await self._devices.update_one({"_id": device.id, "user_id": device.user_id}, change)

    async def _trim(self, user_id: Id) -> None:
        for each in (await self.of(user_id))[MOST:]:
            await self.remove(user_id, each.id)


def _device(raw: Raw) -> Device:
    return Device(
        id=raw["_id"], **{name: raw[name] for name in Device.model_fields if name != "id"}
    )

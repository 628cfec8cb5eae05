"""What a change of a plain document still owes: steps, effects, its audit entry, its answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from pymongo.errors import PyMongoError

from domain.access import Actor
from domain.catalog import load_command
from domain.errors import DomainError
from domain.message import Command
from domain.ports import Clock, Outcome
from domain.process import Step
from server.dispatch.owing import OWED_BY
from server.store.article_versions import erase_versions
from server.store.audit import AuditEntry, CommandResult
from server.store.connect import Raw, Store
from server.store.effects import Effects
from server.store.erasures import Erased, ErasedKind, Erasures
from server.store.kinds import KINDS, OWED, OWED_INDEX, Kind
from server.store.opinions import erase_opinions

SWEPT_AT_ONCE = 500
ERASING = {"user.delete": ErasedKind.USER, "contact.delete": ErasedKind.CONTACT}
"""The commands after which nothing of somebody may come back with a restore."""

log = logging.getLogger(__name__)


class Debts:
    """Pays from `pending`: everything can be paid twice, nothing is struck before it is paid."""

    def __init__(
        self, store: Store, clock: Clock, dispatch: Callable[[Command, Actor], Awaitable[Outcome]]
    ) -> None:
        self._store = store
        self._effects = Effects(store, clock)
        self._erasures = Erasures(store)
        self._dispatch = dispatch

    async def try_to_pay(self, kind: Kind, identity: str) -> None:
        """Pay what one document owes; what fails is left to the sweeper."""
        try:
            await self._pay(kind, identity)
        except (PyMongoError, DomainError) as error:
            log.warning("%s:%s still owes: %s", kind.name, identity, error)

    async def sweep(self) -> int:
        """Pay what all documents owe; how many owed."""
        swept = 0
        for kind in KINDS.values():
            cursor = self._store[kind.model].find(OWED, {"_id": 1}, limit=SWEPT_AT_ONCE)
            for raw in await cursor.hint(OWED_INDEX).to_list():
                await self.try_to_pay(kind, raw["_id"])
                swept += 1
        return swept

    async def _pay(self, kind: Kind, identity: str) -> None:
        collection = self._store[kind.model]
        raw = await collection.find_one({"_id": identity})
        if raw is None:
            return
        for entry in raw["pending"]:
            if erased := ERASING.get(entry["type"]):
                await self._erasures.note(Erased(kind=erased, id=identity, at=entry["at"]))
            for step in entry["steps"]:
                await self._take(Step.stored(step))
            change = f"{kind.name}:{identity}|{entry['command_id']}"
            owed = (owe(identity, change, entry) for owe in OWED_BY.get(entry["type"], ()))
            if effects := [effect for effect in owed if effect]:
                await self._effects.owe(effects)
            await self._file(f"{kind.name}:{identity}", entry)
        paid = [entry["command_id"] for entry in raw["pending"]]
        await collection.update_one(
            {"_id": identity}, {"$pull": {"pending": {"command_id": {"$in": paid}}}}
        )
        if raw["gone"]:
            if kind.name == "article":
                await erase_versions(self._store, f"article:{identity}")
                await erase_opinions(self._store, {"article_id": identity})
            await collection.delete_one({"_id": identity, "gone": True, "pending": []})

    async def _take(self, step: Step) -> None:
        """A step that is refused for good has had its outcome."""
        try:
            await self._dispatch(load_command(step.command), step.actor)
        except DomainError as error:
            if error.retryable:
                raise
            log.warning("the step %s was refused: %s", step.command["command_id"], error)

    async def _file(self, document: str, entry: Raw) -> None:
        """The answer first: who does not find it in `pending` any more must find it there."""
        identity = {"_id": f"{document}|{entry['command_id']}"}
        answer = {name: entry[name] for name in ("digest", "actor", "version", "result", "at")}
        answer["filed"] = datetime.now(UTC)
        await self._store[CommandResult].update_one(identity, {"$setOnInsert": answer}, upsert=True)
        if entry["changes"]:
            act = {name: entry[name] for name in ("type", "actor", "at", "version", "changes")}
            await self._store[AuditEntry].update_one(
                identity, {"$setOnInsert": {"document": document, **act}}, upsert=True
            )

"""What the workers say of themselves, so that a node can tell what the assistant is able to do."""

from __future__ import annotations

from typing import Literal
from uuid import uuid4

from domain.assistant.state import AssistantLevel
from domain.message import Millis, Record
from domain.ports import Clock
from server.store.connect import Store
from server.store.models import StoredStanding

FRESH: Millis = 15_000


class ModelStanding(Record):
    """A model of a worker; `name` is null until it is there."""

    state: Literal["none", "loading", "ready", "down"] = "none"
    name: str | None = None


NONE = ModelStanding()


class Standing(Record):
    """What a worker's assistant can do."""

    level: AssistantLevel = AssistantLevel.OFF
    articles: int = 0
    embedder: ModelStanding = NONE
    llm: ModelStanding = NONE

    @property
    def rank(self) -> tuple[int, int]:
        return list(AssistantLevel).index(self.level), self.articles


class Standings:
    """The collection `assistants`: one document a worker, good for a few seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._kept = store.quick(StoredStanding)
        self._clock = clock
        self._worker = uuid4().hex

    async def tell(self, standing: Standing) -> None:
        """Say how this worker stands, and forget those that say nothing any more."""
        now = self._clock.now()
        said = {"at": now, "standing": standing.model_dump(mode="json")}
        await self._kept.replace_one({"_id": self._worker}, said, upsert=True)
        await self._kept.delete_many({"at": {"$lt": now - FRESH}})

    async def best(self) -> Standing:
        """What the most able worker can do at present."""
        fresh = self._kept.find({"at": {"$gte": self._clock.now() - FRESH}})
        found = [Standing.model_validate(raw["standing"], extra="ignore") async for raw in fresh]
        return max(found, key=lambda each: each.rank, default=Standing())

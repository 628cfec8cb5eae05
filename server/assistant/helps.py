"""What became of the copilot's texts: taken, changed first, or thrown away. Never the texts."""

from __future__ import annotations

from enum import StrEnum

from ai.copilot.wanted import Task
from domain.assistant.state import AssistantLevel
from domain.message import Id, Millis, Record
from server.store.connect import Store
from server.store.models import StoredHelp

KEPT_MS = 400 * 24 * 3_600_000
COUNTED_MS = 30 * 24 * 3_600_000


class Verdict(StrEnum):
    """What an agent did with a text; `changed` says that they sent it in other words."""

    USED = "used"
    CHANGED = "changed"
    DROPPED = "dropped"


class Help(Record):
    """Who asked for which text, where, and who wrote it."""

    ticket_id: Id
    agent_id: Id
    task: Task
    level: AssistantLevel
    at: Millis


class HelpCount(Record):
    """Of the last 30 days. What was asked and neither taken nor thrown away is in `asked` alone."""

    asked: int = 0
    used: int = 0
    changed: int = 0
    dropped: int = 0


class Helps:
    """The collection `helps`, beside the log: it is counted, and nothing depends on it."""

    def __init__(self, store: Store) -> None:
        self._kept = store.quick(StoredHelp)

    async def begin(self, help_id: Id, by: Help) -> None:
        """A text was begun; a later level of the same one takes the place of the first."""
        said = by.model_dump(mode="json")
        await self._kept.update_one({"_id": help_id}, {"$set": said}, upsert=True)

    async def judge(self, help_id: Id, agent_id: Id, verdict: Verdict) -> bool:
        """What its agent did with it, the last word counts; False where it is not theirs."""
        mine = {"_id": help_id, "agent_id": agent_id}
        changed = await self._kept.update_one(mine, {"$set": {"verdict": verdict}})
        return bool(changed.matched_count)

    async def count(self, now: Millis) -> HelpCount:
        """How the copilot did lately."""
        since = {"at": {"$gte": now - COUNTED_MS}}
        numbers = {
            each.value: await self._kept.count_documents({**since, "verdict": each.value})
            for each in Verdict
        }
        return HelpCount(asked=await self._kept.count_documents(since), **numbers)

    async def tidy(self, now: Millis) -> None:
        await self._kept.delete_many({"at": {"$lt": now - KEPT_MS}})

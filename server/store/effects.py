"""What is owed to the outside: owed once, claimed under a lease, and ended under its token.

An effect holds ids only. What is sent is composed when it is performed, from what is there then,
so that a text that was redacted meanwhile is never sent.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError

from domain.message import Millis
from domain.ports import Clock
from server.store.connect import Raw, Store
from server.store.duplicates import taken_places
from server.store.models import StoredEffect

LEASE_MS = 60_000
MOST_TRIES = 8
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 30_000, 2 * 3_600_000
"""Between tries the pause triples: the eighth is some five hours after the first."""
TOGETHER = 20
"""So many effects of one group are performed at once, at most."""
KEPT_MS = 7 * 24 * 3_600_000
DEAD_KEPT_MS = 90 * 24 * 3_600_000


class State(StrEnum):
    """How far an effect is. Who retries a dead one owes it anew."""

    OWED = "owed"
    DONE = "done"
    DROPPED = "dropped"
    DEAD = "dead"


@dataclass(frozen=True)
class Effect:
    """One effect as it is kept; see StoredEffect for its fields."""

    id: str
    kind: str
    about: Mapping[str, str]
    at: Millis
    due_at: Millis
    group: str | None = None
    state: State = State.OWED
    tries: int = 0
    token: int = 0
    reason: str | None = None
    last_error: str | None = None


class Outcome(NamedTuple):
    """What became of an effect; `why` holds neither texts nor addresses.

    A state of OWED says that it failed, and may go better later.
    """

    state: State
    why: str | None = None
    due_at: Millis | None = None


DONE = Outcome(State.DONE)


def dropped(why: str) -> Outcome:
    """There is no need for it any more."""
    return Outcome(State.DROPPED, why)


def failed(why: str) -> Outcome:
    """It is tried again, later and later, and dies with its last try."""
    return Outcome(State.OWED, why)


def put_off(until: Millis, why: str) -> Outcome:
    """It is not the time for it; that was no try."""
    return Outcome(State.OWED, why, until)


def dead(why: str) -> Outcome:
    """It cannot go well before somebody mends something."""
    return Outcome(State.DEAD, why)


def effect_id(commit: str, reactor: str, recipient: str) -> str:
    """The same for every repeat of a reactor, so that nothing is owed twice.

    `commit` is a commit's id, or the `_id` of the audit entry of a plain document's change.
    """
    return f"{commit}:{reactor}:{recipient}"


class Effects:
    """The collection `effects`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._effects = store[StoredEffect]
        self._clock = clock

    async def owe(self, effects: Sequence[Effect]) -> None:
        """Note effects down; those that were noted before stay as they are."""
        if not effects:
            return
        try:
            await self._effects.insert_many([_document(each) for each in effects], ordered=False)
        except BulkWriteError as error:
            taken_places(error)

    async def any_due(self, kinds: Collection[str]) -> bool:
        """Whether something of some kinds is due that nobody has."""
        free = {"state": State.OWED.value, "lease_until": {"$lte": self._clock.now()}}
        return await self._effects.find_one({**self._due(kinds), **free}, {"_id": 1}) is not None

    async def claim(self, kinds: Collection[str], lease_ms: Millis = LEASE_MS) -> list[Effect]:
        """Take what was due first of some kinds, and what else is owed to its group.

        Oldest first; none where none is due. Whose lease ends before they do may see them done
        by another. What only comes along has not used up a try: else everything that is said in
        a busy group would shorten the life of what waits there.
        """
        first = await self._take(self._due(kinds), tries=1, lease_ms=lease_ms)
        if first is None:
            return []
        taken = [first]
        while first.group is not None and len(taken) < TOGETHER:
            same = {"group": first.group, "kind": first.kind}
            more = await self._take(same, tries=0, lease_ms=lease_ms)
            if more is None:
                break
            taken.append(more)
        return sorted(taken, key=lambda each: (each.at, each.id))

    async def renew(self, effect: Effect, lease_ms: Millis) -> bool:
        """Hold a claimed effect for longer; False where it is somebody else's by now."""
        ours = {"_id": effect.id, "token": effect.token, "state": State.OWED.value}
        until = self._clock.now() + lease_ms
        held = await self._effects.update_one(ours, {"$set": {"lease_until": until}})
        return held.matched_count == 1

    def _due(self, kinds: Collection[str]) -> Raw:
        return {"due_at": {"$lte": self._clock.now()}, "kind": {"$in": [*kinds]}}

    async def _take(self, which: Raw, tries: int, lease_ms: Millis) -> Effect | None:
        now = self._clock.now()
        raw: Raw | None = await self._effects.find_one_and_update(
            {"state": State.OWED.value, **which, "lease_until": {"$lte": now}},
            {"$set": {"lease_until": now + lease_ms}, "$inc": {"token": 1, "tries": tries}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else _read(raw)

    async def end(self, effect: Effect, outcome: Outcome) -> bool:
        """Note what became of a claimed effect; False where it is somebody else's by now."""
        state, why, put_off_to = outcome
        if state is State.OWED and put_off_to is None and effect.tries >= MOST_TRIES:
            state = State.DEAD
        now = self._clock.now()
        fields: Raw = {"state": state.value, "lease_until": 0}
        if put_off_to is not None:
            fields |= {"due_at": put_off_to, "tries": max(effect.tries - 1, 0)}
        elif state is State.OWED:
            fields |= {"due_at": now + pause_after(max(effect.tries, 1)), "last_error": why}
        elif state is State.DEAD:
            fields |= {"ended_at": now, "last_error": why}
        else:
            fields |= {"ended_at": now, "reason": why, "last_error": None}
        ours = {"_id": effect.id, "token": effect.token, "state": State.OWED.value}
        ended = await self._effects.update_one(ours, {"$set": fields})
        return ended.matched_count == 1

    async def cancel(self, where: Mapping[str, Any], why: str) -> None:
        """Drop what is still owed or dead of some effects, by a filter on `about.<id>`.

        Who is performing one of them finds that it is not theirs any more.
        """
        alive = {"state": {"$in": [State.OWED.value, State.DEAD.value]}, **where}
        ended = {"state": State.DROPPED.value, "reason": why, "ended_at": self._clock.now()}
        await self._effects.update_many(alive, {"$set": ended, "$inc": {"token": 1}})

    async def retry(self, identity: str) -> Effect | None:
        """Owe a dead effect anew, at once; the effect as it is then, None where there is none."""
        fields = {"state": State.OWED.value, "due_at": self._clock.now(), "tries": 0}
        await self._effects.update_one(
            {"_id": identity, "state": State.DEAD.value}, {"$set": {**fields, "ended_at": None}}
        )
        raw = await self._effects.find_one({"_id": identity})
        return None if raw is None else _read(raw)

    async def page(self, state: State | None, after: str | None, limit: int) -> list[Effect]:
        """Effects in the order of their ids, after one of them."""
        where: Raw = {} if state is None else {"state": state.value}
        if after is not None:
            where["_id"] = {"$gt": after}
        cursor = self._effects.find(where).sort("_id", 1)
        return [_read(raw) for raw in await cursor.limit(limit).to_list()]

    async def tidy(self) -> None:
        """Forget what ended long ago."""
        now = self._clock.now()
        for states, kept in (((State.DONE, State.DROPPED), KEPT_MS), ((State.DEAD,), DEAD_KEPT_MS)):
            long_ended = {"state": {"$in": [*states]}, "ended_at": {"$lt": now - kept}}
            await self._effects.delete_many(long_ended)


def pause_after(tries: int) -> Millis:
    """How long to wait after so many tries, a quarter more or less, so that not all come back
    at once."""
    pause = min(FIRST_PAUSE_MS * 3 ** (tries - 1), LONGEST_PAUSE_MS)
    return int(pause * random.uniform(0.75, 1.25))


def _document(effect: Effect) -> Raw:
    return {
        "_id": effect.id,
        "kind": effect.kind,
        "about": dict(effect.about),
        "group": effect.group,
        "at": effect.at,
        "due_at": effect.due_at,
        "state": State.OWED.value,
        "tries": 0,
        "token": 0,
        "lease_until": 0,
        "reason": None,
        "last_error": None,
        "ended_at": None,
    }


def _read(raw: Raw) -> Effect:
    return Effect(
        id=raw["_id"],
        kind=raw["kind"],
        about=raw["about"],
        at=raw["at"],
        due_at=raw["due_at"],
        group=raw["group"],
        state=State(raw["state"]),
        tries=raw["tries"],
        token=raw["token"],
        reason=raw["reason"],
        last_error=raw["last_error"],
    )

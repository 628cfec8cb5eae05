"""What a store needs after it was put back, by us or by others, before anybody may use it."""

from __future__ import annotations

from collections.abc import Callable

from realtime.cluster import AnyRedis
from realtime.feed import RedisFeeds
from server.backup.erasing import Applied, Eraser
from server.backup.folding import fold_all, unbind_files
from server.backup.life import forget_rooms
from server.backup.taking import LEFT_OUT
from server.clock import SystemClock
from server.dispatch.drafting import MAIL, NOTIFY
from server.dispatch.owing import FORGET, RECALCULATE
from server.faults import fault
from server.settings import Settings
from server.store.commits import reactor_work
from server.store.connect import Store
from server.store.effects import Effects
from server.store.models import OWED, LogEntry, StoreIdentity

Say = Callable[[str], None]

WHY = "owed by a copy that was restored; it may have been done since"
OUTSIDE = (reactor_work(MAIL), reactor_work(NOTIFY))
"""The reactors whose effects reach people; what they still owed in a copy is not owed any more."""

INSIDE = (FORGET, RECALCULATE)
"""The kinds of effects that reach nobody, and may be done twice."""


async def finish(store: Store, redis: AnyRedis, settings: Settings, say: Say) -> Applied:
    """Fold, end sessions, forget what is owed to the outside, erase again; all of it repeatable.

    The store has its new epoch already. Raises Refused where the copy is not a whole one.
    """
    for name in sorted(LEFT_OUT - {StoreIdentity.Settings.name}):
        await store.database[name].delete_many({})
    await forget_rooms(redis)
    await _drop_outside(store)
    fault("after_ending")
    folded = await fold_all(store)
    await unbind_files(store)
    say(f"{folded:>10} headers brought along from the log")
    applied = await Eraser(store, settings, RedisFeeds(redis)).apply_all()
    say(f"{applied.erased:>10} erasures made again")
    await _compact(store)
    return applied


async def _drop_outside(store: Store) -> None:
    """Nobody is written to twice; what stays within the house goes on."""
    await Effects(store, SystemClock()).cancel(
        {"$and": [{"kind": {"$ne": kind}} for kind in INSIDE]}, WHY
    )
    owing = {**OWED, "pending": {"$in": [*OUTSIDE]}}
    await store[LogEntry].update_many(owing, {"$pull": {"pending": {"$in": [*OUTSIDE]}}})


async def _compact(store: Store) -> None:
    """What was emptied is in no file of the embedded store; a MongoDB of one's own is left alone,
    where this takes long and may need a right of its own."""
    hello = await store.client.admin.command("hello")
    if hello.get("deskwireEmbedded"):
        await store.database.command("compact", LogEntry.Settings.name)

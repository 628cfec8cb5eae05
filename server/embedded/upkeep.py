"""Chores in the background: expired documents, idle cursors, forgotten retries."""

from __future__ import annotations

import asyncio
from typing import Any

from bson.datetime_ms import DatetimeMS

from .documents import Value, decode, now_ms
from .engine import Engine, Steps
from .indexes import Index
from .retries import forget_old
from .scan import collect, limited, rows_for

BATCH = 500


async def upkeep(engine: Engine) -> None:
    """Run the chores every `ttl_seconds`, a second at the least apart."""
    since = 0.0
    while True:
        await asyncio.sleep(min(1.0, engine.ttl_seconds))
        since += min(1.0, engine.ttl_seconds)
        if since < engine.ttl_seconds:
            continue
        since = 0.0
        engine.cursors.close_idle()
        await run(engine, forget_old(engine.writing.connection))
        for name, index in expiring(engine):
            while await run(engine, expire(engine, name, index)) == BATCH:
                pass


def expiring(engine: Engine) -> list[tuple[tuple[str, str], Index]]:
    return [
        (name, index)
        for name, collection in engine.reading.catalog.items()
        for index in collection.indexes
        if index.expire_after is not None
    ]


async def run(engine: Engine, job: Steps) -> Value:
    """The result of a write job; None if it failed, for there will be a next time."""
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    engine.writer.submit(job, done.set_result)
    outcome = await done
    return None if isinstance(outcome, Exception) else outcome


def expire(engine: Engine, name: tuple[str, str], index: Index) -> Steps:
    """Delete documents whose date (the earliest, in an array) is too long ago."""
    collection = engine.writing.collection(*name)
    if collection is None or collection.index(index.name) is None or index.expire_after is None:
        return 0
    ((path, _),) = index.fields
    latest = DatetimeMS(int(now_ms()) - int(index.expire_after * 1000))
    query = {path: {"$lte": latest}}
    rows = rows_for(engine.writing, collection, query, [])
    found = yield from collect(limited(rows, 0, BATCH))
    for rid, raw in found:
        document = decode(raw)
        if index.partial is None or index.partial(document):
            engine.store.delete(collection, rid, document)
            yield
    return len(found)

"""Making what is derived agree with the log again, whichever of the two is older."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from domain.errors import DomainError
from server.processes.refusal import Refused
from server.store.aggregates import AGGREGATES, aggregate_of
from server.store.attachments import StoredFile
from server.store.commits import commit_id
from server.store.connect import Store
from server.store.models import LogEntry, StoredMessage
from server.store.streams import Streams

AT_ONCE = 500


async def fold_all(store: Store) -> int:
    """Bring every header and its messages to where the log is; how many were elsewhere.

    A header beyond the log is folded anew from its beginning. Raises Refused where the log lacks
    a commit, or holds what only a newer release knows.
    """
    await _drop_headless(store)
    moved = 0
    heads: dict[str, int] = {}
    async for stream, head in _heads(store):
        heads[stream] = head
        if len(heads) >= AT_ONCE:
            moved += await _fold(store, heads)
            heads.clear()
    return moved + await _fold(store, heads)


async def unbind_files(store: Store) -> None:
    """Give files back whose message is not in this copy; what nobody takes is cleared away."""
    files, messages = store[StoredFile], store[StoredMessage]
    batch: list[str] = []

    async def settle() -> None:
        found = messages.find({"_id": {"$in": batch}}, {"_id": 1})
        lost = set(batch) - {each["_id"] async for each in found}
        await files.update_many(
            {"message_id": {"$in": sorted(lost)}},
            {"$set": {"message_id": None, "ticket_id": None, "claim": None}},
        )
        batch.clear()

    async for found in files.find({"message_id": {"$gt": ""}}, {"message_id": 1}):
        batch.append(found["message_id"])
        if len(batch) >= AT_ONCE:
            await settle()
    await settle()


async def _heads(store: Store) -> AsyncIterator[tuple[str, int]]:
    """Every stream with the seq of its last commit."""
    stream, head = "", 0
    cursor = store[LogEntry].find({}, {"stream": 1, "seq": 1}).sort("_id", 1).hint("_id_")
    async for found in cursor:
        if found["stream"] != stream:
            if stream:
                yield stream, head
            stream, head = found["stream"], 0
        if found["seq"] != head + 1:
            raise Refused(
                f"The log of {stream} lacks its commit {head + 1}. This is no `deskwire backup`"
                " and no copy of one moment: restore another one."
            )
        head = found["seq"]
    if stream:
        yield stream, head


async def _fold(store: Store, heads: dict[str, int]) -> int:
    elsewhere = [
        (stream, kept)
        for kind in AGGREGATES
        for stream, kept in (await _kept(store, kind, heads)).items()
        if kept != heads[stream]
    ]
    streams = Streams(store)
    for stream, kept in elsewhere:
        if kept > heads[stream]:
            await _drop(store, stream)
        try:
            await streams.projection.finish(stream)
        except DomainError as error:
            raise Refused(f"{stream} cannot be brought along by this release: {error}") from None
    return len(elsewhere)


async def _kept(store: Store, kind: str, heads: dict[str, int]) -> dict[str, int]:
    """By stream of a kind, the seq of its header; 0 where there is none."""
    kept = {stream: 0 for stream in heads if stream.startswith(f"{kind}:")}
    ids = [stream.partition(":")[2] for stream in kept]
    async for found in store[AGGREGATES[kind].model].find({"_id": {"$in": ids}}, {"seq": 1}):
        kept[f"{kind}:{found['_id']}"] = found["seq"]
    return kept


async def _drop_headless(store: Store) -> None:
    """Take headers away whose streams have no commit in this copy."""
    for kind, aggregate in AGGREGATES.items():
        batch: list[str] = []
        async for found in store[aggregate.model].find({}, {"_id": 1}):
            batch.append(f"{kind}:{found['_id']}")
            if len(batch) >= AT_ONCE:
                await _drop_unlogged(store, batch)
                batch.clear()
        await _drop_unlogged(store, batch)


async def _drop_unlogged(store: Store, streams: Sequence[str]) -> None:
    firsts = {commit_id(stream, 1): stream for stream in streams}
    async for found in store[LogEntry].find({"_id": {"$in": list(firsts)}}, {"_id": 1}):
        del firsts[found["_id"]]
    for stream in firsts.values():
        await _drop(store, stream)


async def _drop(store: Store, stream: str) -> None:
    kind, _, identity = stream.partition(":")
    if kind == "ticket":
        await store[StoredMessage].delete_many({"ticket_id": identity})
    await store[aggregate_of(stream).model].delete_one({"_id": identity})

"""Feed rooms in Redis: absolute items, a bounded history, written and published in one script."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, cast
from uuid import uuid4

import orjson

from domain.ports import FeedItem
from realtime.bus import NODE_BYTES, Kind, channel_of
from realtime.cluster import AnyRedis, ask_many, run_script

HISTORY = 500
"""Envelopes kept of a room."""
ITEMS = 20_000
"""Items whose seqs are remembered, the longest untouched forgotten first."""
WRITE_WITHIN = 5.0
"""Seconds that one write may take: who writes has other things to do while Redis stands still."""
KEPT = 86_400
"""Seconds after which a room that nobody writes to is forgotten."""

NOBODY = b"-" * NODE_BYTES
"""Stands for the node's id in what a script publishes: every node delivers it."""

# Offsets are milliseconds of Redis' clock, at least one more than the last: so they also rise
# over a restart that lost the newest writes, and the broken chain of `prev` shows the loss.
_WRITE = """
local meta, seqs, touched, history, channel = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local prefix, fresh, room, kept = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local accepted = {}
for at = 7, #ARGV, 3 do
  local key, seq, event = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local known = tonumber(redis.call('HGET', seqs, key) or '-1')
  if seq >= known then
    redis.call('HSET', seqs, key, ARGV[at + 1])
    accepted[#accepted + 1] = event
  end
end
if #accepted == 0 then return 0 end
redis.call('HSETNX', meta, 'epoch', fresh)
local epoch = redis.call('HGET', meta, 'epoch')
local prev = tonumber(redis.call('HGET', meta, 'offset') or '0')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local offset = math.max(prev + 1, now)
local digits = string.format('%.0f', offset)
redis.call('HSET', meta, 'offset', digits)
for at = 7, #ARGV, 3 do redis.call('ZADD', touched, offset, ARGV[at]) end
local crowd = redis.call('ZCARD', touched) - tonumber(ARGV[6])
if crowd > 0 then
  local gone = redis.call('ZPOPMIN', touched, crowd)
  for at = 1, #gone, 2 do redis.call('HDEL', seqs, gone[at]) end
end
local envelope = '{"room":' .. room .. ',"epoch":"' .. epoch .. '","seq":' .. digits ..
  ',"prev":' .. string.format('%.0f', prev) .. ',"at":' .. string.format('%.0f', now) ..
  ',"actor":{"kind":"system","id":"feed"},"command_id":"feed:' .. digits ..
  '","events":[' .. table.concat(accepted, ',') .. ']}'
redis.call('ZADD', history, offset, envelope)
redis.call('ZREMRANGEBYRANK', history, 0, -1 - tonumber(ARGV[5]))
for at = 1, 4 do redis.call('EXPIRE', KEYS[at], kept) end
redis.call('SPUBLISH', channel, prefix .. envelope)
return offset
"""

# A room nobody wrote to yet gets its epoch from who first asks for it.
_READ = """
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
redis.call('EXPIRE', KEYS[1], tonumber(ARGV[3]))
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
local after = ARGV[2]
local missed = {}
if after ~= '' then missed = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. after, '+inf') end
return {meta[1], meta[2] or '0', missed}
"""

_FORGET = """
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
redis.call('EXPIRE', KEYS[1], tonumber(ARGV[4]))
redis.call('SPUBLISH', KEYS[5], ARGV[1] .. '{"room":' .. ARGV[3] .. ',"epoch":"' .. ARGV[2] ..
  '","seq":0,"prev":0,"at":0,"actor":{"kind":"system","id":"feed"},' ..
  '"command_id":"feed:0","events":[]}')
"""


def _keys(room: str) -> list[str]:
    channel = channel_of(room)
    return [f"{channel}:{part}" for part in ("meta", "seqs", "touched", "history")] + [channel]


class RedisFeeds:
    """Implements ports.Feeds, and reads back what a node needs for joins and gaps."""

    def __init__(self, redis: AnyRedis) -> None:
        self._redis = redis
        self._prefix = NOBODY + Kind.EVENT.value

    async def write(self, items: Sequence[FeedItem]) -> None:
        """Write and publish items, those of one room as one envelope; older ones are dropped.

        Raises RedisError or TimeoutError; what was written nevertheless may be written again.
        """
        in_order = sorted(items, key=lambda item: item.room)
        for room, of_room in groupby(in_order, key=lambda item: item.room):
            args: list[Any] = [self._prefix, uuid4().hex, orjson.dumps(room), KEPT, HISTORY, ITEMS]
            for item in of_room:
                args += [item.key, item.seq, orjson.dumps(item.event)]
            async with asyncio.timeout(WRITE_WITHIN):
                await run_script(self._redis, _WRITE, _keys(room), *args)

    async def forget(self, rooms: Iterable[str]) -> None:
        for room in rooms:
            args: list[Any] = [self._prefix, uuid4().hex, orjson.dumps(room), KEPT]
            async with asyncio.timeout(WRITE_WITHIN):
                await run_script(self._redis, _FORGET, _keys(room), *args)

    async def read(self, room: str, after: int | None) -> tuple[str, int, list[bytes]]:
        """A room's epoch, its newest offset, and the kept envelopes after a cursor, as JSON."""
        keys = _keys(room)
        cursor = "" if after is None else after
        read_from = [keys[0], keys[3]]
        answer = await run_script(self._redis, _READ, read_from, uuid4().hex, cursor, KEPT)
        epoch, offset, missed = cast("tuple[bytes, bytes, list[bytes]]", answer)
        return epoch.decode(), int(offset), missed

    async def heads(self, rooms: Sequence[str], within: float) -> dict[str, tuple[str | None, int]]:
        """Epoch and newest offset of rooms; the epoch is None of one that is not there.

        Rooms whose server did not answer are left out, or TimeoutError or RedisError is raised.
        """
        commands = [("HMGET", _keys(room)[0], "epoch", "offset") for room in rooms]
        heads: dict[str, tuple[str | None, int]] = {}
        for room, answer in zip(rooms, await ask_many(self._redis, commands, within), strict=True):
            if not isinstance(answer, Exception):
                epoch, offset = cast("list[bytes | None]", answer)
                heads[room] = (None if epoch is None else epoch.decode(), int(offset or 0))
        return heads

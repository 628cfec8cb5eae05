"""Nodes say who of the staff is connected, again and again, and Redis may forget it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from realtime.presence import GRACE, KEY, present, tell
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, DEADLINE, Node


@pytest.fixture(autouse=True)
async def nobody_is_there(start_node: StartNode) -> None:
    node = await start_node()
    await node.redis.delete(KEY)


OFTEN = replace(CALM, presence_every=0.1, presence_soon=0.02)


async def test_staff_on_any_node_are_present_and_clients_are_nobodys_business(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    one, two = await start_node(OFTEN), await start_node(OFTEN)
    await enter(one, store.desk.ada)
    await enter(two, store.desk.bob)
    await enter(two, store.desk.carl)

    await _until(lambda: _is(one, {store.desk.ada.id, store.desk.bob.id}))


async def test_who_left_runs_out_and_who_has_another_device_does_not(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(OFTEN)
    phone, desk = await enter(node, store.desk.ada), await enter(node, store.desk.ada)
    gone = await enter(node, store.desk.bob)
    await _until(lambda: _is(node, {store.desk.ada.id, store.desk.bob.id}))

    await phone.sio.disconnect()
    await gone.sio.disconnect()
    await _until(lambda: _only_ada_is_said_again(node, store))
    assert desk.sio.connected


async def test_a_flush_heals_with_the_next_word(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(OFTEN)
    await enter(node, store.desk.ada)
    await _until(lambda: _is(node, {store.desk.ada.id}))

    await node.redis.delete(KEY)
    await _until(lambda: _is(node, {store.desk.ada.id}))


@pytest.mark.parametrize("ahead", [3_600_000, -3_600_000])
async def test_a_node_whose_clock_is_off_tells_like_any_other(
    store: MemoryStore, start_node: StartNode, enter: Enter, ahead: int
):
    right = await start_node(OFTEN)
    wrong = await start_node(replace(OFTEN, now=lambda: CALM.now() + ahead))
    staying, _ = await enter(right, store.desk.ada), await enter(wrong, store.desk.ada)
    gone = await enter(wrong, store.desk.bob)
    await _until(lambda: _is(right, {store.desk.ada.id, store.desk.bob.id}))

    await gone.sio.disconnect()

    await _until(lambda: _only_ada_is_said_again(right, store))
    assert staying.sio.connected


async def test_a_word_from_before_redis_was_set_back_counts_for_nothing(node: Node):
    far = CALM.now() + 3_600_000
    await node.redis.zadd(KEY, {"somebody": far})

    assert await present(node.redis) == frozenset()
    await tell(node.redis, [])
    assert await node.redis.zscore(KEY, "somebody") is None


async def _until(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not await met():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _is(node: Node, who: set[str]) -> bool:
    return await present(node.redis) == frozenset(who)


async def _only_ada_is_said_again(node: Node, store: MemoryStore) -> bool:
    """A moment beyond what was said when both were there, only the one still there counts."""
    seconds, micros = await node.redis.time()
    moment = seconds * 1_000 + micros // 1_000 + GRACE - 50
    said = await node.redis.zrangebyscore(KEY, moment, "+inf")
    return said == [store.desk.ada.id.encode()]

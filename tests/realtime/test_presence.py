"""Nodes say who of the staff is connected, again and again, and Redis may forget it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from realtime.presence import GRACE, KEY, present
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, DEADLINE, Node


@pytest.fixture(autouse=True)
async def nobody_is_there(start_node: StartNode) -> None:
    node = await start_node()
    await node.redis.delete(KEY)


OFTEN = replace(CALM, presence_every=0.1, presence_soon=0.02)


async def there(node: Node, at: int | None = None) -> frozenset[str]:
    return await present(node.redis, CALM.now() if at is None else at)


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


async def _until(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not await met():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _is(node: Node, who: set[str]) -> bool:
    return await there(node) == frozenset(who)


async def _only_ada_is_said_again(node: Node, store: MemoryStore) -> bool:
    """A moment beyond what was said when both were there, only the one still there counts."""
    moment = CALM.now() + GRACE - 50
    return await there(node, moment) == frozenset({store.desk.ada.id})

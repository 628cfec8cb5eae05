"""A thousand people watch: what changes reaches each of them as one small frame."""

from __future__ import annotations

import orjson
import pytest

from domain.audience import WALLBOARD, staff_room
from domain.ports import FeedItem
from server.store.attendance import Attending
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.crowd import Watcher, watching
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import Node, until

WATCHERS = 1_000
SPEAKERS = 100


@pytest.fixture
def websockets() -> str:
    return "slim"


@pytest.fixture
async def nodes(start_node: StartNode) -> list[Node]:
    return [await start_node(), await start_node()]


def frames(watchers: list[Watcher]) -> set[int]:
    """How many frames they got, each of them."""
    return {len(each.got) for each in watchers}


async def test_an_agents_presence_is_one_small_frame_for_each_of_a_thousand(
    store: MemoryStore, nodes: list[Node]
):
    now = nodes[0].realtime.options.now()
    ada = Attending(store.desk.ada.id, (WALLBOARD,), "online", 3, 10, since=now, seq=now)
    key = f"agent:{ada.agent_id}"
    event = {"type": "feed.agent", "v": 1, **ada.entry}
    async with watching(store, [store.desk.sue] * WATCHERS, WALLBOARD, nodes) as watchers:
        await nodes[0].feeds.write([FeedItem(WALLBOARD, key, ada.seq, event)])
        await until(lambda: all(each.got for each in watchers))

        assert frames(watchers) == {1}
        assert len({packet for each in watchers for packet in each.got}) == 1
        (packet,) = watchers[0].got
        assert len(packet) < 450
        assert orjson.loads(packet[2:])[1]["events"] == [event]


async def test_who_comes_to_view_a_ticket_is_one_small_frame_for_each_of_a_thousand(
    store: MemoryStore, nodes: list[Node], enter: Enter
):
    room = staff_room(store.desk.open().id)
    async with watching(store, [store.desk.sue] * WATCHERS, room, nodes) as watchers:
        ada = await enter(nodes[0], store.desk.ada)
        await ada.join(room)
        for _ in range(10):
            assert (await ada.ask("signal", {"room": room, "type": "viewing"}))["ok"]
        await until(lambda: all(each.got for each in watchers))

        assert frames(watchers) == {1}
        assert len(watchers[0].got[0]) < 250

        await ada.sio.disconnect()
        await until(lambda: all(len(each.got) == 2 for each in watchers))
        assert {each.heard_events()[1][1]["active"] for each in watchers} == {False}


async def test_many_changes_in_a_crowd_come_together_and_what_is_repeated_costs_nothing(
    store: MemoryStore, nodes: list[Node]
):
    room = staff_room(store.desk.open().id)
    agents = [store.desk.ada.model_copy(update={"id": str(n)}) for n in range(SPEAKERS)]
    viewing = orjson.dumps({"room": room, "type": "viewing"})
    async with (
        watching(store, [store.desk.sue] * WATCHERS, room, nodes) as watchers,
        watching(store, agents, room, nodes) as speakers,
    ):
        for _ in range(3):
            for each in speakers:
                each.send("signal", viewing)

        await until(lambda: {len(present(each)) for each in watchers} == {SPEAKERS})
        assert max(frames(watchers)) <= 12  # Each of which waits for others a quarter of a second.

        late = await speakers[0].ask("join", {"rooms": [{"room": room}]})
        assert len(late["rooms"][0]["signals"]) == SPEAKERS


def present(watcher: Watcher) -> set[str]:
    """Who is there, by what a watcher was told."""
    there: set[str] = set()
    for _, payload in watcher.heard_events():
        for each in payload.get("signals", [payload]):
            (there.add if each["active"] else there.discard)(each["from"]["id"])
    return there

"""On a cluster of three masters rooms are where their slots are, and follow them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import replace

import pytest
from redis.crc import key_slot

from domain.audience import staff_room
from domain.ticket.state import Ticket
from realtime.bus import channel_of
from tests.cluster import ClusterOfValkeys, valkey_cluster
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, QUICK, Client, Node, until
from tests.realtime.test_bus import say

TICKETS = 30
MOVED = 10
"""Slots that are moved to another master; a cluster has 16,384."""


@pytest.fixture
def cluster() -> Generator[ClusterOfValkeys]:
    with valkey_cluster() as cluster:
        yield cluster


@pytest.fixture
def websockets() -> str:
    return "slim"


class Company:
    """Two nodes with a member each in every room."""

    def __init__(self, store: MemoryStore, cluster: ClusterOfValkeys) -> None:
        self.store = store
        self.cluster = cluster
        self.tickets: list[Ticket] = [store.desk.open() for _ in range(TICKETS)]
        self.rooms = [staff_room(ticket.id) for ticket in self.tickets]
        self.slots = [key_slot(channel_of(room).encode()) for room in self.rooms]
        self.nodes: list[Node] = []
        self.members: list[Client] = []

    async def gather(self, nodes: list[Node], enter: Enter) -> None:
        self.nodes = nodes
        for node in nodes:
            member = await enter(node, self.store.desk.ada)
            await member.join(*self.rooms)
            self.members.append(member)

    async def talk(self, rounds: int) -> None:
        """A message a round in every room, by one node and then the other."""
        for number in range(rounds):
            for ticket in self.tickets:
                self.nodes[number % 2].publish(say(self.store, ticket))
                await asyncio.sleep(0.001)

    async def all_have(self, upto: int, within: float = 20.0) -> None:
        whole = list(range(2, upto + 1))
        await until(
            lambda: all(m.seqs(room)[-1:] == [upto] for m in self.members for room in self.rooms),
            within,
        )
        assert all(m.seqs(room) == whole for m in self.members for room in self.rooms)
        assert not any(member.gone.is_set() for member in self.members)

    async def hear_each_other_by_the_bus(self) -> None:
        await until(
            lambda: all(n.realtime.bus.confirmed(r) for n in self.nodes for r in self.rooms)
        )
        for near, far in (self.nodes, self.nodes[::-1]):
            before = far.counters.received
            for ticket in self.tickets:
                near.publish(say(self.store, ticket))
            await until(lambda far=far, before=before: far.counters.received >= before + TICKETS)


@pytest.fixture
def company(store: MemoryStore, cluster: ClusterOfValkeys) -> Company:
    return Company(store, cluster)


async def test_rooms_on_every_master_are_heard_by_the_other_node(
    company: Company, start_node: StartNode, enter: Enter, cluster: ClusterOfValkeys
):
    await company.gather([await start_node(CALM, cluster.url) for _ in range(2)], enter)
    for master in cluster.masters:
        assert master.ask("PUBSUB", "SHARDCHANNELS", "*ticket*")

    await company.talk(4)

    await company.all_have(5)
    assert [node.counters.publishes_lost for node in company.nodes] == [0, 0]


def fail_over(company: Company) -> None:
    company.cluster.masters[0].kill()


def move_slots(company: Company) -> None:
    cluster = company.cluster
    theirs = [slot for slot in company.slots if cluster.owner(slot) is cluster.masters[0]]
    for slot in theirs[:MOVED]:
        cluster.migrate(slot, cluster.masters[1])


@pytest.mark.parametrize("trouble", [fail_over, move_slots])
async def test_a_cluster_that_changes_in_the_middle_of_talk_loses_and_doubles_nothing(
    company: Company,
    start_node: StartNode,
    enter: Enter,
    cluster: ClusterOfValkeys,
    trouble: Callable[[Company], None],
):
    options = replace(QUICK, shards_every=3600.0)  # What moved is noticed without being asked for.
    await company.gather([await start_node(options, cluster.url) for _ in range(2)], enter)

    async def make_trouble() -> None:
        await until(lambda: company.members[0].seqs(company.rooms[-1])[-1:] >= [4])
        await asyncio.to_thread(trouble, company)

    await asyncio.gather(company.talk(20), make_trouble())

    await company.all_have(21)
    await company.hear_each_other_by_the_bus()


async def test_a_slot_that_a_server_gives_up_is_subscribed_anew_and_its_rooms_are_checked(
    company: Company, start_node: StartNode, enter: Enter, cluster: ClusterOfValkeys
):
    never = replace(CALM, unconfirmed_heads_every=3600.0, shards_every=3600.0)
    await company.gather([await start_node(never, cluster.url) for _ in range(2)], enter)
    say(company.store, company.tickets[0])  # Published by nobody.
    slot = company.slots[0]
    others = [master for master in cluster.masters if master is not cluster.owner(slot)]

    await asyncio.to_thread(cluster.migrate, slot, others[0])

    room = company.rooms[0]
    await until(lambda: all(member.seqs(room) == [2] for member in company.members))
    assert channel_of(room).encode() in others[0].ask("PUBSUB", "SHARDCHANNELS")
    await company.hear_each_other_by_the_bus()

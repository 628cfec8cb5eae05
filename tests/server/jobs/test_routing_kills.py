"""Several routers at once, and routers killed within a step: each ticket has one owner, nobody
carries more than they can, and nothing held or waiting is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from domain.access import Actor
from domain.message import Command
from domain.people.state import Role, Routing, Team, User
from domain.process import WEIGHT
from domain.routing.commands import AcceptOffer, OfferTicket, RouteTicket, TransferTicket
from domain.supervision.commands import TakeOver
from domain.ticket.commands import AssignTicket, SetStatus
from domain.ticket.state import Priority, Status, Ticket
from domain.workforce.state import Agent
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.jobs.routing import ROUTER, Router
from server.settings import Settings
from server.store.connect import Store
from server.store.documents import fetch_by_key, kind_of
from server.store.leases import Leases
from server.store.models import LogEntry, StoredAttendance, TicketHeader
from server.store.streams import Streams
from tests.processes import Program, module
from tests.server.house import FixedClock, House, keep, new_id, open_ticket
from tests.server.jobs.conftest import Work
from tests.server.jobs.test_kills import KILLED, LATER, assert_whole, carry_out
from tests.server.jobs.test_routing import are_there, load_of, offered_to, set_team, ticket_of

CAPACITY = 25


async def hire(house: House, many: int, capacity: int) -> list[str]:
    """People of the house's team who are there."""
    assert await fetch_by_key(house.store, Role, "agent")
    users = [
        User(id=new_id(), email=f"a{n}@x.test", name=f"a{n}", role="agent", capacity=capacity)
        for n in range(many)
    ]
    for user in users:
        await keep(house.store, user)
        told: dict[str, Any] = {"rooms": [], "seq": 1, "load": 0, "capacity": 1, "since": 5}
        entry = {"_id": user.id, "state": "online", **told}
        await house.store[StoredAttendance].insert_one(entry)
    ids = [user.id for user in users]
    await house.store[kind_of(Team).model].update_one(
        {"_id": house.team.id}, {"$set": {"state.member_ids": ids}}
    )
    return ids


@pytest.mark.parametrize(
    ("people", "many"),
    [(10, 100), pytest.param(50, 500, marks=pytest.mark.long)],
)
async def test_three_nodes_give_each_ticket_once_and_nobody_too_many(
    store: Store,
    house: House,
    settings: Settings,
    tmp_path: Path,
    dispatcher: Dispatcher,
    people: int,
    many: int,
):
    # Given tickets that weigh more than all people can carry
    agents = await hire(house, people, CAPACITY)
    await set_team(house, routing=Routing.ASSIGN.value)
    priorities = list(Priority)
    opening = [
        dispatcher.dispatch(open_ticket(priority=priorities[n % 4]), house.client)
        for n in range(many)
    ]
    await asyncio.gather(*opening)
    await dispatcher.close()

    # When three processes route at once, none of them asking whose turn it is
    go = tmp_path / "go"
    command = module("tests.server.jobs.routing_node", settings.model_dump_json(), str(go))
    nodes = [Program(f"node-{n}", command, tmp_path / f"{n}.log") for n in range(3)]
    for node in nodes:
        await asyncio.to_thread(node.start)
    go.touch()
    assert [await asyncio.to_thread(node.end) for node in nodes] == [0, 0, 0]
    assert sum("gave 0" not in node.printed() for node in nodes) > 1, "One had it to itself."

    # Then each has one owner at most, who was never asked to carry more than they can
    tickets = [raw["state"] async for raw in store[TicketHeader].find({})]
    carried: Counter[str] = Counter()
    for each in tickets:
        if each["owner_id"]:
            carried[each["owner_id"]] += WEIGHT[Priority(each["priority"])]
    assert len(tickets) == many
    assert max(carried.values()) <= CAPACITY
    assigned = [
        event
        async for raw in store[LogEntry].find({"stream": {"$gt": "ticket:"}})
        for event in raw["events"]
        if event["type"] == "ticket.assigned"
    ]
    assert len(assigned) == sum(bool(each["owner_id"]) for each in tickets)
    streams = Streams(store)
    for agent_id in agents:
        state = (await streams.headers.load(f"agent:{agent_id}")).state
        assert isinstance(state, Agent)
        assert state.load == carried[agent_id]
        assert all(held.confirmed for held in state.held.values())
    # And nobody has room for what waits
    waiting = [Priority(each["priority"]) for each in tickets if not each["owner_id"]]
    least = min(CAPACITY - carried[agent_id] for agent_id in agents)
    assert waiting
    assert all(WEIGHT[each] > least for each in waiting)


async def rescued(clock: FixedClock, work: Work, dispatcher: Dispatcher) -> None:
    for _ in range(2):
        clock.time += LATER
        await work.sweeper.sweep()
        await dispatcher.close()


FAULTS = ["after_commit:1", "after_project:1", "after_commit:2", "after_step:1", "after_commit:3"]
"""Within the reservation, the act on the ticket, and the confirmation."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("how", ["offer", "assign"])
async def test_a_router_killed_anywhere_leaves_one_who_has_it_and_nothing_held_in_vain(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    settings: Settings,
    feeds: RedisFeeds,
    clock: FixedClock,
    how: str,
    fault: str,
):
    await set_team(house, routing=how)
    await are_there(house, house.agent, house.agent2)
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    await dispatcher.close()
    ticket_id = opened.result["ticket_id"]
    given: dict[str, Any] = {"command_id": f"route:{new_id()}", "ticket_id": ticket_id}
    command = (
        OfferTicket(**given, agent_id=house.agent.id, seconds=3_600)
        if how == "offer"
        else RouteTicket(**given, agent_id=house.agent.id)
    )

    killed = await carry_out(command, ROUTER, settings, fault)
    assert killed.code == KILLED
    # Meanwhile another router is at it, which must not have it twice.
    router = Router(house.store, Leases(house.store, clock), dispatcher, clock)
    await router.round()
    await rescued(clock, work, dispatcher)
    await router.round()
    await rescued(clock, work, dispatcher)

    ticket = await ticket_of(house, ticket_id)
    has_it = ticket.owner_id if how == "assign" else await offered_to(house, ticket_id)
    loads = {who.id: await load_of(house, who) for who in (house.agent, house.agent2)}
    assert has_it in loads
    assert {who: load for who, load in loads.items() if load} == {has_it: 2}
    await assert_whole(ticket_id, house, feeds, clock, work)


@pytest.mark.parametrize("fault", ["after_commit:1", "after_publish:1", "after_project:1"])
async def test_an_acceptance_cut_off_anywhere_is_theirs(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    settings: Settings,
    feeds: RedisFeeds,
    clock: FixedClock,
    fault: str,
):
    await set_team(house, routing="offer")
    await are_there(house, house.agent)
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    router = Router(house.store, Leases(house.store, clock), dispatcher, clock)
    assert await router.round() == 1
    await dispatcher.close()
    command = AcceptOffer(command_id=new_id(), ticket_id=ticket_id)

    assert (await carry_out(command, house.agent, settings, fault)).code == KILLED
    await rescued(clock, work, dispatcher)
    await dispatcher.dispatch(command, house.agent)
    await rescued(clock, work, dispatcher)

    ticket = await ticket_of(house, ticket_id)
    assert isinstance(ticket, Ticket)
    assert ticket.owner_id == house.agent.id
    assert await load_of(house, house.agent) == 2
    await assert_whole(ticket_id, house, feeds, clock, work)


def handing_on(how: str, house: House, ticket_id: str) -> tuple[Command, Actor, str | None]:
    """What is done with a ticket of the agent's, by whom, and who has it afterwards."""
    named: dict[str, Any] = {"command_id": new_id(), "ticket_id": ticket_id}
    match how:
        case "transfer":
            command = TransferTicket(**named, agent_id=house.agent2.id, note="You know them.")
            return command, house.agent, house.agent2.id
        case "take over":
            command = TakeOver(**named, agent_id=house.supervisor.id)
            return command, house.supervisor, house.supervisor.id
        case "give back":
            command = AssignTicket(**named, agent_id=None, team_id=house.team.id)
            return command, house.agent, None
        case _:
            return SetStatus(**named, status=Status.RESOLVED), house.agent, None


@pytest.mark.parametrize(
    ("how", "faults"),
    [
        ("transfer", ("commit:1", "step:1", "commit:2", "project:2", "commit:3", "commit:4")),
        ("take over", ("commit:1", "step:1", "commit:2", "project:2", "commit:3", "commit:4")),
        ("give back", ("commit:1", "publish:1", "project:1", "commit:2")),
        ("resolve", ("commit:1", "publish:1", "project:1", "commit:2")),
    ],
)
async def test_a_handing_on_killed_anywhere_is_done_once_and_whole(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    settings: Settings,
    feeds: RedisFeeds,
    clock: FixedClock,
    how: str,
    faults: tuple[str, ...],
):
    everybody = (house.agent, house.agent2, house.supervisor)
    for fault in faults:
        opened = await dispatcher.dispatch(open_ticket(), house.client)
        ticket_id = opened.result["ticket_id"]
        taking = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
        await dispatcher.dispatch(taking, house.agent)
        await dispatcher.close()
        command, actor, has_it = handing_on(how, house, ticket_id)

        killed = await carry_out(command, actor, settings, f"after_{fault}")
        assert killed.code == KILLED, fault
        await rescued(clock, work, dispatcher)
        await dispatcher.dispatch(command, actor)  # Who heard nothing says it again.
        await rescued(clock, work, dispatcher)

        ticket = await ticket_of(house, ticket_id)
        # Resolved, it stays with who solved it, on whom it weighs no more.
        assert ticket.owner_id == (house.agent.id if how == "resolve" else has_it), fault
        loads = {who.id: await load_of(house, who) for who in everybody}
        assert {who: load for who, load in loads.items() if load} == (
            {has_it: 2} if has_it else {}
        ), fault
        await assert_whole(ticket_id, house, feeds, clock, work)
        if has_it:  # Nobody carries anything when the next begins.
            done = SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.RESOLVED)
            await dispatcher.dispatch(done, house.supervisor)
            await dispatcher.close()

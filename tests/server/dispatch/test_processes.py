"""Rules across streams: an assignment reserves first; a reply to a closed ticket goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.access import Actor
from domain.errors import CommandIdReused, Conflict, Forbidden, Invalid, Retryable
from domain.ports import Outcome
from domain.ticket.commands import AssignTicket, SetPriority, SetStatus
from domain.ticket.state import Priority, Status, Ticket
from domain.workforce.commands import Release
from domain.workforce.state import Agent
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.kinds import UserDocument
from server.store.log import StoreLog
from server.store.models import AgentHeader, LogEntry
from server.store.streams import Streams
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket, reply


def assign(ticket_id: str, agent: Actor | None, **fields: Any) -> AssignTicket:
    given = {"command_id": new_id(), "ticket_id": ticket_id, **fields}
    return AssignTicket.model_validate({**given, "agent_id": agent.id if agent else None})


async def agent_now(store: Store, actor: Actor) -> Agent:
    state = (await Streams(store).headers.load(f"agent:{actor.id}")).state
    assert isinstance(state, Agent)
    return state


async def ticket_now(store: Store, ticket_id: str) -> Ticket:
    state = (await Streams(store).headers.load(f"ticket:{ticket_id}")).state
    assert isinstance(state, Ticket)
    return state


async def limit(store: Store, actor: Actor, capacity: int) -> None:
    await store[UserDocument].update_one({"_id": actor.id}, {"$set": {"state.capacity": capacity}})


@pytest.fixture
async def ticket_id(dispatcher: Dispatcher, house: House) -> str:
    return (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]


async def test_an_assignment_is_held_in_the_agents_stream_and_confirmed(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    command = assign(ticket_id, house.agent)

    done = await dispatcher.dispatch(command, house.supervisor)
    await dispatcher.close()

    assert done.seq == 2
    assert (await ticket_now(house.store, ticket_id)).owner_id == house.agent.id
    agent = await agent_now(house.store, house.agent)
    assert {key: held.confirmed for key, held in agent.held.items()} == {command.command_id: True}
    owed = [entry["pending"] async for entry in house.store[LogEntry].find()]
    assert [work for pending in owed for work in pending if not work.startswith("react:")] == []


async def test_assigning_to_another_releases_the_first(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    await dispatcher.dispatch(assign(ticket_id, house.agent), house.supervisor)
    await dispatcher.dispatch(assign(ticket_id, house.agent2), house.supervisor)
    await dispatcher.close()

    assert (await agent_now(house.store, house.agent)).load == 0
    assert (await agent_now(house.store, house.agent2)).load == 2


async def test_no_agent_is_given_more_than_they_can_carry_by_several_nodes(
    store: Store, house: House, clock: FixedClock
):
    nodes = [Dispatcher(store, clock, Heard(), SECRET) for _ in range(2)]
    await limit(store, house.agent, 6)  # Three tickets of medium priority.
    tickets = [
        (await nodes[0].dispatch(open_ticket(), house.client)).result["ticket_id"] for _ in range(8)
    ]

    async def insistently(node: Dispatcher, command: AssignTicket) -> Outcome | Conflict:
        while True:
            try:
                return await node.dispatch(command, house.supervisor)
            except Retryable:
                continue
            except Conflict as full:
                return full

    answers = await asyncio.gather(
        *(insistently(nodes[n % 2], assign(each, house.agent)) for n, each in enumerate(tickets))
    )
    await asyncio.gather(*(node.close() for node in nodes))

    assert sum(isinstance(answer, Outcome) for answer in answers) == 3
    owned = [each for each in tickets if (await ticket_now(store, each)).owner_id]
    assert len(owned) == 3
    assert (await agent_now(store, house.agent)).load == 6


async def test_a_hopeless_assignment_reserves_nothing(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    with pytest.raises(Invalid):
        await dispatcher.dispatch(assign(ticket_id, house.client), house.supervisor)
    powerless = house.supervisor.model_copy(update={"permissions": {}})
    with pytest.raises(Forbidden):
        await dispatcher.dispatch(assign(ticket_id, house.agent), powerless)

    assert await house.store[AgentHeader].count_documents({}) == 0


async def test_a_refused_reservation_stays_refused_when_it_would_be_possible_again(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    await limit(house.store, house.agent, 1)
    command = assign(ticket_id, house.agent)
    with pytest.raises(Conflict):
        await dispatcher.dispatch(command, house.supervisor)
    await limit(house.store, house.agent, 10)

    with pytest.raises(Conflict):
        await dispatcher.dispatch(command, house.supervisor)
    await sweep(dispatcher, house.store)

    assert (await ticket_now(house.store, ticket_id)).owner_id is None
    await dispatcher.dispatch(assign(ticket_id, house.agent), house.supervisor)
    assert (await ticket_now(house.store, ticket_id)).owner_id == house.agent.id


async def test_an_assignment_refused_after_its_reservation_lets_go_and_stays_refused(
    dispatcher: Dispatcher, house: House, ticket_id: str, monkeypatch: pytest.MonkeyPatch
):
    # Given a ticket that is closed between the reservation and the assignment
    command = assign(ticket_id, house.agent)
    take = dispatcher._take  # pyright: ignore
    closed: list[str] = []

    async def close_between(step: Any, *owed: Any) -> Any:
        commit = await take(step, *owed)
        if owed and not closed:
            closed.append(ticket_id)
            for status in (Status.RESOLVED, Status.CLOSED):
                await dispatcher.dispatch(
                    SetStatus(command_id=new_id(), ticket_id=ticket_id, status=status),
                    house.supervisor,
                )
        return commit

    monkeypatch.setattr(dispatcher, "_take", close_between)

    # When it is assigned
    with pytest.raises(Conflict):
        await dispatcher.dispatch(command, house.supervisor)
    await dispatcher.close()

    # Then nothing is held, and the refusal is its one outcome, also once it would be possible
    assert (await agent_now(house.store, house.agent)).load == 0
    await dispatcher.dispatch(
        SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.OPEN), house.supervisor
    )
    await sweep(dispatcher, house.store)
    with pytest.raises(Conflict):
        await dispatcher.dispatch(command, house.supervisor)
    assert (await ticket_now(house.store, ticket_id)).owner_id is None
    assert (await agent_now(house.store, house.agent)).load == 0


async def test_an_id_reused_for_another_agent_leaves_nothing_held(
    dispatcher: Dispatcher, house: House, ticket_id: str, monkeypatch: pytest.MonkeyPatch
):
    # Given an assignment that got no further than its reservation
    command = assign(ticket_id, house.agent)

    async def crash(_commit: Any) -> Any:
        raise Retryable("the node died here")

    with monkeypatch.context() as broken:
        broken.setattr(dispatcher, "_take_steps", crash)
        with pytest.raises(Retryable):
            await dispatcher.dispatch(command, house.supervisor)

    # When the same id is used for another agent, and the first one's step is swept
    other = assign(ticket_id, house.agent2, command_id=command.command_id)
    await dispatcher.dispatch(other, house.supervisor)
    await sweep(dispatcher, house.store)
    await dispatcher.close()

    # Then only the owner holds it
    assert (await ticket_now(house.store, ticket_id)).owner_id == house.agent2.id
    assert (await agent_now(house.store, house.agent)).load == 0
    assert (await agent_now(house.store, house.agent2)).load == 2


async def test_a_repeat_between_reservation_and_assignment_goes_on_though_the_weight_changed(
    dispatcher: Dispatcher, house: House, ticket_id: str, monkeypatch: pytest.MonkeyPatch
):
    command = assign(ticket_id, house.agent)

    async def crash(_commit: Any) -> Any:
        raise Retryable("the node died here")

    with monkeypatch.context() as broken:
        broken.setattr(dispatcher, "_take_steps", crash)
        with pytest.raises(Retryable):
            await dispatcher.dispatch(command, house.supervisor)
    urgent = SetPriority(command_id=new_id(), ticket_id=ticket_id, priority=Priority.URGENT)
    await dispatcher.dispatch(urgent, house.supervisor)

    await dispatcher.dispatch(command, house.supervisor)
    await dispatcher.close()

    assert (await ticket_now(house.store, ticket_id)).owner_id == house.agent.id
    assert (await agent_now(house.store, house.agent)).load == 5


async def test_resolving_releases_and_reopening_holds_again(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    await dispatcher.dispatch(assign(ticket_id, house.agent), house.supervisor)
    resolve = SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.RESOLVED)
    await dispatcher.dispatch(resolve, house.agent)
    await dispatcher.close()
    assert (await agent_now(house.store, house.agent)).load == 0

    await dispatcher.dispatch(reply(ticket_id, "Not yet."), house.client)
    await dispatcher.close()

    assert (await agent_now(house.store, house.agent)).load == 2


async def test_a_clients_reply_to_a_closed_ticket_opens_one_follow_up(
    dispatcher: Dispatcher, house: House, ticket_id: str, log: StoreLog
):
    for status in (Status.RESOLVED, Status.CLOSED):
        await dispatcher.dispatch(
            SetStatus(command_id=new_id(), ticket_id=ticket_id, status=status), house.supervisor
        )
    command = reply(ticket_id, "It burns again.")

    done = await dispatcher.dispatch(command, house.client)
    again = await dispatcher.dispatch(command, house.client)

    assert again == done
    follow_up = done.result["ticket_id"]
    assert (await ticket_now(house.store, ticket_id)).follow_ups == (follow_up,)
    shown = await log.snapshot(f"ticket:{follow_up}")
    assert shown.state["ticket"]["follow_up_of"] == ticket_id
    assert [message["body"] for message in shown.state["messages"]] == ["It burns again."]
    assert shown.state["messages"][0]["id"] == done.result["message_id"]
    with pytest.raises(CommandIdReused):
        await dispatcher.dispatch(
            reply(ticket_id, "Other.", command_id=command.command_id), house.client
        )


async def test_no_person_may_send_a_step(dispatcher: Dispatcher, house: House, ticket_id: str):
    release = Release(
        command_id="release:x", agent_id=house.agent.id, ticket_id=ticket_id, reservation="x"
    )

    with pytest.raises(Forbidden):
        await dispatcher.dispatch(release, house.supervisor)


async def sweep(dispatcher: Dispatcher, store: Store) -> None:
    """What the sweeper does, for every stream at once."""
    journal = Streams(store).journal
    streams = {commit.stream for commit in await journal.owed(2**53, "", 1000)}
    for stream in sorted(streams):
        await dispatcher.redo(stream, await journal.owed_by([stream]))

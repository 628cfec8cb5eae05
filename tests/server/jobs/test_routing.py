"""The router gives what waits to who is free; offers are answered, run out, or are taken back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.access import Actor
from domain.errors import Conflict
from domain.message import Command
from domain.people.state import Routing, Skill, Team, User
from domain.routing.commands import (
    AcceptOffer,
    DeclineOffer,
    EndOffer,
    RouteTicket,
    SnoozeTicket,
    TransferTicket,
)
from domain.ticket.commands import AssignTicket, DeleteTicket, SetStatus, UpdateTicket
from domain.ticket.state import Status, Ticket
from domain.workforce.commands import SetAgentStatus, StartBreak
from domain.workforce.state import MISSED_MOST, Agent, AgentStatus
from server.dispatch.dispatcher import Dispatcher
from server.jobs import routing
from server.jobs.routing import AGAIN_MS, ROUTER, Router, WaitingTickets, load_queues
from server.store.connect import Store
from server.store.documents import kind_of
from server.store.leases import Leases
from server.store.models import LogEntry, StoredAttendance, TicketHeader
from server.store.streams import Streams
from tests.server.house import FixedClock, House, keep, new_id, open_ticket, reply

SECONDS = 45
MINUTE = 60_000
BACKLOG = 2_001


@pytest.fixture
def router(store: Store, house: House, dispatcher: Dispatcher, clock: FixedClock) -> Router:
    assert house, "the people must be there"
    return Router(store, Leases(store, clock), dispatcher, clock)


async def set_team(house: House, **fields: Any) -> None:
    named = {f"state.{name}": value for name, value in fields.items()}
    await house.store[kind_of(Team).model].update_one({"_id": house.team.id}, {"$set": named})


async def set_user(house: House, who: Actor, **fields: Any) -> None:
    named = {f"state.{name}": value for name, value in fields.items()}
    await house.store[kind_of(User).model].update_one(
        {"_id": who.id}, {"$set": named, "$inc": {"version": 1}}
    )


async def are_there(house: House, *who: Actor, state: str = "online") -> None:
    """As the watch would find it."""
    told: dict[str, Any] = {"rooms": [], "seq": 1, "load": 0, "capacity": 200, "since": 5}
    for each in who:
        await house.store[StoredAttendance].replace_one(
            {"_id": each.id}, {**told, "state": state}, upsert=True
        )


async def opened(house: House, dispatcher: Dispatcher, **fields: Any) -> str:
    outcome = await dispatcher.dispatch(open_ticket(**fields), house.client)
    return outcome.result["ticket_id"]


async def ticket_of(house: House, ticket_id: str) -> Ticket:
    state = (await Streams(house.store).headers.load(f"ticket:{ticket_id}")).state
    assert isinstance(state, Ticket)
    return state


async def load_of(house: House, who: Actor) -> int:
    state = (await Streams(house.store).headers.load(f"agent:{who.id}")).state
    assert isinstance(state, Agent)
    return state.load


async def offered_to(house: House, ticket_id: str) -> str | None:
    private = (await ticket_of(house, ticket_id)).private
    assert private is not None
    return private.offer.agent_id if private.offer else None


async def test_a_team_that_routes_by_hand_is_left_alone(
    router: Router, house: House, dispatcher: Dispatcher
):
    await are_there(house, house.agent, house.agent2)
    ticket_id = await opened(house, dispatcher)
    assert await router.route() == 0
    assert (await ticket_of(house, ticket_id)).owner_id is None


async def test_tickets_are_shared_among_who_is_free_and_it_is_said_why(
    router: Router, house: House, dispatcher: Dispatcher
):
    # Given two who are there, and a supervisor who is not
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent, house.agent2)
    tickets = [await opened(house, dispatcher) for _ in range(4)]

    assert await router.route() == 4
    await dispatcher.close()

    found = [await ticket_of(house, each) for each in tickets]
    owners = [each.owner_id for each in found]
    assert sorted(owners.count(who.id) for who in (house.agent, house.agent2)) == [2, 2]
    why = found[0].private and found[0].private.why
    assert why is not None
    assert why.agent_id == found[0].owner_id
    reasons = {each.agent_id: each.reason for each in why.candidates}
    assert reasons[house.supervisor.id] == "not_connected"
    assert await load_of(house, house.agent) == 4
    assert await router.route() == 0


@pytest.mark.parametrize("kept_by", ["away", "full", "break"])
async def test_who_is_not_free_is_given_nothing(
    router: Router, house: House, dispatcher: Dispatcher, kept_by: str
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    if kept_by == "full":
        await set_user(house, house.agent, capacity=1)
    elif kept_by == "break":
        pause = StartBreak(command_id=new_id(), agent_id=house.agent.id, minutes=5)
        await dispatcher.dispatch(pause, house.agent)
    else:
        away = SetAgentStatus(command_id=new_id(), agent_id=house.agent.id, status=AgentStatus.AWAY)
        await dispatcher.dispatch(away, house.agent)
    ticket_id = await opened(house, dispatcher)

    assert await router.route() == 0
    assert (await ticket_of(house, ticket_id)).owner_id is None


async def offer(house: House, router: Router, dispatcher: Dispatcher) -> tuple[str, Actor, Actor]:
    """A ticket that is offered; to whom, and who else there is."""
    await set_team(house, routing=Routing.OFFER.value, offer_seconds=SECONDS)
    await are_there(house, house.agent, house.agent2)
    ticket_id = await opened(house, dispatcher)
    assert await router.route() == 1
    await dispatcher.close()
    to = await offered_to(house, ticket_id)
    first, other = house.agent, house.agent2
    return (ticket_id, first, other) if to == first.id else (ticket_id, other, first)


async def test_an_offer_that_is_accepted_is_theirs_and_holds_what_it_held(
    router: Router, house: House, dispatcher: Dispatcher
):
    ticket_id, to, other = await offer(house, router, dispatcher)
    assert (await load_of(house, to), await load_of(house, other)) == (2, 0)
    accept = AcceptOffer(command_id=new_id(), ticket_id=ticket_id)
    with pytest.raises(Conflict, match="not offered to you"):
        await dispatcher.dispatch(AcceptOffer(command_id=new_id(), ticket_id=ticket_id), other)

    await dispatcher.dispatch(accept, to)
    await dispatcher.dispatch(accept, to)  # After a lost answer.
    await dispatcher.close()

    ticket = await ticket_of(house, ticket_id)
    assert ticket.owner_id == to.id
    assert ticket.private
    assert ticket.private.offer is None
    assert await load_of(house, to) == 2


@pytest.mark.parametrize("how", ["declined", "expired"])
async def test_who_declines_or_does_not_answer_is_passed_over_until_all_did(
    router: Router, house: House, dispatcher: Dispatcher, clock: FixedClock, how: str
):
    ticket_id, to, other = await offer(house, router, dispatcher)

    async def pass_on(who: Actor) -> None:
        private = (await ticket_of(house, ticket_id)).private
        assert private
        assert private.offer
        assert private.offer.agent_id == who.id
        if how == "declined":
            command: Any = DeclineOffer(command_id=new_id(), ticket_id=ticket_id)
            await dispatcher.dispatch(command, who)
        else:
            clock.time = private.offer.until
            name = f"end_offer:ticket:{ticket_id}:{private.offer.seq}"
            generation = private.offer.seq
            command = EndOffer(command_id=name, ticket_id=ticket_id, generation=generation)
            await dispatcher.dispatch(command, ROUTER)
        await dispatcher.close()
        assert await load_of(house, who) == 0

    await pass_on(to)
    assert await router.route() == 1
    await dispatcher.close()
    await pass_on(other)
    assert await router.route() == 0  # Everybody left it a moment ago.
    clock.time += AGAIN_MS
    assert await router.route() == 1
    assert await offered_to(house, ticket_id) in (to.id, other.id)


async def test_who_answers_no_offer_is_offered_nothing_until_they_say_that_they_are_here(
    router: Router, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await set_team(house, routing=Routing.OFFER.value, offer_seconds=SECONDS)
    await are_there(house, house.agent)
    for _ in range(MISSED_MOST):
        ticket_id = await opened(house, dispatcher)
        assert await router.route() == 1
        private = (await ticket_of(house, ticket_id)).private
        assert private
        assert private.offer
        clock.time = private.offer.until
        generation = private.offer.seq
        name = f"end_offer:ticket:{ticket_id}:{generation}"
        over = EndOffer(command_id=name, ticket_id=ticket_id, generation=generation)
        await dispatcher.dispatch(over, ROUTER)
        await dispatcher.close()
    ticket_id = await opened(house, dispatcher)
    assert await router.route() == 0

    here = SetAgentStatus(
        command_id=new_id(), agent_id=house.agent.id, status=AgentStatus.AVAILABLE
    )
    await dispatcher.dispatch(here, house.agent)

    assert await router.route() == 1
    assert await offered_to(house, ticket_id) == house.agent.id


@pytest.mark.parametrize("how", ["taken", "resolved", "deleted"])
async def test_an_offer_is_taken_back_when_the_ticket_goes_elsewhere(
    router: Router, house: House, dispatcher: Dispatcher, how: str
):
    ticket_id, to, other = await offer(house, router, dispatcher)
    named: dict[str, Any] = {"command_id": new_id(), "ticket_id": ticket_id}
    commands: dict[str, Any] = {
        "taken": AssignTicket(**named, agent_id=other.id),
        "resolved": SetStatus(**named, status=Status.RESOLVED),
        "deleted": DeleteTicket(**named),
    }

    await dispatcher.dispatch(commands[how], house.supervisor)
    await dispatcher.close()

    assert await offered_to(house, ticket_id) is None
    assert await load_of(house, to) == 0
    assert await load_of(house, other) == (2 if how == "taken" else 0)


async def test_who_looks_often_reads_again_only_what_changed(
    store: Store, house: House, dispatcher: Dispatcher
):
    kept, changed, left = [await opened(house, dispatcher) for _ in range(3)]
    await dispatcher.close()
    waiting = WaitingTickets(store)
    before = {each.id: each for each in await waiting.load([house.team.id])}
    assert before.keys() == {kept, changed, left}

    added = await opened(house, dispatcher)
    await dispatcher.dispatch(reply(changed), house.client)
    solved = SetStatus(command_id=new_id(), ticket_id=left, status=Status.RESOLVED)
    await dispatcher.dispatch(solved, house.agent)
    await dispatcher.close()

    loaded = await waiting.load([house.team.id])
    after = {each.id: each for each in loaded}
    assert loaded == await load_queues(store, [house.team.id])
    assert after.keys() == {kept, changed, added}
    assert after[kept] is before[kept]
    assert after[changed].seq == before[changed].seq + 1


async def test_of_two_who_take_the_same_one_has_it(house: House, dispatcher: Dispatcher):
    ticket_id = await opened(house, dispatcher)

    def take(who: Actor) -> AssignTicket:
        return AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=who.id, if_free=True)

    done = await asyncio.gather(
        *(dispatcher.dispatch(take(who), who) for who in (house.agent, house.agent2)),
        return_exceptions=True,
    )
    await dispatcher.close()

    assert [type(each) for each in done].count(Conflict) == 1
    assert await load_of(house, house.agent) + await load_of(house, house.agent2) == 2


async def test_a_transfer_has_its_note_in_one_commit_and_nowhere_else(
    house: House, dispatcher: Dispatcher
):
    ticket_id = await opened(house, dispatcher)
    note = "They speak Dutch, unutterably."
    transfer = TransferTicket(
        command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent2.id, note=note
    )

    outcome = await dispatcher.dispatch(transfer, house.agent)
    again = await dispatcher.dispatch(transfer, house.agent)
    await dispatcher.close()

    assert outcome == again
    assert outcome.result["message_id"]
    assert (await ticket_of(house, ticket_id)).owner_id == house.agent2.id
    with_note = [
        raw for raw in await house.store[LogEntry].find().to_list() if "unutterably" in str(raw)
    ]
    assert [raw["stream"] for raw in with_note] == [f"ticket:{ticket_id}"]
    kinds = [event["type"] for event in with_note[0]["events"]]
    assert kinds == ["message.posted", "ticket.assigned"]


async def test_the_more_urgent_comes_first_where_there_is_little_room(
    router: Router, house: House, dispatcher: Dispatcher
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    await set_user(house, house.agent, capacity=5)
    low = await opened(house, dispatcher, priority="low")
    urgent = await opened(house, dispatcher, priority="urgent")

    await router.route()

    assert (await ticket_of(house, urgent)).owner_id == house.agent.id
    assert (await ticket_of(house, low)).owner_id is None


async def test_room_is_kept_for_the_heavier_that_is_first(
    router: Router, house: House, dispatcher: Dispatcher
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    await set_user(house, house.agent, capacity=5)
    first = await opened(house, dispatcher, priority="low")
    await router.route()
    assert (await ticket_of(house, first)).owner_id == house.agent.id
    urgent = await opened(house, dispatcher, priority="urgent")
    low = await opened(house, dispatcher, priority="low")

    assert await router.route() == 0
    assert (await ticket_of(house, low)).owner_id is None
    done = SetStatus(command_id=new_id(), ticket_id=first, status=Status.RESOLVED)
    await dispatcher.dispatch(done, house.agent)
    await dispatcher.close()
    await router.route()

    assert (await ticket_of(house, urgent)).owner_id == house.agent.id


async def test_who_knows_the_client_gets_their_next_ticket(
    router: Router, house: House, dispatcher: Dispatcher
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent, house.agent2)
    first = await opened(house, dispatcher)
    give = AssignTicket(command_id=new_id(), ticket_id=first, agent_id=house.agent2.id)
    await dispatcher.dispatch(give, house.supervisor)
    await dispatcher.dispatch(reply(first), house.agent2)

    second = await opened(house, dispatcher)
    await router.route()

    assert (await ticket_of(house, second)).owner_id == house.agent2.id


@pytest.mark.parametrize("why", ["nobody knows it", "who knows it is full"])
async def test_what_nobody_can_take_holds_up_nothing_behind_it(
    router: Router,
    house: House,
    dispatcher: Dispatcher,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
):
    # Given more tickets that need a skill than are looked at at once, and a plain one behind them
    monkeypatch.setattr(routing, "MOST", 2)
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent, house.agent2)
    skill = Skill(id=new_id(), name="Welsh")
    await keep(house.store, skill)
    if why == "who knows it is full":
        level = {"skill_id": skill.id, "level": 3}
        await set_user(house, house.agent2, skills=[level], capacity=2)
        full = await opened(house, dispatcher)
        give = AssignTicket(command_id=new_id(), ticket_id=full, agent_id=house.agent2.id)
        await dispatcher.dispatch(give, house.supervisor)
    for _ in range(3):
        needs = UpdateTicket(
            command_id=new_id(),
            ticket_id=await opened(house, dispatcher),
            required_skills=(skill.id,),
        )
        await dispatcher.dispatch(needs, house.agent)
    plain = await opened(house, dispatcher)
    await dispatcher.close()

    assert await router.route() == 1

    assert (await ticket_of(house, plain)).owner_id is not None


async def test_a_round_gives_so_many_and_the_next_goes_on(
    router: Router, house: House, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(routing, "MOST", 2)
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    for _ in range(3):
        await opened(house, dispatcher)
    await dispatcher.close()
    assert [await router.route() for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("how", ["pending", "snoozed", "of another team"])
async def test_what_does_not_wait_here_hides_nothing_that_does(
    router: Router,
    house: House,
    dispatcher: Dispatcher,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
):
    # Given an older ticket, and that one is given in a round
    monkeypatch.setattr(routing, "MOST", 1)
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    older = await opened(house, dispatcher)
    named: dict[str, Any] = {"command_id": new_id(), "ticket_id": older}
    commands: dict[str, Command] = {
        "pending": SetStatus(**named, status=Status.PENDING),
        "snoozed": SnoozeTicket(**named, until=clock.now() + 3_600_000),
        "of another team": AssignTicket(**named, agent_id=None, team_id=house.other_team.id),
    }
    await dispatcher.dispatch(commands[how], house.supervisor)
    await house.store[kind_of(Team).model].update_many(
        {}, {"$set": {"state.routing": Routing.ASSIGN.value}}
    )
    waits = await opened(house, dispatcher)

    await router.route()

    assert (await ticket_of(house, waits)).owner_id == house.agent.id


async def test_an_urgent_one_is_first_however_many_came_before_it(
    house: House, dispatcher: Dispatcher, clock: FixedClock, store: Store
):
    # Given a backlog as of a bad night, and an urgent ticket and a low one that came after it
    await opened(house, dispatcher)
    await dispatcher.close()
    headers = store[TicketHeader]
    one = await headers.find_one({})
    assert one is not None
    await headers.insert_many([{**one, "_id": new_id()} for _ in range(BACKLOG - 1)])
    clock.time += MINUTE
    urgent = await opened(house, dispatcher, priority="urgent")
    low = await opened(house, dispatcher, priority="low")

    tickets = await load_queues(store, [house.team.id, house.other_team.id])

    assert [tickets[0].id, tickets[-1].id] == [urgent, low]
    assert len(tickets) == BACKLOG + 2


async def test_where_nobody_is_there_it_is_not_found_out_for_whom(
    router: Router, house: House, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await opened(house, dispatcher)

    async def nobody(*_: object) -> Any:
        pytest.fail("it was looked up")

    monkeypatch.setattr(routing, "load_round", nobody)
    assert await router.route() == 0


async def test_who_is_reached_by_push_is_offered_what_nobody_connected_is_free_for(
    router: Router, house: House, dispatcher: Dispatcher
):
    # Given one who is connected and has room for one ticket, and one with a phone
    await set_team(house, routing=Routing.OFFER.value)
    await are_there(house, house.agent)
    await are_there(house, house.agent2, state="reachable")
    await set_user(house, house.agent, capacity=2)
    first, second = [await opened(house, dispatcher) for _ in range(2)]

    assert await router.route() == 2
    await dispatcher.close()

    assert await offered_to(house, first) == house.agent.id
    assert await offered_to(house, second) == house.agent2.id
    private = (await ticket_of(house, second)).private
    assert private is not None
    assert private.why is not None
    told = {each.agent_id: (each.reason, each.reachable) for each in private.why.candidates}
    assert told[house.agent2.id] == (None, True)
    assert told[house.agent.id] == ("full", False)

    accept = AcceptOffer(command_id=new_id(), ticket_id=second)
    await dispatcher.dispatch(accept, house.agent2)
    await dispatcher.close()
    assert (await ticket_of(house, second)).owner_id == house.agent2.id


async def test_nothing_is_given_to_who_is_only_reached_by_push(
    router: Router, house: House, dispatcher: Dispatcher
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent2, state="reachable")
    ticket_id = await opened(house, dispatcher)
    assert await router.route() == 0
    assert (await ticket_of(house, ticket_id)).owner_id is None

    # Nor where the router believes that they are there: their own stream knows better.
    route = RouteTicket(
        command_id=f"route:{new_id()}",
        ticket_id=ticket_id,
        agent_id=house.agent2.id,
        candidates=(),
    )
    with pytest.raises(Conflict) as refused:
        await dispatcher.dispatch(route, ROUTER)
    assert refused.value.fields["reason"] == "reachable"

"""Queues: how long they are, where a ticket stands, why it goes to whom; take the next."""

from __future__ import annotations

from typing import Annotated
from uuid import NAMESPACE_OID, uuid5

from pydantic import BaseModel, Field
from pymongo import ReturnDocument

from domain.access import Permission, Scope, allows
from domain.document import require
from domain.errors import Conflict, Forbidden, NotFound
from domain.inbox.state import Category
from domain.message import Id, Millis, Record
from domain.people.state import Routing, Team, User
from domain.routing.commands import TransferTicket
from domain.routing.needs import lack_of, needs_of
from domain.routing.queue import is_queued, is_waiting
from domain.routing.state import Candidate, Offer, Why
from domain.ticket.commands import AssignTicket
from domain.ticket.state import Priority, Ticket
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.tickets import Changed, load_readable
from server.jobs.routing import load_queues, load_round
from server.store.connect import Raw
from server.store.documents import fetch, fetch_many, find
from server.store.models import StoredPull
from server.store.queues import Queue, Queues, Waiter
from server.store.roster import load_roster

SHOWN = 100
TRIES = 10
_NAMESPACE = uuid5(NAMESPACE_OID, "deskwire pull")


class Waiting(BaseModel):
    """A ticket in a queue, 1 being the next; far behind, positions are told roughly."""

    ticket_id: Id
    number: int
    title: str
    priority: Priority
    queued_at: Millis
    position: int
    wait_ms: Millis | None
    offer: Offer | None


class TeamQueue(BaseModel):
    """A team's queue. `oldest_at` is since when its oldest waits; `wait_ms` how long who comes now
    is likely to wait, null where too few were taken in the last hour to say."""

    team_id: Id
    name: str
    routing: Routing
    offer_seconds: int
    waiting: int
    by_priority: dict[Priority, int]
    offered: int
    oldest_at: Millis | None
    wait_ms: Millis | None
    taken_last_hour: int
    tickets: tuple[Waiting, ...]


class TeamQueues(BaseModel):
    now: Millis
    items: tuple[TeamQueue, ...]


class QueuesQuery(Record):
    """Of each queue the first `shown` tickets."""

    team_id: Id | None = None
    shown: Annotated[int, Field(ge=0, le=SHOWN)] = 20


class QueuePlace(BaseModel):
    """Where a ticket stands; `position` is null where it does not wait for an owner."""

    position: int | None
    wait_ms: Millis | None


class Routed(BaseModel):
    """`last` is the choice that was made last; `present` what it would be now, where the ticket
    waits, with why not for each who is not chosen. `offer` is the one under way."""

    last: Why | None
    offer: Offer | None
    passed: tuple[Id, ...]
    waiting: bool
    present: tuple[Candidate, ...]


class Taken(BaseModel):
    ticket_id: Id | None
    """None where nothing waits."""


def _may_see(call: Call, team_id: Id) -> bool:
    scope = call.actor.permissions.get(Permission.TICKET_READ)
    return scope is Scope.ALL or (scope is Scope.TEAM and team_id in call.actor.team_ids)


@operation("GET", "/api/queues", "The teams' queues", takes=QueuesQuery, answers=TeamQueues)
async def list_queues(call: Call, query: QueuesQuery) -> TeamQueues:
    require(call.actor, Permission.AGENT_READ)
    store, now = call.parts.store, call.parts.clock.now()
    named = {} if query.team_id is None else {"_id": query.team_id}
    teams = [each for each in await find(store, Team, named) if _may_see(call, each.id)]
    tickets = await load_queues(store, [team.id for team in teams])
    known = await Queues(store).all()
    shown = [
        _queue(team, [each for each in tickets if each.team_id == team.id], known, query, now)
        for team in teams
    ]
    return TeamQueues(now=now, items=tuple(sorted(shown, key=lambda each: each.name.casefold())))


def _queue(
    team: Team, tickets: list[Ticket], known: dict[Id, Queue], query: QueuesQuery, now: Millis
) -> TeamQueue:
    queue = known.get(team.id, Queue(team.id))
    waiters = {each.ticket_id: each for each in queue.waiting}
    since = [_since(each) for each in tickets]
    return TeamQueue(
        team_id=team.id,
        name=team.name,
        routing=team.routing,
        offer_seconds=team.offer_seconds,
        waiting=len(tickets),
        by_priority={
            priority: sum(each.priority is priority for each in tickets) for priority in Priority
        },
        offered=sum(bool(each.private and each.private.offer) for each in tickets),
        oldest_at=min(since, default=None),
        wait_ms=queue.numbers.get("wait_ms") or None,
        taken_last_hour=sum(now - 3_600_000 <= at for at in queue.taken),
        tickets=tuple(
            _waiting(each, position, waiters.get(each.id))
            for position, each in enumerate(tickets[: query.shown], 1)
        ),
    )


def _waiting(ticket: Ticket, position: int, waiter: Waiter | None) -> Waiting:
    return Waiting(
        ticket_id=ticket.id,
        number=ticket.number,
        title=ticket.title,
        priority=ticket.priority,
        queued_at=_since(ticket),
        position=position,
        wait_ms=(waiter.wait_ms or None) if waiter else None,
        offer=ticket.private.offer if ticket.private else None,
    )


def _since(ticket: Ticket) -> Millis:
    return (ticket.private and ticket.private.queued_at) or ticket.opened_at


@operation(
    "GET",
    "/api/tickets/{id}/queue",
    "Where a ticket stands in its queue, and how long it still waits",
    answers=QueuePlace,
)
async def read_place(call: Call) -> QueuePlace:
    ticket = await load_readable(call, call.id())
    if not is_queued(ticket) or ticket.team_id is None:
        return QueuePlace(position=None, wait_ms=None)
    queue = await Queues(call.parts.store).of(ticket.team_id)
    found = next((each for each in queue.waiting if each.ticket_id == ticket.id), None)
    if found is None:  # It came within the last second.
        return QueuePlace(position=None, wait_ms=None)
    return QueuePlace(position=found.position, wait_ms=found.wait_ms or None)


@operation(
    "GET",
    "/api/tickets/{id}/routing",
    "Why a ticket came to whom, or who would get it now",
    answers=Routed,
)
async def read_routing(call: Call) -> Routed:
    ticket = await load_readable(call, call.id())
    private = ticket.private
    if not allows(call.actor, Permission.AGENT_READ) or private is None:
        raise Forbidden("You may not see how tickets are given.")
    store, now = call.parts.store, call.parts.clock.now()
    waiting = is_waiting(ticket)
    present: tuple[Candidate, ...] = ()
    if waiting and (team := await fetch(store, Team, ticket.team_id)):
        roster = await load_roster(store, now, [team])
        present = (await load_round(store, now, roster, [ticket])).choose(ticket).candidates
    return Routed(
        last=private.why,
        offer=private.offer,
        passed=private.passed,
        waiting=waiting,
        present=present,
    )


@operation("POST", "/api/tickets/{id}/accept", "Take what one is offered", answers=Changed)
async def accept_offer(call: Call) -> Changed:
    return Changed(seq=(await call.command("ticket.accept_offer", ticket_id=call.id())).seq)


@operation("POST", "/api/tickets/{id}/decline", "Leave it to somebody else", answers=Changed)
async def decline_offer(call: Call) -> Changed:
    return Changed(seq=(await call.command("ticket.decline_offer", ticket_id=call.id())).seq)


@operation(
    "POST",
    "/api/tickets/{id}/transfer",
    "Hand a ticket to a team or a colleague, with a note",
    takes=asked(TransferTicket, "ticket_id"),
    answers=Changed,
)
async def transfer_ticket(call: Call, given: BaseModel) -> Changed:
    return Changed(seq=(await call.command("ticket.transfer", given, ticket_id=call.id())).seq)


@operation(
    "POST",
    "/api/queues/{id}/next",
    "Take the next ticket of a queue; the same key is the same ticket",
    answers=Taken,
)
async def take_next(call: Call) -> Taken:
    """The choice is kept before it is carried out: who asks again gets what they got."""
    team_id, me = call.id(), call.actor.user_id
    if me is None or team_id not in call.actor.team_ids:
        raise Forbidden("Take from the queue of a team of yours.")
    if await fetch(call.parts.store, Team, team_id) is None:
        raise NotFound("There is no such team.")
    passed: set[Id] = set()
    for _ in range(TRIES):
        ticket_id = await _chosen(call, team_id, me, passed)
        if ticket_id is None:
            return Taken(ticket_id=None)
        # Of each ticket its own: on the agent's stream, an id stands for one reservation.
        name = str(uuid5(_NAMESPACE, f"{call.command_id}|{ticket_id}"))
        command = AssignTicket(command_id=name, ticket_id=ticket_id, agent_id=me, if_free=True)
        try:
            await call.parts.dispatch.dispatch(command, call.actor)
            return Taken(ticket_id=ticket_id)
        except Conflict as refusal:
            if "agent_id" in refusal.fields:  # One is full, which no other ticket changes.
                raise
            passed.add(ticket_id)
    raise Conflict("Others were faster each time; try it again.")


async def _chosen(call: Call, team_id: Id, me: Id, passed: set[Id]) -> Id | None:
    """What this key stands for; a first choice, or another where that went to somebody else."""
    pulls = call.parts.store[StoredPull]
    name = str(uuid5(_NAMESPACE, f"{me}|{team_id}|{call.command_id}"))
    kept: Raw | None = await pulls.find_one({"_id": name})
    if kept is not None and kept["ticket_id"] not in passed:
        return kept["ticket_id"]
    choice = await _next(call, team_id, passed)
    if choice is None:
        return None
    if kept is not None:
        await pulls.update_one(
            {"_id": name, "ticket_id": kept["ticket_id"]}, {"$set": {"ticket_id": choice}}
        )
    settled: Raw | None = await pulls.find_one_and_update(
        {"_id": name},
        {"$setOnInsert": {"ticket_id": choice, "at": call.parts.clock.now()}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return settled["ticket_id"] if settled else choice


async def _next(call: Call, team_id: Id, passed: set[Id]) -> Id | None:
    """The first that waits and that they have the skills for, if any does; else the first."""
    tickets = [
        each
        for each in await load_queues(call.parts.store, [team_id])
        if is_waiting(each) and each.id not in passed
    ]
    if not tickets:
        return None
    user = await fetch(call.parts.store, User, call.actor.user_id)
    levels = {each.skill_id: each.level for each in user.skills} if user else dict[Id, int]()
    named = {each.category for each in tickets if each.category}
    categories = await fetch_many(call.parts.store, Category, named)
    fitting = (
        each
        for each in tickets
        if lack_of(needs_of(each, categories.get(each.category or "")), levels) is None
    )
    return next(fitting, tickets[0]).id


OPERATIONS = (
    list_queues,
    read_place,
    read_routing,
    accept_offer,
    decline_offer,
    transfer_ticket,
    take_next,
)

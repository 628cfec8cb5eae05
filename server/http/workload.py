"""The workload of a team, and sharing it anew: looked at first, then done, a command a ticket."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal
from uuid import NAMESPACE_OID, uuid5

from pydantic import BaseModel, Field

from domain.access import Permission, Scope, allows
from domain.errors import DomainError, Forbidden, NotFound
from domain.inbox.state import Category
from domain.message import Id, Millis, Record
from domain.people.state import Team
from domain.process import WEIGHT
from domain.routing.balance import MOST_MOVES, Movable, plan_moves
from domain.routing.needs import needs_of
from domain.ticket.commands import AssignTicket
from domain.ticket.state import Priority, Status, Ticket
from server.http.agents import AgentInfo, info_of, visible_roster
from server.http.operation import Call, operation
from server.jobs.routing import option_of
from server.store.agents import Carried, load_carried
from server.store.connect import Raw
from server.store.counters import ACTIVE
from server.store.documents import fetch, fetch_many
from server.store.models import TicketHeader
from server.store.roster import members_of
from server.store.tickets import load_ticket


class Work(BaseModel):
    """What somebody carries, of all teams. `unanswered` wait for their answer; `share` is their
    load in parts of their capacity."""

    agent: AgentInfo
    tickets: int
    unanswered: int
    by_status: dict[Status, int]
    by_priority: dict[Priority, int]
    share: float


class Workload(BaseModel):
    """The fullest first."""

    now: Millis
    items: tuple[Work, ...]


class WorkloadQuery(Record):
    team_id: Id | None = None


class MoveInfo(Record):
    ticket_id: Id
    from_id: Id
    to_id: Id


class Share(Record):
    """Without `moves` nothing is done: the answer says what would be. With those of such an answer
    they are."""

    team_id: Id
    moves: Annotated[tuple[MoveInfo, ...] | None, Field(max_length=MOST_MOVES)] = None


class Moved(BaseModel):
    """`number`, `title` and `weight` are the ticket's. `done`: null in a preview, else whether it
    was moved; `reason` says why not."""

    ticket_id: Id
    from_id: Id
    to_id: Id
    number: int
    title: str
    weight: int
    done: bool | None = None
    reason: str | None = None


class Shared(BaseModel):
    """`before` and `after` are loads by agent."""

    kind: Literal["preview", "done"]
    moves: tuple[Moved, ...]
    before: dict[Id, int]
    after: dict[Id, int]


@operation("GET", "/api/workload", "Who carries how much", takes=WorkloadQuery, answers=Workload)
async def read_workload(call: Call, query: WorkloadQuery) -> Workload:
    roster, now = await visible_roster(call), call.parts.clock.now()
    shown = [
        each for each in roster.values() if query.team_id is None or query.team_id in each.team_ids
    ]
    carried = await load_carried(call.parts.store, [each.user.id for each in shown])
    items = [_work(info_of(each, now), carried[each.user.id]) for each in shown]
    return Workload(
        now=now,
        items=tuple(sorted(items, key=lambda each: (-each.share, each.agent.name.casefold()))),
    )


def _work(agent: AgentInfo, carried: list[Carried]) -> Work:
    return Work(
        agent=agent,
        tickets=len(carried),
        unanswered=sum(each.unanswered for each in carried),
        by_status={
            status: sum(each.status is status for each in carried)
            for status in Status
            if status.active
        },
        by_priority={
            priority: sum(each.priority is priority for each in carried) for priority in Priority
        },
        share=round(agent.load / max(1, agent.capacity), 4),
    )


async def _active(call: Call, where: Raw) -> dict[Id, Ticket]:
    """Tickets that are being worked on, by id."""
    found = call.parts.store[TicketHeader].find(
        {**where, "state.status": {"$in": ACTIVE}, "listed": True}
    )
    loaded = [await load_ticket(call.parts.store, raw) async for raw in found]
    return {each.id: each for each in loaded}


@operation(
    "POST",
    "/api/workload/rebalance",
    "Share a team's tickets anew: a preview, or its moves done",
    takes=Share,
    answers=Shared,
)
async def rebalance(call: Call, given: Share) -> Shared:
    scope = call.actor.permissions.get(Permission.TICKET_ASSIGN)
    if scope is not Scope.ALL or not allows(call.actor, Permission.AGENT_READ):
        raise Forbidden("You may not share others' work anew.")
    if await fetch(call.parts.store, Team, given.team_id) is None:
        raise NotFound("There is no such team.")
    if given.moves is None:
        return await _preview(call, given.team_id)
    return await _apply(call, given.team_id, given.moves)


async def _preview(call: Call, team_id: Id) -> Shared:
    now = call.parts.clock.now()
    team = members_of(await visible_roster(call), team_id)
    options = [option_of(each, now) for each in team]
    owners = [each.user.id for each in team]
    tickets = await _active(call, {"state.team_id": team_id, "state.owner_id": {"$in": owners}})
    planned = plan_moves(options, await _movable(call, tickets.values()))
    before = {each.agent_id: each.load for each in options}
    after = dict(before)
    for move in planned:
        after[move.from_id] -= move.weight
        after[move.to_id] += move.weight
    moves = [
        _told(MoveInfo(ticket_id=each.ticket_id, from_id=each.from_id, to_id=each.to_id), tickets)
        for each in planned
    ]
    return Shared(kind="preview", moves=tuple(moves), before=before, after=after)


async def _apply(call: Call, team_id: Id, moves: tuple[MoveInfo, ...]) -> Shared:
    """A command a ticket, each with an id that follows from the request's: again is the same."""
    team = members_of(await visible_roster(call), team_id)
    before = {each.user.id: each.agent.load for each in team}
    named = {"_id": {"$in": [each.ticket_id for each in moves]}}
    tickets = await _active(call, {**named, "state.owner_id": {"$in": [*before]}})
    done = [await _move(call, each, tickets) for each in moves]
    again = members_of(await visible_roster(call), team_id)
    after = {each.user.id: each.agent.load for each in again}
    return Shared(kind="done", moves=tuple(done), before=before, after=after)


async def _move(call: Call, move: MoveInfo, tickets: dict[Id, Ticket]) -> Moved:
    told = _told(move, tickets)
    ticket = tickets.get(move.ticket_id)
    if ticket is None or ticket.owner_id not in (move.from_id, move.to_id):
        return told.model_copy(update={"done": False, "reason": "It went elsewhere meanwhile."})
    command = AssignTicket(
        command_id=str(uuid5(NAMESPACE_OID, f"{call.command_id}|{move.ticket_id}")),
        ticket_id=move.ticket_id,
        agent_id=move.to_id,
    )
    try:
        await call.parts.dispatch.dispatch(command, call.actor)
    except DomainError as refusal:
        if refusal.retryable:
            raise
        return told.model_copy(update={"done": False, "reason": refusal.message})
    return told.model_copy(update={"done": True})


def _told(move: MoveInfo, tickets: dict[Id, Ticket]) -> Moved:
    ticket = tickets.get(move.ticket_id)
    return Moved(
        **move.model_dump(),
        number=ticket.number if ticket else 0,
        title=ticket.title if ticket else "",
        weight=WEIGHT[ticket.priority] if ticket else 0,
    )


async def _movable(call: Call, tickets: Collection[Ticket]) -> list[Movable]:
    named = {each.category for each in tickets if each.category}
    categories = await fetch_many(call.parts.store, Category, named)
    return [_as_movable(each, categories.get(each.category or "")) for each in tickets]


def _as_movable(ticket: Ticket, category: Category | None) -> Movable:
    return Movable(
        ticket_id=ticket.id,
        owner_id=ticket.owner_id or "",
        weight=WEIGHT[ticket.priority],
        skills=needs_of(ticket, category),
        only=frozenset(category.member_ids if category else ()),
    )


OPERATIONS = (read_workload, rebalance)

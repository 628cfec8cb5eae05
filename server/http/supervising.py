"""What supervisors do about others' tickets, and putting a ticket out of sight for a while."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from domain.access import Belonging, Permission, allows
from domain.errors import DomainError, Forbidden, Invalid, NotFound
from domain.message import Id, Record, derived_id
from domain.people.state import Team
from domain.routing.commands import SnoozeTicket
from domain.supervision.commands import Barge, Whisper
from domain.ticket.commands import AssignTicket
from domain.ticket.state import Status
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.tickets import Changed
from server.store.documents import fetch
from server.store.models import TicketHeader

AT_MOST = 500
"""So many tickets are moved by one request; the next goes on where it ended."""
PREVIEWED = 50


class Spoken(BaseModel):
    seq: int
    message_id: Id


class QueueMove(Record):
    to_team_id: Id


class WaitingTicket(BaseModel):
    id: Id
    number: int
    title: str


class Movable(BaseModel):
    """How many tickets would be moved, and the longest there of them."""

    count: int
    tickets: tuple[WaitingTicket, ...]


class NotMoved(BaseModel):
    ticket_id: Id
    message: str


class QueueMoved(BaseModel):
    """`left` says whether there were more than one request moves: send it again."""

    moved: int
    refused: tuple[NotMoved, ...]
    left: bool


@operation(
    "POST",
    "/api/tickets/{id}/snooze",
    "Put a ticket out of sight until a moment, or with null bring it back",
    takes=asked(SnoozeTicket, "ticket_id"),
    answers=Changed,
)
async def snooze_ticket(call: Call, given: BaseModel) -> Changed:
    return Changed(seq=(await call.command("ticket.snooze", given, ticket_id=call.id())).seq)


@operation(
    "POST", "/api/tickets/{id}/observe", "Note in the log that one looks on", answers=Changed
)
async def observe_ticket(call: Call) -> Changed:
    return Changed(seq=(await call.command("ticket.observe", ticket_id=call.id())).seq)


@operation(
    "POST",
    "/api/tickets/{id}/whisper",
    "Leave a note for who looks after a ticket",
    takes=asked(Whisper, "ticket_id"),
    answers=Spoken,
)
async def whisper(call: Call, given: BaseModel) -> Spoken:
    outcome = await call.command("ticket.whisper", given, ticket_id=call.id())
    return Spoken(seq=outcome.seq, message_id=outcome.result["message_id"])


@operation(
    "POST",
    "/api/tickets/{id}/barge",
    "Answer the client as a supervisor",
    takes=asked(Barge, "ticket_id"),
    answers=Spoken,
)
async def barge_in(call: Call, given: BaseModel) -> Spoken:
    outcome = await call.command("ticket.barge", given, ticket_id=call.id())
    return Spoken(seq=outcome.seq, message_id=outcome.result["message_id"])


@operation("POST", "/api/tickets/{id}/take-over", "Take a ticket from who has it", answers=Changed)
async def take_over(call: Call) -> Changed:
    me = call.actor.user_id or call.actor.id
    outcome = await call.command("ticket.take_over", ticket_id=call.id(), agent_id=me)
    return Changed(seq=outcome.seq)


@operation(
    "GET",
    "/api/queues/{team_id}/move",
    "See which tickets of a team nobody has, and would be moved",
    answers=Movable,
)
async def preview_move(call: Call) -> Movable:
    where = _unowned(_supervised_team(call))
    tickets = call.parts.store[TicketHeader]
    found = await tickets.find(where).sort([("_id", 1)]).limit(AT_MOST + 1).to_list()
    oldest = sorted(found, key=lambda raw: raw["state"]["opened_at"])[:PREVIEWED]
    shown = (WaitingTicket(id=raw["_id"], **_named(raw["state"])) for raw in oldest)
    return Movable(count=len(found), tickets=tuple(shown))


@operation(
    "POST",
    "/api/queues/{team_id}/move",
    "Move every ticket of a team that nobody has to another team, each by its own command",
    takes=QueueMove,
    answers=QueueMoved,
)
async def move_queue(call: Call, given: QueueMove) -> QueueMoved:
    team_id = _supervised_team(call)
    if await fetch(call.parts.store, Team, team_id) is None:
        raise NotFound("There is no such team.")
    if given.to_team_id == team_id or not await fetch(call.parts.store, Team, given.to_team_id):
        raise Invalid("Name another team.", fields={"to_team_id": "not another team"})
    tickets = call.parts.store[TicketHeader].find(_unowned(team_id), {"_id": 1})
    found = await tickets.sort([("_id", 1)]).limit(AT_MOST + 1).to_list()
    moved, refused = 0, list[NotMoved]()
    for raw in found[:AT_MOST]:
        command = AssignTicket(
            command_id=derived_id(call.command_id, raw["_id"], "move"),
            ticket_id=raw["_id"],
            agent_id=None,
            team_id=given.to_team_id,
        )
        try:
            await call.parts.dispatch.dispatch(command, call.actor)
            moved += 1
        except DomainError as error:
            refused.append(NotMoved(ticket_id=raw["_id"], message=error.message))
    return QueueMoved(moved=moved, refused=tuple(refused), left=len(found) > AT_MOST)


def _supervised_team(call: Call) -> Id:
    """The team that a request names; who supervises some teams only has no say in others."""
    team_id = call.id("team_id")
    whose = Belonging(requester_id=None, company_id=None, team_id=team_id, owner_id=None)
    if not allows(call.actor, Permission.TICKET_SUPERVISE, whose):
        raise Forbidden("You do not supervise this team.")
    return team_id


def _unowned(team_id: Id) -> dict[str, Any]:
    return {
        "state.team_id": team_id,
        "state.owner_id": None,
        "state.status": {"$in": [status.value for status in Status if status.active]},
        "listed": True,
    }


def _named(state: dict[str, Any]) -> dict[str, Any]:
    return {"number": state["number"], "title": state["title"]}


OPERATIONS = (
    snooze_ticket,
    observe_ticket,
    whisper,
    barge_in,
    take_over,
    preview_move,
    move_queue,
)

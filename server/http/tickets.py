"""Tickets: list, open, read, change, assign, move on, delete, and their history."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from domain.access import may_enter
from domain.audience import parse_room, staff_room, ticket_room
from domain.errors import Invalid
from domain.message import Audience, Envelope, Id, Millis, Record
from domain.sla.state import Peril
from domain.ticket.commands import AssignTicket, OpenTicket, SetStatus, UpdateTicket
from domain.ticket.state import Channel, Priority, Status, Ticket
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.paging import Limit, Page
from server.http.reading import CommaSeparated
from server.store.tickets import Snoozed, Sort, TicketQuery, query_tickets

ELSEWHERE = {"owner_id": "assign", "agent_id": "assign", "team_id": "assign"}
LAST = 2**53 - 1
SORT_PATTERN = rf"^-?({'|'.join(Sort)})$"


class Changed(BaseModel):
    """The head of the asker's audience after the change."""

    seq: int


class OpenBody(Record):
    """`description` is another word for `body`."""

    @model_validator(mode="before")
    @classmethod
    def _one_body(cls, given: dict[str, Any]) -> dict[str, Any]:
        if "description" not in given:
            return given
        if "body" in given:
            raise Invalid(
                "`description` and `body` are the same: give one of them.",
                fields={"description": "is the same as body"},
            )
        body = given["description"]
        return {name: value for name, value in given.items() if name != "description"} | {
            "body": body
        }


class UpdateBody(Record):
    """What is not named stays; null empties what may be empty."""

    @model_validator(mode="before")
    @classmethod
    def _not_the_owner(cls, given: dict[str, Any]) -> dict[str, Any]:
        fields = {
            name: f"use POST /api/tickets/{{id}}/{place}"
            for name, place in ELSEWHERE.items()
            if name in given
        }
        if fields:
            name, hint = next(iter(fields.items()))
            raise Invalid(f"`{name}` is not changed here: {hint}.", fields=fields)
        return given


class TicketsQuery(Record):
    """What a ticket must be like; several values by commas. `owner_id` takes `me` and `none`
    too; `queued` asks for what waits for an owner, and for nothing else; `q` looks in titles and
    for a number; `sla` is how it stands towards what was promised;
    `due_from` is included, `due_before` is not. A minus before the sort key turns the order.
    """

    status: Annotated[tuple[Status, ...], CommaSeparated] = ()
    priority: Annotated[tuple[Priority, ...], CommaSeparated] = ()
    category: Id | None = None
    team_id: Id | None = None
    owner_id: Id | Literal["me", "none"] | None = None
    queued: bool = False
    requester_id: Annotated[tuple[Id, ...], CommaSeparated, Field(max_length=100)] = ()
    inbox_id: Id | None = None
    channel: Channel | None = None
    tag: str | None = None
    sla: Peril | None = None
    due_from: Millis | None = None
    due_before: Millis | None = None
    snoozed: Snoozed | None = None
    q: Annotated[str, Field(max_length=200)] = ""
    sort: Annotated[str, Field(pattern=SORT_PATTERN)] = "-updated"
    limit: Limit = 50
    after: Annotated[str, Field(max_length=500)] | None = None


class HistoryQuery(Record):
    """`after` is a seq: the commits after it are answered."""

    after: Annotated[int, Field(ge=0, le=LAST)] = 0


class History(BaseModel):
    """Oldest first; `next` is to be given as `after` for what comes then, null at the end."""

    items: tuple[Envelope, ...]
    next: int | None


async def load_readable(call: Call, ticket_id: str) -> Ticket:
    """A ticket's whole header, which is never sent as it is.

    Raises NotFound, or Forbidden where staff may not read it.
    """
    room = room_of(call, ticket_id)
    header = (await call.parts.log.read_room(room, None, None)).header
    may_enter(call.actor, parse_room(room), header)
    assert isinstance(header, Ticket), "a ticket's room has a ticket's header"
    return header


def room_of(call: Call, ticket_id: str) -> str:
    """The room in which the asker would see a ticket."""
    public = call.actor.audience is Audience.PUBLIC
    return ticket_room(ticket_id) if public else staff_room(ticket_id)


async def _show(call: Call, ticket_id: str) -> Ticket:
    return (await load_readable(call, ticket_id)).seen_by(call.actor.audience)


@operation(
    "POST",
    "/api/tickets",
    "Open a ticket",
    takes=asked(OpenTicket, base=OpenBody),
    answers=Ticket,
    status=201,
)
async def open_ticket(call: Call, given: BaseModel) -> Ticket:
    channel = {} if "channel" in given.model_fields_set else {"channel": Channel.API.value}
    outcome = await call.command("ticket.open", given, **channel)
    ticket_id = outcome.result["ticket_id"]
    call.headers["Location"] = f"/api/tickets/{ticket_id}"
    return await _show(call, ticket_id)


@operation("GET", "/api/tickets", "List tickets", takes=TicketsQuery, answers=Page[Ticket])
async def list_tickets(call: Call, query: TicketsQuery) -> Page[Ticket]:
    owner = call.actor.user_id or call.actor.id if query.owner_id == "me" else query.owner_id
    found = await query_tickets(
        call.parts.store,
        call.actor,
        TicketQuery(
            **query.model_dump(exclude={"requester_id", "owner_id", "sort"}),
            requester_ids=query.requester_id,
            owner_id=owner,
            sort=Sort(query.sort.removeprefix("-")),
            ascending=not query.sort.startswith("-"),
        ),
    )
    return Page[Ticket](items=tuple(found.items), next=found.next)


@operation("GET", "/api/tickets/{id}", "Read a ticket", answers=Ticket)
async def read_ticket(call: Call) -> Ticket:
    return await _show(call, call.id())


@operation(
    "PUT",
    "/api/tickets/{id}",
    "Change a ticket, all of it at once or nothing",
    takes=asked(UpdateTicket, "ticket_id", base=UpdateBody),
    answers=Ticket,
)
async def update_ticket(call: Call, given: BaseModel) -> Ticket:
    await call.command("ticket.update", given, ticket_id=call.id())
    return await _show(call, call.id())


@operation("DELETE", "/api/tickets/{id}", "Empty a ticket for good")
async def delete_ticket(call: Call) -> None:
    await call.command("ticket.delete", ticket_id=call.id())


@operation(
    "POST",
    "/api/tickets/{id}/assign",
    "Give a ticket an owner, a team, or nobody",
    takes=asked(AssignTicket, "ticket_id"),
    answers=Changed,
)
async def assign_ticket(call: Call, given: BaseModel) -> Changed:
    # Answered without the ticket: who gives it away may not read it any more.
    return Changed(seq=(await call.command("ticket.assign", given, ticket_id=call.id())).seq)


@operation(
    "POST",
    "/api/tickets/{id}/status",
    "Move a ticket through its lifecycle",
    takes=asked(SetStatus, "ticket_id"),
    answers=Ticket,
)
async def set_status(call: Call, given: BaseModel) -> Ticket:
    await call.command("ticket.set_status", given, ticket_id=call.id())
    return await _show(call, call.id())


@operation(
    "GET",
    "/api/tickets/{id}/log",
    "Everything that happened to a ticket, as the asker may see it",
    takes=HistoryQuery,
    answers=History,
)
async def read_log(call: Call, query: HistoryQuery) -> History:
    ticket = await load_readable(call, call.id())
    head = ticket.face(call.actor.audience).head
    room = room_of(call, ticket.id)
    items = await call.parts.log.read_gap(room, query.after, head)
    more = bool(items) and items[-1].seq < head
    return History(items=tuple(items), next=items[-1].seq if more else None)


OPERATIONS = (
    list_tickets,
    open_ticket,
    read_ticket,
    update_ticket,
    delete_ticket,
    assign_ticket,
    set_status,
    read_log,
)

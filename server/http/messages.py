"""What is said in a ticket: read in pages, say, edit, redact."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from domain.message import Id, Record
from domain.ticket.commands import EditMessage, Reply
from domain.ticket.state import Message
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.tickets import Changed, load_readable
from server.store.messages import SHOWN, Messages

LAST = 2**53 - 1


class MessagesQuery(Record):
    """`before` is a seq: the newest messages before it are answered."""

    before: Annotated[int, Field(ge=1, le=LAST)] | None = None
    limit: Annotated[int, Field(ge=1, le=SHOWN)] = SHOWN


class MessagePage(BaseModel):
    """Oldest first; `next` is to be given as `before` for the earlier ones, null at the start."""

    items: tuple[Message, ...]
    next: int | None


class Posted(BaseModel):
    """Where the message is: a reply to a closed ticket opens another one that follows it."""

    ticket_id: Id
    message_id: Id
    seq: int


@operation(
    "GET",
    "/api/tickets/{id}/messages",
    "Read a ticket's messages",
    takes=MessagesQuery,
    answers=MessagePage,
)
async def list_messages(call: Call, query: MessagesQuery) -> MessagePage:
    ticket = await load_readable(call, call.id())
    upto = LAST if query.before is None else query.before - 1
    found, earlier = await Messages(call.parts.store).page(
        ticket.id, call.actor.audience, upto, query.limit
    )
    items = tuple(Message.model_validate(each, extra="ignore") for each in found)
    return MessagePage(items=items, next=items[0].seq if earlier else None)


@operation(
    "POST",
    "/api/tickets/{id}/messages",
    "Say something, or note it for staff",
    takes=asked(Reply, "ticket_id"),
    answers=Posted,
    status=201,
)
async def post_message(call: Call, given: BaseModel) -> Posted:
    outcome = await call.command("ticket.reply", given, ticket_id=call.id())
    return Posted.model_validate({"ticket_id": call.id(), "seq": outcome.seq, **outcome.result})


@operation(
    "PUT",
    "/api/tickets/{id}/messages/{message_id}",
    "Edit a message",
    takes=asked(EditMessage, "ticket_id", "message_id"),
    answers=Changed,
)
async def edit_message(call: Call, given: BaseModel) -> Changed:
    outcome = await call.command(
        "ticket.edit_message", given, ticket_id=call.id(), message_id=call.id("message_id")
    )
    return Changed(seq=outcome.seq)


@operation(
    "DELETE",
    "/api/tickets/{id}/messages/{message_id}",
    "Take a message's text away for good",
)
async def redact_message(call: Call) -> None:
    await call.command(
        "ticket.redact_message", ticket_id=call.id(), message_id=call.id("message_id")
    )


OPERATIONS = (list_messages, post_message, edit_message, redact_message)

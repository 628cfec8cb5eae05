"""What was said in a ticket, as those read it who write from it."""

from __future__ import annotations

from ai.copilot.wanted import Line, Speaker
from domain.message import ActorKind, Audience, Id
from domain.ticket.state import Message, Visibility
from server.store.connect import Store
from server.store.messages import SHOWN, Messages

_LAST = 2**53 - 1


async def said_in(store: Store, ticket_id: Id, audience: Audience) -> list[Message]:
    """The newest messages that still have their words, oldest first."""
    found, _ = await Messages(store).page(ticket_id, audience, _LAST, SHOWN)
    messages = [Message.model_validate(each, extra="ignore") for each in found]
    return [each for each in messages if each.redacted_at is None]


def line_of(message: Message) -> Line:
    """Who said it, and what."""
    if message.visibility is not Visibility.PUBLIC:
        return Line(Speaker.NOTE, message.body)
    by_client = message.author.kind is ActorKind.CLIENT
    return Line(Speaker.CLIENT if by_client else Speaker.STAFF, message.body)

"""A newer release of the product, as a process: today's code with what a next one might add.

A command and event (`ticket.star`, `ticket.starred`), a field of an event and of a message
(`language`), a field of the header (`starred`) with a raised state version, and a second version
of `ticket.priority_changed`, which must say why. The domain learns of them before the server is
imported, as if they stood there.
"""

from __future__ import annotations

import sys
from functools import partial, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from domain.message import Event
from domain.ticket import commands, events, state


class Ticket(state.Ticket):
    starred: bool = False


class Message(state.Message):
    language: str = ""


class StarTicket(commands.TicketCommand):
    type: Literal["ticket.star"] = "ticket.star"


class Reply(commands.Reply):
    language: str = ""


class TicketStarred(Event):
    type: Literal["ticket.starred"] = "ticket.starred"


class MessagePosted(events.MessagePosted):
    language: str = ""


class PriorityChanged(events.PriorityChanged):
    v: int = 2
    why: str


def release() -> None:
    """Teach the domain; to be called before anything else of it is imported."""
    state.Ticket, state.Message = Ticket, Message
    state.STATE_VERSION += 1
    commands.Reply = Reply
    events.MessagePosted, events.PriorityChanged = MessagePosted, PriorityChanged
    _teach_rules()
    _teach_folding()
    _teach_catalog()


def _teach_rules() -> None:
    from domain.access import Permission
    from domain.ticket import decide, decide_header

    decide_before, demands_before = decide.decide, decide._demands

    def decide_now(ticket: Any, command: Any, *others: Any) -> list[Event]:
        if isinstance(command, StarTicket):
            return [] if ticket.starred else [TicketStarred()]
        made = decide_before(ticket, command, *others)
        if not isinstance(command, Reply):
            return made
        return [
            event.model_copy(update={"language": command.language})
            if isinstance(event, MessagePosted)
            else event
            for event in made
        ]

    def demands_now(command: Any) -> tuple[Permission, ...]:
        if isinstance(command, StarTicket):
            return (Permission.TICKET_UPDATE,)
        return demands_before(command)

    decide.decide, decide._demands = decide_now, demands_now
    decide_header.PriorityChanged = partial(PriorityChanged, why="asked")


def _teach_folding() -> None:
    from domain.ticket import evolve

    header_before, message_before = evolve._header, evolve.evolve_message

    def header_now(ticket: Any, event: Event, meta: Any) -> dict[str, Any]:
        if isinstance(event, TicketStarred):
            return {"starred": True}
        return header_before(ticket, event, meta)

    def message_now(message: Any, event: Event, *others: Any) -> Any:
        after = message_before(message, event, *others)
        if isinstance(event, MessagePosted) and message is None:
            return after.model_copy(update={"language": event.language})
        return after

    evolve._header, evolve.evolve_message = header_now, message_now


def _teach_catalog() -> None:
    from domain import catalog

    def any_of(*members: Any) -> TypeAdapter[Any]:
        return TypeAdapter(Annotated[reduce(or_, members), Field(discriminator="type")])

    catalog._event = any_of(catalog.TicketEvent, catalog.AgentEvent, TicketStarred)
    catalog._command = any_of(
        catalog.PersonsTicketCommand,
        catalog.PersonsAgentCommand,
        catalog.DocumentCommand,
        catalog.MachineCommand,
        StarTicket,
    )
    catalog._door = any_of(
        catalog.PersonsTicketCommand,
        catalog.PersonsAgentCommand,
        catalog.PersonsDocumentCommand,
        StarTicket,
    )
    catalog.DOOR_TYPES |= {"ticket.star"}
    catalog.UPCASTS["ticket.priority_changed", 1] = lambda event: {**event, "v": 2, "why": ""}


if __name__ == "__main__":
    release()
    part, *arguments = sys.argv[1:]
    if part == "worker":
        from server.start import start
        from server.worker import work

        start(work)
    else:
        from server.node import main

        main(arguments)

"""The rules of taking part in somebody else's ticket."""

from __future__ import annotations

from domain.access import Actor
from domain.errors import Conflict
from domain.message import Event
from domain.routing.events import Intervention, TicketSupervised
from domain.supervision.commands import Barge, Observe, SupervisorsCommand, TakeOver, Whisper
from domain.ticket.commands import Reply
from domain.ticket.decide_conversation import decide_reply
from domain.ticket.events import MessagePosted, TicketAssigned
from domain.ticket.facts import Facts
from domain.ticket.state import Status, Ticket, Visibility


def decide_supervising(
    ticket: Ticket, command: SupervisorsCommand, actor: Actor, facts: Facts
) -> list[Event]:
    """What follows from a supervisor's command; everything of it stands in the log."""
    match command:
        case Observe():
            return [TicketSupervised(kind=Intervention.OBSERVE)]
        case Whisper():
            if ticket.owner_id is None:
                raise Conflict("Nobody looks after this ticket; leave a note for all instead.")
            said = _said(ticket, command, Visibility.PRIVATE, actor, facts)
            return [
                each.model_copy(update={"whisper": True})
                if isinstance(each, MessagePosted)
                else each
                for each in said
            ]
        case Barge():
            said = _said(ticket, command, Visibility.PUBLIC, actor, facts)
            return [TicketSupervised(kind=Intervention.BARGE), *said]
        case TakeOver():
            return decide_take_over(ticket, command)


def decide_take_over(ticket: Ticket, command: TakeOver) -> list[Event]:
    """It becomes one's own and stays in its team; what one has already changes nothing."""
    if ticket.status is Status.CLOSED:
        raise Conflict("This ticket is closed: reopen it before you take it over.")
    if ticket.team_id is None:
        raise Conflict("This ticket has no team yet.")
    if ticket.owner_id == command.agent_id:
        return []
    return [
        TicketSupervised(kind=Intervention.TAKE_OVER),
        TicketAssigned(
            agent_id=command.agent_id,
            team_id=ticket.team_id,
            before_agent_id=ticket.owner_id,
            before_team_id=ticket.team_id,
        ),
    ]


def _said(
    ticket: Ticket, command: Whisper | Barge, visibility: Visibility, actor: Actor, facts: Facts
) -> list[Event]:
    reply = Reply(
        command_id=command.command_id,
        ticket_id=command.ticket_id,
        body=command.body,
        visibility=visibility,
    )
    return decide_reply(ticket, reply, actor, facts)

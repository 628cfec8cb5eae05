"""The rules of a ticket on its way to an owner."""

from __future__ import annotations

from domain.access import Actor
from domain.assistant.state import HandOver
from domain.errors import Conflict, Retryable
from domain.message import ActorKind, Event, Millis, derived_id
from domain.routing.commands import (
    EndOffer,
    EndSnooze,
    OfferTicket,
    RequeueTicket,
    RouteTicket,
    TransferTicket,
)
from domain.routing.events import (
    Ended,
    OfferEnded,
    TicketOffered,
    TicketRequeued,
    TicketRouted,
    TicketSnoozed,
)
from domain.routing.queue import is_waiting
from domain.ticket.commands import AssignTicket
from domain.ticket.decide_header import decide_assign
from domain.ticket.events import MessagePosted, TicketAssigned
from domain.ticket.facts import Facts
from domain.ticket.state import Status, Ticket, Visibility

MILLIS = 1_000


def decide_offer(ticket: Ticket, command: OfferTicket, now: Millis, facts: Facts) -> list[Event]:
    """Offer what still waits; [] where it does not wait any more, or not for them."""
    if not _may_be_given(ticket, command, facts):
        return []
    until = now + command.seconds * MILLIS
    return [
        TicketOffered(agent_id=command.agent_id, until=until),
        TicketRouted(agent_id=command.agent_id, candidates=command.candidates),
    ]


def decide_route(ticket: Ticket, command: RouteTicket, facts: Facts) -> list[Event]:
    """Give what still waits; [] where it does not wait any more, or not for them."""
    if not _may_be_given(ticket, command, facts) or ticket.team_id is None:
        return []
    return [
        TicketAssigned(
            agent_id=command.agent_id,
            team_id=ticket.team_id,
            before_agent_id=None,
            before_team_id=ticket.team_id,
        ),
        TicketRouted(agent_id=command.agent_id, candidates=command.candidates),
    ]


def decide_accept(ticket: Ticket, actor: Actor) -> list[Event]:
    """Take it; the assignment comes first, and so keeps what the offer held."""
    offer = ticket.private and ticket.private.offer
    if actor.user_id is not None and ticket.owner_id == actor.user_id:
        return []
    if not offer or offer.agent_id != actor.user_id or ticket.team_id is None:
        raise Conflict("This ticket is not offered to you any more.")
    return [
        TicketAssigned(
            agent_id=offer.agent_id,
            team_id=ticket.team_id,
            before_agent_id=ticket.owner_id,
            before_team_id=ticket.team_id,
        ),
        OfferEnded(agent_id=offer.agent_id, outcome=Ended.ACCEPTED),
    ]


def decide_decline(ticket: Ticket, actor: Actor) -> list[Event]:
    """Leave it; what is not offered to them any more is left already."""
    offer = ticket.private and ticket.private.offer
    if not offer or offer.agent_id != actor.user_id:
        return []
    return [OfferEnded(agent_id=offer.agent_id, outcome=Ended.DECLINED)]


def decide_transfer(
    ticket: Ticket, command: TransferTicket, actor: Actor, facts: Facts
) -> list[Event]:
    """The note and the assignment; to where it is already is no transfer."""
    moved = decide_assign(ticket, assignment_of(command), facts)
    if not moved:
        raise Conflict("This ticket is there already; leave a note instead.")
    note = MessagePosted(
        message_id=derived_id(actor.id, command.command_id, "message"),
        visibility=Visibility.PRIVATE,
        body=command.note,
        author=actor.ref,
    )
    return [note, *moved]


def assignment_of(command: TransferTicket) -> AssignTicket:
    """What a transfer asks beside its note."""
    return AssignTicket(
        command_id=command.command_id,
        ticket_id=command.ticket_id,
        agent_id=command.agent_id,
        team_id=command.team_id,
    )


def decide_requeue(ticket: Ticket, command: RequeueTicket) -> list[Event]:
    """Take it from its owner, where they still have it and the client waits for an answer."""
    if ticket.owner_id != command.agent_id or ticket.team_id is None:
        return []
    if not is_unanswered(ticket):
        return []
    return [
        TicketAssigned(
            agent_id=None,
            team_id=ticket.team_id,
            before_agent_id=ticket.owner_id,
            before_team_id=ticket.team_id,
        ),
        TicketRequeued(agent_id=command.agent_id, reason=command.reason),
    ]


def is_unanswered(ticket: Ticket) -> bool:
    """Whether somebody works on it, and it waits for a person's answer."""
    said = ticket.public.said
    return waits_for_answer(
        ticket.status,
        said[0].author.kind if said else None,
        messages=ticket.public.messages,
        handed_over=ticket.assistant and ticket.assistant.reason,
    )


def waits_for_answer(
    status: Status, said_last: ActorKind | None, *, messages: int, handed_over: HandOver | None
) -> bool:
    """What makes a ticket an unanswered one: who wrote last where the client sees it, of how many
    messages, and why the assistant left it to people, where it did."""
    if status not in (Status.OPEN, Status.IN_PROGRESS):
        return False
    match said_last:
        case ActorKind.CLIENT:
            return True
        case ActorKind.AGENT:  # They opened it for a caller, and that is all there is.
            return messages == 1
        case ActorKind.ASSISTANT:  # Taken from it, the client has an answer and did not ask on.
            return handed_over not in (None, HandOver.TAKEN)
        case _:
            return False


def _may_be_given(ticket: Ticket, command: OfferTicket | RouteTicket, facts: Facts) -> bool:
    here = facts.agent is not None and facts.agent.active
    return is_waiting(ticket) and here and ticket.team_id in facts.agent_teams


def decide_end_offer(ticket: Ticket, command: EndOffer, now: Millis) -> list[Event]:
    """The offer that the timer was set for was answered by nobody; any other stays."""
    offer = ticket.private and ticket.private.offer
    if not offer or offer.seq != command.generation:
        return []
    not_before(offer.until, now)
    return [OfferEnded(agent_id=offer.agent_id, outcome=Ended.EXPIRED)]


def decide_end_snooze(ticket: Ticket, command: EndSnooze, now: Millis) -> list[Event]:
    """The ticket is back, unless it was snoozed anew since."""
    private = ticket.private
    if not private or private.snoozed_until is None or private.snoozed_seq != command.generation:
        return []
    not_before(private.snoozed_until, now)
    return [TicketSnoozed(until=None)]


def not_before(moment: Millis, now: Millis) -> None:
    """Raise Retryable where a timer fires early, as by a clock that is ahead."""
    if now < moment:
        left = -(-(moment - now) // 1000)
        raise Retryable("It is not time for this yet.", fields={"retry_after": left})

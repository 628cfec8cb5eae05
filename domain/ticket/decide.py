"""The rules of a ticket: what follows from a command, who may give it, what it answers."""

from __future__ import annotations

from typing import Any

from domain.access import Actor, Permission, allows, belonging_of
from domain.approval.commands import Approve, Refuse, RemindApproval
from domain.approval.decide import (
    asked_anew,
    asked_by_change,
    asked_by_status,
    asking,
    decide_approve,
    decide_refuse,
    decide_remind,
)
from domain.assistant import commands as assist
from domain.assistant.decide import decide_assistant
from domain.assistant.turn import yielding
from domain.errors import Forbidden, Invalid, NotFound
from domain.message import ActorKind, Command, Event, Millis, derived_id
from domain.routing import commands as route
from domain.routing import decide as routing
from domain.routing.snoozing import decide_snooze, woken
from domain.routing.withdrawing import withdrawing
from domain.sla.commands import RecalculateSla, SlaTick
from domain.sla.follow import follow
from domain.sla.tick import decide_recalculate, decide_tick
from domain.supervision.commands import Barge, Observe, TakeOver, Whisper
from domain.supervision.decide import decide_supervising
from domain.ticket import commands as ask
from domain.ticket.decide_conversation import (
    decide_edit,
    decide_redact,
    decide_reply,
    visible_message,
    wrote,
)
from domain.ticket.decide_header import (
    decide_assign,
    decide_link,
    decide_priority,
    decide_quiet,
    decide_status,
    decide_update,
)
from domain.ticket.decide_open import decide_follow_up, decide_open
from domain.ticket.events import TicketDeleted
from domain.ticket.facts import Facts
from domain.ticket.state import Ticket, Visibility
from domain.triage.commands import JudgeGuess, TriageTicket
from domain.triage.decide import decide_judge, decide_triage

_NO_TICKET = "There is no such ticket."

_WORDS: dict[Permission, str] = {
    Permission.TICKET_OPEN: "open tickets",
    Permission.TICKET_OPEN_FOR_OTHERS: "open tickets for others",
    Permission.TICKET_REPLY: "reply to this ticket",
    Permission.TICKET_NOTE: "leave notes on this ticket",
    Permission.TICKET_ASSIGN: "assign this ticket",
    Permission.TICKET_SET_STATUS: "change this ticket's status",
    Permission.TICKET_UPDATE: "change this ticket",
    Permission.TICKET_DELETE: "delete this ticket",
    Permission.TICKET_SUPERVISE: "take part as a supervisor",
    Permission.MESSAGE_REDACT: "redact what others wrote",
}


def decide(
    ticket: Ticket, command: Command, actor: Actor, now: Millis, facts: Facts
) -> list[Event]:
    """What follows from a command that the actor may give; [] where it changes nothing.

    `ticket` is the whole header, not a public view. What it means for what was promised stands
    behind it. Raises DomainError where the present state does not allow it or the command names
    what is not there.
    """
    decided = woken(ticket, _decide(ticket, command, actor, now, facts))
    decided += asked_by_status(ticket, decided, now, facts)
    events = withdrawing(ticket, yielding(ticket, decided, actor))
    return [*events, *follow(ticket, events, now, facts.book, facts.contact_tags)]


def _decide(
    ticket: Ticket, command: Command, actor: Actor, now: Millis, facts: Facts
) -> list[Event]:
    match command:
        case ask.OpenTicket():
            return decide_open(ticket, command, actor, facts) + asking(now, facts)
        case ask.OpenFollowUp():
            return decide_follow_up(ticket, command, actor, facts) + asked_anew(now, facts)
        case ask.LinkFollowUp():
            return decide_link(ticket, command)
        case _:
            if not ticket.exists:
                raise NotFound(_NO_TICKET)
    match command:
        case ask.Reply():
            return decide_reply(ticket, command, actor, facts)
        case ask.EditMessage():
            return decide_edit(ticket, command, actor, facts)
        case ask.RedactMessage():
            return decide_redact(ticket, command, actor, facts)
        case ask.AssignTicket():
            return decide_assign(ticket, command, facts)
        case ask.SetStatus():
            return decide_status(ticket, command, actor, facts)
        case ask.SetPriority():
            return decide_priority(ticket, command)
        case ask.UpdateTicket():
            events = decide_update(ticket, command, actor, facts)
            return events + asked_by_change(ticket, events, now, facts)
        case Approve():
            return decide_approve(ticket, command, actor, now, facts)
        case Refuse():
            return decide_refuse(ticket, command, actor)
        case RemindApproval():
            return decide_remind(ticket, command, now, facts)
        case ask.CloseQuiet():
            return decide_quiet(ticket, command, now, facts)
        case route.EndOffer():
            return routing.decide_end_offer(ticket, command, now)
        case route.EndSnooze():
            return routing.decide_end_snooze(ticket, command, now)
        case route.SnoozeTicket():
            return decide_snooze(ticket, command, now)
        case Observe() | Whisper() | Barge() | TakeOver():
            return decide_supervising(ticket, command, actor, facts)
        case route.AcceptOffer():
            return routing.decide_accept(ticket, actor)
        case route.DeclineOffer():
            return routing.decide_decline(ticket, actor)
        case route.TransferTicket():
            return routing.decide_transfer(ticket, command, actor, facts)
        case route.OfferTicket():
            return routing.decide_offer(ticket, command, now, facts)
        case route.RouteTicket():
            return routing.decide_route(ticket, command, facts)
        case route.RequeueTicket():
            return routing.decide_requeue(ticket, command)
        case (
            assist.AskPerson()
            | assist.RateAnswer()
            | assist.Answer()
            | assist.HandOverTicket()
            | assist.WakeAssistant()
        ):
            return decide_assistant(ticket, command, actor, now, facts)
        case TriageTicket():
            return decide_triage(ticket, command, now, facts)
        case JudgeGuess():
            return decide_judge(ticket, command, now, facts)
        case SlaTick():
            return decide_tick(ticket, command, now, facts)
        case RecalculateSla():
            return decide_recalculate(ticket, now, facts)
        case ask.DeleteTicket():
            return [TicketDeleted()]
        case _:
            raise Invalid(f"A ticket cannot do {command.type!r}.")


def authorize(ticket: Ticket, command: Command, actor: Actor, facts: Facts) -> None:
    """Raise where the actor may not give this command; asked before `decide`.

    NotFound for a ticket that is not there, and for a client's eyes that is every ticket of
    somebody else; Forbidden otherwise. `facts` tell whose message is to be redacted, and which
    ticket is to be followed up.
    """
    match command:
        case ask.OpenTicket():
            if not allows(actor, _opening(actor)):
                raise Forbidden(f"You may not {_WORDS[_opening(actor)]}.")
            return None
        case ask.OpenFollowUp():
            return _authorize_in(facts.followed, actor, Permission.TICKET_REPLY)
        case ask.LinkFollowUp():
            return None  # It names what its first step was allowed to open.
        case (
            ask.TimerCommand()
            | route.OfferTicket()
            | route.RouteTicket()
            | route.RequeueTicket()
            | RecalculateSla()
            | assist.Answer()
            | assist.HandOverTicket()
            | TriageTicket()
        ):
            if not actor.is_machine:
                raise Forbidden("Only a timer does this.")
            return None
        case TakeOver() if command.agent_id != actor.user_id:
            raise Forbidden("One takes a ticket over oneself; to give it to others, assign it.")
        case assist.AskPerson() | assist.RateAnswer():
            _authorize_in(ticket, actor, Permission.TICKET_REPLY)
            if actor.kind is not ActorKind.CLIENT:
                raise Forbidden("Only the client says this; take the ticket, or answer it.")
            return None
        case ask.RedactMessage():
            _authorize_in(ticket, actor)
            if wrote(actor, visible_message(ticket, command.message_id, actor, facts)):
                return None
            return _authorize_in(ticket, actor, Permission.MESSAGE_REDACT)
        case _:
            return _authorize_in(ticket, actor, *_demands(command))


def result_of(ticket: Ticket, command: Command, actor: Actor) -> dict[str, Any]:
    """What a command answers, given the ticket after it; ids are those it created."""
    match command:
        case ask.OpenTicket():
            return {"ticket_id": ticket.id, "number": ticket.number}
        case ask.OpenFollowUp():
            message_id = derived_id(actor.id, command.command_id, "message")
            return {"ticket_id": ticket.id, "message_id": message_id}
        case ask.LinkFollowUp():
            return {"ticket_id": command.follow_up_id, "message_id": command.message_id}
        case ask.Reply() | route.TransferTicket() | Whisper() | Barge() | assist.Answer():
            return {"message_id": derived_id(actor.id, command.command_id, "message")}
        case _:
            return {}


def _opening(actor: Actor) -> Permission:
    if actor.kind is ActorKind.CLIENT:
        return Permission.TICKET_OPEN
    return Permission.TICKET_OPEN_FOR_OTHERS


def _demands(command: Command) -> tuple[Permission, ...]:
    match command:
        case ask.Reply() if command.visibility is Visibility.PRIVATE:
            return (Permission.TICKET_NOTE,)
        case ask.Reply() | ask.EditMessage():
            return (Permission.TICKET_REPLY,)
        case ask.AssignTicket():
            return (Permission.TICKET_ASSIGN,)
        case route.TransferTicket():
            return (Permission.TICKET_ASSIGN, Permission.TICKET_NOTE)
        case route.AcceptOffer() | route.DeclineOffer():
            return ()  # Whose offer it is says the ticket.
        case ask.SetStatus():
            return (Permission.TICKET_SET_STATUS,)
        case ask.SetPriority():
            return (Permission.TICKET_UPDATE,)
        case ask.UpdateTicket():
            return _update_demands(command)
        case ask.DeleteTicket():
            return (Permission.TICKET_DELETE,)
        case route.SnoozeTicket() | JudgeGuess():
            return (Permission.TICKET_UPDATE,)
        case Observe() | Whisper() | Barge() | TakeOver():
            return (Permission.TICKET_SUPERVISE,)
        case Approve() | Refuse():
            return ()  # Who is asked says the ticket itself.
        case _:
            raise Invalid(f"A ticket cannot do {command.type!r}.")


def _update_demands(command: ask.UpdateTicket) -> tuple[Permission, ...]:
    """Status is a right of its own, which clients have; all else is the update's."""
    named = command.model_fields_set - {"type", "command_id", "ticket_id"}
    demands: list[Permission] = []
    if "status" in named:
        demands.append(Permission.TICKET_SET_STATUS)
    if named != {"status"}:
        demands.append(Permission.TICKET_UPDATE)
    return tuple(demands)


def _authorize_in(ticket: Ticket | None, actor: Actor, *permissions: Permission) -> None:
    if ticket is None or not ticket.exists:
        raise NotFound(_NO_TICKET)
    belonging = belonging_of(ticket)
    if not allows(actor, Permission.TICKET_READ, belonging):
        if actor.kind is ActorKind.CLIENT:
            raise NotFound(_NO_TICKET)
        raise Forbidden("This ticket belongs to another team.")
    for permission in permissions:
        if not allows(actor, permission, belonging):
            raise Forbidden(f"You may not {_WORDS[permission]}.")

"""Folding a ticket's events into what only staff see of its header."""

from __future__ import annotations

from typing import Any

from domain.approval import events as asked
from domain.approval.state import Approval, Decision
from domain.assistant.events import AssistantEngaged, AssistantHandedOver
from domain.assistant.evolve import evolve_briefing
from domain.message import ActorKind, Event, Id, Meta, Millis
from domain.routing import events as routed
from domain.routing.events import Ended
from domain.routing.state import Offer, Why
from domain.sla import events as promised
from domain.sla.state import Sla
from domain.ticket import events as happened
from domain.ticket.state import StaffPart, Status, Ticket, Visibility
from domain.triage.evolve import evolve_chosen, evolve_triage

PASSED_KEPT = 50


def evolve_private(ticket: Ticket, private: StaffPart, event: Event, meta: Meta) -> StaffPart:
    """The staff's part after an event of its ticket, which is given as it was before."""
    if isinstance(event, happened.TicketDeleted):
        return StaffPart()
    changed = _header(ticket, private, event, meta)
    its_turn = ticket.assistant is not None and ticket.assistant.its_turn
    changed["briefing"] = evolve_briefing(
        private.briefing, event, its_turn=its_turn, description_id=ticket.description_id
    )
    changed["triage"] = evolve_triage(private.triage, event, meta, ticket.description_id)
    changed["chosen"] = evolve_chosen(private.chosen, event, meta)
    changed["asked_at"] = _asked_at(ticket, private, event, meta)
    return private.model_copy(update=changed)


def _asked_at(ticket: Ticket, private: StaffPart, event: Event, meta: Meta) -> Millis | None:
    match event:
        case happened.MessagePosted() if event.visibility is Visibility.PUBLIC:
            # Whoever opens it, be it for a caller, asks.
            asks = event.author.kind is ActorKind.CLIENT or ticket.public.messages == 0
            return (private.asked_at or meta.at) if asks else None
        case happened.StatusChanged() if event.status not in (Status.OPEN, Status.IN_PROGRESS):
            return None
        case _:
            return private.asked_at


def _header(ticket: Ticket, private: StaffPart, event: Event, meta: Meta) -> dict[str, Any]:
    its_turn = ticket.assistant is not None and ticket.assistant.its_turn
    match event:
        case happened.TicketOpened():
            return {"queued_at": meta.at}
        case happened.TagsChanged():
            return {"tags": event.tags}
        case happened.FieldsChanged():
            return {"fields": event.fields}
        case happened.SkillsChanged():
            return {
                "required_skills": event.required_skills,
                "skill_levels": event.skill_levels,
            }
        case happened.TicketAssigned():
            return _assigned(ticket, private, event, meta)
        case happened.StatusChanged() if event.status.active != ticket.status.active:
            held = ticket.owner_id is not None and event.status.active
            queued = event.status.active and ticket.owner_id is None and not its_turn
            return {
                "reservation": meta.command_id if held else None,
                "queued_at": meta.at if queued else None,
            }
        case (
            routed.TicketOffered()
            | routed.OfferEnded()
            | routed.TicketRouted()
            | routed.TicketSnoozed()
        ):
            return _routed(private, event, meta)
        case AssistantEngaged():
            return {"queued_at": None}
        case AssistantHandedOver() if ticket.owner_id is None and ticket.status.active:
            return {"queued_at": meta.at}
        case promised.SlaChanged() | promised.SlaEvent():
            return {"sla": _sla(private.sla, event, meta)}
        case asked.ApprovalAsked():
            return {
                "approval": Approval(
                    seq=meta.seq, levels=event.levels, asked_at=meta.at, wake_at=event.wake_at
                )
            }
        case asked.ApprovalDecided() | asked.ApprovalReminded() | asked.ApprovalDelegated() if (
            private.approval is not None
        ):
            return {"approval": _approval(private.approval, event, meta)}
        case asked.ApprovalChanged() if private.approval is not None:
            return {"approval": private.approval.model_copy(update={"wake_at": None})}
        case _:
            return {}


def _assigned(
    ticket: Ticket, private: StaffPart, event: happened.TicketAssigned, meta: Meta
) -> dict[str, Any]:
    """An offer that is still there is accepted with it: then what it held goes on being held."""
    if event.agent_id == ticket.owner_id:
        return {}
    if event.agent_id is None:
        queued = meta.at if ticket.status.active else None
        return {"reservation": None, "queued_at": queued, "passed": ()}
    offer = private.offer
    kept = offer is not None and offer.agent_id == event.agent_id
    reservation = offer.reservation if offer is not None and kept else meta.command_id
    return {
        "reservation": reservation if ticket.status.active else None,
        "queued_at": None,
        "passed": (),
    }


def _routed(
    private: StaffPart,
    event: routed.TicketOffered | routed.OfferEnded | routed.TicketRouted | routed.TicketSnoozed,
    meta: Meta,
) -> dict[str, Any]:
    match event:
        case routed.TicketOffered():
            offer = Offer(
                agent_id=event.agent_id,
                until=event.until,
                reservation=meta.command_id,
                seq=meta.seq,
            )
            return {"offer": offer}
        case routed.OfferEnded():
            passing = event.outcome in (Ended.DECLINED, Ended.EXPIRED)
            passed = _with(private.passed, event.agent_id) if passing else private.passed
            return {"offer": None, "passed": passed}
        case routed.TicketRouted():
            why = Why(at=meta.at, agent_id=event.agent_id, candidates=event.candidates)
            return {"why": why}
        case routed.TicketSnoozed():
            return {"snoozed_until": event.until, "snoozed_seq": meta.seq}


def _with(passed: tuple[Id, ...], agent_id: Id) -> tuple[Id, ...]:
    return (*(each for each in passed if each != agent_id), agent_id)[-PASSED_KEPT:]


def _sla(sla: Sla | None, event: promised.SlaEvent, meta: Meta) -> Sla | None:
    if isinstance(event, promised.SlaChanged):
        if not event.clocks:
            return None
        return Sla(
            seq=meta.seq,
            policy_id=event.policy_id,
            policy_version=event.policy_version,
            calendar_id=event.calendar_id,
            clocks=event.clocks,
        )
    return sla and sla.model_copy(update={"seq": meta.seq, "clocks": event.clocks})


def _approval(
    approval: Approval,
    event: asked.ApprovalDecided | asked.ApprovalReminded | asked.ApprovalDelegated,
    meta: Meta,
) -> Approval:
    changed: dict[str, Any]
    match event:
        case asked.ApprovalDecided():
            decision = Decision(
                approver_id=event.approver_id,
                for_id=event.for_id,
                level=event.level,
                approved=event.approved,
                reason=event.reason,
                at=meta.at,
            )
            moved = event.next_level != approval.level
            changed = {
                "decisions": (*approval.decisions, decision),
                "level": event.next_level,
                "wake_at": event.wake_at,
                **({"asked_at": meta.at, "reminded": 0, "deputies": {}} if moved else {}),
            }
        case asked.ApprovalReminded():
            changed = {"reminded": approval.reminded + 1, "wake_at": event.wake_at}
        case asked.ApprovalDelegated():
            changed = _delegated(approval, event)
    return approval.model_copy(update={"seq": meta.seq, **changed})


def _delegated(approval: Approval, event: asked.ApprovalDelegated) -> dict[str, Any]:
    """Asked in the place of one who stood in for others, a deputy answers for those."""
    away, deputy = event.from_id, event.to_id
    place = approval.level
    before = approval.levels[place].approver_ids if place < len(approval.levels) else ()
    ids = tuple(dict.fromkeys(deputy if each == away else each for each in before))
    levels = (
        each.model_copy(update={"approver_ids": ids}) if number == place else each
        for number, each in enumerate(approval.levels)
    )
    theirs = {each: deputy for each, who in approval.deputies.items() if who == away}
    own = {deputy: deputy} if deputy in before and deputy not in approval.deputies.values() else {}
    deputies = {**approval.deputies, **own, **(theirs or {away: deputy})}
    return {"levels": tuple(levels), "deputies": deputies}

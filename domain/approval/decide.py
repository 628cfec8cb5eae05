"""The rules of approvals: who is asked, what their answers mean, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.access import Actor
from domain.approval.commands import Approve, Refuse, RemindApproval
from domain.approval.events import (
    ApprovalAsked,
    ApprovalChanged,
    ApprovalDecided,
    ApprovalDelegated,
    ApprovalReminded,
)
from domain.approval.state import Approval, ApprovalStatus, Level, Rule
from domain.errors import Conflict, Forbidden
from domain.message import Event, Id, Millis
from domain.routing.decide import not_before
from domain.ticket.events import CategoryChanged, Cause, StatusChanged
from domain.ticket.facts import Facts
from domain.ticket.state import Status, Ticket

REMIND_AFTER: Millis = 24 * 3_600_000
MOST_REMINDERS = 3


def asking(now: Millis, facts: Facts) -> list[Event]:
    """A round begins where the category that a ticket is in demands it."""
    levels = facts.category.approval if facts.category else ()
    if not levels:
        return []
    return [
        # It ends the reminders of a round before, and so comes first.
        ApprovalChanged(approval=ApprovalStatus.WAITING, reason=None),
        ApprovalAsked(levels=levels, wake_at=now + REMIND_AFTER),
        *_delegated(levels[0].approver_ids, facts),
    ]


def asked_anew(now: Millis, facts: Facts) -> list[Event]:
    """A follow-up goes on with the consent that there was, and is no way around one withheld."""
    followed = facts.followed
    if followed is None:
        return []
    withheld = followed.approval in (ApprovalStatus.WAITING, ApprovalStatus.REFUSED)
    return asking(now, facts) if withheld or is_broken_off(followed) else []


def asked_by_change(
    ticket: Ticket, events: Sequence[Event], now: Millis, facts: Facts
) -> list[Event]:
    """What it means that the category changed: another round, or none any more."""
    if not any(isinstance(event, CategoryChanged) for event in events):
        return []
    asked = asking(now, facts) if _status_after(ticket, events).active else []
    if not asked and ticket.approval is not None:
        return [ApprovalChanged(approval=None, reason=None)]
    return asked


def asked_by_status(
    ticket: Ticket, events: Sequence[Event], now: Millis, facts: Facts
) -> list[Event]:
    """What it means that the ticket ended, which withdraws a round, or that it goes on after all.

    Otherwise resolving it and bringing it back would be a way around those who are asked.
    """
    if any(isinstance(event, ApprovalChanged) for event in events):
        return []
    active = _status_after(ticket, events).active
    if not active and ticket.approval is ApprovalStatus.WAITING:
        return [ApprovalChanged(approval=None, reason=None)]
    reopened = active and not ticket.status.active
    return asking(now, facts) if reopened and is_broken_off(ticket) else []


def is_broken_off(ticket: Ticket) -> bool:
    """Whether a round was withdrawn before it was decided."""
    approval = ticket.private and ticket.private.approval
    return bool(approval) and ticket.approval is None and approval.level < len(approval.levels)


def decide_approve(
    ticket: Ticket, command: Approve, actor: Actor, now: Millis, facts: Facts
) -> list[Event]:
    """One says yes; with the last one of a level the next is asked, and after that it is done."""
    approval = _asked_of(ticket, actor)
    level = approval.levels[approval.level]
    through = level.rule is Rule.ANY or set(approval.asked) == {actor.user_id}
    place = approval.level + through
    done = place == len(approval.levels)
    wake_at = approval.wake_at if not through else None if done else now + REMIND_AFTER
    events = _said(approval, actor, command.reason, approved=True, place=place, wake_at=wake_at)
    if done:
        events.append(ApprovalChanged(approval=ApprovalStatus.APPROVED, reason=None))
    elif through:
        events += _delegated(approval.levels[place].approver_ids, facts)
    return events


def decide_refuse(ticket: Ticket, command: Refuse, actor: Actor) -> list[Event]:
    """One says no, and that is the end of it; the requester is told why."""
    approval = _asked_of(ticket, actor)
    events = [
        *_said(approval, actor, command.reason, approved=False, place=approval.level, wake_at=None),
        ApprovalChanged(approval=ApprovalStatus.REFUSED, reason=command.reason),
    ]
    if ticket.status is not Status.CLOSED:
        closed = StatusChanged(
            before=ticket.status, status=Status.CLOSED, cause=Cause.PERSON, reason=command.reason
        )
        events.append(closed)
    return events


def decide_remind(
    ticket: Ticket, command: RemindApproval, now: Millis, facts: Facts
) -> list[Event]:
    """Ask those again who did not answer, or their deputies where they are away by now."""
    approval = ticket.private and ticket.private.approval
    if (
        not approval
        or ticket.approval is not ApprovalStatus.WAITING
        or approval.seq != command.generation
        or approval.wake_at is None
    ):
        return []
    not_before(approval.wake_at, now)
    # Whoever answered already is not asked again: nobody would be left to answer.
    delegated = [
        each for each in _delegated(approval.asked, facts) if each.to_id not in approval.answered
    ]
    away = {each.from_id for each in delegated}
    again = approval.reminded + 1 < MOST_REMINDERS
    return [
        *delegated,
        ApprovalReminded(
            approver_ids=tuple(each for each in approval.asked if each not in away),
            wake_at=now + REMIND_AFTER if again else None,
        ),
    ]


def waiting(ticket: Ticket) -> Approval:
    """The round that is under way; raises Conflict where there is none, and says why."""
    approval = ticket.private and ticket.private.approval
    match ticket.approval:
        case ApprovalStatus.WAITING if approval:
            return approval
        case ApprovalStatus.APPROVED:
            raise Conflict("This was approved already.", fields={"approval": "approved"})
        case ApprovalStatus.REFUSED:
            raise Conflict("This was refused already.", fields={"approval": "refused"})
        case _:
            now = "about something else" if ticket.status.active else ticket.status.value
            raise Conflict(
                f"No approval is asked for any more: the ticket is {now} now.",
                fields={"approval": "withdrawn"},
            )


def levels_to_ask(ticket: Ticket) -> tuple[Level, ...]:
    """The present level of a ticket and the one after it, whose people may have to be replaced."""
    approval = ticket.private and ticket.private.approval
    if not approval:
        return ()
    return approval.levels[approval.level : approval.level + 2]


def _status_after(ticket: Ticket, events: Iterable[Event]) -> Status:
    statuses = [event.status for event in events if isinstance(event, StatusChanged)]
    return statuses[-1] if statuses else ticket.status


def _asked_of(ticket: Ticket, actor: Actor) -> Approval:
    approval = waiting(ticket)
    if actor.user_id in approval.asked:
        return approval
    if any(each.approver_id == actor.user_id for each in approval.decisions):
        raise Conflict("You decided this already.", fields={"approval": "decided"})
    raise Forbidden("Your approval is not asked for here.")


def _said(
    approval: Approval,
    actor: Actor,
    reason: str | None,
    *,
    approved: bool,
    place: int,
    wake_at: Millis | None,
) -> list[Event]:
    """One answer, once for everybody it counts for; with the last of them the level is `place`."""
    assert actor.user_id is not None, "whoever is asked works here"
    *others, last = approval.answers_for(actor.user_id)

    def said(for_id: Id, next_level: int, wake_at: Millis | None) -> ApprovalDecided:
        return ApprovalDecided(
            approver_id=actor.user_id or "",
            for_id=for_id,
            level=approval.level,
            approved=approved,
            reason=reason,
            next_level=next_level,
            wake_at=wake_at,
        )

    same = (approval.level, approval.wake_at)
    return [*(said(each, *same) for each in others), said(last, place, wake_at)]


def _delegated(approver_ids: Iterable[Id], facts: Facts) -> list[ApprovalDelegated]:
    return [
        ApprovalDelegated(from_id=each, to_id=facts.stand_ins[each])
        for each in approver_ids
        if facts.stand_ins.get(each, each) != each
    ]

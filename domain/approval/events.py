"""What can happen to the approval of a ticket."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.approval.state import ApprovalStatus, Level
from domain.message import Audience, Event, Id, Millis


class ApprovalEvent(Event):
    seen_by: ClassVar[Audience] = Audience.STAFF


class ApprovalAsked(ApprovalEvent):
    """A round begins with its first level."""

    type: Literal["ticket.approval_asked"] = "ticket.approval_asked"
    levels: tuple[Level, ...]
    wake_at: Millis | None


class ApprovalDecided(ApprovalEvent):
    """`level` is the place of the level it was said in, `next_level` of the one that is asked
    after it."""

    type: Literal["ticket.approval_decided"] = "ticket.approval_decided"
    approver_id: Id
    for_id: Id
    level: int
    approved: bool
    reason: str | None
    next_level: int
    wake_at: Millis | None


class ApprovalReminded(ApprovalEvent):
    """Those who did not answer are told once more."""

    type: Literal["ticket.approval_reminded"] = "ticket.approval_reminded"
    approver_ids: tuple[Id, ...]
    wake_at: Millis | None


class ApprovalDelegated(ApprovalEvent):
    """A deputy is asked in the place of who is away."""

    type: Literal["ticket.approval_delegated"] = "ticket.approval_delegated"
    from_id: Id
    to_id: Id


class ApprovalChanged(Event):
    """What the requester sees of it; null where it is not needed any more."""

    type: Literal["ticket.approval_changed"] = "ticket.approval_changed"
    approval: ApprovalStatus | None
    reason: str | None

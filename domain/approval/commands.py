"""What can be asked of a ticket that waits for approval."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.ticket.commands import Reason, TicketCommand, TimerCommand

WhyNot = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Approve(TicketCommand):
    """Agree to it, as somebody who was asked."""

    type: Literal["ticket.approve"] = "ticket.approve"
    reason: Reason | None = None


class Refuse(TicketCommand):
    """Close it; the requester reads the reason."""

    type: Literal["ticket.refuse"] = "ticket.refuse"
    reason: WhyNot


class RemindApproval(TimerCommand):
    """Those who did not answer are told again; its generation is the approval's `seq`."""

    type: Literal["ticket.remind_approval"] = "ticket.remind_approval"

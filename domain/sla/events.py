"""What can happen to a ticket's clocks. Each says how they stand then, as a whole."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from domain.message import Audience, Event, Id, Millis
from domain.sla.state import Metric, SlaClock


class SlaEvent(Event):
    """`clocks` are all of the ticket's clocks after it."""

    seen_by: ClassVar[Audience] = Audience.STAFF
    clocks: tuple[SlaClock, ...]


class SlaChanged(SlaEvent):
    """Clocks began, stopped, went on, or follow another policy; without a policy there are none."""

    type: Literal["ticket.sla_changed"] = "ticket.sla_changed"
    policy_id: Id | None
    policy_version: int
    calendar_id: Id | None


class SlaWarned(SlaEvent):
    type: Literal["ticket.sla_warned"] = "ticket.sla_warned"
    metric: Metric
    percent: int
    due_at: Millis


class SlaBreached(SlaEvent):
    type: Literal["ticket.sla_breached"] = "ticket.sla_breached"
    metric: Metric
    due_at: Millis


class Act(StrEnum):
    """What a rung of the ladder does."""

    NOTIFY = "notify"
    RAISE_PRIORITY = "raise_priority"
    REASSIGN = "reassign"
    SUPERVISOR = "supervisor"


class SlaEscalated(SlaEvent):
    """A rung was taken; what it did stands beside it in the same commit."""

    type: Literal["ticket.sla_escalated"] = "ticket.sla_escalated"
    metric: Metric
    act: Act
    notify: tuple[Id, ...] = ()
    """The people whom the ladder names; the owner is told besides."""

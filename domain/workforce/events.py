"""What can happen to an agent's load, status and breaks."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from domain.message import Audience, Event, Id, Millis
from domain.routing.events import Ended
from domain.workforce.state import AgentStatus


class AgentEvent(Event):
    seen_by: ClassVar[Audience] = Audience.STAFF
    worked: Millis = 0
    """For how long they were at work since the event before, by their set hours and breaks."""


class HoldEvent(AgentEvent):
    ticket_id: Id
    reservation: str


class AgentReserved(HoldEvent):
    type: Literal["agent.reserved"] = "agent.reserved"
    weight: int
    as_of: int
    confirmed: bool


class AgentConfirmed(HoldEvent):
    type: Literal["agent.confirmed"] = "agent.confirmed"
    weight: int
    as_of: int


class AgentReweighed(HoldEvent):
    type: Literal["agent.reweighed"] = "agent.reweighed"
    weight: int
    as_of: int


class AgentReleased(HoldEvent):
    type: Literal["agent.released"] = "agent.released"
    outcome: Ended | None = None
    """What became of it, where it was an offer."""


class AgentStatusSet(AgentEvent):
    """Who said it is the commit's actor: a supervisor's override is seen by that."""

    type: Literal["agent.status_set"] = "agent.status_set"
    before: AgentStatus
    status: AgentStatus
    note: str


class BreakStarted(AgentEvent):
    type: Literal["agent.break_started"] = "agent.break_started"
    until: Millis


class BreakEnd(StrEnum):
    """Why a break ended."""

    PERSON = "person"
    TIME = "time"


class BreakEnded(AgentEvent):
    type: Literal["agent.break_ended"] = "agent.break_ended"
    cause: BreakEnd


class ShiftEnding(AgentEvent):
    """A warning: at `until` nothing more is offered, and what is unanswered goes back."""

    type: Literal["agent.shift_ending"] = "agent.shift_ending"
    until: Millis

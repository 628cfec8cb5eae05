"""What can happen to an agent's load."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.message import Audience, Event, Id


class AgentEvent(Event):
    seen_by: ClassVar[Audience] = Audience.STAFF
    ticket_id: Id
    reservation: str


class AgentReserved(AgentEvent):
    type: Literal["agent.reserved"] = "agent.reserved"
    weight: int
    as_of: int
    confirmed: bool


class AgentConfirmed(AgentEvent):
    type: Literal["agent.confirmed"] = "agent.confirmed"
    weight: int
    as_of: int


class AgentReweighed(AgentEvent):
    type: Literal["agent.reweighed"] = "agent.reweighed"
    weight: int
    as_of: int


class AgentReleased(AgentEvent):
    type: Literal["agent.released"] = "agent.released"

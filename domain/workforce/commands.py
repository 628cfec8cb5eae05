"""What can be asked of an agent's stream: by people their status and breaks, by the machine the
steps of an assignment and what a clock brings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.message import Command, Id, Millis
from domain.routing.events import Ended
from domain.workforce.state import AgentStatus, StatusNote

Minutes = Annotated[int, Field(ge=1, le=480)]


class AgentCommand(Command):
    agent_id: Id

    @property
    def stream(self) -> str:
        return f"agent:{self.agent_id}"


class HoldCommand(AgentCommand):
    """`reservation` is the id of the command that gives the ticket to the agent."""

    ticket_id: Id
    reservation: str


class Reserve(HoldCommand):
    """Hold capacity before a ticket is given; refused where there is none left.

    `force` holds it even so, for a ticket that comes back to its owner by itself. An `automatic`
    one is refused by whatever keeps them from being given work, where people may overrule all but
    capacity; what is only `offered` may be held for who is reached by push alone.
    """

    type: Literal["agent.reserve"] = "agent.reserve"
    weight: int
    as_of: int
    force: bool = False
    automatic: bool = False
    offered: bool = False


class Confirm(HoldCommand):
    """The ticket is theirs now; its weight is read anew, since it may have changed meanwhile."""

    type: Literal["agent.confirm"] = "agent.confirm"
    weight: int
    as_of: int


class Reweigh(HoldCommand):
    type: Literal["agent.reweigh"] = "agent.reweigh"
    weight: int
    as_of: int


class Release(HoldCommand):
    """`outcome` is what became of it, where it was an offer."""

    type: Literal["agent.release"] = "agent.release"
    outcome: Ended | None = None


class SetAgentStatus(AgentCommand):
    """Say what one does; whoever says that they are available ends their break with it."""

    type: Literal["agent.set_status"] = "agent.set_status"
    status: AgentStatus
    note: StatusNote = ""


class StartBreak(AgentCommand):
    """A break of so many minutes from now on; within one, it ends at another time."""

    type: Literal["agent.start_break"] = "agent.start_break"
    minutes: Minutes


class EndBreak(AgentCommand):
    type: Literal["agent.end_break"] = "agent.end_break"


class BreakOver(AgentCommand):
    """The timer's: a break has come to its end. `generation` is the `seq` of the break."""

    type: Literal["agent.break_over"] = "agent.break_over"
    generation: int


class WarnShiftEnd(AgentCommand):
    """The clock's: their shift ends before long."""

    type: Literal["agent.warn_shift_end"] = "agent.warn_shift_end"
    until: Millis


PersonsAgentCommand = SetAgentStatus | StartBreak | EndBreak

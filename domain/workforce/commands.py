"""The steps of an assignment that concern the agent; only the machine sends them."""

from __future__ import annotations

from typing import Literal

from domain.message import Command, Id


class AgentCommand(Command):
    """`reservation` is the id of the command that gives the ticket to the agent."""

    agent_id: Id
    ticket_id: Id
    reservation: str

    @property
    def stream(self) -> str:
        return f"agent:{self.agent_id}"


class Reserve(AgentCommand):
    """Hold capacity before a ticket is given; refused where there is none left.

    `force` holds it even so, for a ticket that comes back to its owner by itself.
    """

    type: Literal["agent.reserve"] = "agent.reserve"
    weight: int
    as_of: int
    force: bool = False


class Confirm(AgentCommand):
    """The ticket is theirs now; its weight is read anew, since it may have changed meanwhile."""

    type: Literal["agent.confirm"] = "agent.confirm"
    weight: int
    as_of: int


class Reweigh(AgentCommand):
    type: Literal["agent.reweigh"] = "agent.reweigh"
    weight: int
    as_of: int


class Release(AgentCommand):
    type: Literal["agent.release"] = "agent.release"

"""Where a ticket is on its way to an owner, as part of its header."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.message import Id, Millis, Record

SkillLevels = Annotated[dict[Id, Annotated[int, Field(ge=1, le=5)]], Field(max_length=20)]
"""By skill, the least level that is asked for; a skill that is not here is wanted at any."""


class Offer(Record):
    """Held for one agent until they answer. `seq` is the generation of its timer."""

    agent_id: Id
    until: Millis
    reservation: str
    """The id of the command under which their capacity is held."""
    seq: int


class Lack(Record):
    """What somebody does not know well enough: their level of it, 0 for none, and the least."""

    skill_id: Id
    level: int
    least: int


class Candidate(Record):
    """Somebody who was looked at. `reason` says why they were not chosen; null for who was.

    `score` is what the choice was made by: the lowest is first; null where it did not come to it.
    """

    agent_id: Id
    reason: str | None = None
    score: float | None = None
    load: int = 0
    capacity: int = 0
    carried: float = 0.0
    """The load they had of late on an average."""
    idle_since: Millis = 0
    language: bool = False
    reachable: bool = False
    """Whether they are not connected, and would be told on a phone that push reaches."""
    knows: bool = False
    """Whether they know the requester from an earlier ticket."""
    lack: Lack | None = None


class Why(Record):
    """Why this agent: the last choice that was made for the ticket, best first."""

    at: Millis
    agent_id: Id | None
    candidates: tuple[Candidate, ...]

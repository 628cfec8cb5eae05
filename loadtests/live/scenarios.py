"""The scenarios: who is there, how fast they speak, and what is done to them when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Act(StrEnum):
    """Something that is done to everybody at a moment of the run."""

    FASTER = "everybody speaks ten times as fast"
    CALM = "everybody calms down"
    DROP = "every connection is cut at once"
    KILL = "a node is killed"


CROWD: Mapping[str, int] = {"Client": 12, "Agent": 5, "MobileAgent": 2, "Supervisor": 1}
"""Of twenty people, so many are of each kind."""
FASTER = 10.0


@dataclass(frozen=True)
class Scenario:
    """`acts` come after a share of the measured time, 0.5 for half of it."""

    name: str
    what: str
    users: int = 60
    seconds: int = 60
    acts: tuple[tuple[float, Act], ...] = ()
    crowd: Mapping[str, int] = field(default_factory=lambda: CROWD)


SCENARIOS: Mapping[str, Scenario] = {
    each.name: each
    for each in (
        Scenario("steady", "everybody at the pace of people"),
        Scenario(
            "burst",
            "three times everybody speaks ten times as fast for a tenth of the run",
            acts=(
                *((0.2, Act.FASTER), (0.3, Act.CALM)),
                *((0.5, Act.FASTER), (0.6, Act.CALM)),
                *((0.8, Act.FASTER), (0.9, Act.CALM)),
            ),
        ),
        Scenario(
            "storm",
            "three times every connection is cut, and everybody comes back at once",
            acts=((0.2, Act.DROP), (0.45, Act.DROP), (0.7, Act.DROP)),
        ),
        Scenario(
            "kill",
            "a node is killed by SIGKILL, and after a while one again",
            acts=((0.25, Act.KILL), (0.65, Act.KILL)),
        ),
    )
}

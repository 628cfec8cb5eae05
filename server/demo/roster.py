"""Who of the simulated agents comes next: somebody on shift, or where few are there, anybody."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence

from server.demo.shapes import Agent

LEAST = 3
"""So many are there at any hour: where fewer are on shift, others stand in for them."""


def next_agent(
    agents: Sequence[Agent],
    *,
    here: Collection[str],
    on_shift: Collection[str],
    chance: random.Random,
) -> Agent | None:
    """Somebody who is not here, for the team that fewest are here of; None where nobody need come.

    `here` and `on_shift` are keys of people.
    """
    there = [each for each in agents if each.key in here]
    absent = [each for each in agents if each.key not in here]
    free = [each for each in absent if each.key in on_shift]
    if not free and len(there) < LEAST:
        free = absent
    taken = Counter(team for each in there for team in each.teams)
    return min(
        free, key=lambda each: (min(taken[t] for t in each.teams), chance.random()), default=None
    )

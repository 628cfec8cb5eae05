"""Who comes next: of the simulated agents somebody on shift, or where few are there, anybody; of
the customers whoever has been away for longest."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from server.demo.shapes import Agent, Customer

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


def next_customer(
    customers: Sequence[Customer],
    *,
    language: str,
    here: Collection[str],
    left: Mapping[str, float],
    chance: random.Random,
) -> Customer | None:
    """Somebody who writes a language and is not here; `left` is when each was here last."""
    absent = [e for e in customers if e.key not in here and e.language == language]
    return min(absent, key=lambda each: (left.get(each.key, 0.0), chance.random()), default=None)

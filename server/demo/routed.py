"""The teams of the company whose tickets the router gives, and what it leaves alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from domain.document import Edit
from domain.errors import Invalid, NotFound
from domain.inbox.commands import UpdateCategory
from domain.people.commands import UpdateTeam
from domain.people.state import Routing
from server.composition import Parts
from server.demo.marks import demo_id
from server.demo.places import MOVER
from server.demo.plot import Cast
from server.jobs.routing import AGAIN_SECONDS, LEASE, LEASE_MS
from server.store.leases import Leases


async def let_route(parts: Parts, cast: Cast) -> None:
    """Hand teams to the router, and name who is given what there; once, whatever an admin does."""
    for each in cast.house.categories:
        if each.members:
            named = UpdateCategory(
                command_id=demo_id("members", each.key),
                category_id=cast.categories[each.key],
                member_ids=tuple(cast.agents[key] for key in each.members),
            )
            await _once(parts, named)
    for team in cast.house.teams:
        if team.routing is not Routing.MANUAL:
            routed = UpdateTeam(
                command_id=demo_id("routing", team.key),
                team_id=cast.teams[team.key],
                routing=team.routing,
                offer_seconds=team.offer_seconds,
            )
            await _once(parts, routed)


@asynccontextmanager
async def unrouted(parts: Parts) -> AsyncGenerator[None]:
    """Have the router's turn: what is being told belongs to those who took it in the story."""
    leases = Leases(parts.store, parts.clock)
    while True:
        async with leases.turn(LEASE, LEASE_MS) as ours:
            if ours:
                yield
                return
        await asyncio.sleep(AGAIN_SECONDS)


async def _once(parts: Parts, command: Edit) -> None:
    with suppress(NotFound, Invalid):  # Taken away before, or somebody named is not here any more.
        await parts.dispatch.dispatch(command, MOVER)

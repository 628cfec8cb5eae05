"""Takes what nobody took for long, so that the desk does not look as if nobody worked there."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress

from domain.message import Millis
from domain.ticket.state import Status
from server.composition import Parts
from server.demo.content import load_lines
from server.demo.member import Away, Member, Refused
from server.demo.plot import Cast, key_of
from server.demo.shapes import Language
from server.demo.speech import language_of
from server.demo.talk import look_in
from server.demo.touched import untouched

PATIENCE: Millis = 12 * 60_000
"""The wallboard calls for somebody soon after."""
AT_ONCE = 50
"""A store may hold thousands that somebody filled it with to see how it bears them."""
A_LOOK = 3
"""After a pause of hours several have waited, and the desk is at work at once."""


class Backlog:
    """Looks now and then for the tickets of the demo's that have waited longest for an agent."""

    def __init__(
        self,
        parts: Parts,
        cast: Cast,
        agents: Callable[[str, Language], Sequence[Member]],
        chance: random.Random,
    ) -> None:
        self._parts, self._cast = parts, cast
        self._agents, self._chance = agents, chance

    async def look(self) -> None:
        """Have some taken by people of their teams, who tell the customers so."""
        since = self._parts.clock.now() - PATIENCE
        waiting = await untouched(
            self._parts.store,
            {
                "state.status": Status.OPEN.value,
                "state.owner_id": None,
                "state.private.queued_at": {"$lt": since},
                "state.private.offer": None,
            },
            most=AT_ONCE,
        )
        taken = 0
        for header in waiting:
            team = key_of(self._cast.teams, header["state"]["team_id"])
            language = language_of(header["state"]["title"])
            if team is not None and (there := self._agents(team, language)):
                agent = self._chance.choice(there)
                words = self._chance.choice(load_lines().lone[language].first)
                with suppress(Refused, Away):  # Such as whoever is full by now.
                    await agent.command("ticket.assign", ticket_id=header["_id"], agent_id=agent.id)
                    await look_in(agent, header["_id"], words)
                taken += 1
            if taken == A_LOOK:
                return

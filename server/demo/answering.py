"""Answers a visitor who plays the client and has nobody to play the agent."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from domain.audience import staff_room
from domain.message import ActorKind, Id, Millis
from realtime.presence import present
from server.composition import Parts
from server.demo.content import load_lines
from server.demo.marks import is_demos
from server.demo.member import Away, Member, Refused
from server.demo.people import log_ins
from server.demo.plot import Cast
from server.demo.talk import line_for, say
from server.demo.touched import ACTIVE
from server.store.connect import Raw
from server.store.models import LogEntry, TicketHeader

AFTER: Millis = 20_000
UNTIL: Millis = 600_000
"""Whoever has waited for longer has gone."""


class Answering:
    """Looks now and then whether `client` waits, while nobody real is there to answer."""

    def __init__(
        self,
        parts: Parts,
        cast: Cast,
        agents: Callable[[str], Sequence[Member]],
        chance: random.Random,
    ) -> None:
        self._parts, self._cast = parts, cast
        self._agents, self._chance = agents, chance

    async def look(self) -> None:
        """Answer the ticket that has waited longest, where one waits."""
        now = self._parts.clock.now()
        waiting = {
            "state.requester_id": self._cast.customers.get("client", ""),
            "state.status": {"$in": ACTIVE},
            "state.public.at": {"$gt": now - UNTIL, "$lt": now - AFTER},
        }
        found = self._parts.store[TicketHeader].find(waiting).sort("state.public.at", 1)
        for header in await found.to_list():
            if await self._is_alone(header):
                await self._answer(header)
                return

    async def _is_alone(self, header: Raw) -> bool:
        """Whether a real client said the last word, and no real colleague is about."""
        said = header["state"]["public"]["said"]
        if not said or said[0]["author"]["kind"] != ActorKind.CLIENT.value:
            return False
        last = {"stream": f"ticket:{header['_id']}", "seq": said[0]["seq"]}
        commit = await self._parts.store[LogEntry].find_one(last, {"command_id": 1})
        if commit is None or is_demos(commit["command_id"]):
            return False
        there = await present(self._parts.redis, self._parts.clock.now())
        staff = {self._cast.agents[each.key] for each in log_ins() if each.key in self._cast.agents}
        return not staff & there

    async def _answer(self, header: Raw) -> None:
        state = header["state"]
        team = _key_of(self._cast.teams, state["team_id"])
        if team is None or not (there := self._agents(team)):
            return
        agent = self._chance.choice(there)
        room = staff_room(header["_id"])
        category = _key_of(self._cast.categories, state["category"])
        with suppress(Refused, Away):  # The next look finds whether somebody waits still.
            await agent.join(room)
            words = line_for(load_lines().answers, category, self._chance)
            await say(agent, room, header["_id"], words)
            await agent.leave(room)


def _key_of(ids: Mapping[str, Id], wanted: Id | None) -> str | None:
    return next((key for key, each in ids.items() if each == wanted), None)

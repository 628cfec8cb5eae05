"""Marks the counters that commits may have changed; they are counted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection

from domain.audience import team_room
from domain.ticket.state import Ticket
from server.jobs.reactors import Owing
from server.store.counters import Counters
from server.store.headers import Headers


class Marking:
    """`marked` is told that there is something to count, to spare the wait."""

    def __init__(self, counters: Counters, headers: Headers, marked: Callable[[], None]) -> None:
        self._counters = counters
        self._headers = headers
        self._marked = marked

    async def __call__(self, owing: Owing) -> Collection[str]:
        standings = await self._headers.load_some(
            {stream: commits[-1].seq for stream, commits in owing.items()}
        )
        states = [standing.state for standing in standings.values()]
        teams = {state.team_id for state in states if isinstance(state, Ticket)}
        teams |= {
            event["before_team_id"]
            for commits in owing.values()
            for commit in commits
            for event in commit.events
            if event["type"] == "ticket.assigned"
        }
        await self._counters.mark(sorted(team_room(team_id) for team_id in teams if team_id))
        self._marked()
        # Stored headers are counted: where one was behind, its rooms are marked once more.
        return [stream for stream, standing in standings.items() if not standing.ahead]

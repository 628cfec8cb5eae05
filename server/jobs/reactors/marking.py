"""Marks the counters that commits may have changed; they are counted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.audience import team_room
from domain.ticket.state import Ticket
from server.store.commits import Commit
from server.store.counters import Counters
from server.store.headers import Headers


class Marking:
    """`marked` is told that there is something to count, to spare the wait."""

    def __init__(self, counters: Counters, headers: Headers, marked: Callable[[], None]) -> None:
        self._counters = counters
        self._headers = headers
        self._marked = marked

    async def __call__(self, stream: str, commits: Sequence[Commit]) -> None:
        state = (await self._headers.load(stream)).state
        teams = {event["before_team_id"] for each in commits for event in _assigned(each)}
        if isinstance(state, Ticket) and state.team_id is not None:
            teams.add(state.team_id)
        await self._counters.mark(sorted(team_room(team_id) for team_id in teams))
        self._marked()


def _assigned(commit: Commit) -> list[dict[str, str]]:
    return [event for event in commit.events if event["type"] == "ticket.assigned"]

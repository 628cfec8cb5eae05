"""Who works in teams, what they carry, where they are: all that a choice among them asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.message import Id, Millis
from domain.people.shifts import Span
from domain.people.state import Team, User
from domain.workforce.availability import Availability, availability
from domain.workforce.state import Agent
from server.store.agents import load_agents
from server.store.attendance import AttendanceBook, nearness_of
from server.store.connect import Store
from server.store.documents import fetch_many, find
from server.store.leave import leave_of
from server.store.people import staff_among


@dataclass(frozen=True)
class Colleague:
    """Somebody who works in a team, as of one moment."""

    user: User
    agent: Agent
    team_ids: tuple[Id, ...]
    leave: Sequence[Span]
    connected: bool
    reachable: bool
    since: Millis
    """Since when they are there, or are not."""

    def availability(self, now: Millis, weight: int = 1) -> Availability:
        """Whether they can be given a ticket of a weight."""
        return availability(
            self.agent,
            self.user,
            now,
            leave=self.leave,
            connected=self.connected,
            reachable=self.reachable,
            weight=weight,
        )


async def load_roster(
    store: Store, now: Millis, teams: Iterable[Team] | None = None
) -> dict[Id, Colleague]:
    """Everybody who works in one of the teams, or in any, by id; six queries."""
    all_teams = await find(store, Team)
    wanted = list(all_teams if teams is None else teams)
    members = {member for team in wanted for member in team.member_ids}
    staff = await staff_among(store, members)
    users = await fetch_many(store, User, staff)
    agents = await load_agents(store, users)
    leave = await leave_of(store, users, now)
    book = await AttendanceBook(store).all()
    return {
        user.id: Colleague(
            user=user,
            agent=agents[user.id],
            team_ids=tuple(team.id for team in all_teams if user.id in team.member_ids),
            leave=leave[user.id],
            **nearness_of(book[user.id].state if user.id in book else "offline")._asdict(),
            since=book[user.id].since if user.id in book else 0,
        )
        for user in users.values()
    }


def members_of(roster: Mapping[Id, Colleague], team_id: Id) -> list[Colleague]:
    """Those of a team, in the order of their ids."""
    return [each for _, each in sorted(roster.items()) if team_id in each.team_ids]

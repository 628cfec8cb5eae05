"""The people, teams and tickets that feed rooms are measured with, put in without a log-in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from domain.access import DEFAULT_ROLES, Actor
from domain.audience import team_room
from domain.contact.state import Contact
from domain.message import ActorKind
from domain.people.state import Team, User
from domain.ticket.commands import AssignTicket, OpenTicket
from server.auth.tokens import TokenKind, Tokens
from server.composition import Parts, compose
from server.settings import Settings
from server.store.defaults import ensure_defaults
from server.store.documents import fields_of, kind_of
from server.store.models import TicketHeader
from server.store.sessions import LogIn

SPEAKERS = 8
PRIORITIES = ("medium", "low", "high")
STATUSES = ("in_progress", "pending")
HOUR_MS = 3_600_000


@dataclass
class House:
    """Tokens of people, the teams (the first is everybody's), tickets by their inbox."""

    parts: Parts
    agents: list[str]
    watchers: list[str]
    speakers: list[str]
    teams: list[str]
    tickets: dict[str, list[str]]
    stack: AsyncExitStack
    rounds: Counter[str] = field(default_factory=Counter[str])

    def change(self, ticket: str) -> dict[str, str]:
        """Another priority, and every second time another status, which the counters see."""
        self.rounds[ticket] += 1
        turn, second = divmod(self.rounds[ticket], 2)
        if second:
            return {"type": "ticket.set_status", "status": STATUSES[turn % len(STATUSES)]}
        return {"type": "ticket.set_priority", "priority": PRIORITIES[turn % len(PRIORITIES)]}

    async def seqs(self, tickets: Sequence[str]) -> dict[str, int]:
        """What each ticket came to, as its lists tell it."""
        found = self.parts.store[TicketHeader].find({"_id": {"$in": list(tickets)}})
        return {each["_id"]: each["state"]["staff"]["head"] async for each in found}

    async def close(self) -> None:
        await self.stack.aclose()


async def furnish(settings: Settings, agents: int, watchers: int, tickets_each: int) -> House:
    """Move everybody in, and open so many tickets in the one inbox of all and in the ten."""
    stack = AsyncExitStack()
    parts = await stack.enter_async_context(compose(settings))
    await ensure_defaults(parts.store)
    staff = [_user(f"agent{n}", "agent") for n in range(agents)]
    heads = [_user(f"head{n}", "supervisor") for n in range(max(watchers, SPEAKERS))]
    everybody = [*staff, *heads]
    teams = [Team(id=str(uuid4()), name="All", member_ids=tuple(each.id for each in everybody))]
    for n in range(10):
        members = tuple(each.id for each in staff[n::10])
        teams.append(Team(id=str(uuid4()), name=f"Team {n}", member_ids=members))
    await _keep(parts, everybody)
    await _keep(parts, teams)
    asker = Contact(id=str(uuid4()), name="Whose parcels do not come")
    await _keep(parts, [asker])
    tokens = await _sessions(parts, settings, everybody)
    tickets: dict[str, list[str]] = {}
    actor = Actor(
        kind=ActorKind.AGENT,
        id=heads[0].id,
        user_id=heads[0].id,
        role="supervisor",
        permissions=DEFAULT_ROLES["supervisor"],
    )
    for team, count in (
        (teams[0], tickets_each),
        *((each, tickets_each // 10) for each in teams[1:]),
    ):
        tickets[team_room(team.id)] = [
            await _open(parts, actor, asker, team.id) for _ in range(count)
        ]
    return House(
        parts=parts,
        agents=tokens[:agents],
        watchers=tokens[agents : agents + watchers],
        speakers=tokens[agents : agents + SPEAKERS],
        teams=[each.id for each in teams],
        tickets=tickets,
        stack=stack,
    )


def _user(name: str, role: str) -> User:
    return User(id=str(uuid4()), email=f"{name}@feeds.test", name=name, role=role)


async def _keep(parts: Parts, documents: Sequence[User | Team | Contact]) -> None:
    rows: list[dict[str, Any]] = [
        {"_id": e.id, "version": 1, **fields_of(e), "pending": []} for e in documents
    ]
    await parts.store[kind_of(type(documents[0])).model].insert_many(rows)


async def _sessions(parts: Parts, settings: Settings, users: Sequence[User]) -> list[str]:
    """A session and a token for each, without the price of a password."""
    now = parts.clock.now()
    signing = Tokens(settings.secret_key.encode(), parts.clock)
    sessions = [(str(uuid4()), each.id) for each in users]
    always = {"contact_id": None, "client": "feeds", "address": "127.0.0.1", "ended": None}
    times = {"created_at": now, "used_at": now, "expires_at": now + HOUR_MS}
    logins = [{"_id": key, "user_id": user, **always, **times} for key, user in sessions]
    await parts.store[LogIn].insert_many(logins)
    return [signing.sign(TokenKind.ACCESS, user, key, 3_600) for key, user in sessions]


async def _open(parts: Parts, actor: Actor, asker: Contact, team_id: str) -> str:
    command = OpenTicket(
        command_id=str(uuid4()),
        title="A parcel that did not come",
        body="It was to come today.",
        requester_id=asker.id,
    )
    ticket_id = (await parts.dispatch.dispatch(command, actor)).result["ticket_id"]
    moved = AssignTicket(
        command_id=str(uuid4()), ticket_id=ticket_id, agent_id=None, team_id=team_id
    )
    await parts.dispatch.dispatch(moved, actor)
    return ticket_id

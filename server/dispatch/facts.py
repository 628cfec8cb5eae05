"""Looking up what a decision must know beyond the stream's own state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from domain.access import Actor
from domain.contact.state import Contact
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox
from domain.message import ActorKind, Command, Id, Millis
from domain.people.state import Skill, Team, User
from domain.ticket import commands as ask
from domain.ticket.facts import Facts
from domain.ticket.state import Attachment, Ticket
from domain.workforce.commands import AgentCommand
from server.store.attachments import claim_uploads, release_uploads
from server.store.batch import TickBatch
from server.store.connect import Store
from server.store.contacts import survivor_of, survivors_of
from server.store.documents import fetch, ids_among
from server.store.people import staff_among, staff_roles, teams_of
from server.store.streams import Streams

QUIET_AFTER: Millis = 7 * 24 * 3600 * 1000
"""How long a resolved ticket stays before it closes by itself, unless a setting says otherwise."""

Numbers = Callable[[Store, str], Awaitable[int]]
"""Draws the next number of a sequence."""


class FactFinder:
    """Finds exactly what a command names."""

    def __init__(
        self,
        store: Store,
        streams: Streams,
        quiet_after: Millis,
        numbers: Numbers,
    ) -> None:
        self._quiet_after = quiet_after
        self._numbers = numbers
        self._store = store
        self._streams = streams
        self._survivors: TickBatch[Id, Contact | None] = TickBatch(self._survivor_batch)

    async def find(self, command: Command, actor: Actor, now: Millis) -> Facts:
        """The facts for one decision, as they are at this moment."""
        found: dict[str, Any] = {}
        match command:
            case ask.OpenTicket():
                found = await self._of_open(command, actor, now)
            case ask.OpenFollowUp():
                found = await self._of_follow_up(command, actor, now)
            case ask.Reply():
                found = {
                    "requester": await self._client(actor),
                    "staff_ids": await staff_among(self._store, command.mentions),
                    "attachments": await self._claim(command, actor, now),
                }
            case ask.SetStatus():
                found = {"requester": await self._client(actor)}
            case ask.EditMessage() | ask.RedactMessage():
                found = await self._of_message(command, actor)
            case ask.AssignTicket():
                found = await self._of_assign(command)
            case ask.UpdateTicket():
                found = {
                    "category": await fetch(self._store, Category, command.category),
                    "skill_ids": await ids_among(self._store, Skill, command.required_skills or ()),
                }
            case ask.CloseQuiet():
                found = {"quiet_after": self._quiet_after}
            case AgentCommand():
                found = {"agent": await self._agent(command.agent_id)}
            case _:
                pass
        return Facts(**found)

    async def let_go(self, command: Command) -> None:
        """Give back the uploads that a refused command had claimed."""
        if isinstance(command, ask.OpenTicket | ask.OpenFollowUp | ask.Reply):
            await release_uploads(command.attachments, claim_id(command))

    async def _of_open(self, command: ask.OpenTicket, actor: Actor, now: Millis) -> dict[str, Any]:
        requester = command.requester_id
        if requester is None and actor.contact_ids:
            requester = actor.contact_ids[0]  # For oneself; staff have questions too.
        return {
            "number": await self._numbers(self._store, "ticket"),
            "inbox": await fetch(self._store, Inbox, command.inbox_id or DEFAULT_INBOX_ID),
            "category": await fetch(self._store, Category, command.category),
            "requester": await survivor_of(self._store, requester),
            "skill_ids": await ids_among(self._store, Skill, command.required_skills),
            "attachments": await self._claim(command, actor, now),
        }

    async def _of_follow_up(
        self, command: ask.OpenFollowUp, actor: Actor, now: Millis
    ) -> dict[str, Any]:
        followed = await self._streams.headers.load(f"ticket:{command.follow_up_of}")
        return {
            "number": await self._numbers(self._store, "ticket"),
            "requester": await self._client(actor),
            "attachments": await self._claim(command, actor, now),
            "followed": followed.state if isinstance(followed.state, Ticket) else None,
        }

    async def _of_message(
        self, command: ask.EditMessage | ask.RedactMessage, actor: Actor
    ) -> dict[str, Any]:
        # A message that is behind its ticket could be edited after its words had to go.
        await self._streams.projection.catch_up(command.stream)
        return {
            "requester": await self._client(actor),
            "message": await self._streams.messages.load(command.message_id),
        }

    async def _of_assign(self, command: ask.AssignTicket) -> dict[str, Any]:
        teams = await teams_of(self._store, [command.agent_id] if command.agent_id else [])
        return {
            "agent": await self._agent(command.agent_id),
            "agent_teams": frozenset(team.id for each in teams.values() for team in each),
            "team": await fetch(self._store, Team, command.team_id),
        }

    async def _agent(self, user_id: Id | None) -> User | None:
        user = await fetch(self._store, User, user_id)
        if user is None or user.role not in await staff_roles(self._store):
            return None
        return user

    async def _client(self, actor: Actor) -> Contact | None:
        if actor.kind is not ActorKind.CLIENT:
            return None
        return await self._survivors(actor.id)

    async def _survivor_batch(self, contact_ids: list[Id]) -> list[Contact | None]:
        survivors = await survivors_of(self._store, contact_ids)
        return [survivors.get(contact_id) for contact_id in contact_ids]

    async def _claim(
        self,
        command: ask.OpenTicket | ask.OpenFollowUp | ask.Reply,
        actor: Actor,
        now: Millis,
    ) -> tuple[Attachment, ...]:
        return await claim_uploads(command.attachments, actor, claim_id(command), now)


def claim_id(command: Command) -> str:
    """Whose claim it is: a process claims uploads under the id that began it."""
    return command.command_id.rpartition(":")[2]

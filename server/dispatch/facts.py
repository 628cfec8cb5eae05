"""Looking up what a decision must know beyond the stream's own state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.access import Actor
from domain.approval.commands import Approve, RemindApproval
from domain.approval.decide import is_broken_off, levels_to_ask
from domain.assistant.commands import AskPerson, RateAnswer
from domain.contact.state import Contact
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox
from domain.message import ActorKind, Command, Id, Millis
from domain.people.state import Skill, Team, User
from domain.routing.commands import OfferTicket, RouteTicket, TransferTicket
from domain.sla.book import Book
from domain.sla.commands import SlaTick
from domain.ticket import commands as ask
from domain.ticket.facts import Facts
from domain.ticket.state import Attachment, Status, Ticket
from domain.triage.commands import JudgeGuess, TriageTicket
from domain.triage.state import Guess, Guessed
from domain.workforce.commands import AgentCommand, Reserve
from domain.workforce.state import Agent
from server.dispatch.promises import Promises
from server.store.attachments import claim_uploads, release_uploads
from server.store.attendance import Nearness, find_nearness
from server.store.batch import TickBatch
from server.store.connect import Store
from server.store.contacts import survivor_of, survivors_of
from server.store.documents import fetch, ids_among
from server.store.leave import leave_of
from server.store.people import staff_among, staff_roles, teams_of
from server.store.stand_ins import stand_ins
from server.store.streams import Streams

QUIET_AFTER: Millis = 7 * 24 * 3600 * 1000
"""How long a resolved ticket stays before it closes by itself, unless a setting says otherwise."""

Numbers = Callable[[Store, str], Awaitable[int]]
"""Draws the next number of a sequence."""
FindNearness = Callable[[Store, Id], Awaitable[Nearness]]
"""Whether somebody is there or reached, as the router asks."""


class FactFinder:
    """Finds exactly what a command names."""

    def __init__(
        self,
        store: Store,
        streams: Streams,
        quiet_after: Millis,
        numbers: Numbers,
        promises: Promises | None = None,
        nearness: FindNearness = find_nearness,
    ) -> None:
        self._promises = promises
        self._nearness = nearness
        self._quiet_after = quiet_after
        self._numbers = numbers
        self._store = store
        self._streams = streams
        self._survivors: TickBatch[Id, Contact | None] = TickBatch(self._survivor_batch)

    async def find(
        self, command: Command, actor: Actor, now: Millis, state: Ticket | Agent | None = None
    ) -> Facts:
        """The facts for one decision on a stream's state, as they are at this moment."""
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
            case ask.SetStatus() | AskPerson():
                found = {"requester": await self._client(actor)}
            case ask.EditMessage() | ask.RedactMessage() | RateAnswer():
                found = await self._of_message(command, actor)
            case ask.AssignTicket() | TransferTicket() | OfferTicket() | RouteTicket():
                found = await self._of_assign(command)
            case ask.UpdateTicket():
                found = {
                    "skill_ids": await ids_among(self._store, Skill, command.required_skills or ())
                }
                if "category" in command.model_fields_set:
                    found |= await self._of_category(command.category, now)
            case TriageTicket() if isinstance(state, Ticket):
                found = await self._of_guesses(command.guesses, now)
                found["inbox"] = await fetch(self._store, Inbox, state.inbox_id)
            case JudgeGuess() if isinstance(state, Ticket) and state.private:
                triage = state.private.triage
                found = await self._of_guesses(triage.guesses if triage else (), now)
            case Approve() | RemindApproval() if isinstance(state, Ticket):
                found = {"stand_ins": await self._of_approval(state, now)}
            case ask.CloseQuiet():
                found = {"quiet_after": self._quiet_after}
            case Reserve(automatic=True):
                found = await self._of_automatic(command.agent_id, now)
            case AgentCommand():
                found = {"agent": await self._agent(command.agent_id)}
            case _:
                pass
        if isinstance(state, Ticket) and is_broken_off(state) and not state.status.active:
            # Whatever brings it back asks for approval again.
            found = await self._of_category(state.category, now) | found
        if self._promises is not None and isinstance(state, Ticket):
            found |= await self._promised(self._promises, command, state, found)
        return Facts(**found)

    async def let_go(self, command: Command) -> None:
        """Give back the uploads that a refused command had claimed."""
        if isinstance(command, ask.OpenTicket | ask.OpenFollowUp | ask.Reply):
            await release_uploads(command.attachments, claim_id(command))

    async def _promised(
        self, promises: Promises, command: Command, ticket: Ticket, found: dict[str, Any]
    ) -> dict[str, Any]:
        """What may decide about a ticket's clocks; of a message that is the book in memory."""
        sla = ticket.private.sla if ticket.private else None
        book = await promises.book(sla)
        if sla is None and not book.policies:
            return {}
        facts: dict[str, Any] = {"book": book}
        if book.asks_for_tags and _may_change_policy(command, ticket, book):
            facts["contact_tags"] = await self._tags(ticket, found)
        if isinstance(command, SlaTick):
            facts["staff_ids"] = await staff_among(self._store, book.supervisors)
        return facts

    async def _tags(self, ticket: Ticket, found: dict[str, Any]) -> tuple[str, ...]:
        """Those of whom the ticket is for; of one that is only being opened, who was found."""
        requester = found.get("requester")
        if ticket.requester_id is not None:
            requester = await self._survivors(ticket.requester_id)
        elif isinstance(followed := found.get("followed"), Ticket) and followed.requester_id:
            requester = await self._survivors(followed.requester_id)
        return requester.tags if isinstance(requester, Contact) else ()

    async def _of_open(self, command: ask.OpenTicket, actor: Actor, now: Millis) -> dict[str, Any]:
        requester = command.requester_id
        if requester is None and actor.contact_ids:
            requester = actor.contact_ids[0]  # For oneself; staff have questions too.
        return {
            "number": await self._numbers(self._store, "ticket"),
            "inbox": await fetch(self._store, Inbox, command.inbox_id or DEFAULT_INBOX_ID),
            **await self._of_category(command.category, now),
            "requester": await survivor_of(self._store, requester),
            "skill_ids": await ids_among(self._store, Skill, command.required_skills),
            "attachments": await self._claim(command, actor, now),
        }

    async def _of_follow_up(
        self, command: ask.OpenFollowUp, actor: Actor, now: Millis
    ) -> dict[str, Any]:
        standing = await self._streams.headers.load(f"ticket:{command.follow_up_of}")
        followed = standing.state if isinstance(standing.state, Ticket) else None
        return {
            "number": await self._numbers(self._store, "ticket"),
            **await self._of_category(followed.category if followed else None, now),
            "requester": await self._client(actor),
            "attachments": await self._claim(command, actor, now),
            "followed": followed,
        }

    async def _of_message(
        self, command: ask.EditMessage | ask.RedactMessage | RateAnswer, actor: Actor
    ) -> dict[str, Any]:
        # A message that is behind its ticket could be edited after its words had to go.
        await self._streams.projection.catch_up(command.stream)
        return {
            "requester": await self._client(actor),
            "message": await self._streams.messages.load(command.message_id),
        }

    async def _of_assign(
        self, command: ask.AssignTicket | TransferTicket | OfferTicket | RouteTicket
    ) -> dict[str, Any]:
        teams = await teams_of(self._store, [command.agent_id] if command.agent_id else [])
        return {
            "agent": await self._agent(command.agent_id),
            "agent_teams": frozenset(team.id for each in teams.values() for team in each),
            "team": await fetch(self._store, Team, getattr(command, "team_id", None)),
        }

    async def _of_automatic(self, agent_id: Id, now: Millis) -> dict[str, Any]:
        leave = await leave_of(self._store, (agent_id,), now)
        nearness = await self._nearness(self._store, agent_id)
        return {
            "agent": await self._agent(agent_id),
            "leave": tuple(leave[agent_id]),
            **nearness._asdict(),
        }

    async def _of_category(self, category_id: Id | None, now: Millis) -> dict[str, Any]:
        """A category, and those whom it asks first and who are away."""
        category = await fetch(self._store, Category, category_id)
        if category is None or not category.approval:
            return {"category": category}
        away = await stand_ins(self._store, category.approval[0].approver_ids, now)
        return {"category": category, "stand_ins": away}

    async def _of_guesses(self, guesses: Sequence[Guess], now: Millis) -> dict[str, Any]:
        """What is there of what was guessed."""
        values = {each.field: each.values for each in guesses}
        named = next(iter(values.get(Guessed.CATEGORY, ())), None)
        skills = values.get(Guessed.SKILLS, ())
        return {
            **await self._of_category(named, now),
            "skill_ids": await ids_among(self._store, Skill, skills),
        }

    async def _of_approval(self, ticket: Ticket, now: Millis) -> dict[Id, Id]:
        levels = levels_to_ask(ticket)
        asked = {each for level in levels for each in level.approver_ids}
        return await stand_ins(self._store, sorted(asked), now)

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


def _may_change_policy(command: Command, ticket: Ticket, book: Book) -> bool:
    """Whether the policy may have to be looked for anew: of what is said, only where it reopens
    or may begin the first clock."""
    if not isinstance(command, ask.Reply) or ticket.status is Status.RESOLVED:
        return True
    return book.begins_late and not (ticket.private and ticket.private.sla)


def claim_id(command: Command) -> str:
    """Whose claim it is: a process claims uploads under the id that began it."""
    return command.command_id.rpartition(":")[2]

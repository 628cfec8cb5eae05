"""Plays stories through dispatch: each command by its person, at its moment, under its own id."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

from domain.access import Actor
from domain.errors import Conflict
from domain.message import Command, Id, Millis, derived_id
from domain.ports import Marker
from domain.process import MACHINE, step_id
from domain.sla.commands import SlaTick
from domain.ticket.commands import AssignTicket, CloseQuiet, UpdateTicket
from domain.ticket.state import Status, Ticket
from domain.ticket.wakes import wakes
from server.composition import Parts
from server.demo.marks import demo_id
from server.demo.month import is_generated
from server.demo.people import LOG_INS
from server.demo.places import MOVER, Company
from server.demo.plot import command_of, opening
from server.demo.rounds import Rounds, was_there
from server.demo.shapes import REQUESTER, Story
from server.demo.times import StoryClock, story_number, told_at
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import MAIL, NOTIFY, TRIAGE
from server.store.commits import reactor_work
from server.store.leases import Leases
from server.store.models import TicketHeader
from server.store.streams import Streams

TOLD: Mapping[str, Millis] = {
    reactor_work(MAIL): 6 * 3600 * 1000,
    reactor_work(NOTIFY): 2 * 3600 * 1000,
    reactor_work(TRIAGE): 3600 * 1000,
}
"""Of what happened longer ago no letters are written any more, and nobody has a notice, and
nothing is guessed of it."""
UNREAD: Millis = 12 * 3600 * 1000
"""Everybody has read what was said longer ago."""
HELD_MS = 30_000


class Script(NamedTuple):
    """A story to be told as of `now`, under a key of its own and as ticket number `number`."""

    story: Story
    key: str
    now: Millis
    number: int

    @property
    def opened_at(self) -> Millis:
        return self.now - self.story.opened


class Stage:
    """Where stories are played; `wake` is told of each stream that has work for the worker."""

    def __init__(self, parts: Parts, company: Company, wake: Callable[[str], None]) -> None:
        self._parts, self._company, self._wake = parts, company, wake
        self._untold: set[str] = set()
        self._streams = Streams(parts.store, self._untold.__contains__)
        self._leases = Leases(parts.store, parts.clock)
        self._rounds = Rounds(parts, company, self.send)
        self._dispatch = Dispatcher(
            parts.store,
            StoryClock(),
            parts.realtime.publisher,
            parts.settings.secret_key.encode(),
            quiet_after=parts.settings.quiet_after,
            numbers=story_number,
            promises=parts.promises,
            nearness=was_there,
            streams=self._streams,
        )

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._dispatch.close()

    async def play(self, script: Script) -> Id:
        """Tell a story to its end, or what is missing of it; its ticket. Raises DomainError."""
        opener = self._actor(script, script.story.opened_by or REQUESTER)
        first = derived_id(opener.id, demo_id(script.key, "open"), "ticket")
        tickets = [first, *self._follow_ups(script)]
        async with (
            self.held([f"ticket:{each}" for each in tickets], script.now),
            self._unlisted(tickets),
        ):
            last = await self._tell(script, first, opener)
            for ticket_id in {first, last}:
                await self._settle(script, ticket_id)
        return first

    async def send(self, command: Command, actor: Actor, at: Millis) -> tuple[int, dict[str, str]]:
        """Carry a command out as of a moment: (the seq its actor sees, what it answers)."""
        with told_at(at):
            return await self._dispatch.dispatch(command, actor)

    async def close_quiet(self, ticket_id: Id, now: Millis) -> Ticket:
        """Close what was quiet for long enough by `now`, when it was; the ticket as it is then."""
        ticket = await self._load(ticket_id)
        quiet = ticket.status_at + self._parts.settings.quiet_after
        if ticket.status is not Status.RESOLVED or quiet >= now:
            return ticket
        generation = ticket.status_seq
        close = CloseQuiet(
            command_id=f"close_quiet:ticket:{ticket_id}:{generation}",
            ticket_id=ticket_id,
            generation=generation,
        )
        await self.send(close, MACHINE, quiet)
        return await self._load(ticket_id)

    def actor(self, key: str) -> Actor:
        """Somebody of the company; KeyError for who is not there any more."""
        return self._company.actors[key]

    @asynccontextmanager
    async def held(self, streams: Sequence[str], now: Millis) -> AsyncGenerator[None]:
        """Keep the workers from a story until it is told: its timers belong to its own time, and
        nobody is told any more of what is old."""
        names = [f"{what}:{stream}" for stream in streams for what in ("react", "timer")]
        await self._leases.acquire_some(names, HELD_MS)
        try:
            yield
        finally:
            owed = await self._streams.journal.owed_by(streams)
            for work, lately in TOLD.items():
                late = [e.id for e in owed if work in e.pending and e.at < now - lately]
                if late:
                    await self._streams.journal.strike_all(late, [work])
            await self._leases.drop(names)
            for stream in streams:
                self._wake(stream)

    @asynccontextmanager
    async def _unlisted(self, ticket_ids: Sequence[Id]) -> AsyncGenerator[None]:
        """Keep tickets out of lists and counts until they are told: in the middle of its story one
        has waited for days. What a killed run left out, the next one brings in."""
        streams = {f"ticket:{each}" for each in ticket_ids}
        self._untold |= streams
        try:
            yield
            self._untold -= streams
            await self._parts.store[TicketHeader].update_many(
                {"_id": {"$in": ticket_ids}, "listed": False, "state.deleted": False},
                {"$set": {"listed": True}},
            )
        finally:
            self._untold -= streams

    async def _tell(self, script: Script, ticket_id: Id, opener: Actor) -> Id:
        """Everything in its order; the ticket that it ends on."""
        story, cast = script.story, self._company.cast
        opened = opening(story, demo_id(script.key, "open"), cast)
        with told_at(script.opened_at, script.number):
            await self._dispatch.dispatch(opened, opener)
        await self._tag(script, ticket_id, "tags", script.opened_at)
        messages: list[Id | None] = [derived_id(opener.id, opened.command_id, "message")]
        at = script.opened_at
        for place, step in enumerate(story.steps, start=1):
            at += step.after
            await self._tick(ticket_id, at)
            if is_generated(story) and step.assign == step.by:
                load = partial(self._load, ticket_id)
                await self._rounds.go_round(f"{script.key}/{place}", load, step.by, at)
            command = command_of(
                step,
                command_id=demo_id(script.key, str(place)),
                ticket_id=ticket_id,
                at=at,
                cast=cast,
                messages=messages,
            )
            result = await self._act(command, self._actor(script, step.by), at)
            messages.append(result.get("message_id"))
            if result.get("ticket_id", ticket_id) != ticket_id:
                ticket_id = result["ticket_id"]
                await self._tag(script, ticket_id, f"{place}/tags", at)
        return ticket_id

    async def _tag(self, script: Script, ticket_id: Id, act: str, at: Millis) -> None:
        if not script.story.tags:
            return
        tags = UpdateTicket(
            command_id=demo_id(script.key, act),
            ticket_id=ticket_id,
            tags=script.story.tags,
        )
        await self.send(tags, MOVER, at)

    async def _act(self, command: Command, actor: Actor, at: Millis) -> dict[str, str]:
        try:
            return (await self.send(command, actor, at))[1]
        except Conflict:
            if isinstance(command, AssignTicket):
                return {}  # Whoever is full by now has others do it; the words stay theirs.
            raise

    async def _settle(self, script: Script, ticket_id: Id) -> None:
        """What time has done to it since: promises missed, resolved ones closed, old ones read."""
        await self._tick(ticket_id, script.now)
        ticket = await self.close_quiet(ticket_id, script.now)
        await self._parts.markers.advance(self._markers(script, ticket))

    async def _tick(self, ticket_id: Id, until: Millis) -> None:
        """Let its promises be warned of and missed when they were, and not when it is told."""
        done: set[Id] = set()
        while True:
            due = [
                (wake.at, command)
                for wake in wakes(await self._load(ticket_id))
                if wake.at <= until and isinstance(command := wake.command(), SlaTick)
            ]
            if not due or due[0][1].command_id in done:
                return
            at, command = due[0]
            done.add(command.command_id)
            await self.send(command, MACHINE, at)

    def _markers(self, script: Script, ticket: Ticket) -> list[Marker]:
        """How far everybody read: all of what is old, else up to what they said themselves."""
        story = script.story
        takers = {step.by for step in story.steps if step.by != REQUESTER} | {*LOG_INS[1:]}
        readers = [self._actor(script, key) for key in (REQUESTER, *sorted(takers))]
        marks: list[Marker] = []
        for reader in readers:
            face = ticket.face(reader.audience)
            own = [said.seq for said in face.said if said.author.id in reader.identities]
            whole = script.now - face.at > UNREAD
            read = face.head if whole else max(own, default=0)
            if read:
                marks.append(Marker(ticket.id, reader.id, reader.kind.value, face.head, read))
        return marks

    def _follow_ups(self, script: Script) -> list[Id]:
        """The tickets that a reply to a closed one would open."""
        requester = self._actor(script, REQUESTER).id
        ids: list[Id] = []
        closed = False
        for place, step in enumerate(script.story.steps, start=1):
            closed = closed or step.status is Status.CLOSED
            if closed and step.reply is not None and step.by == REQUESTER:
                opened = step_id("follow_up", demo_id(script.key, str(place)))
                ids.append(derived_id(requester, opened, "ticket"))
        return ids

    async def _load(self, ticket_id: Id) -> Ticket:
        state = (await self._streams.headers.load(f"ticket:{ticket_id}")).state
        assert isinstance(state, Ticket)
        return state

    def _actor(self, script: Script, who: str) -> Actor:
        return self.actor(script.story.requester if who == REQUESTER else who)

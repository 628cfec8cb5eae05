"""What the rooms of the house ask of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from domain.access import Actor
from domain.message import Command, Envelope, Millis
from domain.ticket.state import Ticket
from domain.workforce.state import Agent


class Outcome(NamedTuple):
    """What a command did: the head of the actor's audience after it, and what it answers."""

    seq: int
    result: dict[str, Any]


class Dispatch(Protocol):
    """The one way in for every change."""

    async def dispatch(self, command: Command, actor: Actor) -> Outcome:
        """Carry out a command once, however often it is asked; raises DomainError.

        Returns after the commit is durable on a majority.
        """
        ...


class Search(Protocol):
    """Finds articles by words, the last of which may be the beginning of one."""

    async def __call__(
        self, actor: Actor, question: str, language: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """What somebody may read, the best first, as `domain/wire.py` has it; raises DomainError.

        Without a language all are searched.
        """
        ...


class Clock(Protocol):
    def now(self) -> Millis:
        """The present moment, cut to milliseconds."""
        ...


class RoomRead(NamedTuple):
    """A durable room as of one moment.

    `header` is the whole state that access is judged on, never sent as it is; `seq` the head of
    the room's audience; `envelopes` everything after the asked-for cursor up to `seq`, oldest
    first, or None where a cursor was not given, is of another epoch, lies beyond the head or too
    far behind: then a snapshot is needed.
    """

    room: str
    epoch: str
    seq: int
    header: Ticket | Agent
    envelopes: list[Envelope] | None
    more: bool


class Snapshot(NamedTuple):
    """What somebody sees who enters a room anew, as of `seq`.

    `state` for a ticket: {ticket, messages (the last 50, oldest first), has_earlier, markers,
    people}; for an agent: {agent}; for a feed: {rows, counters, notices}.
    """

    seq: int
    header: Ticket | Agent | None
    state: dict[str, Any]


class Newer(NamedTuple):
    """What a stream holds beyond a seq: the newest that a room could see, 0 where it could see
    none of it, and the newest of all."""

    head: int
    upto: int


class Log(Protocol):
    """Durable rooms, read at majority."""

    @property
    def epoch(self) -> str:
        """The store's id, renewed by a restore."""
        ...

    async def read_room(self, room: str, after: int | None, epoch: str | None) -> RoomRead:
        """Read a room from a cursor on, at most 1 MB (`more`); NotFound where there is none."""
        ...

    async def snapshot(self, room: str) -> Snapshot:
        """The room's present view for its audience; NotFound where there is none."""
        ...

    async def read_gap(self, room: str, after: int, upto: int) -> list[Envelope]:
        """Every envelope with after < seq <= upto, oldest first, at most 1 MB of them."""
        ...

    async def newer(self, looked: Mapping[str, int]) -> dict[str, Newer]:
        """What there is beyond the seq up to which each room's stream was looked at.

        Rooms of streams without anything newer are left out. By seqs alone: no clock is asked.
        """
        ...


class Publisher(Protocol):
    """From a commit to the members of its rooms."""

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Start delivering to local members and to the bus, in this loop step; never waits."""
        ...


class FeedItem(NamedTuple):
    """One absolute entry of a feed room. `key` names what it is about (`row:<ticket>`,
    `counter:<name>`, `notice:<id>`); an item with an older `seq` than the one there is dropped.
    `event` is the wire event ({type: feed.row | feed.counter | feed.notice, v, ...}).
    """

    room: str
    key: str
    seq: int
    event: dict[str, Any]


class Feeds(Protocol):
    """Feed rooms: absolute items with a bounded history in Redis, written and published at once."""

    async def write(self, items: Sequence[FeedItem]) -> None: ...

    async def forget(self, rooms: Iterable[str]) -> None:
        """Drop the history of rooms: their epoch changes, and members get a snapshot."""
        ...


class FeedSource(Protocol):
    """What a feed room shows now, from the documents."""

    async def feed_snapshot(self, room: str) -> dict[str, Any]:
        """{rows: [...], counters: {name: value}, notices: [...]} with each item's seq."""
        ...


class Session(NamedTuple):
    """One authenticated connection's right to be here. `access_version` changes whenever the
    user, their role or teams, or the session itself does."""

    id: str
    actor: Actor
    access_version: str
    expires_at: Millis


class Sessions(Protocol):
    """Who is behind a token, and whether they still may."""

    async def authenticate(self, token: str) -> Session:
        """Raises Unauthenticated for a token that is absent, forged, expired or revoked."""
        ...

    async def recheck(self, sessions: Sequence[Session]) -> dict[str, Session | None]:
        """By session id: the present session, None where it was ended. One query for all."""
        ...


class Marker(NamedTuple):
    """How far somebody got in a ticket: both only move up."""

    ticket_id: str
    person: str
    kind: str
    delivered: int
    read: int


class Markers(Protocol):
    async def advance(self, markers: Sequence[Marker]) -> None:
        """Store the higher of what is there and what is given."""
        ...

    async def of(self, ticket_ids: Sequence[str]) -> list[Marker]:
        """Everybody's markers in these tickets, in the seqs of the whole log."""
        ...

"""From the log to the documents that are read: headers, messages, emptied words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from domain.assistant.events import AssistantRated
from domain.errors import Retryable
from domain.message import Event, Id
from domain.ticket.events import MessageEdited, MessagePosted, MessageRedacted, TicketDeleted
from domain.ticket.evolve import evolve_message
from domain.ticket.state import Message
from server.faults import fault
from server.store.aggregates import Standing
from server.store.attachments import bind_uploads
from server.store.commits import Commit
from server.store.headers import Headers, Place
from server.store.journal import Journal
from server.store.messages import Messages
from server.store.tombstones import Tombstones

CHUNK = 200
"""After so many commits a long way to catch up is kept, so that it need not begin anew."""

Changing = MessageEdited | MessageRedacted | AssistantRated | TicketDeleted
"""What happens to messages that are there."""


def empties(events: Sequence[Event]) -> bool:
    """Whether words must go before these events may be published."""
    return any(isinstance(event, MessageRedacted | TicketDeleted) for event in events)


class Projection:
    """Moves documents on, commit by commit. A header at seq n says that all up to n is done:
    so the messages of a commit are written before its header.
    """

    def __init__(
        self, journal: Journal, headers: Headers, messages: Messages, tombstones: Tombstones
    ) -> None:
        self._journal = journal
        self._headers = headers
        self._messages = messages
        self._tombstones = tombstones

    async def project(self, commit: Commit, events: Sequence[Event], after: Standing) -> None:
        """Move on by one commit, which led to `after`.

        What depends on earlier messages, or finds the header elsewhere, is done in order.
        Raises Retryable where that is left to a newer release.
        """
        if any(isinstance(event, Changing) for event in events):
            await self.finish(commit.stream)
            return
        posts = [each for each in events if isinstance(each, MessagePosted)]
        await self._post([_posted(commit, post) for post in posts])
        place = await self._headers.move(after)
        if place is Place.NEWER:
            raise _left_to_newer(commit.stream)
        if place is Place.ELSEWHERE:
            await self.finish(commit.stream)

    async def finish(self, stream: str) -> None:
        """Catch up; raises Retryable where a newer release has to bring the header along."""
        if await self.catch_up(stream) is not Place.REACHED:
            raise _left_to_newer(stream)

    async def catch_up(self, stream: str) -> Place:
        """Project every commit that the stored header does not hold yet; safe to repeat.

        A header of the shape of a newer release stays as it is; the messages are brought along.
        """
        standing, place = await self._project_after(await self._headers.projected(stream))
        while place is Place.ELSEWHERE:  # An older node was further than what was read.
            before = standing
            standing, place = await self._project_after(before)
            if standing is before:
                return Place.ELSEWHERE
        return place

    async def _project_after(self, standing: Standing) -> tuple[Standing, Place]:
        stream, kept, place = standing.stream, standing.seq, Place.REACHED
        posted: list[Message] = []
        async for commit in self._journal.after(stream, kept):
            events = commit.parsed()
            standing = standing.after(events, commit.meta)
            for event in events:
                if isinstance(event, MessagePosted):
                    posted.append(_posted(commit, event))
                elif isinstance(event, Changing):
                    await self._post(posted)
                    await self._apply(commit, event)
            if standing.seq - kept >= CHUNK:
                await self._post(posted)
                place = await self._headers.put(standing)
                kept = standing.seq
        if standing.seq > kept:
            await self._post(posted)
            place = await self._headers.put(standing)
        return standing, place

    async def _post(self, messages: list[Message]) -> None:
        """Keep new messages, in one write, and what is attached to them; empties the list."""
        await asyncio.gather(*(self._messages.post(message) for message in messages))
        for message in messages:
            await bind_uploads(message)
        messages.clear()

    async def _apply(
        self,
        commit: Commit,
        event: Changing,
    ) -> None:
        """Bring an event to the messages that it is about."""
        match event:
            case MessageEdited() | AssistantRated():
                await self._change(commit, event, event.message_id)
            case MessageRedacted():
                if message := await self._messages.load(event.message_id):
                    await self._tombstones.empty_message(message, commit.at)
                fault("after_empty")
                await self._change(commit, event, event.message_id)
            case TicketDeleted():
                await self._tombstones.empty_before(commit)
                fault("after_empty")
                for message in await self._messages.of_ticket(commit.stream.partition(":")[2]):
                    await self._change(commit, event, message.id)

    async def _change(self, commit: Commit, event: Event, message_id: Id) -> None:
        message = await self._messages.load(message_id)
        changed = evolve_message(message, event, commit.meta, commit.stream.partition(":")[2])
        if changed is not None:
            await self._messages.change(changed, commit.seq)


def _posted(commit: Commit, event: MessagePosted) -> Message:
    message = evolve_message(None, event, commit.meta, commit.stream.partition(":")[2])
    assert message is not None, "what is posted is a message"
    return message


def _left_to_newer(stream: str) -> Retryable:
    return Retryable(f"The header of {stream} is of a newer release, which will bring it along.")

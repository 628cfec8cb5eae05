"""From the log to the documents that are read: headers, messages, emptied words."""

from __future__ import annotations

from collections.abc import Sequence

from domain.message import Event, Id
from domain.ticket.events import MessageEdited, MessagePosted, MessageRedacted, TicketDeleted
from domain.ticket.evolve import evolve_message
from server.faults import fault
from server.store.aggregates import Standing
from server.store.attachments import bind_uploads
from server.store.commits import Commit
from server.store.headers import Headers
from server.store.journal import Journal
from server.store.messages import Messages
from server.store.tombstones import Tombstones


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
        """
        if any(isinstance(event, MessageEdited) for event in events) or empties(events):
            await self.catch_up(commit.stream)
            return
        for event in events:
            if isinstance(event, MessagePosted):
                await self._apply(commit, event)
        if not await self._headers.move(after):
            await self.catch_up(commit.stream)

    async def catch_up(self, stream: str) -> Standing:
        """Project every commit that the stored header does not hold yet; safe to repeat."""
        standing = await self._headers.stored(stream)
        first = standing.seq
        async for commit in self._journal.after(stream, first):
            events = commit.parsed()
            standing = standing.after(events, commit.meta)
            for event in events:
                await self._apply(commit, event)
        if standing.seq > first:
            await self._headers.put(standing)
        return standing

    async def _apply(self, commit: Commit, event: Event) -> None:
        """Bring an event to the messages that it is about."""
        ticket_id = commit.stream.partition(":")[2]
        match event:
            case MessagePosted():
                message = evolve_message(None, event, commit.meta, ticket_id)
                assert message is not None
                await self._messages.post(message)
                await bind_uploads(message)
            case MessageEdited():
                await self._change(commit, event, event.message_id)
            case MessageRedacted():
                if message := await self._messages.load(event.message_id):
                    await self._tombstones.empty_message(message)
                fault("after_empty")
                await self._change(commit, event, event.message_id)
            case TicketDeleted():
                await self._tombstones.empty_before(commit.stream, commit.seq)
                fault("after_empty")
                for message in await self._messages.of_ticket(ticket_id):
                    await self._change(commit, event, message.id)
            case _:
                pass

    async def _change(self, commit: Commit, event: Event, message_id: Id) -> None:
        message = await self._messages.load(message_id)
        changed = evolve_message(message, event, commit.meta, commit.stream.partition(":")[2])
        if changed is not None:
            await self._messages.change(changed, commit.seq)

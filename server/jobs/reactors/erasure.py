"""Takes away what redacted and deleted words left elsewhere: files, feeds, kept letters."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from domain.audience import team_room, user_room
from domain.message import Id
from domain.ports import Feeds
from server.jobs.reactors import Owing
from server.store.attachments import StoredFile
from server.store.connect import Raw, Store
from server.store.contacts import names_through_merges
from server.store.journal import Journal
from server.store.questions import erase_questions


class Files(Protocol):
    """Where the bytes of attachments are."""

    async def erase(self, file_ids: Iterable[str]) -> None:
        """Take files away for good, and what is known of them; a repeat does nothing."""
        ...


class Mail(Protocol):
    """What was written to the outside, or is to be."""

    async def message(self, message_id: Id) -> None:
        """Take back what shows a message."""
        ...

    async def ticket(self, ticket_id: Id) -> None:
        """Take back what is about a ticket."""
        ...


class Erasure:
    """The log, the messages and the header are emptied before this, with the commit itself."""

    def __init__(
        self, store: Store, journal: Journal, feeds: Feeds, files: Files, mail: Mail
    ) -> None:
        self._store = store
        self._journal = journal
        self._feeds = feeds
        self._files = files
        self._mail = mail

    async def __call__(self, owing: Owing) -> Collection[str]:
        for stream, commits in owing.items():
            for event in (event for commit in commits for event in commit.events):
                if event["type"] == "message.redacted":
                    await self._erase_files({"message_id": event["message_id"]})
                    await self._mail.message(event["message_id"])
                    await erase_questions(self._store, {"message_id": event["message_id"]})
                elif event["type"] == "ticket.deleted":
                    ticket_id = stream.partition(":")[2]
                    await self._erase_files({"ticket_id": ticket_id})
                    await self._mail.ticket(ticket_id)
                    await erase_questions(self._store, {"ticket_id": ticket_id})
                    await self._feeds.forget(sorted(await self._lists(stream)))
        return owing.keys()

    async def _erase_files(self, where: Raw) -> None:
        found = self._store[StoredFile].find(where, {"_id": 1})
        await self._files.erase([each["_id"] async for each in found])

    async def _lists(self, stream: str) -> set[str]:
        """Every list that ever showed the ticket's title."""
        rooms: set[str] = set()
        async for commit in self._journal.after(stream, 0):
            for event in commit.events:
                if event["type"] == "ticket.opened":
                    rooms.add(team_room(event["team_id"]))
                    rooms |= await self._requesters(event["requester_id"])
                elif event["type"] == "ticket.assigned":
                    rooms.add(team_room(event["team_id"]))
                    if event["agent_id"]:
                        rooms.add(user_room(event["agent_id"]))
        return rooms

    async def _requesters(self, contact_id: Id) -> set[str]:
        """Of every contact that the requester was before and after a merge."""
        names = await names_through_merges(self._store, contact_id)
        return {user_room(name) for name in names}

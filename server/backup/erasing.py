"""The list of what was erased: printed, read, and applied again to a restored store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import orjson
from pydantic import ValidationError

from domain.contact.commands import DeleteContact
from domain.contact.state import Contact
from domain.document import Document
from domain.errors import DomainError, NotFound
from domain.message import Command, Envelope, Id
from domain.people.commands import DeleteUser
from domain.people.state import User
from domain.people.users import is_erased
from domain.process import MACHINE
from domain.ticket.commands import DeleteTicket, RedactMessage
from realtime.feed import RedisFeeds
from server.backup.identity import Identity
from server.clock import SystemClock
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.dispatch.drafting import ERASURE
from server.faults import fault
from server.jobs.reactors.erasure import Erasure
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.processes.refusal import Refused
from server.settings import Settings
from server.store.attachments import AttachmentFolder
from server.store.commits import reactor_work
from server.store.connect import Raw, Store
from server.store.documents import fetch
from server.store.effects import Effects
from server.store.erasures import Erased, ErasedKind, Erasures
from server.store.journal import Journal
from server.store.letters import Letters
from server.store.models import OWED, OWED_INDEX, LogEntry, StoredErasure, StoredMessage
from server.store.sessions import Credential
from server.store.streams import Streams

LIST = "erasures"


class Applied(NamedTuple):
    """How many erasures were made again, and what kept others from it."""

    erased: int
    refused: list[str]


async def erasure_lines(store: Store, identity: Identity) -> AsyncIterator[str]:
    """The list as JSON lines: first whose it is and how many follow at least."""
    count = await store[StoredErasure].count_documents({})
    yield orjson.dumps({"deskwire": LIST, "store": identity.origin, "count": count}).decode()
    async for erased in Erasures(store).all():
        yield orjson.dumps(erased.model_dump(mode="json", exclude_none=True)).decode()


def check_list(place: Path, origin: str) -> None:
    """Raise Refused where a list is cut off, damaged, or that of another store."""
    for _ in _read(place, origin):
        pass


async def note_list(store: Store, place: Path, origin: str) -> None:
    """Write a list's erasures down in the store, beside those that it knows."""
    erasures = Erasures(store)
    for erased in _read(place, origin):
        await erasures.note(erased)


def _read(place: Path, origin: str) -> Iterator[Erased]:
    try:
        file = place.open("rb")
    except OSError as error:
        raise Refused(f"The list of erasures cannot be read: {error}") from None
    with closing(file):
        first = _parsed(place, 1, file.readline())
        if first.get("deskwire") != LIST:
            raise Refused(f"{place} is no list of `deskwire erasures`.")
        if first.get("store") != origin:
            raise Refused(
                f"{place} is the list of another store: it says {first.get('store')}, and this"
                f" one began as {origin}."
            )
        number = 1
        for number, line in enumerate(file, 2):
            try:
                yield Erased.model_validate(_parsed(place, number, line))
            except ValidationError:
                raise Refused(f"Line {number} of {place} names no erasure.") from None
        if number - 1 < int(first.get("count", 0)):
            raise Refused(f"{place} is cut off after line {number}; take another copy of it.")


def _parsed(place: Path, number: int, line: bytes) -> Raw:
    try:
        return dict(orjson.loads(line))
    except (ValueError, TypeError):
        raise Refused(f"Line {number} of {place} is no JSON; is it cut off?") from None


class _Nobody:
    """Whom a store without nodes publishes to."""

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Nobody is there; who comes later reads the log."""


class Eraser:
    """Makes erasures again, as commits and changes like any others; a repeat does nothing."""

    def __init__(self, store: Store, settings: Settings, feeds: RedisFeeds) -> None:
        clock, secret = SystemClock(), settings.secret_key.encode()
        self._store = store
        self._documents = DocumentDispatch(store, clock, secret)
        self._dispatcher = Dispatcher(store, clock, _Nobody(), secret, documents=self._documents)
        self._streams = Streams(store)
        effects, board = Effects(store, clock), NoticeBoard(store, feeds)
        self._mail = TakingBack(store, Letters(store), effects, board)
        files = AttachmentFolder(settings.attachments_dir)
        self._leftovers = Erasure(store, self._streams.journal, feeds, files, self._mail)

    async def apply_all(self) -> Applied:
        """Make every erasure that the store knows of; of words in tickets nothing is left then.

        Raises Refused where something that was erased is still owed to be taken away.
        """
        erased, refused = 0, list[str]()
        async for each in Erasures(self._store).all():
            try:
                erased += await self._apply(each)
            except DomainError as error:
                refused.append(f"{each.kind.value} {each.id}: {error}")
            fault("after_erasure")
        await self._dispatcher.close()
        await self._documents.close()
        fault("after_apply")
        await self._take_leftovers(self._streams.journal)
        return Applied(erased, refused)

    async def _apply(self, erased: Erased) -> bool:
        """Whether there was something to erase."""
        match erased.kind:
            case ErasedKind.MESSAGE:
                return await self._redact(erased)
            case ErasedKind.TICKET:
                return await self._delete_ticket(erased.id)
            case ErasedKind.USER:
                return await self._delete_user(erased.id)
            case ErasedKind.CONTACT:
                return await self._delete_contact(erased.id)

    async def _redact(self, erased: Erased) -> bool:
        await self._mail.message(erased.id)
        kept = await self._store[StoredMessage].find_one({"_id": erased.id}, {"redacted_at": 1})
        if erased.ticket_id is None or kept is None or kept["redacted_at"] is not None:
            return False
        await self._carry_out(
            RedactMessage(
                command_id=f"restore:{erased.kind.value}:{erased.id}",
                ticket_id=erased.ticket_id,
                message_id=erased.id,
            )
        )
        await self._streams.projection.finish(f"ticket:{erased.ticket_id}")
        return True

    async def _delete_ticket(self, ticket_id: Id) -> bool:
        await self._mail.ticket(ticket_id)
        standing = await self._streams.headers.load(f"ticket:{ticket_id}")
        if standing.seq == 0:
            return False
        deleted = await self._carry_out(
            DeleteTicket(command_id=f"restore:ticket:{ticket_id}", ticket_id=ticket_id)
        )
        await self._streams.projection.finish(f"ticket:{ticket_id}")
        return deleted

    async def _delete_user(self, user_id: Id) -> bool:
        user = await fetch(self._store, User, user_id)
        deleted = False
        if user is not None and not is_erased(user):
            deleted = await self._carry_out(
                DeleteUser(command_id=f"restore:user:{user_id}", user_id=user_id)
            )
        await self._store[Credential].delete_one({"_id": user_id})
        return deleted

    async def _delete_contact(self, contact_id: Id) -> bool:
        await self._mail.person(contact_id)
        contact = await fetch(self._store, Contact, contact_id)
        if contact is None or not (contact.addresses or contact.notes or _is_named(contact)):
            return False
        return await self._carry_out(
            DeleteContact(command_id=f"restore:contact:{contact_id}", contact_id=contact_id)
        )

    async def _carry_out(self, command: Command) -> bool:
        """Whether what it is about was there."""
        try:
            await self._dispatcher.dispatch(command, MACHINE)
        except NotFound:
            return False
        return True

    async def _take_leftovers(self, journal: Journal) -> None:
        """Files and lists, of these erasures and of those that the copy still owed."""
        work = reactor_work(ERASURE)
        query = {**OWED, "pending": work}
        found = self._store[LogEntry].find(query, {"stream": 1}).hint(OWED_INDEX)
        streams = sorted({each["stream"] async for each in found})
        for stream in streams:
            owing = [each for each in await journal.owed_by([stream]) if work in each.pending]
            await self._leftovers({stream: owing})
            await journal.strike_all([each.id for each in owing], [work])


def _is_named(contact: Document) -> bool:
    return isinstance(contact, Contact) and contact.name != "Erased"

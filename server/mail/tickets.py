"""What a requester is told of their ticket by mail, composed from what they may see of it now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from domain.contact.state import Address, Contact
from domain.inbox.state import Inbox
from domain.message import ActorKind, Id
from domain.notification.state import Language, NoticeKind, Preferences
from domain.notification.telling import channels_of
from domain.ticket.state import Message, Ticket, Visibility
from server.mail.letters import DESKWIRE, Letter
from server.mail.parts import Part, Quote
from server.mail.post import Post
from server.mail.words import WORDS, Words
from server.settings import Settings
from server.store.connect import Store
from server.store.contacts import names_of, survivor_of
from server.store.documents import fetch, find
from server.store.effects import Effect, Outcome, dropped
from server.store.markers import StoreMarkers
from server.store.models import TicketHeader
from server.store.streams import Streams

RECEIPT = "mail.receipt"
REPLY = "mail.reply"
ANSWERED = NoticeKind.ANSWERED

MOST_UNPROVEN, WITHIN_MS = 3, 3_600_000
"""So many receipts go within an hour to an address that nobody proved to be theirs."""


class TicketMail:
    """Performs the effects of both kinds: several replies to one ticket go in one letter."""

    def __init__(self, store: Store, post: Post, settings: Settings) -> None:
        self._store = store
        self._post = post
        self._public_url = settings.public_url
        self._sender = settings.mail_from.casefold()
        self._streams = Streams(store)
        self._markers = StoreMarkers(store)

    async def tell(self, effects: Sequence[Effect]) -> Outcome:
        """Send what the effects of one ticket say now, in one letter."""
        return await self._post.send(lambda: self._write(effects))

    async def _write(self, effects: Sequence[Effect]) -> Letter | Outcome:
        first = effects[0]
        stream = f"ticket:{first.about['ticket_id']}"
        # What was redacted up to now is empty after this, whoever was to empty it.
        await self._streams.projection.finish(stream)
        ticket = (await self._streams.headers.projected(stream)).state
        if not isinstance(ticket, Ticket) or not ticket.exists:
            return dropped("the ticket is gone")
        contact = await survivor_of(self._store, ticket.requester_id)
        if not reachable(contact):
            return dropped("the requester is blocked or has no address")
        messages = await self._public(effects)
        if not messages:
            return dropped("what it would say was taken back")
        if first.kind == REPLY:
            messages = await self._unread(messages, ticket, contact)
            if not messages:
                return dropped("it was read in time")
        preferences = await fetch(self._store, Preferences, contact.id)
        if first.kind == REPLY and not channels_of(preferences, ANSWERED, client=True).mail:
            return dropped("they want no mail of this")
        words = WORDS[language := preferences.language if preferences else Language.EN]
        inbox = await fetch(self._store, Inbox, ticket.inbox_id)
        address = address_to_write_to(contact)
        to = address.email
        if await comes_back_to_us(self._store, self._sender, to):
            return dropped("it would come back to us")
        # Whoever gives somebody else's address must not have us tell that person what they like.
        strange = first.kind == RECEIPT and not address.verified and _is_theirs(messages)
        if strange and await self._asks_too_much(ticket, contact):
            return dropped("too many to an address that nobody proved")
        title = words.your_request if strange else ticket.title
        return Letter(
            id=first.id,
            to=to,
            subject=f"{'Re: ' if first.kind == REPLY else ''}{title} [#{ticket.number}]",
            parts=await self._parts(first.kind, messages, inbox, words, quoting=not strange),
            link=f"{self._public_url}/portal/t/{ticket.id}" if contact.user_id else None,
            action=words.open_request,
            sender_name=inbox.name if inbox else "",
            colour=inbox.colour if inbox else DESKWIRE,
            reply_to=inbox.address if inbox else None,
            ticket_id=ticket.id,
            contact_id=contact.id,
            messages=tuple(message.id for message in messages),
            language=language,
        )

    async def _public(self, effects: Sequence[Effect]) -> list[Message]:
        """What may be told of the effects' messages: all that is public, and not redacted."""
        found = [await self._streams.messages.load(each.about["message_id"]) for each in effects]
        told = [each for each in found if each and each.visibility is Visibility.PUBLIC]
        return sorted((each for each in told if each.redacted_at is None), key=lambda m: m.seq)

    async def _unread(
        self, messages: list[Message], ticket: Ticket, contact: Contact
    ) -> list[Message]:
        """Those that the requester has not read, under any id that they had before a merge."""
        names = {contact.id, *contact.aliases, ticket.requester_id}
        markers = await self._markers.of([ticket.id])
        read = [marker.read for marker in markers if marker.person in names]
        # Who answers has read what went before, wherever they did.
        read += [said.seq for said in ticket.public.said if said.author.id in names]
        upto = max(read, default=0)
        return [message for message in messages if message.seq > upto]

    async def _asks_too_much(self, ticket: Ticket, contact: Contact) -> bool:
        """Whether a requester opened more tickets lately than we confirm to an unproven address."""
        opened = {"$gt": ticket.opened_at - WITHIN_MS, "$lte": ticket.opened_at}
        names = [contact.id, *contact.aliases]
        where = {"state.requester_id": {"$in": names}, "state.opened_at": opened}
        found = self._store[TicketHeader].find(where, {"_id": 1})
        return len(await found.limit(MOST_UNPROVEN + 1).to_list()) > MOST_UNPROVEN

    async def _parts(
        self,
        kind: str,
        messages: Sequence[Message],
        inbox: Inbox | None,
        words: Words,
        *,
        quoting: bool,
    ) -> tuple[Part, ...]:
        names = await names_of(self._store, {message.author.id for message in messages})
        parts: list[Part] = []
        if kind == RECEIPT:
            parts.append(
                (inbox.auto_reply if inbox else "")
                or (words.have_your_request if _is_theirs(messages) else words.noted_a_request)
            )
        before: Id | None = None
        for message in messages if quoting else ():
            machine = message.author.kind is ActorKind.ASSISTANT
            unknown = words.assistant if machine else words.somebody
            name = names.get(message.author.id, {}).get("name", unknown)
            files = tuple(file.name for file in message.attachments)
            parts.append(Quote("" if message.author.id == before else name, message.body, files))
            before = message.author.id
        if inbox and inbox.signature:
            parts.append(inbox.signature)
        return tuple(parts)


async def comes_back_to_us(store: Store, sender: str, to: str) -> bool:
    """Whether a letter would come to the desk itself."""
    return to == sender or bool(await find(store, Inbox, {"state.address": to}, limit=1))


def reachable(contact: Contact | None) -> TypeGuard[Contact]:
    """Whether somebody may be written to."""
    return contact is not None and not contact.blocked and bool(contact.addresses)


def address_to_write_to(contact: Contact) -> Address:
    """The address that somebody proved to be theirs; their first where they proved none."""
    proven = (each for each in contact.addresses if each.verified)
    return next(proven, contact.addresses[0])


def _is_theirs(messages: Sequence[Message]) -> bool:
    return messages[0].author.kind is ActorKind.CLIENT

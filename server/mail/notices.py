"""Letters about notices: of one ticket in one letter, or all since the last digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from domain.access import Actor, Permission, allows, belonging_of
from domain.approval.state import Approval
from domain.inbox.state import Inbox
from domain.message import Audience, Id
from domain.notification.state import Language, Notice, NoticeKind, Preferences
from domain.notification.telling import channels_of, quiet_until
from domain.people.shifts import Zone
from domain.people.state import User
from domain.ports import Clock
from domain.ticket.state import Message, Ticket, Visibility
from server.approvals.deciding import is_asked
from server.approvals.links import LINK_MS, ApprovalLinks, Link
from server.auth.actors import fetch_standings
from server.mail.letters import DESKWIRE, Letter
from server.mail.parts import Part, Quote
from server.mail.post import Post
from server.mail.tickets import address_to_write_to, comes_back_to_us, reachable
from server.mail.wording import Names, line_of, name_of
from server.mail.words import WORDS, Words
from server.settings import Settings
from server.store.connect import Store
from server.store.contacts import names_of, survivor_of
from server.store.documents import fetch
from server.store.effects import Effect, Outcome, dropped, put_off
from server.store.markers import StoreMarkers
from server.store.notices import Notices
from server.store.streams import Streams

BRAND = "Deskwire"


class _Reader(NamedTuple):
    """Whom a letter goes to. `actor` is None for a client, who sees their own tickets only."""

    to: str
    proven: bool
    names: frozenset[Id]
    zone: Zone
    actor: Actor | None
    preferences: Preferences | None
    links: bool

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def language(self) -> Language:
        return self.preferences.language if self.preferences else Language.EN


class _Matter(NamedTuple):
    """A notice with what it is about, as it is now."""

    notice: Notice
    ticket: Ticket | None
    message: Message | None
    reason: str | None
    token: str | None = None


_TO_DECIDE = frozenset({NoticeKind.APPROVAL_ASKED})


class NoticeMail:
    """Performs the effects of this kind: all of one group, which is one person's."""

    def __init__(self, store: Store, post: Post, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._post = post
        self._clock = clock
        self._public_url = settings.public_url
        self._sender = settings.mail_from.casefold()
        self._streams = Streams(store)
        self._markers = StoreMarkers(store)
        self._notices = Notices(store)
        self._links = ApprovalLinks(settings.secret_key.encode())

    async def tell(self, effects: Sequence[Effect]) -> Outcome:
        """Send what the effects of one person say now, in one letter."""
        return await self._post.send(lambda: self._write(effects))

    async def _write(self, effects: Sequence[Effect]) -> Letter | Outcome:
        kept = await self._notices.load([each.about["notice_id"] for each in effects])
        # Who saw that they are asked has not decided by that.
        unread = [
            each.notice for each in kept if each.read_at is None or each.notice.kind in _TO_DECIDE
        ]
        if not unread:
            return dropped("it was read in time" if kept else "what it would say was taken back")
        reader = await self._reader(unread[0])
        if reader is None:
            return dropped("there is nobody to write to, or no address")
        now = self._clock.now()
        if (until := quiet_until(reader.preferences, reader.zone, now)) > now:
            return put_off(until, "these are quiet hours")
        wanted = [each for each in unread if _wants(reader, each)]
        if not wanted:
            return dropped("they want no mail of this")
        if await comes_back_to_us(self._store, self._sender, reader.to):
            return dropped("it would come back to us")
        found = [await self._matter(each, reader) for each in wanted]
        matters = [each for each in found if each is not None]
        if not matters:
            return dropped("it was read in time, taken back, or is not theirs to see")
        return await self._letter(effects[0].id, matters, reader)

    async def _reader(self, notice: Notice) -> _Reader | None:
        user = await fetch(self._store, User, notice.recipient)
        if user is not None:
            standing = (await fetch_standings(self._store, [user.id])).get(user.id)
            preferences = await fetch(self._store, Preferences, user.id)
            if standing is None or standing.actor.audience is not Audience.STAFF:
                return None
            return _Reader(
                *(user.email, True, frozenset({user.id}), user.zone, standing.actor),
                *(preferences, True),
            )
        contact = await survivor_of(self._store, notice.recipient)
        if not reachable(contact):
            return None
        log_in = await fetch(self._store, User, contact.user_id)
        address = address_to_write_to(contact)
        return _Reader(
            *(address.email, address.verified, frozenset({contact.id, *contact.aliases})),
            *(log_in.zone if log_in else "UTC", None),
            await fetch(self._store, Preferences, contact.id),
            log_in is not None,
        )

    async def _matter(self, notice: Notice, reader: _Reader) -> _Matter | None:
        """What a notice is about; None where they know it already, or may not see it any more."""
        if notice.ticket_id is None:
            return _Matter(notice, None, None, None)
        stream = f"ticket:{notice.ticket_id}"
        # What was redacted up to now is empty after this, whoever was to empty it.
        await self._streams.projection.finish(stream)
        ticket = (await self._streams.headers.projected(stream)).state
        if not isinstance(ticket, Ticket) or not _may_see(reader, ticket):
            return None
        if notice.kind in _TO_DECIDE:
            asked = is_asked(ticket, notice.recipient)
            return asked and await self._to_decide(notice, ticket, asked)
        if notice.seq <= await self._read_upto(ticket, reader.names):
            return None
        message = await self._message(notice, reader)
        if notice.message_id is not None and message is None:
            return None
        return _Matter(notice, ticket, message, await self._reason(stream, notice))

    async def _to_decide(self, notice: Notice, ticket: Ticket, asked: Approval) -> _Matter:
        """What somebody has to decide, with the words that the client sees, and the link."""
        described = await self._streams.messages.load(ticket.description_id or "")
        seen = described is not None and described.visibility is Visibility.PUBLIC
        link = Link(
            ticket_id=ticket.id,
            approver_id=notice.recipient,
            level=asked.level,
            asked_at=asked.asked_at,
            expires_at=notice.at + LINK_MS,
        )
        message = described if seen and described and not described.redacted_at else None
        return _Matter(notice, ticket, message, None, self._links.token(link))

    async def _message(self, notice: Notice, reader: _Reader) -> Message | None:
        if notice.message_id is None:
            return None
        message = await self._streams.messages.load(notice.message_id)
        if message is None or message.redacted_at is not None:
            return None
        secret = message.visibility is Visibility.PRIVATE and reader.actor is None
        return None if secret else message

    async def _read_upto(self, ticket: Ticket, names: Collection[Id]) -> int:
        """How far somebody has read a ticket; who answers has read what went before."""
        markers = await self._markers.of([ticket.id])
        read = [marker.read for marker in markers if marker.person in names]
        said = ticket.staff.said if ticket.staff else ticket.public.said
        read += [each.seq for each in said if each.author.id in names]
        return max(read, default=0)

    async def _reason(self, stream: str, notice: Notice) -> str | None:
        """What was said with a change of status or a refusal: it stands in the log only."""
        if notice.kind not in (NoticeKind.STATUS, NoticeKind.APPROVAL_DECIDED):
            return None
        async for commit in self._streams.journal.after(stream, notice.seq - 1, notice.seq):
            for event in commit.events:
                if event["type"] == "ticket.status_changed":
                    return event.get("reason") or None
        return None

    async def _letter(self, identity: str, matters: Sequence[_Matter], reader: _Reader) -> Letter:
        named = [each.notice.actor.id for each in matters]
        named += [each.message.author.id for each in matters if each.message]
        names = await names_of(self._store, named)
        tickets = list({each.ticket.id: each.ticket for each in matters if each.ticket}.values())
        only = tickets[0] if len(tickets) == 1 else None
        inbox = await fetch(self._store, Inbox, only.inbox_id) if only else None
        client = reader.actor is None
        link, action = self._link(only, matters, reader)
        return Letter(
            id=identity,
            to=reader.to,
            subject=_subject(matters, tickets, names, reader),
            parts=self._parts(matters, names, reader, several=len(tickets) > 1),
            link=link,
            action=action,
            sender_name=(inbox.name if inbox else BRAND) if client else BRAND,
            colour=inbox.colour if inbox and client else DESKWIRE,
            reply_to=inbox.address if inbox and client else None,
            ticket_id=only.id if only else None,
            contact_id=matters[0].notice.contact_id,
            messages=tuple(each.message.id for each in matters if each.message),
            tickets=tuple(ticket.id for ticket in tickets),
            language=reader.language,
            to_staff=not client,
        )

    def _parts(
        self,
        matters: Sequence[_Matter],
        names: Names,
        reader: _Reader,
        *,
        several: bool,
    ) -> tuple[Part, ...]:
        parts: list[Part] = []
        for matter in matters:
            if matter.notice.kind is NoticeKind.ACCOUNT_CREATED:
                who = name_of(matter.notice.actor, names, reader.words)
                first, *others = reader.words.account
                parts += [first.format(who=who, place=self._public_url), *others]
                continue
            line = _line(matter.notice, names, reader)
            parts.append(f"{_title(matter.ticket, reader)}\n{line}" if several else line)
            if matter.reason:
                parts.append(reader.words.reason.format(reason=matter.reason))
            if matter.message:
                author = name_of(matter.message.author, names, reader.words)
                files = tuple(file.name for file in matter.message.attachments)
                parts.append(Quote(author, matter.message.body, files))
        if reader.links and matters[0].notice.kind is not NoticeKind.ACCOUNT_CREATED:
            parts.append(reader.words.settings)
        return tuple(parts)

    def _link(
        self, only: Ticket | None, matters: Sequence[_Matter], reader: _Reader
    ) -> tuple[str | None, str]:
        words = reader.words
        if matters[0].notice.kind is NoticeKind.ACCOUNT_CREATED:
            return self._public_url, words.log_in
        if matters[0].token is not None:
            return f"{self._public_url}/approve/{matters[0].token}", words.decide
        if not reader.links:
            return None, words.open_it
        place = "portal" if reader.actor is None else "console"
        action = words.open_request if reader.actor is None else words.open_it
        path = f"/{place}/t/{only.id}" if only else f"/{place}"
        return f"{self._public_url}{path}", action


def _wants(reader: _Reader, notice: Notice) -> bool:
    return channels_of(reader.preferences, notice.kind, client=reader.actor is None).mail


def _may_see(reader: _Reader, ticket: Ticket) -> bool:
    if reader.actor is None:
        return ticket.exists and ticket.requester_id in reader.names
    return allows(reader.actor, Permission.TICKET_READ, belonging_of(ticket))


def _subject(
    matters: Sequence[_Matter],
    tickets: Sequence[Ticket],
    names: Names,
    reader: _Reader,
) -> str:
    if len(tickets) == 1:
        return f"Re: {_title(tickets[0], reader)}"
    if len(matters) == 1:
        return _line(matters[0].notice, names, reader)
    return reader.words.several.format(count=len(matters))


def _title(ticket: Ticket | None, reader: _Reader) -> str:
    if ticket is None:
        return ""
    # Whoever gives somebody else's address must not have us tell that person what they like.
    title = ticket.title if reader.proven else reader.words.your_request
    return f"{title} [#{ticket.number}]"


def _line(notice: Notice, names: Names, reader: _Reader) -> str:
    return line_of(notice, names, reader.words, client=reader.actor is None)

"""Tells people: a notice in their own room, a push to their devices, a mail that waits for them to
have read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.contact.state import Contact
from domain.message import ActorRef, Id, Millis
from domain.notification.state import Digest, Notice, NoticeKind, Preferences
from domain.notification.telling import Over, Told, channels_of, mail_at
from domain.people.shifts import Zone
from domain.people.state import User
from domain.ticket.state import Ticket
from server.notices.board import NoticeBoard
from server.settings import Settings
from server.store.connect import Store
from server.store.contacts import survivors_of
from server.store.devices import Devices
from server.store.documents import fetch_many
from server.store.effects import Effect, Effects, effect_id

NOTICE = "mail.notice"
"""The kind of a letter about notices: of one ticket, or of everything since the last digest."""
PUSH = "push.notice"
"""The kind of a notice on one device."""
AT_ONCE = frozenset({NoticeKind.ACCOUNT_CREATED, NoticeKind.APPROVAL_ASKED})
"""What waits neither for somebody to have read it nor for a digest."""


class Source(NamedTuple):
    """What the notices of one commit, or of one change of a document, have in common."""

    id: str
    at: Millis
    actor: ActorRef
    ticket: Ticket | None = None
    seq: int = 0


class _Person(NamedTuple):
    """Somebody to be told, under the id that they have now; `user_id` is that of their log-in."""

    id: Id
    user_id: Id | None
    contact_id: Id | None
    zone: Zone


class NoticeDesk:
    """Safe to repeat: notices and effects are named after what they follow from."""

    def __init__(
        self, store: Store, board: NoticeBoard, effects: Effects, settings: Settings
    ) -> None:
        self._store = store
        self._board = board
        self._effects = effects
        self._devices = Devices(store)
        self._mails = settings.mails
        self._delay = settings.mail_delay_seconds * 1000

    async def tell(self, told: Sequence[tuple[Source, Told]]) -> None:
        """Post everything that is to be told, and owe its mails and pushes."""
        if not told:
            return
        people = await self._people(each for _, each in told)
        wanted = await fetch_many(self._store, Preferences, (each.id for each in people.values()))
        devices = await self._devices.ids_of({each.id for each in people.values()})
        posted: list[tuple[Notice, bool]] = []
        owed: list[Effect] = []
        for source, each in told:
            person = people.get(each.recipient)
            if person is None or source.actor.id == person.user_id:
                continue  # Staff who ask something themselves know what they did about it.
            notice = _notice(source, each, person)
            preferences = wanted.get(person.id)
            channels = channels_of(preferences, each.kind, client=each.client)
            posted.append((notice, channels.in_app))
            # What staff answer has a letter of its own.
            answered = each.client and each.kind is NoticeKind.ANSWERED
            if channels.mail and self._mails and not answered:
                owed.append(self._mail(source, notice, preferences, person))
            if channels.push:
                owed += [_push(source, notice, each) for each in devices.get(person.id, ())]
        await self._board.post(posted)
        await self._effects.owe(owed)

    async def settle(self, source: Source, over: Over) -> None:
        """Take as read what asks for nothing any more since a commit of its ticket."""
        whose = None if over.recipient is None else [over.recipient]
        earlier = {"kind": over.kind.value, "seq": {"$lt": source.seq}}
        about = {"ticket_id": source.ticket.id if source.ticket else None}
        await self._board.read(whose, {**about, **earlier}, source.at)

    def _mail(
        self, source: Source, notice: Notice, preferences: Preferences | None, person: _Person
    ) -> Effect:
        at_once = notice.kind in AT_ONCE
        digest = preferences is not None and preferences.digest is not Digest.AT_ONCE
        wait = 0 if at_once else self._delay
        if at_once and preferences is not None:
            preferences = preferences.model_copy(update={"digest": Digest.AT_ONCE})
        group = f"{NOTICE}:{person.id}" if digest else f"{NOTICE}:{person.id}:{notice.ticket_id}"
        return Effect(
            id=effect_id(source.id, f"notice.{notice.kind}", person.id),
            kind=NOTICE,
            about=_about(notice),
            group=None if at_once else group,
            at=notice.at,
            due_at=mail_at(preferences, person.zone, notice.at + wait),
        )

    async def _people(self, told: Iterable[Told]) -> Mapping[Id, _Person]:
        """By the id that was to be told. Nobody who does not work here any more."""
        everybody = tuple(told)
        contacts = await survivors_of(
            self._store, {each.recipient for each in everybody if each.client}
        )
        staff = {each.recipient for each in everybody if not each.client}
        log_ins = {each.user_id for each in contacts.values() if each.user_id}
        users = await fetch_many(self._store, User, sorted(staff | log_ins))
        people = {
            user.id: _Person(user.id, user.id, user.contact_id, user.zone)
            for user in users.values()
            if user.id in staff and user.active
        }
        return people | {
            asked: _Person(contact.id, contact.user_id, contact.id, _zone_of(contact, users))
            for asked, contact in contacts.items()
        }


def _push(source: Source, notice: Notice, device: str) -> Effect:
    """One each, so that a device that does not take it has its own tries."""
    return Effect(
        id=effect_id(source.id, f"push.{notice.kind}", device),
        kind=PUSH,
        about={**_about(notice), "device_id": device},
        at=notice.at,
        due_at=notice.at,
    )


def _about(notice: Notice) -> dict[str, str]:
    about = {
        "notice_id": notice.id,
        "ticket_id": notice.ticket_id,
        "message_id": notice.message_id,
        "contact_id": notice.contact_id,
    }
    return {name: value for name, value in about.items() if value is not None}


def _zone_of(contact: Contact, users: Mapping[Id, User]) -> Zone:
    user = users.get(contact.user_id) if contact.user_id else None
    return user.zone if user else "UTC"


def _notice(source: Source, told: Told, person: _Person) -> Notice:
    return Notice(
        # The id that they had then: that of today may change by a merge.
        id=effect_id(source.id, told.kind, told.recipient),
        kind=told.kind,
        recipient=person.id,
        contact_id=person.contact_id,
        at=source.at,
        actor=source.actor,
        ticket_id=source.ticket.id if source.ticket else None,
        number=source.ticket.number if source.ticket else None,
        seq=source.seq,
        message_id=told.message_id,
        detail=dict(told.detail),
    )

"""Tells somebody of the staff on one of their devices, while it is news to them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Literal

import orjson
from redis.exceptions import RedisError

from domain.access import Actor, Permission, allows, belonging_of
from domain.message import Audience, Id, Millis
from domain.notification.state import Language, Notice, NoticeKind, Preferences
from domain.notification.telling import channels_of, quiet_until
from domain.people.state import User
from domain.ports import Clock
from domain.ticket.state import Ticket
from realtime.cluster import AnyRedis
from realtime.presence import present
from server.auth.actors import fetch_standings
from server.mail.wording import line_of
from server.mail.words import WORDS
from server.push.service import Answer, Push, PushService
from server.store.connect import Store
from server.store.contacts import names_of
from server.store.devices import Device, Devices
from server.store.documents import fetch
from server.store.effects import DONE, Effect, Outcome, dead, dropped, failed, put_off
from server.store.notices import Notices
from server.store.streams import Streams

logger = logging.getLogger(__name__)

SEE_MS: Millis = 60_000
"""Who is connected has so long to see a notice in their browser; if they left meanwhile, it is
pushed after all. An offer runs out too soon for that: it is pushed at once, in any case."""
NEWS_MS: Millis = 4 * 3_600_000
"""So long a notice is news: a phone that was off for longer finds it in the list instead."""
URGENT = frozenset({NoticeKind.OFFERED, NoticeKind.SLA_BREACHED, NoticeKind.SLA_ESCALATED})


class NoticePush:
    """Performs the effects of this kind, one notice on one device each."""

    def __init__(self, store: Store, service: PushService, redis: AnyRedis, clock: Clock) -> None:
        self._store = store
        self._service = service
        self._redis = redis
        self._clock = clock
        self._devices = Devices(store)
        self._notices = Notices(store)
        self._streams = Streams(store)

    async def tell(self, effects: Sequence[Effect]) -> Outcome:
        """Push one; they have no group, so that none comes along."""
        [effect] = effects
        device = await self._devices.load(effect.about["device_id"], self._clock.now())
        if device is None:
            return dropped("the device is gone")
        push = await self._compose(effect, device)
        if isinstance(push, Outcome):
            return push
        answer, why = await self._service.push(device, push)
        match answer:
            case Answer.ACCEPTED:
                await self._devices.accepted(device, self._clock.now())
                return DONE
            case Answer.GONE:
                await self._devices.gone(device)
                return dropped(why)
            case Answer.REFUSED | Answer.AWAY:
                await self._devices.failed(device)
                return dead(why) if answer is Answer.REFUSED else failed(why)

    async def _compose(self, effect: Effect, device: Device) -> Push | Outcome:
        """What is said now, or why nothing is."""
        now = self._clock.now()
        kept = await self._notices.load([effect.about["notice_id"]])
        if not kept or kept[0].read_at is not None:
            return dropped("it was read in time" if kept else "what it would say was taken back")
        notice = kept[0].notice
        if device.user_id != notice.recipient:
            return dropped("the device is somebody else's by now")
        standing = (await fetch_standings(self._store, [device.user_id])).get(device.user_id)
        user = await fetch(self._store, User, device.user_id)
        if standing is None or user is None or standing.actor.audience is not Audience.STAFF:
            return dropped("they do not work here any more")
        preferences = await fetch(self._store, Preferences, device.user_id)
        if not channels_of(preferences, notice.kind, client=False).push:
            return dropped("they want no push of this")
        if (until := quiet_until(preferences, user.zone, now)) > now:
            return put_off(until, "these are quiet hours")
        left = await self._left(notice, standing.actor, now)
        if left <= 0:
            return dropped("it is no news any more, or not theirs to see")
        if notice.kind is not NoticeKind.OFFERED and await self._is_there(device.user_id):
            seen_by = notice.at + SEE_MS
            return (
                put_off(seen_by, "they are there") if now < seen_by else dropped("they are there")
            )
        language = preferences.language if preferences else Language.EN
        return await self._push(notice, language, left)

    async def _left(self, notice: Notice, actor: Actor, now: Millis) -> Millis:
        """For how long it stays news to somebody; none where they may not see its ticket."""
        left = notice.at + NEWS_MS - now
        if notice.ticket_id is None:
            return left
        ticket = (await self._streams.headers.projected(f"ticket:{notice.ticket_id}")).state
        if not isinstance(ticket, Ticket) or not ticket.exists:
            return 0
        if not allows(actor, Permission.TICKET_READ, belonging_of(ticket)):
            return 0
        if notice.kind is not NoticeKind.OFFERED:
            return left
        offer = ticket.private.offer if ticket.private else None
        return offer.until - now if offer and offer.agent_id == notice.recipient else 0

    async def _is_there(self, user_id: Id) -> bool:
        """Whether they are connected to any node; where nobody can say, they are told."""
        try:
            return user_id in await present(self._redis)
        except (RedisError, TimeoutError) as error:
            logger.warning("nobody can say who is connected: %s", error)
            return False

    async def _push(self, notice: Notice, language: Language, left: Millis) -> Push:
        names = await names_of(self._store, {notice.actor.id})
        line = line_of(notice, names, WORDS[language], client=False)
        # Repeats have the same name: they take each other's place, here and on the screen.
        topic = hashlib.sha256(notice.id.encode()).hexdigest()[:32]
        urgency: Literal["normal", "high"] = "high" if notice.kind in URGENT else "normal"
        return Push(_words(notice, line, language, topic), max(left // 1_000, 1), urgency, topic)


def _words(notice: Notice, line: str, language: Language, tag: str) -> bytes:
    """{title, body, tag, path, language, at}: the machine's words, and names as they are now; of
    what was written, neither a title nor a text."""
    about = f"#{notice.number}" if notice.number is not None else "Deskwire"
    path = f"/console/t/{notice.ticket_id}" if notice.ticket_id else "/console"
    return orjson.dumps(
        {
            "title": about,
            "body": line,
            "tag": tag,
            "path": path,
            "language": language.value,
            "at": notice.at,
        }
    )

"""Hands a message to the push service of a browser: one request, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

import aiohttp
from yarl import URL

from domain.ports import Clock
from mobile_api.push.encryption import encrypt
from mobile_api.push.subscription import Keys
from mobile_api.push.vapid import Vapid
from server.addresses import (
    Permits,
    careful_connector,
    is_public,
    require_permitted,
    was_not_allowed,
)
from server.auth.keys import key_for
from server.settings import Settings
from server.store.devices import Device

SECONDS = 15.0


class Answer(StrEnum):
    """What a push service said: it will deliver; there is no such browser any more; it will never
    take this; it may later."""

    ACCEPTED = "accepted"
    GONE = "gone"
    REFUSED = "refused"
    AWAY = "away"


class Push(NamedTuple):
    """What is pushed: `words` for the device alone; `topic`, of 32 characters at most, names what
    takes the place of what was not delivered yet."""

    words: bytes
    ttl_seconds: int
    urgency: Literal["normal", "high"]
    topic: str


class PushService:
    """All push services there are. `permits` says which addresses may be connected to."""

    def __init__(self, settings: Settings, clock: Clock, permits: Permits = is_public) -> None:
        self._vapid = vapid_of(settings)
        self._clock = clock
        self._permits = permits

    async def push(self, device: Device, push: Push) -> tuple[Answer, str]:
        """Ask for one delivery; with the answer why, without addresses."""
        headers = {
            "Authorization": self._vapid.authorization(device.endpoint, self._clock.now() / 1_000),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.ttl_seconds),
            "Urgency": push.urgency,
            "Topic": push.topic,
        }
        body = encrypt(push.words, Keys(p256dh=device.p256dh, auth=device.auth))
        url = URL(device.endpoint)
        try:
            require_permitted(url, self._permits)
            async with (
                aiohttp.ClientSession(
                    connector=careful_connector(self._permits),
                    timeout=aiohttp.ClientTimeout(total=SECONDS),
                    cookie_jar=aiohttp.DummyCookieJar(),
                ) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return _answer(response.status)
        except (aiohttp.ClientError, OSError) as error:  # A TimeoutError is an OSError.
            if was_not_allowed(error):
                return Answer.GONE, "its address is not on the open internet"
            return Answer.AWAY, type(error).__name__


def vapid_of(settings: Settings) -> Vapid:
    """Who we are to push services: a key of the deployment's secret."""
    return Vapid(key_for(settings.secret_key.encode(), "push"), f"mailto:{settings.mail_from}")


def _answer(status: int) -> tuple[Answer, str]:
    why = f"the push service answered {status}"
    if 200 <= status < 300:
        return Answer.ACCEPTED, why
    if status in (404, 410):
        return Answer.GONE, why
    if status in (408, 429) or status >= 500:
        return Answer.AWAY, why
    return Answer.REFUSED, why

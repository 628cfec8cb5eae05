"""The inboxes as visitors of other sites see them: kept in memory, following the store."""

from __future__ import annotations

import asyncio

from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import Id, Record
from domain.people.state import Team
from realtime.cluster import AnyRedis
from realtime.presence import present
from server.dispatch.documents import Made
from server.repeating import for_ever
from server.settings import Settings
from server.store.connect import Store
from server.store.documents import find

EVERY_SECONDS = 2.0


class Brand(Record):
    """What a widget shows of an inbox; `online` says whether anybody of its team is there."""

    inbox_id: Id
    name: str
    colour: str
    online: bool


class Brands:
    """Knows every inbox, so that a site with many visitors asks the store nothing.

    A change made on another node is known here within seconds.
    """

    def __init__(self, settings: Settings, store: Store, redis: AnyRedis) -> None:
        self._own = frozenset(settings.origins)
        self._store = store
        self._redis = redis
        self._inboxes: dict[Id, Inbox] = {}
        self._sites: frozenset[str] = frozenset()
        self._online: frozenset[Id] = frozenset()
        self._changed = asyncio.Event()

    def listen(self, made: Made) -> None:
        """Called after each change that this node made."""
        if made.command.kind in ("inbox", "team"):
            self._changed.set()

    async def run(self) -> None:
        """Follow the store for ever."""
        await for_ever("the brands", self.refresh, EVERY_SECONDS, self._changed)

    async def refresh(self) -> None:
        """Take in every inbox, and which teams have somebody online."""
        inboxes = await find(self._store, Inbox)
        self._inboxes = {each.id: each for each in inboxes}
        self._sites = frozenset(site for each in inboxes for site in each.sites)
        here = await present(self._redis)
        teams = await find(self._store, Team)
        self._online = frozenset(each.id for each in teams if here.intersection(each.member_ids))

    def admits(self, origin: str | None) -> bool:
        """Whether pages of an origin may call: our own, those of the settings, an inbox's sites."""
        return origin in self._own or origin in self._sites

    async def of(self, inbox_id: Id | None, name: str | None) -> Brand:
        """The brand of an inbox, named by its id or its name; the first one's for any other."""
        if not self._inboxes:
            await self.refresh()
        inbox = self._inboxes.get(inbox_id or "") or self._named(name)
        inbox = inbox or self._inboxes[DEFAULT_INBOX_ID]
        return Brand(
            inbox_id=inbox.id,
            name=inbox.name,
            colour=inbox.colour,
            online=inbox.team_id in self._online,
        )

    def embeds(self, inbox_id: Id, origin: str | None) -> bool:
        """Whether an origin may show an inbox: where it names its sites, only they and our own."""
        sites = self._inboxes[inbox_id].sites
        return origin is None or origin in self._own or not sites or origin in sites

    def _named(self, name: str | None) -> Inbox | None:
        wanted = (name or "").casefold()
        return next(
            (each for each in self._inboxes.values() if each.name.casefold() == wanted), None
        )

"""Tells staff which of the documents they work by were changed, so that pages show them anew."""

from __future__ import annotations

import asyncio

from domain.audience import SETTINGS
from domain.ports import FeedItem, Feeds
from server.dispatch.documents import Made
from server.repeating import for_ever

TOLD = frozenset(
    {"user", "role", "team", "skill", "inbox", "category", "calendar", "policy", "leave"}
)
EVERY_SECONDS = 60.0


class Changes:
    """Writes to the room `settings`: a counter a document, `<kind>.<id>`, which is its version."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._owed: dict[str, FeedItem] = {}
        self._some = asyncio.Event()

    def listen(self, made: Made) -> None:
        """Called after each change that this node made."""
        if made.command.kind in TOLD:
            item = _item(f"{made.command.kind}.{made.id}", made.version)
            self._owed[item.key] = item
            self._some.set()

    async def run(self) -> None:
        """Tell for ever."""
        await for_ever("telling of changes", self.tell, EVERY_SECONDS, self._some)

    async def tell(self) -> None:
        """Tell what is owed; it stays so where it cannot be told now."""
        owed = self._owed
        if not owed:
            return
        self._owed = {}
        try:
            await self._feeds.write(list(owed.values()))
        except BaseException:
            self._owed = owed | self._owed
            raise


def _item(name: str, version: int) -> FeedItem:
    event = {"type": "feed.counter", "v": 1, "name": name, "seq": version, "value": version}
    return FeedItem(SETTINGS, f"counter:{name}", version, event)

"""The notices of people as they see them: each change is kept first, then told to their rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.audience import user_room
from domain.message import Id, Millis
from domain.notification.state import Notice
from domain.ports import FeedItem, Feeds
from server.store.connect import Store
from server.store.contacts import survivors_of
from server.store.notices import UNREAD, Kept, Notices


class NoticeBoard:
    """Everything in it is safe to repeat."""

    def __init__(self, store: Store, feeds: Feeds) -> None:
        self._store = store
        self._notices = Notices(store)
        self._feeds = feeds

    async def post(self, notices: Sequence[tuple[Notice, bool]]) -> None:
        """Keep notices, each with whether it is shown, and tell those that are."""
        await self._notices.post(notices)
        shown = [notice.id for notice, is_shown in notices if is_shown]
        if shown:
            await self._tell(await self._notices.load(shown))

    async def read(
        self, recipients: Sequence[Id] | None, where: Mapping[str, Any], now: Millis
    ) -> int:
        """Mark what somebody, or with None anybody, has not read of some; how many there were."""
        marked = await self._notices.read(recipients, where, now)
        await self._tell(marked)
        return len(marked)

    async def take_away(self, where: Mapping[str, Any]) -> None:
        """Delete notices by what they are about, once their rooms know: else a repeat would not
        find them, and nobody would be told."""
        hidden = await self._notices.hide(where)
        await self._tell(hidden, gone=True)
        await self._notices.delete([each.notice.id for each in hidden])

    async def _tell(self, changed: Iterable[Kept], *, gone: bool = False) -> None:
        by_recipient: dict[Id, list[Kept]] = {}
        for each in changed:
            if each.shown or gone:
                by_recipient.setdefault(each.notice.recipient, []).append(each)
        survivors = await survivors_of(self._store, by_recipient) if by_recipient else {}
        items: list[FeedItem] = []
        for recipient, kept in by_recipient.items():
            contact = survivors.get(recipient)
            names = (contact.id, *contact.aliases) if contact else (recipient,)
            room = user_room(names[0])
            items += [_item(room, each, gone=gone) for each in kept]
            counter = await self._notices.counter(names, draw=True)
            event = {"type": "feed.counter", "v": 1, **counter}
            items.append(FeedItem(room, f"counter:{UNREAD}", counter["seq"], event))
        if items:
            await self._feeds.write(items)


def _item(room: str, kept: Kept, *, gone: bool) -> FeedItem:
    entry = kept.entry
    if gone:
        entry |= {"seq": kept.version + 1, "notice": None}
    event = {"type": "feed.notice", "v": 1, **entry}
    return FeedItem(room, f"notice:{kept.notice.id}", entry["seq"], event)

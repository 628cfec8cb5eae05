"""Tells somebody that an account was made for them."""

from __future__ import annotations

from collections.abc import Sequence

from domain.message import ActorKind, ActorRef
from domain.notification.state import NoticeKind
from domain.notification.telling import Told
from domain.people.state import User
from server.notices.desk import NoticeDesk, Source
from server.store.connect import Store
from server.store.documents import fetch
from server.store.effects import DONE, Effect, Outcome, dropped
from server.store.people import staff_roles


class NewAccounts:
    """Performs the effects of this kind: it waits for no network, and owes the mail."""

    def __init__(self, store: Store, desk: NoticeDesk) -> None:
        self._store = store
        self._desk = desk

    async def tell(self, effects: Sequence[Effect]) -> Outcome:
        for effect in effects:
            user = await fetch(self._store, User, effect.about["user_id"])
            if user is None or not user.active:
                return dropped("the account is gone")
            client = user.role not in await staff_roles(self._store)
            recipient = (user.contact_id or user.id) if client else user.id
            actor = ActorRef(kind=ActorKind.AGENT, id=effect.about["by_id"])
            told = Told(NoticeKind.ACCOUNT_CREATED, recipient, client=client)
            await self._desk.tell([(Source(effect.id, effect.at, actor), told)])
        return DONE

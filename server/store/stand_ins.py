"""Who is asked for approval in the place of who is away."""

from __future__ import annotations

from collections.abc import Iterable

from domain.message import Id, Millis
from domain.people.state import User
from server.store.connect import Store
from server.store.documents import fetch, fetch_many
from server.store.leave import away
from server.store.people import staff_roles

MOST = 20
"""Longer rows of deputies are not followed."""


async def deputies_of(store: Store, user_id: Id) -> tuple[Id, ...]:
    """Somebody, their deputy, that one's deputy and so on, until one comes again."""
    chain: list[Id] = []
    following: Id | None = user_id
    while following is not None and following not in chain and len(chain) < MOST:
        chain.append(following)
        user = await fetch(store, User, following)
        following = user.deputy_id if user else None
    return tuple(chain)


async def stand_ins(store: Store, approver_ids: Iterable[Id], now: Millis) -> dict[Id, Id]:
    """By approver who is away now, the first of their deputies who is not.

    Where a circle or nobody is at the end of it, they are asked themselves.
    """
    asked = list(dict.fromkeys(approver_ids))
    users: dict[Id, User] = {}
    ahead = set(asked)
    for _ in range(MOST):
        users |= await fetch_many(store, User, sorted(ahead))
        ahead = {user.deputy_id for user in users.values() if user.deputy_id} - users.keys()
        if not ahead:
            break
    leave = await away(store, users, now, now + 1)
    staff = await staff_roles(store)
    there = {user.id for user in users.values() if user.active and user.role in staff} - {
        user_id for user_id, spans in leave.items() if spans
    }
    return {each: found for each in asked if (found := _first_there(each, users, there)) != each}


def _first_there(approver: Id, users: dict[Id, User], there: set[Id]) -> Id:
    seen: set[Id] = set()
    each: Id | None = approver
    while each is not None and each not in seen:
        if each in there:
            return each
        seen.add(each)
        user = users.get(each)
        each = user.deputy_id if user else None
    return approver

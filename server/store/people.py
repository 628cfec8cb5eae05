"""Questions about users, roles and teams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from domain.access import Permission, Scope
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import Id
from domain.people.state import ADMIN, Role, Team, User
from domain.people.users import ERASED_DOMAIN
from server.store.connect import Store
from server.store.documents import count, fetch, fetch_by_key, fetch_many, find

NOT_ERASED: Mapping[str, Any] = MappingProxyType(
    {"$nor": [{"state.active": False, "state.email": {"$regex": f"@{re.escape(ERASED_DOMAIN)}$"}}]}
)
"""The users of whom more is left than an id, as a filter."""


async def fetch_user_by_email(store: Store, email: str) -> User | None:
    """The user with a log-in under this address, in whatever case it is written."""
    return await fetch_by_key(store, User, email.strip())


async def fetch_role(store: Store, name: str) -> Role | None:
    """A role by the name that users refer to it with."""
    return await fetch_by_key(store, Role, name)


async def staff_among(store: Store, ids: Iterable[str]) -> frozenset[Id]:
    """Those of the ids that name somebody who works here now."""
    users = await fetch_many(store, User, ids)
    if not users:
        return frozenset()
    staff = await staff_roles(store)
    return frozenset(user.id for user in users.values() if user.active and user.role in staff)


async def staff_roles(store: Store) -> frozenset[str]:
    """The names of the roles whose holders work here."""
    return frozenset(role.name for role in await find(store, Role) if role.staff)


async def supervisors_of(store: Store, team_id: Id | None) -> frozenset[Id]:
    """Who supervises a team's tickets: those of its members who may, or else everybody who may."""
    scopes = {
        role.name: role.permissions.get(Permission.TICKET_SUPERVISE)
        for role in await find(store, Role)
        if role.staff
    }
    named = [name for name, scope in scopes.items() if scope in (Scope.TEAM, Scope.ALL)]
    users = await find(store, User, {"state.role": {"$in": named}, "state.active": True})
    team = await fetch(store, Team, team_id) if team_id else None
    within = frozenset(user.id for user in users if team and user.id in team.member_ids)
    return within or frozenset(user.id for user in users if scopes[user.role] is Scope.ALL)


async def is_staff_address(store: Store, email: str) -> bool:
    """Whether somebody who works here has an account with an address."""
    user = await fetch_user_by_email(store, email)
    return user is not None and user.role in await staff_roles(store)


async def teams_of(store: Store, user_ids: Iterable[str]) -> dict[Id, list[Team]]:
    """The teams of each user, in the order of their ids; one query."""
    wanted = {user_id: list[Team]() for user_id in user_ids}
    if not wanted:
        return wanted
    for team in await find(store, Team, {"state.member_ids": {"$in": list(wanted)}}):
        for member in team.member_ids:
            if member in wanted:
                wanted[member].append(team)
    return wanted


async def count_admins(store: Store, besides: str | None = None) -> int:
    """How many active admins there are, beside one of them."""
    where = {"state.role": ADMIN, "state.active": True}
    return await count(store, User, where | ({"_id": {"$ne": besides}} if besides else {}))


async def default_team_id(store: Store) -> Id | None:
    """The team of the default inbox; None before the first start put one in."""
    inbox = await fetch(store, Inbox, DEFAULT_INBOX_ID)
    return inbox.team_id if inbox else None

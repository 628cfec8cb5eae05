"""What every store begins with: the four roles, a team, an inbox."""

from __future__ import annotations

from pymongo.errors import DuplicateKeyError

from domain.access import DEFAULT_ROLES
from domain.document import Document
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import Id, derived_id
from domain.people.state import CLIENT, Role, Team
from server.store.connect import Store
from server.store.documents import fetch, fields_of, kind_of

_TITLES = {"client": "Client", "agent": "Agent", "supervisor": "Supervisor", "admin": "Admin"}


def default_id(what: str) -> Id:
    """The same on every node, so that two who start at once make one document."""
    return derived_id("deskwire", "default", what)


async def ensure_defaults(store: Store) -> None:
    """Put in what is missing; what an admin changed meanwhile stays as it is.

    A role that nobody ever changed gets what this release allows beyond the one it was made by.
    """
    for name, permissions in DEFAULT_ROLES.items():
        role = Role(
            id=default_id(f"role {name}"),
            name=name,
            title=_TITLES[name],
            staff=name != CLIENT,
            permissions=permissions,
        )
        await _put_in(store, role)
        await _add_what_is_new(store, role)
    if await fetch(store, Inbox, DEFAULT_INBOX_ID) is None:
        await _put_in(store, Team(id=default_id("team"), name="Support"))
        team_id = default_id("team")
        await _put_in(store, Inbox(id=DEFAULT_INBOX_ID, name="Support", team_id=team_id))


async def _add_what_is_new(store: Store, role: Role) -> None:
    """Nothing is taken away: a newer release may have given it more."""
    unchanged = {"_id": role.id, "version": 1}
    kept = await store[kind_of(Role).model].find_one(unchanged)
    if kept is None:
        return
    before: dict[str, str] = kept["state"]["permissions"]
    after = {**fields_of(role)["state"]["permissions"], **before}
    if after != before:
        state = {**kept["state"], "permissions": after}
        await store[kind_of(Role).model].update_one(unchanged, {"$set": {"state": state}})


async def _put_in(store: Store, document: Document) -> None:
    try:
        await store[kind_of(type(document)).model].insert_one(
            {"_id": document.id, "version": 1, "pending": [], **fields_of(document)}
        )
    except DuplicateKeyError:
        return

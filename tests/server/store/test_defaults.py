"""What every store begins with, and what a later release adds to it."""

from __future__ import annotations

from domain.access import DEFAULT_ROLES, Permission
from domain.people.state import Role
from server.store.connect import Store
from server.store.defaults import default_id, ensure_defaults
from server.store.documents import fetch, kind_of

AGENT = default_id("role agent")


async def permissions(store: Store) -> dict[Permission, object]:
    role = await fetch(store, Role, AGENT)
    assert role
    return dict(role.permissions)


async def take_away(store: Store, version: int) -> None:
    raw = await store[kind_of(Role).model].find_one({"_id": AGENT})
    assert raw
    del raw["state"]["permissions"]["agent.manage"]
    changed = {"state": raw["state"], "version": version}
    await store[kind_of(Role).model].update_one({"_id": AGENT}, {"$set": changed})


async def test_a_role_that_nobody_changed_gets_what_a_release_adds(store: Store):
    await ensure_defaults(store)
    await take_away(store, version=1)
    await ensure_defaults(store)
    assert await permissions(store) == DEFAULT_ROLES["agent"]


async def test_a_role_that_somebody_changed_stays_as_it_is(store: Store):
    await ensure_defaults(store)
    await take_away(store, version=2)
    await ensure_defaults(store)
    assert Permission.AGENT_MANAGE not in await permissions(store)

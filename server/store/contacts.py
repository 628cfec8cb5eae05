"""Questions about contacts, and what people are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.contact.state import Contact
from domain.message import ActorKind, Id
from domain.people.state import User
from server.store.connect import Store
from server.store.documents import fetch, fetch_many, find
from server.store.people import staff_roles


async def survivor_of(store: Store, contact_id: str | None) -> Contact | None:
    """The contact that an id stands for today, after all merges."""
    contact = await fetch(store, Contact, contact_id)
    while contact is not None and contact.merged_into is not None:
        contact = await fetch(store, Contact, contact.merged_into)
    return contact


async def names_through_merges(store: Store, contact_id: str) -> list[Id]:
    """An id and those that stood for the same person after each merge, the survivor's last."""
    names = [contact_id]
    while (contact := await fetch(store, Contact, names[-1])) and contact.merged_into:
        names.append(contact.merged_into)
    return names


async def survivors_of(store: Store, contact_ids: Iterable[str]) -> dict[Id, Contact]:
    """For each of the ids the contact that it stands for today; one query a length of chain."""
    asked = list(dict.fromkeys(contact_ids))
    known: dict[Id, Contact] = {}
    ahead = set(asked)
    while ahead:
        known |= await fetch_many(store, Contact, ahead)
        ahead = {each.merged_into for each in known.values() if each.merged_into} - known.keys()
    survivors: dict[Id, Contact] = {}
    for asked_id in asked:
        contact = known.get(asked_id)
        while contact is not None and contact.merged_into is not None:
            contact = known.get(contact.merged_into)
        if contact is not None:
            survivors[asked_id] = contact
    return survivors


async def verified_holder(store: Store, email: str) -> Contact | None:
    """The contact that proved to hold an address."""
    held = {"state.addresses": {"$elemMatch": {"email": email, "verified": True}}}
    for contact in await find(store, Contact, held):
        if contact.merged_into is None:
            return contact
    return None


async def names_of(store: Store, ids: Iterable[str]) -> dict[Id, dict[str, Any]]:
    """{id: {name, kind}} of those that are users or contacts; at most three queries."""
    asked = list(dict.fromkeys(ids))
    users = await fetch_many(store, User, asked)
    contacts = await fetch_many(store, Contact, (each for each in asked if each not in users))
    named = {
        contact.id: {"name": contact.name, "kind": ActorKind.CLIENT.value}
        for contact in contacts.values()
    }
    staff = await staff_roles(store) if users else frozenset[str]()
    for user in users.values():
        kind = ActorKind.AGENT if user.role in staff else ActorKind.CLIENT
        named[user.id] = {"name": user.name, "kind": kind.value}
    return named

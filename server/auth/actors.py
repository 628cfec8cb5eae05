"""From a user, a guest or a known contact to the actor that the rules know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.access import Actor
from domain.contact.state import Contact
from domain.message import ActorKind, Id
from domain.people.state import CLIENT, Role, Team, User
from server.store.connect import Store
from server.store.contacts import survivors_of
from server.store.documents import fetch_many, find
from server.store.people import teams_of


class Standing(NamedTuple):
    """What somebody may now, and why."""

    actor: Actor
    version: str
    user: User | None
    contact: Contact | None
    role: Role
    teams: Sequence[Team]


async def fetch_standings(store: Store, user_ids: Iterable[str]) -> dict[Id, Standing]:
    """Those of the users who may log in, by id; a query for each kind of document."""
    users = {
        user.id: user for user in (await fetch_many(store, User, user_ids)).values() if user.active
    }
    roles = {role.name: role for role in await find(store, Role)} if users else {}
    teams = await teams_of(store, users)
    clients = (user for user in users.values() if user.role in roles and not roles[user.role].staff)
    contacts = await survivors_of(store, (user.contact_id for user in clients if user.contact_id))
    return {
        user.id: _standing(
            user, roles[user.role], teams[user.id], contacts.get(user.contact_id or "")
        )
        for user in users.values()
        if user.role in roles
    }


async def fetch_guests(store: Store, contact_ids: Iterable[str]) -> dict[Id, Standing]:
    """Those of the contacts who are still guests, by id; two queries."""
    contacts = await fetch_many(store, Contact, contact_ids)
    guests = [each for each in contacts.values() if each.guest and each.merged_into is None]
    roles = await find(store, Role, {"state.name": CLIENT}) if guests else []
    return {guest.id: _without_log_in(guest, role) for guest in guests for role in roles}


async def fetch_known(store: Store, contact_ids: Iterable[str]) -> dict[Id, Standing]:
    """Those of the contacts who may come in by their address alone, by id; three queries.

    Not who is blocked, merged or erased, nor who has a log-in that is closed or of staff.
    """
    found = await fetch_many(store, Contact, contact_ids)
    contacts = [each for each in found.values() if is_known(each)]
    users = await fetch_many(store, User, (each.user_id for each in contacts if each.user_id))
    roles = {role.name: role for role in await find(store, Role)} if contacts else {}
    standings: dict[Id, Standing] = {}
    for contact in contacts:
        user = users.get(contact.user_id) if contact.user_id else None
        role = roles.get(user.role if user else CLIENT)
        closed = contact.user_id is not None and (user is None or not user.active)
        if role is not None and not role.staff and not closed:
            standings[contact.id] = _without_log_in(contact, role)
    return standings


def is_known(contact: Contact) -> bool:
    """Whether somebody proved an address of theirs, and is neither blocked nor merged."""
    proven = any(address.verified for address in contact.addresses)
    return proven and not (contact.guest or contact.blocked or contact.merged_into)


def _standing(user: User, role: Role, teams: Sequence[Team], contact: Contact | None) -> Standing:
    versions = [f"u{user.version}", f"r{role.id}:{role.version}"]
    versions += [f"t{team.id}:{team.version}" for team in teams]
    if contact:
        versions.append(f"c{contact.id}:{contact.version}")
    kind = ActorKind.AGENT if role.staff else ActorKind.CLIENT
    first = contact.id if contact else user.contact_id or user.id
    # Staff can merge contacts: what they ask for themselves must not bring others' tickets along.
    contact_ids = (
        (user.contact_id or user.id,)
        if role.staff
        else (first, *(contact.aliases if contact else ()))
    )
    actor = Actor(
        kind=kind,
        id=user.id if role.staff else first,
        user_id=user.id,
        contact_ids=contact_ids,
        company_id=contact.company_id if contact else None,
        team_ids=frozenset(team.id for team in teams),
        role=role.name,
        permissions=role.permissions,
    )
    return Standing(actor, ".".join(versions), user, contact, role, teams)


def _without_log_in(contact: Contact, role: Role) -> Standing:
    actor = Actor(
        kind=ActorKind.CLIENT,
        id=contact.id,
        contact_ids=(contact.id, *contact.aliases),
        company_id=contact.company_id,
        role=role.name,
        permissions=role.permissions,
        guest=contact.guest,
    )
    version = f"g{contact.version}.r{role.id}:{role.version}"
    return Standing(actor, version, None, contact, role, ())

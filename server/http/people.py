"""What people are called: the log and the rooms name them by id only."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from domain.access import Actor, Permission, Scope, allows
from domain.contact.state import Contact
from domain.message import ActorKind, Id, Record
from server.http.operation import Call, operation
from server.http.reading import CommaSeparated
from server.store.contacts import names_of
from server.store.documents import fetch_many


class PeopleQuery(Record):
    """The ids of users and contacts, by commas."""

    ids: Annotated[tuple[Id, ...], CommaSeparated, Field(max_length=200)]


class Named(BaseModel):
    name: str
    kind: ActorKind


class People(BaseModel):
    """By id; who is not there, or must not be seen by the asker, is left out."""

    people: dict[str, Named]


@operation("GET", "/api/people", "The names of people", takes=PeopleQuery, answers=People)
async def list_people(call: Call, query: PeopleQuery) -> People:
    named = await names_of(call.parts.store, query.ids)
    if not allows(call.actor, Permission.PEOPLE_READ):
        named = await _for_a_client(call, named)
    return People(people={who: Named.model_validate(each) for who, each in named.items()})


async def _for_a_client(call: Call, named: dict[Id, dict[str, Any]]) -> dict[Id, dict[str, Any]]:
    """Those who work here, oneself, and where tickets are shared the colleagues."""
    clients = [who for who, each in named.items() if each["kind"] == ActorKind.CLIENT]
    contacts = await fetch_many(call.parts.store, Contact, clients)
    hidden = {
        who
        for who in clients
        if who not in (*call.actor.identities, call.actor.user_id)
        and not _colleague(call.actor, contacts.get(who))
    }
    return {who: each for who, each in named.items() if who not in hidden}


def _colleague(actor: Actor, contact: Contact | None) -> bool:
    shares = actor.permissions.get(Permission.TICKET_READ) in (Scope.COMPANY, Scope.ALL)
    company = contact.company_id if contact else None
    return shares and company is not None and company == actor.company_id


OPERATIONS = (list_people,)

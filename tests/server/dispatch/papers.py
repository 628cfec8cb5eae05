"""Plain documents in a store, and somebody who may change them."""

from __future__ import annotations

from uuid import uuid4

from domain.access import DEFAULT_ROLES, Actor
from domain.message import ActorKind, Id
from domain.people.commands import CreateTeam, CreateUser
from domain.people.state import User
from domain.ports import Outcome
from server.dispatch.documents import DocumentDispatch
from server.store.connect import Raw, Store
from server.store.documents import fetch


def new_id() -> str:
    return str(uuid4())


def admin(user_id: Id | None = None) -> Actor:
    """Somebody who may everything."""
    identity = user_id or new_id()
    return Actor(
        kind=ActorKind.AGENT,
        id=identity,
        user_id=identity,
        role="admin",
        permissions=DEFAULT_ROLES["admin"],
    )


def a_user(role: str = "agent", **fields: object) -> CreateUser:
    given = {"command_id": new_id(), "email": f"{new_id()}@x.test", "name": "Ada", "role": role}
    return CreateUser.model_validate(given | fields)


async def make_user(
    documents: DocumentDispatch, store: Store, role: str = "agent", **fields: object
) -> User:
    outcome = await documents.dispatch(a_user(role, **fields), admin())
    user = await fetch(store, User, outcome.result["user_id"])
    assert user is not None
    return user


async def make_team(documents: DocumentDispatch, name: str, *members: Id) -> Outcome:
    command = CreateTeam(command_id=new_id(), name=name, member_ids=members)
    return await documents.dispatch(command, admin())


async def everything(store: Store) -> dict[str, list[Raw]]:
    """All that is kept, by collection."""
    names = await store.database.list_collection_names()
    return {name: await store.database[name].find({}).to_list() for name in names}

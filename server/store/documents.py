"""Reading plain documents: by id, by what is unique, by a filter, in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pymongo import ASCENDING

from domain.document import KNOWN_ONLY, Document
from domain.errors import Retryable
from domain.message import Id
from server.store.connect import Raw, Store
from server.store.kinds import KINDS, LIVE, Kind

Kept = TypeVar("Kept", bound=Document)

_BY_STATE = {kind.state: kind for kind in KINDS.values()}


def kind_of(state: type[Document]) -> Kind:
    """The kind that a domain class is kept as."""
    return _BY_STATE[state]


def load(state: type[Kept], raw: Mapping[str, Any]) -> Kept:
    """The document that was kept, as far as this release knows it."""
    return state.model_validate(_whole(raw), extra="ignore", context=KNOWN_ONLY)


def load_to_change(state: type[Kept], raw: Mapping[str, Any]) -> Kept:
    """The document that was kept; raises Retryable where writing it would lose what only a
    newer release knows."""
    try:
        return state.model_validate(_whole(raw))
    except ValidationError:
        raise Retryable("A newer release wrote this, and this node cannot change it yet.") from None


def _whole(raw: Mapping[str, Any]) -> Raw:
    return {**raw["state"], "id": raw["_id"], "version": raw["version"]}


def fields_of(document: Document) -> Raw:
    """What is kept of a document beside its id, version and what it owes."""
    kind = kind_of(type(document))
    state = document.model_dump(mode="json", exclude={"id", "version"})
    key = str(state[kind.unique]).casefold() if kind.unique else document.id
    return {"state": state, "key": key, "gone": False}


async def fetch(store: Store, state: type[Kept], identity: str | None) -> Kept | None:
    """One document by its id."""
    if identity is None:
        return None
    raw = await store[kind_of(state).model].find_one({"_id": identity, **LIVE})
    return None if raw is None else load(state, raw)


async def fetch_many(store: Store, state: type[Kept], ids: Iterable[str]) -> dict[Id, Kept]:
    """Those of the documents that are there, by id; one query."""
    named = list(dict.fromkeys(ids))
    if not named:
        return {}
    return {each.id: each for each in await find(store, state, {"_id": {"$in": named}})}


async def find(
    store: Store, state: type[Kept], where: Mapping[str, Any] | None = None, limit: int = 0
) -> list[Kept]:
    """The documents that fit a filter on `state.<field>`, in the order of their ids."""
    cursor = store[kind_of(state).model].find(
        {**LIVE, **(where or {})}, {"pending": 0}, sort=[("_id", ASCENDING)], limit=limit
    )
    return [load(state, raw) async for raw in cursor]


async def versions(store: Store, state: type[Document]) -> dict[Id, int]:
    """The version of every document of a kind, by id."""
    cursor = store[kind_of(state).model].find(LIVE, {"version": 1})
    return {raw["_id"]: raw["version"] async for raw in cursor}


async def page(
    store: Store, state: type[Kept], after: str | None = None, limit: int = 100
) -> list[Kept]:
    """The next documents after an id, at most `limit`."""
    return await find(store, state, {"_id": {"$gt": after}} if after else None, limit)


async def fetch_by_key(store: Store, state: type[Kept], key: str) -> Kept | None:
    """The document that has a unique name or address, in whatever case it is written."""
    raw = await store[kind_of(state).model].find_one({"key": key.casefold(), **LIVE})
    return None if raw is None else load(state, raw)


async def count(store: Store, state: type[Document], where: Mapping[str, Any]) -> int:
    """How many documents fit a filter on `state.<field>`."""
    return await store[kind_of(state).model].count_documents({**LIVE, **where})


async def ids_among(store: Store, state: type[Document], ids: Iterable[str]) -> frozenset[Id]:
    """Those of the ids that name a document of this kind."""
    named = list(dict.fromkeys(ids))
    if not named:
        return frozenset()
    cursor = store[kind_of(state).model].find({"_id": {"$in": named}, **LIVE}, {"_id": 1})
    return frozenset([raw["_id"] async for raw in cursor])

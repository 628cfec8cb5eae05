"""The commands that write documents: insert, update, delete, findAndModify."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bson import ObjectId

from .catalog import Collection
from .documents import (
    MAX_DOCUMENT,
    Document,
    Value,
    check_storable,
    decode,
    decode_given,
    encode,
    too_large,
)
from .engine import Engine, Fields, Request, Steps, check_fields
from .errors import MongoError
from .indexes import parse_pattern
from .pages import Row, fetch
from .scan import collect, limited, rows_for
from .update import Update

MAX_STATEMENTS = 100_000
_UPDATE: Fields = {"q": (dict,), "u": (dict, list), "upsert": (bool,), "multi": (bool,)}
_DELETE: Fields = {"q": (dict,), "limit": (int, float)}


def insert(engine: Engine, request: Request) -> Steps:
    inserted = 0
    statements = _statements(request, "documents")
    _collection(engine, request)

    def write(_: int, statement: Value) -> Steps:
        nonlocal inserted
        if isinstance(statement, bytes):
            document, raw = decode_given(statement), statement
        else:
            document, raw = statement, encode(statement)
        _insert_one(engine, request, document, raw)
        inserted += 1
        return
        yield

    errors = yield from _each(request, statements, write)
    return _reply({"n": inserted}, errors)


def update(engine: Engine, request: Request) -> Steps:
    matched = modified = 0
    upserted: list[Document] = []

    def write(n: int, given: Document) -> Steps:
        nonlocal matched, modified
        change = Update(given["u"], given["q"])
        multi = bool(given.get("multi"))
        if multi and change.is_replacement:
            raise MongoError(9, "multi update is not supported for replacement-style update")
        if multi and "txnNumber" in request.body:
            raise MongoError(72, "Cannot use retryable writes with multi=true")
        rows = yield from _matching(engine, request, given["q"], [], None if multi else 1)
        with engine.store.savepoint("statement"):
            changed = 0
            for row in rows:
                changed += _change(engine, request, row, change)[1]
                yield
            if not rows and given.get("upsert"):
                document = _upsert(engine, request, change)
                upserted.append({"index": n, "_id": document["_id"]})
                matched += 1
        matched += len(rows)
        modified += changed

    statements = _checked(request, "updates", _UPDATE, ("q", "u"))
    errors = yield from _each(request, statements, write)
    reply: Document = {"n": matched, "nModified": modified}
    if upserted:
        reply["upserted"] = upserted
    return _reply(reply, errors)


def delete(engine: Engine, request: Request) -> Steps:
    deleted = 0

    def write(_: int, given: Document) -> Steps:
        nonlocal deleted
        if given["limit"] not in (0, 1):
            raise MongoError(9, "the limit of a delete is 0 or 1")
        if given["limit"] == 0 and "txnNumber" in request.body:
            raise MongoError(72, "Cannot use retryable writes with limit=0")
        rows = yield from _matching(engine, request, given["q"], [], int(given["limit"]) or None)
        for rid, raw in rows:
            collection = _collection(engine, request)
            raw = raw or fetch(engine.writing, collection, rid)
            engine.store.delete(collection, rid, decode(raw))
            deleted += 1
            yield

    statements = _checked(request, "deletes", _DELETE, ("q", "limit"))
    errors = yield from _each(request, statements, write)
    return _reply({"n": deleted}, errors)


def find_and_modify(engine: Engine, request: Request) -> Steps:
    query: Document = request.get("query") or {}
    sort = parse_pattern(request.get("sort") or {}, "sort")
    change = Update(request.get("update"), query)
    rows = yield from _matching(engine, request, query, sort, 1)
    after: Document | None = None
    outcome: Document = {"n": len(rows), "updatedExisting": bool(rows)}
    if rows:
        after = _change(engine, request, rows[0], change)[0]
    elif request.get("upsert"):
        after = _upsert(engine, request, change)
        outcome["n"], outcome["upserted"] = 1, after["_id"]
    before = decode(rows[0][1]) if rows else None
    value = after if request.get("new") else before
    return {"lastErrorObject": outcome, "value": value, "ok": 1.0}


# Statements


def _statements(request: Request, name: str) -> list[Any]:
    """The documents of a write command, still encoded where they came as a sequence."""
    given: list[Any] = request.sequences.get(name) or request.body.get(name) or []
    if not 0 < len(given) <= MAX_STATEMENTS:
        raise MongoError(2, f"Write batch sizes must be between 1 and {MAX_STATEMENTS}")
    return given


def _checked(
    request: Request, name: str, allowed: Fields, required: Sequence[str]
) -> list[Document]:
    """The statements of a command; one that is not understood refuses them all."""
    where = f"{request.name}.{name}"
    return [
        check_fields(where, found, allowed, required)
        for given in _statements(request, name)
        for found in (decode_given(given) if isinstance(given, bytes) else given,)
    ]


def _each(request: Request, statements: list[Any], write: Callable[[int, Any], Steps]) -> Steps:
    """Run statements one by one; what fails is reported, and ends an ordered batch."""
    errors: list[Document] = []
    for n, statement in enumerate(statements):
        try:
            yield from write(n, statement)
        except MongoError as error:
            errors.append(error.as_write_error(n))
            if request.get("ordered", True):
                break
        yield
    return errors


def _reply(counts: Document, errors: list[Document]) -> Document:
    return {**counts, **({"writeErrors": errors} if errors else {}), "ok": 1.0}


# Documents


def _collection(engine: Engine, request: Request) -> Collection:
    found = engine.writing.collection(request.db, request.target)
    return found or engine.store.create_collection(request.db, request.target)


def _matching(
    engine: Engine,
    request: Request,
    query: Document,
    sort: list[tuple[str, int]],
    limit: int | None,
) -> Steps:
    """The rows a write is about, all found before the first of them changes.

    Without a limit they come without their documents, which may be more than fit in memory.
    """
    collection = engine.writing.collection(request.db, request.target)
    rows = rows_for(engine.writing, collection, query, sort, None, limit)
    if limit is None:
        rows = (row and (row[0], b"") for row in rows)
    return (yield from collect(limited(rows, 0, limit)))


def _change(engine: Engine, request: Request, row: Row, change: Update) -> tuple[Document, bool]:
    """Apply an update to a row: the document as it is now, and whether it was changed."""
    rid, raw = row
    collection = _collection(engine, request)
    raw = raw or fetch(engine.writing, collection, rid)
    changed = change.apply(decode(raw))
    encoded = encode(changed)
    if encoded == raw:
        return changed, False
    check_storable(changed, len(encoded))
    engine.store.replace(collection, rid, raw, changed, encoded)
    return changed, True


def _upsert(engine: Engine, request: Request, change: Update) -> Document:
    document = change.upserted()
    document = {"_id": document.get("_id", ObjectId()), **document}
    raw = encode(document)
    _insert_one(engine, request, document, raw)
    return document


def _insert_one(engine: Engine, request: Request, document: Document, raw: bytes) -> None:
    check_storable(document, len(raw))
    if next(iter(document), None) != "_id":
        identity = document.pop("_id") if "_id" in document else ObjectId()
        document = {"_id": identity, **document}
        raw = encode(document)
    elif len(raw) > MAX_DOCUMENT:
        raise too_large(len(raw))
    with engine.store.savepoint("statement"):
        engine.store.insert(_collection(engine, request), document, raw)

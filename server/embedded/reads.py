"""The commands that read: find, getMore, count, distinct, aggregate, explain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from bson import Int64

from .aggregate import Documents, compile_pipeline, run_pipeline
from .catalog import Collection, Row, View
from .cursors import FIRST_BATCH, Cursor
from .documents import MISSING, Document, Value, as_integer, decode, encode, split_path, walk
from .engine import Engine, Reply, Request, Steps
from .errors import MongoError, unknown_field
from .indexes import parse_pattern
from .keys import key
from .matcher import compile_filter
from .pages import PAGE, count_keys
from .planner import Plan, plan
from .projection import compile_projection
from .scan import Stream, documents, in_order, limited, read
from .wire import cursor_reply


def rows_for(
    view: View,
    collection: Collection | None,
    query: Document,
    sort: list[tuple[str, int]],
    hint: Value = None,
    limit: int | None = None,
) -> Stream[Row]:
    """The rows that match a query, sorted; `limit` tells how many will be taken at most."""
    matches = compile_filter(query)
    if collection is None:
        return iter(())
    chosen = plan(view, collection, query, sort, hint, limit)
    if chosen.sorted:
        page = min(limit or PAGE, PAGE) if chosen.exact else PAGE
        return read(view, collection, chosen, matches, page)
    return in_order(read(view, collection, chosen, matches), sort, limit)


def find(engine: Engine, request: Request) -> Steps:
    for name in ("tailable", "awaitData", "returnKey", "showRecordId"):
        if request.get(name):
            raise MongoError(238, f"{name} is not supported by this store")
    skip = _natural(request, "skip")
    limit = _natural(request, "limit") or None
    single = bool(request.get("singleBatch"))
    if request.get("limit", 0) < 0:
        raise MongoError(51024, "BSON field 'limit' value must be >= 0")
    projection = compile_projection(request.get("projection") or {})
    sort = parse_pattern(request.get("sort") or {}, "sort")
    view = engine.reading
    rows = rows_for(
        view,
        view.collection(request.db, request.target),
        request.get("filter") or {},
        sort,
        _hint(request),
        None if limit is None else skip + limit,
    )
    if skip:
        rows = limited(rows, skip, None)
    stream: Stream[bytes]
    if projection is None:
        stream = (row and row[1] for row in rows)
    else:
        stream = (row and encode(projection(decode(row[1]))) for row in rows)
    cursor = Cursor(stream, f"{request.db}.{request.target}", request.session, limit)
    cursor.never_expires = bool(request.get("noCursorTimeout"))
    return (yield from _first_batch(engine, cursor, request.get("batchSize"), single))


def _hint(request: Request) -> Value:
    hint = request.get("hint")
    return None if hint == {} else hint


def _natural(request: Request, name: str) -> int:
    value = as_integer(request.get(name) or 0, name)
    if value < 0:
        raise MongoError(51024, f"BSON field '{name}' value must be >= 0")
    return value


def _first_batch(engine: Engine, cursor: Cursor, batch_size: Value, single: bool = False) -> Steps:
    count = FIRST_BATCH if batch_size is None else as_integer(batch_size, "batchSize")
    if count < 0:
        raise MongoError(51024, "BSON field 'batchSize' value must be >= 0")
    batch = yield from cursor.take(count)
    if cursor.exhausted or single:
        return cursor_reply(batch, 0, cursor.namespace, "firstBatch")
    return cursor_reply(batch, engine.cursors.keep(cursor), cursor.namespace, "firstBatch")


def get_more(engine: Engine, request: Request) -> Steps:
    id = as_integer(request.get("getMore"), "getMore")
    namespace = f"{request.db}.{request.get('collection')}"
    cursor = engine.cursors.get(id, namespace)
    count = as_integer(request.get("batchSize") or 0, "batchSize") or None
    cursor.in_use = True
    try:
        batch = yield from cursor.take(count)
    except BaseException:
        engine.cursors.close(id)
        raise
    finally:
        cursor.in_use = False
    if cursor.exhausted:
        engine.cursors.close(id)
    return cursor_reply(batch, 0 if cursor.exhausted else id, namespace, "nextBatch")


def kill_cursors(engine: Engine, request: Request) -> Reply:
    ids = [Int64(id) for id in request.get("cursors") or ()]
    killed = [id for id in ids if engine.cursors.close(id)]
    missing = [id for id in ids if id not in killed]
    return {
        "cursorsKilled": killed,
        "cursorsNotFound": missing,
        "cursorsAlive": [],
        "cursorsUnknown": [],
        "ok": 1.0,
    }


def count(engine: Engine, request: Request) -> Steps:
    view = engine.reading
    collection = view.collection(request.db, request.target)
    query: Document = request.get("query") or {}
    skip = _natural(request, "skip")
    limit = abs(as_integer(request.get("limit") or 0, "limit"))
    compile_filter(query)
    number = 0
    if collection is not None:
        number = yield from count_matching(view, collection, query, _hint(request))
    number = max(0, number - skip)
    return {"n": min(number, limit) if limit else number, "ok": 1.0}


def count_matching(
    view: View, collection: Collection, query: Document, hint: Value = None
) -> Steps:
    """How many documents match; from the index alone where that is enough."""
    chosen = plan(view, collection, query, [], hint)
    if chosen.exact:
        index = chosen.index or collection.indexes[0]
        if not index.multikey or len(chosen.intervals) == 1:
            return sum(count_keys(view, index, interval) for interval in chosen.intervals)
    number = 0
    for row in read(view, collection, chosen, compile_filter(query)):
        if row is None:
            yield
        else:
            number += 1
    return number


def distinct(engine: Engine, request: Request) -> Steps:
    parts = split_path(request.body["key"])
    view = engine.reading
    collection = view.collection(request.db, request.target)
    found: dict[bytes, Any] = {}
    for row in rows_for(view, collection, request.get("query") or {}, [], _hint(request)):
        if row is None:
            yield
            continue
        for value in walk(decode(row[1]), parts):
            for item in value if value.__class__ in (list, tuple) else [value]:
                if item is not MISSING:
                    found.setdefault(key(item), item)
    return {"values": [found[item] for item in sorted(found)], "ok": 1.0}


def aggregate(engine: Engine, request: Request) -> Steps:
    stages = cast("list[Any]", request.body["pipeline"])
    if stages and isinstance(stages[0], dict) and "$changeStream" in stages[0]:
        raise MongoError(40573, "The $changeStream stage is not supported by this store")
    options = request.get("cursor")
    if options is None:
        raise MongoError(9, "The 'cursor' option is required, except for aggregate with explain")
    for name in options:
        if name != "batchSize":
            raise unknown_field("aggregate.cursor", name)
    view = engine.reading
    stream = _pipeline(view, request, stages)
    encoded = (document if document is None else encode(document) for document in stream)
    cursor = Cursor(encoded, f"{request.db}.{request.target}", request.session)
    return (yield from _first_batch(engine, cursor, options.get("batchSize")))


def _pipeline(view: View, request: Request, stages: list[Any]) -> Documents:
    collection = view.collection(request.db, request.target)

    query, sort, rest = split_pipeline(stages)
    compiled = compile_pipeline(stages)[len(stages) - len(rest) :]
    if collection is not None and rest == [{"$group": {"_id": 1, "n": {"$sum": 1}}}] and not sort:
        return _counted(view, collection, query, _hint(request))  # What count_documents sends.
    first = cast("Document", rest[0]) if rest else {}
    limit = as_integer(first["$limit"], "$limit") if "$limit" in first else None
    rows = rows_for(view, collection, query, sort, _hint(request), limit)
    return run_pipeline(documents(rows), compiled)


def split_pipeline(stages: list[Any]) -> tuple[Document, list[tuple[str, int]], list[Any]]:
    """The query and sort at the start of a pipeline, for the planner, and what follows."""
    rest = list(stages)
    filters: list[Document] = []
    while rest and isinstance(rest[0], dict) and list(cast("Document", rest[0])) == ["$match"]:
        filters.append(cast("Document", rest.pop(0))["$match"])
    query = filters[0] if len(filters) == 1 else {"$and": filters} if filters else {}
    sort: list[tuple[str, int]] = []
    if rest and isinstance(rest[0], dict) and list(cast("Document", rest[0])) == ["$sort"]:
        sort = parse_pattern(cast("Document", rest.pop(0))["$sort"], "$sort")
    return query, sort, rest


def _counted(view: View, collection: Collection, query: Document, hint: Value) -> Documents:
    number = yield from count_matching(view, collection, query, hint)
    if number:
        yield {"_id": 1, "n": number}


def explain(engine: Engine, request: Request) -> Reply:
    """The plan of a reading command, as far as MongoDB's form of it is meaningful here."""
    body = cast("Document", request.body["explain"])
    name = next(iter(body), "")
    sort: list[tuple[str, int]] = []
    if name in ("find", "count", "distinct"):
        query = cast("Document", body.get("filter" if name == "find" else "query") or {})
        sort = parse_pattern(body.get("sort") or {}, "sort")
    elif name == "aggregate":
        query, sort, _ = split_pipeline(body.get("pipeline") or [])
    elif name in ("update", "delete"):
        query = body["updates" if name == "update" else "deletes"][0]["q"]
    else:
        raise MongoError(59, f"Explain failed due to unknown command: {name}")
    compile_filter(query)
    collection = engine.reading.collection(request.db, body[name])
    winning: Document = {"stage": "EOF"}
    if collection is not None:
        limit = as_integer(body.get("limit") or 0, "limit") or None
        chosen = plan(engine.reading, collection, query, sort, body.get("hint"), limit)
        winning = _explained(chosen, sort)
    planner: Document = {
        "namespace": f"{request.db}.{body[name]}",
        "parsedQuery": query,
        "winningPlan": winning,
        "rejectedPlans": [],
    }
    return {"explainVersion": "1", "queryPlanner": planner, "ok": 1.0}


def _explained(chosen: Plan, sort: list[tuple[str, int]]) -> Document:
    stage: Document = {"stage": "COLLSCAN", "direction": "forward"}
    if chosen.branches:
        stage = {"stage": "OR", "inputStages": [_explained(b, []) for b in chosen.branches]}
    elif chosen.index is not None:
        scan = {
            "stage": "IXSCAN",
            "keyPattern": chosen.index.spec["key"],
            "indexName": chosen.index.name,
            "isMultiKey": bool(chosen.index.multikey),
            "direction": "backward" if chosen.backwards else "forward",
            "intervals": len(chosen.intervals),
            "exact": chosen.exact,
        }
        stage = {"stage": "FETCH", "inputStage": scan}
    if sort and not chosen.sorted:
        stage = {"stage": "SORT", "sortPattern": dict(sort), "inputStage": stage}
    return stage


def one_batch(found: Iterator[Document], namespace: str) -> Reply:
    """An answer in the form of a cursor that has everything in its first batch."""
    return cursor_reply([encode(document) for document in found], 0, namespace, "firstBatch")

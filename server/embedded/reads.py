"""The commands that read: find, getMore, killCursors, aggregate, explain."""

from __future__ import annotations

from typing import Any, cast

from bson import Int64

from .aggregate import Documents, compile_stage
from .catalog import View
from .cursors import FIRST_BATCH, Cursor
from .documents import Document, Value, as_integer, decode, encode
from .engine import Engine, Reply, Request, Steps, check_fields
from .errors import MongoError
from .indexes import Index, parse_pattern
from .matcher import compile_filter
from .pages import Interval, count_keys
from .planner import Plan, plan
from .projection import compile_projection
from .scan import Stream, limited, rows_for
from .wire import cursor_reply

# What count_documents sends behind its filter; as BSON, for to Python 1 and True are equal.
_COUNT = encode({"rest": [{"$group": {"_id": 1, "n": {"$sum": 1}}}]})


def find(engine: Engine, request: Request) -> Steps:
    skip, limit = _natural(request, "skip"), _natural(request, "limit") or None
    projection = compile_projection(request.get("projection") or {})
    view = engine.reading
    rows = rows_for(
        view,
        view.collection(request.db, request.target),
        request.get("filter") or {},
        parse_pattern(request.get("sort") or {}, "sort"),
        request.get("hint"),
        None if limit is None else skip + limit,
    )
    if skip:
        rows = limited(rows, skip, None)
    stream: Stream[bytes] = (row and row[1] for row in rows)
    if projection is not None:
        stream = (raw and encode(projection(decode(raw))) for raw in stream)
    cursor = Cursor(stream, f"{request.db}.{request.target}", request.session, limit)
    single = bool(request.get("singleBatch"))
    return (yield from _first_batch(engine, cursor, request.get("batchSize"), single))


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
    id = 0 if cursor.exhausted or single else engine.cursors.keep(cursor)
    return cursor_reply(batch, id, cursor.namespace, "firstBatch")


def get_more(engine: Engine, request: Request) -> Steps:
    id = as_integer(request.get("getMore"), "getMore")
    namespace = f"{request.db}.{request.get('collection')}"
    cursor = engine.cursors.get(id, namespace)
    cursor.in_use = True
    try:
        batch = yield from cursor.take(_natural(request, "batchSize") or None)
    except BaseException:
        engine.cursors.close(id)
        raise
    finally:
        cursor.in_use = False
    if cursor.exhausted:
        engine.cursors.close(id)
    return cursor_reply(batch, 0 if cursor.exhausted else id, namespace, "nextBatch")


def kill_cursors(engine: Engine, request: Request) -> Reply:
    ids = [Int64(as_integer(id, "a cursor's id")) for id in request.get("cursors") or ()]
    killed = [id for id in ids if engine.cursors.close(id)]
    missing = [id for id in ids if id not in killed]
    reply: Document = {"cursorsKilled": killed, "cursorsNotFound": missing}
    return {**reply, "cursorsAlive": [], "cursorsUnknown": [], "ok": 1.0}


def aggregate(engine: Engine, request: Request) -> Steps:
    options = request.get("cursor")
    if options is None:
        raise MongoError(9, "The 'cursor' option is required")
    check_fields("aggregate.cursor", options, {"batchSize": (int, float)})
    stream = _pipeline(engine.reading, request)
    encoded = (document if document is None else encode(document) for document in stream)
    cursor = Cursor(encoded, f"{request.db}.{request.target}", request.session)
    return (yield from _first_batch(engine, cursor, options.get("batchSize")))


def _pipeline(view: View, request: Request) -> Documents:
    """The documents behind all stages; the planner gets the filter that comes first."""
    given = cast("list[Any] | None", request.get("pipeline"))
    if given is None:
        raise MongoError(40414, "BSON field 'aggregate.pipeline' is missing but required")
    stages = [compile_stage(stage) for stage in given]
    filtered = bool(given) and "$match" in given[0]
    query: Document = given[0]["$match"] if filtered else {}
    rest = given[filtered:]
    collection = view.collection(request.db, request.target)
    if collection is not None and encode({"rest": rest}) == _COUNT:
        chosen = plan(view, collection, query, [])
        index = chosen.index or collection.indexes[0]
        if chosen.exact and (len(chosen.intervals) == 1 or not index.multikey):
            return _counted(view, index, chosen.intervals)
    rows = rows_for(view, collection, query, [])
    documents: Documents = (row and decode(row[1]) for row in rows)
    for stage in stages[filtered:]:
        documents = stage(documents)
    return documents


def _counted(view: View, index: Index, intervals: list[Interval]) -> Documents:
    """How many documents match, from the keys alone."""
    if number := sum(count_keys(view, index, interval) for interval in intervals):
        yield {"_id": 1, "n": number}


def explain(engine: Engine, request: Request) -> Reply:
    """The plan of a find, as far as MongoDB's form of it is meaningful here."""
    query: Document = request.get("filter") or {}
    sort = parse_pattern(request.get("sort") or {}, "sort")
    compile_filter(query)
    collection = engine.reading.collection(request.db, request.target)
    winning: Document = {"stage": "EOF"}
    if collection is not None:
        limit = _natural(request, "limit") or None
        chosen = plan(engine.reading, collection, query, sort, request.get("hint"), limit)
        winning = _explained(chosen, sort)
    planner = {"namespace": f"{request.db}.{request.target}", "winningPlan": winning}
    return {"explainVersion": "1", "queryPlanner": {**planner, "rejectedPlans": []}, "ok": 1.0}


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
        }
        stage = {"stage": "FETCH", "inputStage": scan}
    if sort and not chosen.sorted:
        stage = {"stage": "SORT", "sortPattern": dict(sort), "inputStage": stage}
    return stage

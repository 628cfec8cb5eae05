"""Every command this store knows, with every field it takes; all else is refused."""

from __future__ import annotations

from . import admin, reads, writes
from .engine import Command, Engine, Fields, Reply, Request, Run, check_request
from .errors import MongoError, not_supported

_DOC, _LIST, _TEXT, _FLAG, _NUMBER = (dict,), (list,), (str,), (bool,), (int, float)

_FIND = Command(
    reads.find,
    {
        "filter": _DOC,
        "sort": _DOC,
        "projection": _DOC,
        "hint": (str, dict),
        "skip": _NUMBER,
        "limit": _NUMBER,
        "batchSize": _NUMBER,
        "singleBatch": _FLAG,
    },
)
_FIND_AND_MODIFY = {
    "query": _DOC,
    "sort": _DOC,
    "update": (dict, list),
    "new": _FLAG,
    "upsert": _FLAG,
}
# Drivers tell about themselves in ever new fields; none of them changes the answer.
_HELLO = Command(admin.hello, any_field=True)


def _explain(engine: Engine, request: Request) -> Reply:
    asked = request.body["explain"]
    if not isinstance(asked, dict) or next(iter(asked), "") != "find":  # pyright: ignore
        raise MongoError(59, "Explain failed: only find can be explained")
    if request.get("verbosity") != "queryPlanner":
        raise not_supported("explain with a verbosity other than queryPlanner")
    inner = Request("find", {**asked, "$db": request.db}, {})
    check_request(_FIND, inner)
    return reads.explain(engine, inner)


def _once(run: Run, fields: Fields) -> Command:
    return Command(run, fields, writes=True, retryable=True)


COMMANDS: dict[str, Command] = {
    "hello": _HELLO,
    "isMaster": _HELLO,
    "ismaster": _HELLO,
    "ping": Command(admin.ping),
    "buildInfo": Command(admin.build_info),
    "buildinfo": Command(admin.build_info),
    "endSessions": Command(admin.end_sessions),
    "configureFailPoint": Command(admin.configure_fail_point, {"mode": (str, dict), "data": _DOC}),
    "setParameter": Command(admin.set_parameter, {"ttlMonitorSleepSecs": _NUMBER}),
    "find": _FIND,
    "getMore": Command(reads.get_more, {"collection": _TEXT, "batchSize": _NUMBER}),
    "killCursors": Command(reads.kill_cursors, {"cursors": _LIST}),
    "aggregate": Command(reads.aggregate, {"pipeline": _LIST, "cursor": _DOC}),
    "explain": Command(_explain, {"verbosity": _TEXT}),
    "insert": _once(writes.insert, {"documents": _LIST, "ordered": _FLAG}),
    "update": _once(writes.update, {"updates": _LIST, "ordered": _FLAG}),
    "delete": _once(writes.delete, {"deletes": _LIST, "ordered": _FLAG}),
    "findAndModify": _once(writes.find_and_modify, _FIND_AND_MODIFY),
    "listDatabases": Command(admin.list_databases, {"nameOnly": _FLAG}),
    "listCollections": Command(
        admin.list_collections,
        {"filter": _DOC, "nameOnly": _FLAG, "authorizedCollections": _FLAG, "cursor": _DOC},
    ),
    "listIndexes": Command(admin.list_indexes, {"cursor": _DOC}),
    "create": Command(admin.create, writes=True),
    "drop": Command(admin.drop, writes=True),
    "dropDatabase": Command(admin.drop_database, writes=True),
    "createIndexes": Command(admin.create_indexes, {"indexes": _LIST}, writes=True),
    "validate": Command(admin.validate, writes=True),
    "compact": Command(admin.compact),
}

"""Every command this store knows, with every field it takes; all else is refused."""

from __future__ import annotations

from . import admin, reads, writes
from .engine import Command

_DOC, _LIST, _TEXT, _FLAG, _NUMBER = (dict,), (list,), (str,), (bool,), (int, float)
_HINT = (str, dict)
_LOOSE_FLAG = (bool, int, float)

_FIND = Command(
    reads.find,
    {
        "filter": _DOC,
        "sort": _DOC,
        "projection": _DOC,
        "hint": _HINT,
        "skip": _NUMBER,
        "limit": _NUMBER,
        "batchSize": _NUMBER,
        "singleBatch": _FLAG,
        "collation": _DOC,
        "allowDiskUse": _FLAG,
        "noCursorTimeout": _FLAG,
        "tailable": _FLAG,
        "awaitData": _FLAG,
        "returnKey": _FLAG,
        "showRecordId": _FLAG,
    },
)
# Drivers tell about themselves in ever new fields; none of them changes the answer.
_HELLO = Command(admin.hello, any_field=True)
_WRITE = {"ordered": _FLAG, "bypassDocumentValidation": _FLAG}
_FIND_AND_MODIFY = Command(
    writes.find_and_modify,
    {
        "query": _DOC,
        "sort": _DOC,
        "remove": _LOOSE_FLAG,
        "update": (dict, list),
        "new": _LOOSE_FLAG,
        "fields": _DOC,
        "upsert": _LOOSE_FLAG,
        "bypassDocumentValidation": _FLAG,
        "collation": _DOC,
        "hint": _HINT,
    },
    writes=True,
    retryable=True,
)

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
    "count": Command(
        reads.count,
        {
            "query": _DOC,
            "limit": _NUMBER,
            "skip": _NUMBER,
            "hint": _HINT,
            "collation": _DOC,
            "fields": _DOC,
        },
    ),
    "distinct": Command(
        reads.distinct, {"key": _TEXT, "query": _DOC, "collation": _DOC, "hint": _HINT}
    ),
    "aggregate": Command(
        reads.aggregate,
        {
            "pipeline": _LIST,
            "cursor": _DOC,
            "allowDiskUse": _FLAG,
            "bypassDocumentValidation": _FLAG,
            "collation": _DOC,
            "hint": _HINT,
        },
    ),
    "explain": Command(reads.explain, {"verbosity": _TEXT}),
    "insert": Command(writes.insert, {**_WRITE, "documents": _LIST}, writes=True, retryable=True),
    "update": Command(writes.update, {**_WRITE, "updates": _LIST}, writes=True, retryable=True),
    "delete": Command(writes.delete, {**_WRITE, "deletes": _LIST}, writes=True, retryable=True),
    "findAndModify": _FIND_AND_MODIFY,
    "findandmodify": _FIND_AND_MODIFY,
    "listDatabases": Command(
        admin.list_databases,
        {"filter": _DOC, "nameOnly": _FLAG, "authorizedDatabases": _FLAG},
    ),
    "listCollections": Command(
        admin.list_collections,
        {"filter": _DOC, "nameOnly": _FLAG, "authorizedCollections": _FLAG, "cursor": _DOC},
    ),
    "listIndexes": Command(admin.list_indexes, {"cursor": _DOC}),
    "create": Command(admin.create, writes=True),
    "drop": Command(admin.drop, writes=True),
    "dropDatabase": Command(admin.drop_database, writes=True),
    "createIndexes": Command(
        admin.create_indexes, {"indexes": _LIST, "commitQuorum": (int, str)}, writes=True
    ),
    "dropIndexes": Command(admin.drop_indexes, {"index": (str, dict, list)}, writes=True),
    "validate": Command(admin.validate, {"full": _FLAG, "scandata": _FLAG}, writes=True),
    "compact": Command(admin.compact),
}

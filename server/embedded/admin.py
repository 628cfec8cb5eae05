"""The commands around the data: greetings, collections, indexes, upkeep."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, cast

from bson import ObjectId

from .catalog import Collection
from .documents import Document, decode, decode_given, encode, now_ms
from .engine import Engine, Fields, Reply, Request, Steps, check_fields, session_id
from .errors import MongoError, not_supported
from .indexes import Index, check_spec
from .keys import key
from .matcher import compile_filter
from .pages import scan_collection
from .retries import forget_answers
from .storage import index_keys
from .wire import MAX_MESSAGE, cursor_reply

VERSION = (7, 0, 0)
_PROCESS = ObjectId()
_FAULT: Fields = {
    "failCommands": (list,),
    "namespace": (str,),
    "closeConnection": (bool,),
    "closeConnectionAfter": (bool,),
    "errorCode": (int, float),
    "errorLabels": (list,),
    "writeConcernError": (dict,),
}


def hello(engine: Engine, request: Request) -> Reply:
    """The greeting of a replica set of one, so that drivers retry writes on us."""
    legacy = request.name.lower() == "ismaster"
    return {
        "helloOk": True,
        "ismaster" if legacy else "isWritablePrimary": True,
        "secondary": False,
        "setName": "embedded",
        "setVersion": 1,
        "electionId": _PROCESS,
        "hosts": [engine.address],
        "primary": engine.address,
        "me": engine.address,
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "maxMessageSizeBytes": MAX_MESSAGE,
        "maxWriteBatchSize": 100_000,
        "localTime": now_ms(),
        "logicalSessionTimeoutMinutes": 30,
        "minWireVersion": 0,
        "maxWireVersion": 21,
        "readOnly": False,
        "deskwireEmbedded": True,
        "ok": 1.0,
    }


def ping(_: Engine, __: Request) -> Reply:
    return {"ok": 1.0}


def build_info(_: Engine, __: Request) -> Reply:
    return {
        "version": ".".join(map(str, VERSION)),
        "versionArray": [*VERSION, 0],
        "gitVersion": "",
        "modules": [],
        "sysInfo": "",
        "bits": 64,
        "debug": False,
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "storageEngines": [f"sqlite {sqlite3.sqlite_version}"],
        "deskwireEmbedded": True,
        "ok": 1.0,
    }


def end_sessions(engine: Engine, request: Request) -> Reply:
    given = request.body[request.name]
    if not isinstance(given, list):
        raise MongoError(14, "endSessions takes a list of sessions")
    ids = set(map(session_id, cast("list[Any]", given)))
    engine.cursors.close_sessions(ids)
    return {"ok": 1.0}


def configure_fail_point(engine: Engine, request: Request) -> Reply:
    name = request.body["configureFailPoint"]
    data: Document = request.get("data") or {}
    check_fields("configureFailPoint.data", data, _FAULT)
    engine.failpoints.configure(name, request.get("mode"), data)
    return {"ok": 1.0}


def set_parameter(engine: Engine, request: Request) -> Reply:
    """Only how often expired documents are looked for."""
    seconds = request.get("ttlMonitorSleepSecs") or 0
    if not seconds > 0:
        raise MongoError(72, "the one parameter is ttlMonitorSleepSecs, above zero")
    was, engine.ttl_seconds = engine.ttl_seconds, float(seconds)
    return {"was": was, "ok": 1.0}


# Databases and collections


def list_databases(engine: Engine, request: Request) -> Reply:
    if not request.get("nameOnly"):
        raise not_supported("the sizes of databases")
    names = sorted({db for db, _ in engine.reading.catalog})
    return {"databases": [{"name": name} for name in names], "ok": 1.0}


def list_collections(engine: Engine, request: Request) -> Reply:
    matches = compile_filter(request.get("filter") or {})  # The driver asks so before it creates.
    check_fields("cursor", request.get("cursor") or {}, {})
    found: list[Document] = [
        {"name": name, "type": "collection"}
        if request.get("nameOnly")
        else {
            "name": name,
            "type": "collection",
            "options": {},
            "info": {"readOnly": False, "uuid": collection.uuid},
            "idIndex": collection.indexes[0].spec,
        }
        for (db, name), collection in sorted(engine.reading.catalog.items())
        if db == request.db
    ]
    return _one_batch(list(filter(matches, found)), f"{request.db}.$cmd.listCollections")


def _one_batch(found: list[Document], namespace: str) -> Reply:
    return cursor_reply(list(map(encode, found)), 0, namespace, "firstBatch")


def create(engine: Engine, request: Request) -> Steps:
    if engine.writing.collection(request.db, request.target) is not None:
        raise MongoError(48, f"Collection {request.db}.{request.target} already exists.")
    engine.store.create_collection(request.db, request.target)
    return {"ok": 1.0}
    yield


def drop(engine: Engine, request: Request) -> Steps:
    collection = engine.writing.collection(request.db, request.target)
    if collection is None:
        return {"ok": 1.0}
    engine.store.drop_collection(collection)
    yield
    indexes = len(collection.indexes)
    return {"nIndexesWas": indexes, "ns": collection.namespace, "ok": 1.0}


def drop_database(engine: Engine, request: Request) -> Steps:
    catalog = engine.writing.catalog
    for collection in [found for (db, _), found in catalog.items() if db == request.db]:
        engine.store.drop_collection(collection)
        yield
    return {"dropped": request.db, "ok": 1.0}


# Indexes


def list_indexes(engine: Engine, request: Request) -> Reply:
    collection = engine.existing(engine.reading, request)
    check_fields("cursor", request.get("cursor") or {}, {})
    specs = [index.spec for index in collection.indexes]
    return _one_batch(specs, collection.namespace)


def create_indexes(engine: Engine, request: Request) -> Steps:
    specs = [check_spec(spec) for spec in _index_documents(request)]
    existed = engine.writing.collection(request.db, request.target)
    collection = existed or engine.store.create_collection(request.db, request.target)
    before = len(collection.indexes)
    for spec in specs:
        collection = engine.writing.catalog[request.db, request.target]
        if not _already_there(collection, spec):
            index = engine.store.create_index(collection, spec)
            yield from _fill(engine, engine.writing.catalog[request.db, request.target], index)
    return {
        "numIndexesBefore": before,
        "numIndexesAfter": len(engine.writing.catalog[request.db, request.target].indexes),
        "createdCollectionAutomatically": existed is None,
        "ok": 1.0,
    }


def _index_documents(request: Request) -> list[Document]:
    given = request.sequences.get("indexes")
    found = (
        [decode_given(raw) for raw in given] if given else cast("list[Any]", request.get("indexes"))
    )
    if not found or not all(isinstance(spec, dict) for spec in found):
        raise MongoError(2, "Must specify at least one index to create")
    return found


def _already_there(collection: Collection, spec: Document) -> bool:
    """Whether the same index exists; a different one in its place is an error."""
    for index in collection.indexes:  # Compared as values: to Python 1 and True are equal.
        pattern, partial = (
            key(index.spec.get(name)) == key(spec.get(name))
            for name in ("key", "partialFilterExpression")
        )
        if pattern and (key(index.spec) == key(spec) or index.name == "_id_"):
            return True
        if index.name == spec["name"]:
            raise MongoError(86, f"An existing index has the same name: {index.spec}")
        if pattern and partial:
            raise MongoError(85, f"Index already exists with another name or options: {index.name}")
    return False


def _fill(engine: Engine, collection: Collection, index: Index) -> Steps:
    for rows in scan_collection(engine.writing, collection):
        for rid, raw in rows:
            document = decode(raw)
            keys = index_keys(engine.store, index, document)
            engine.store.add_keys(collection, index, document, rid, keys)
        yield


def validate(engine: Engine, request: Request) -> Steps:
    """Compare every index with the documents, and let SQLite check its file."""
    collection = engine.existing(engine.writing, request)
    execute = engine.writing.connection.execute
    held = [set(execute(f"SELECT key, rid FROM i{i.id}").fetchall()) for i in collection.indexes]
    records, errors = 0, [found for (found,) in execute("PRAGMA quick_check") if found != "ok"]
    per_index = {i.name: len(keys) for i, keys in zip(collection.indexes, held, strict=True)}
    for rows in scan_collection(engine.writing, collection):
        for rid, raw in rows:
            records += 1
            document = decode(raw)
            for index, keys in zip(collection.indexes, held, strict=True):
                for found in index.keys(document):
                    if (found, rid) not in keys:
                        errors.append(f"{index.name} lacks a key of {document['_id']!r}")
                    keys.discard((found, rid))
        yield
    for index, keys in zip(collection.indexes, held, strict=True):
        errors += [f"{index.name} has {len(keys)} keys of no document"] if keys else []
    return {
        "ns": collection.namespace,
        "nrecords": records,
        "keysPerIndex": per_index,
        "valid": not errors,
        "errors": errors,
        "ok": 1.0,
    }


def compact(engine: Engine, _: Request) -> Callable[[], Reply]:
    """Write the whole file anew and empty the log: what was deleted is nowhere any more."""

    def run() -> Reply:
        connection = engine.writing.connection
        forget_answers(connection)
        connection.execute("VACUUM")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise MongoError(46, "a reader held the log open; run compact again")
        return {"ok": 1.0}

    return run

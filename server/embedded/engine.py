"""The store as commands see it: requests come in, jobs and replies come out."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from .catalog import Collection, View
from .cursors import Cursors
from .documents import Document, Value, type_name
from .errors import MongoError, not_supported, unknown_field
from .failpoints import FailPoints
from .storage import Store
from .writer import Writer

Reply = Document | bytes
Steps = Generator[None, None, Any]


@dataclass(slots=True)
class Request:
    """One command of a client, its fields checked against the command's own list."""

    name: str
    body: Document
    sequences: dict[str, list[bytes]]

    @property
    def db(self) -> str:
        return self.body["$db"]

    @property
    def target(self) -> str:
        """The collection that the command names as its first value."""
        value = self.body[next(iter(self.body))]
        if not isinstance(value, str):
            raise MongoError(73, f"collection name has invalid type {type_name(value)}")
        return value

    @property
    def session(self) -> bytes | None:
        session = self.body.get("lsid")
        return None if session is None else session_id(session)

    def get(self, field: str, default: Value = None) -> Value:
        return self.body.get(field, default)


def session_id(session: Value) -> bytes:
    """The id of a driver's session document `{id: <uuid>}`."""
    found: Value = session.get("id") if session.__class__ is dict else None
    if not isinstance(found, bytes) or len(found) != 16:
        raise MongoError(14, "a session is {id: <uuid>}")
    return bytes(found)


@dataclass(slots=True)
class Engine:
    """What lives as long as the process: data, writer, cursors, fail points."""

    store: Store
    writer: Writer
    address: str
    cursors: Cursors = field(default_factory=Cursors)
    failpoints: FailPoints = field(default_factory=FailPoints)
    ttl_seconds: float = 60.0
    stopping: bool = False

    @property
    def reading(self) -> View:
        return self.store.reader

    @property
    def writing(self) -> View:
        return self.store.writer

    def existing(self, view: View, request: Request) -> Collection:
        found = view.collection(request.db, request.target)
        if found is None:
            raise MongoError(26, f"ns does not exist: {request.db}.{request.target}")
        return found


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what runs it, and every field and type it takes."""

    run: Callable[[Engine, Request], Reply | Steps | Callable[[], Reply]]
    fields: dict[str, tuple[type, ...]] = field(default_factory=lambda: {})
    writes: bool = False
    retryable: bool = False
    any_field: bool = False


_GENERIC: dict[str, tuple[type, ...]] = {
    "$db": (str,),
    "lsid": (dict,),
    "$clusterTime": (dict,),
    "$readPreference": (dict,),
    "readConcern": (dict,),
    "writeConcern": (dict,),
    "maxTimeMS": (int, float),
    "comment": (object,),
    "apiVersion": (str,),
    "apiStrict": (bool,),
    "apiDeprecationErrors": (bool,),
}


def check_request(command: Command, request: Request) -> None:
    """Refuse every field that is not known, and every value of another type."""
    body = request.body
    if "startTransaction" in body or "autocommit" in body:
        raise MongoError(20, "Transactions are not supported by this store")
    for position, (name, value) in enumerate(body.items()):
        if position == 0:
            continue
        allowed = _GENERIC.get(name) or command.fields.get(name)
        if allowed is None and command.retryable and name in ("txnNumber", "stmtId"):
            allowed = (int,)
        if allowed is None and not command.any_field:
            if name == "txnNumber":
                raise MongoError(72, f"txnNumber is not allowed with {request.name}")
            raise unknown_field(request.name, name)
        if allowed and value is not None and not isinstance(value, allowed):
            raise MongoError(
                14,
                f"BSON field '{request.name}.{name}' is the wrong type '{type_name(value)}'",
            )
    for name in request.sequences:
        if name not in command.fields or name in body:
            raise unknown_field(request.name, name)
    if "$db" not in body:
        raise MongoError(40571, "OP_MSG requests require a $db argument")
    _check_concerns(body)
    check_collation(body.get("collation"))


_NOTHING: Document = {}


def _check_concerns(body: Document) -> None:
    level, w = "local", 1
    for name, value in (body.get("readConcern") or _NOTHING).items():
        if name != "level":
            raise unknown_field("readConcern", name)
        level = value
    if level not in ("local", "available", "majority", "linearizable"):
        raise not_supported(f"readConcern level '{level}'")
    for name, value in (body.get("writeConcern") or _NOTHING).items():
        if name == "w":
            w = value
        elif name not in ("j", "fsync", "wtimeout", "wtimeoutMS"):
            raise unknown_field("writeConcern", name)
    if w != "majority" and (isinstance(w, (str, dict)) or w not in (0, 1)):
        raise MongoError(100, "Not enough data-bearing nodes: this store is one node")


def check_collation(collation: Value) -> None:
    if collation is not None and collation != {"locale": "simple"}:
        raise not_supported("a collation other than {locale: 'simple'}")


def check_fields(where: str, statement: Value, allowed: set[str], required: set[str]) -> Document:
    """One statement of a write command, its fields checked."""
    if statement.__class__ is not dict:
        raise MongoError(14, f"an element of {where} must be an object")
    for name in statement:
        if name not in allowed and name not in required:
            raise unknown_field(where, name)
    for name in required:
        if name not in statement:
            raise MongoError(40414, f"BSON field '{where}.{name}' is missing but required")
    check_collation(statement.get("collation"))
    return statement

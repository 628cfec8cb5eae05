"""The store as commands see it: requests come in, jobs and replies come out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bson.code import Code

from .catalog import Collection, View, check_database
from .cursors import Cursors
from .documents import Document, Value, as_integer, type_name
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
        if value.__class__ is not str:
            raise MongoError(73, f"collection name has invalid type {type_name(value)}")
        if not value or "\x00" in value:
            raise MongoError(73, f"Invalid namespace specified '{self.db}.{value}'")
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


Run = Callable[[Engine, Request], Reply | Steps | Callable[[], Reply]]
# The types that each field of a command may have.
Fields = dict[str, tuple[type, ...]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what runs it, and every field and type it takes."""

    run: Run
    fields: Fields = field(default_factory=lambda: {})
    writes: bool = False
    retryable: bool = False
    any_field: bool = False


_GENERIC: Fields = {
    "$db": (str,),
    "lsid": (dict,),
    "$readPreference": (dict,),
    "readConcern": (dict,),
    "writeConcern": (dict,),
    "maxTimeMS": (int, float),
    "comment": (object,),
}


def check_request(command: Command, request: Request) -> None:
    """Refuse every field that is not known, and every value of another type."""
    body = request.body
    if "startTransaction" in body or "autocommit" in body:
        raise MongoError(20, "Transactions are not supported by this store")
    if "txnNumber" in body and not command.retryable:
        raise MongoError(72, f"txnNumber is not allowed with {request.name}")
    for name, value in islice(body.items(), 1, None):
        allowed = _GENERIC.get(name) or command.fields.get(name)
        if name == "txnNumber":
            allowed = (int,)
        if allowed is None and not command.any_field:
            raise unknown_field(request.name, name)
        if allowed and value is not None:
            _check_type(request.name, name, value, allowed)
    for name in request.sequences:
        if name not in command.fields or name in body:
            raise unknown_field(request.name, name)
    if "$db" not in body:
        raise MongoError(40571, "OP_MSG requests require a $db argument")
    check_database(request.db)
    if not 0 <= as_integer(body.get("maxTimeMS") or 0, "maxTimeMS") < 2**31:
        raise MongoError(2, "maxTimeMS is out of range")
    if (no_use := "readConcern" if command.writes else "writeConcern") in body:
        raise MongoError(72, f"{request.name} does not support {no_use}")
    _check_concerns(body.get("readConcern") or {}, body.get("writeConcern") or {})


def _check_type(where: str, name: str, value: Value, allowed: tuple[type, ...]) -> None:
    """To Python, True is a number and code is text; to MongoDB they are not."""
    other = value.__class__ in (bool, Code) and not {value.__class__, object} & set(allowed)
    if other or not isinstance(value, allowed):
        found = type_name(value)
        raise MongoError(14, f"BSON field '{where}.{name}' is the wrong type '{found}'")


_READ_CONCERN: Fields = {"level": (str,)}
_WRITE_CONCERN: Fields = {"w": (int, float, str), "j": (bool,), "wtimeout": (int, float)}


def _check_concerns(read: Document, write: Document) -> None:
    check_fields("readConcern", read, _READ_CONCERN)
    check_fields("writeConcern", write, _WRITE_CONCERN)
    level, w = read.get("level", "local"), write.get("w", 1)
    if level not in ("local", "available", "majority", "linearizable"):
        raise not_supported(f"readConcern level '{level}'")
    if w not in ("majority", 0, 1):
        raise MongoError(100, "Not enough data-bearing nodes: this store is one node")


def check_fields(
    where: str, given: Value, allowed: Fields, required: Sequence[str] = ()
) -> Document:
    """An object inside a command, its fields and their types checked."""
    if given.__class__ is not dict:
        raise MongoError(14, f"{where} must be an object")
    for name, value in given.items():
        if name not in allowed:
            raise unknown_field(where, name)
        _check_type(where, name, value, allowed[name])
    for name in required:
        if name not in given:
            raise MongoError(40414, f"BSON field '{where}.{name}' is missing but required")
    return given

"""Which collections and indexes there are, and under which names they may be."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from bson.binary import Binary

from .documents import decode
from .errors import MongoError
from .indexes import Index, build_index


@dataclass(slots=True)
class Collection:
    """A collection and its indexes; the first index is `_id_`."""

    id: int
    db: str
    name: str
    uuid: Binary
    indexes: list[Index]
    next_rid: int = 0

    @property
    def namespace(self) -> str:
        return f"{self.db}.{self.name}"

    def index(self, name: str) -> Index | None:
        return next((index for index in self.indexes if index.name == name), None)


Catalog = dict[tuple[str, str], Collection]


@dataclass(slots=True)
class View:
    """A connection with the catalog that is true for what it sees."""

    connection: sqlite3.Connection
    catalog: Catalog

    def collection(self, db: str, name: str) -> Collection | None:
        return self.catalog.get((db, name))


def load_catalog(connection: sqlite3.Connection) -> Catalog:
    catalog: Catalog = {}
    by_id: dict[int, Collection] = {}
    for id, db, name, identity in connection.execute("SELECT * FROM collections ORDER BY id"):
        by_id[id] = catalog[db, name] = Collection(id, db, name, Binary(identity, 4), [])
    for id, owner, spec, multikey in connection.execute("SELECT * FROM indexes ORDER BY id"):
        by_id[owner].indexes.append(build_index(id, decode(spec), multikey))
    return catalog


def check_database(db: str) -> None:
    if not db or len(db) > 63 or any(letter in db for letter in '/\\. "$\x00'):
        raise MongoError(73, f"Invalid database name: '{db}'")


def check_collection(db: str, name: str) -> None:
    if not name or "$" in name or "\x00" in name or name.startswith((".", "system.")):
        raise MongoError(73, f"Invalid collection name: '{name}'")
    if len(f"{db}.{name}".encode()) > 255:
        raise MongoError(73, "Fully qualified namespace is too long")

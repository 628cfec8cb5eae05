"""Documents and index keys in SQLite: one table a collection, one an index, one file in all."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bson import ObjectId
from bson.binary import Binary

from .catalog import Catalog, Collection, View, check_collection, load_catalog
from .documents import Document, decode, encode
from .errors import MongoError
from .indexes import Index, build_index

FORMAT = "1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, uuid BLOB NOT NULL,
    UNIQUE (db, name));
CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, spec BLOB NOT NULL,
    multikey INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    lsid BLOB PRIMARY KEY, txn INTEGER NOT NULL, reply BLOB NOT NULL, at INTEGER NOT NULL
    ) WITHOUT ROWID;
DROP TABLE IF EXISTS retries;  -- What held the answers before.
"""


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=1000
    )
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "cache_size = -32768",  # In KiB; there are two connections.
        "busy_timeout = 10000",
        "wal_autocheckpoint = 2000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


@dataclass(slots=True)
class Store:
    """The open data folder: one writing connection, one reading what is committed."""

    path: Path
    writer: View
    reader: View
    _dirty_catalog: bool = field(default=False)

    @classmethod
    def open(cls, folder: Path) -> Store:
        path = folder / "store.sqlite"
        os.environ["SQLITE_TMPDIR"] = str(folder)  # What does not fit in memory stays here.
        writing = connect(path)
        writing.executescript(_SCHEMA)
        writing.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (FORMAT,))
        (found,) = writing.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
        if found != FORMAT:
            raise SystemExit(f"{path} has format {found}; this program reads format {FORMAT}")
        reading = connect(path)
        reading.execute("PRAGMA query_only = ON")
        catalog = load_catalog(writing)
        return cls(path, View(writing, catalog), View(reading, catalog))

    def close(self) -> None:
        self.reader.connection.close()
        with suppress(sqlite3.Error):  # On a full disk the log stays, and is read next time.
            self.writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.writer.connection.close()

    # Changes of the catalog are made on a copy, which the readers get with the commit.

    def change_catalog(self) -> Catalog:
        if not self._dirty_catalog:
            self.writer.catalog = {
                name: Collection(c.id, c.db, c.name, c.uuid, list(c.indexes), c.next_rid)
                for name, c in self.writer.catalog.items()
            }
            self._dirty_catalog = True
        return self.writer.catalog

    @contextmanager
    def savepoint(self, name: str) -> Generator[None]:
        """All or nothing for what runs within; an error leaves no trace of it."""
        connection = self.writer.connection
        connection.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if connection.in_transaction:
                connection.execute(f"ROLLBACK TO {name}")
                connection.execute(f"RELEASE {name}")
                if self._dirty_catalog:
                    self.writer.catalog = load_catalog(connection)
                forget_saved(self.writer.catalog)
            raise
        connection.execute(f"RELEASE {name}")

    @property
    def catalog_changed(self) -> bool:
        return self._dirty_catalog

    def publish_catalog(self) -> None:
        """After a commit: what the writer sees is what readers see."""
        self.reader.catalog = self.writer.catalog
        self._dirty_catalog = False

    def forget_changes(self) -> None:
        """After a rollback: back to what is committed."""
        self.writer.catalog = self.reader.catalog
        self._dirty_catalog = False
        forget_saved(self.writer.catalog)
        for collection in self.writer.catalog.values():
            collection.next_rid = 0

    def create_collection(self, db: str, name: str) -> Collection:
        check_collection(db, name)
        identity = Binary(uuid.uuid4().bytes, 4)
        execute = self.writer.connection.execute
        cursor = execute(
            "INSERT INTO collections (db, name, uuid) VALUES (?, ?, ?)", (db, name, identity)
        )
        assert cursor.lastrowid is not None
        collection = Collection(cursor.lastrowid, db, name, identity, [])
        execute(f"CREATE TABLE c{collection.id} (rid INTEGER PRIMARY KEY, doc BLOB NOT NULL)")
        self.change_catalog()[db, name] = collection
        self.create_index(collection, {"v": 2, "key": {"_id": 1}, "name": "_id_"})
        return collection

    def drop_collection(self, collection: Collection) -> None:
        execute = self.writer.connection.execute
        for index in collection.indexes:
            execute(f"DROP TABLE i{index.id}")
        execute(f"DROP TABLE c{collection.id}")
        execute("DELETE FROM indexes WHERE collection = ?", (collection.id,))
        execute("DELETE FROM collections WHERE id = ?", (collection.id,))
        del self.change_catalog()[collection.db, collection.name]

    def create_index(self, collection: Collection, spec: Document) -> Index:
        """Make an empty index; the caller fills it before it is published."""
        execute = self.writer.connection.execute
        cursor = execute(
            "INSERT INTO indexes (collection, spec, multikey) VALUES (?, ?, 0)",
            (collection.id, encode(spec)),
        )
        assert cursor.lastrowid is not None
        index = build_index(cursor.lastrowid, spec)
        columns = "key" if index.unique else "key, rid"
        execute(
            f"CREATE TABLE i{index.id} (key BLOB NOT NULL, rid INTEGER NOT NULL,"
            f" PRIMARY KEY ({columns})) WITHOUT ROWID"
        )
        self.change_catalog()[collection.db, collection.name].indexes.append(index)
        return index

    # Documents. These run inside the writer's transaction and its savepoints.

    def insert(self, collection: Collection, document: Document, raw: bytes) -> int:
        """Store a document under a new row id; DuplicateKey names the first index it hurts."""
        execute = self.writer.connection.execute
        if not collection.next_rid:
            found = execute(f"SELECT coalesce(max(rid), 0) + 1 FROM c{collection.id}").fetchone()
            collection.next_rid = found[0]
        rid = collection.next_rid
        collection.next_rid += 1
        for index in collection.indexes:
            self.add_keys(collection, index, document, rid, index_keys(self, index, document))
        execute(f"INSERT INTO c{collection.id} VALUES (?, ?)", (rid, raw))
        return rid

    def replace(
        self, collection: Collection, rid: int, old_raw: bytes, new: Document, raw: bytes
    ) -> None:
        execute = self.writer.connection.execute
        old = decode(old_raw) if len(collection.indexes) > 1 else {}
        for index in collection.indexes[1:]:
            before, after = index.keys(old), index_keys(self, index, new)
            if before != after:
                for gone in set(before).difference(after):
                    execute(f"DELETE FROM i{index.id} WHERE key = ? AND rid = ?", (gone, rid))
                kept = set(before)
                added = [found for found in after if found not in kept]
                self.add_keys(collection, index, new, rid, added)
        execute(f"UPDATE c{collection.id} SET doc = ? WHERE rid = ?", (raw, rid))

    def delete(self, collection: Collection, rid: int, document: Document) -> None:
        execute = self.writer.connection.execute
        for index in collection.indexes:
            for gone in index.keys(document):
                execute(f"DELETE FROM i{index.id} WHERE key = ? AND rid = ?", (gone, rid))
        execute(f"DELETE FROM c{collection.id} WHERE rid = ?", (rid,))

    def add_keys(
        self, collection: Collection, index: Index, document: Document, rid: int, keys: list[bytes]
    ) -> None:
        insert = f"INSERT INTO i{index.id} VALUES (?, ?)"
        for added in keys:
            try:
                self.writer.connection.execute(insert, (added, rid))
            except sqlite3.IntegrityError as error:
                raise duplicate_key(collection, index, document, added) from error


def index_keys(store: Store, index: Index, document: Document) -> list[bytes]:
    """The keys of a document that is being written; a new multikey field is remembered.

    Readers see the flag before the commit: it only makes their plans more careful.
    """
    keys = index.keys(document)
    if index.multikey != index.saved_multikey:
        store.writer.connection.execute(
            "UPDATE indexes SET multikey = ? WHERE id = ?", (index.multikey, index.id)
        )
        index.saved_multikey = index.multikey
    return keys


def forget_saved(catalog: Catalog) -> None:
    """After a rollback nobody knows which multikey flags are on disk: write them again."""
    for collection in catalog.values():
        for index in collection.indexes:
            index.saved_multikey = 0


def duplicate_key(
    collection: Collection, index: Index, document: Document, found: bytes
) -> MongoError:
    value = index.key_value(document, found)
    shown = ", ".join(f"{path}: {_shown(item)}" for path, item in value.items())
    return MongoError(
        11000,
        f"E11000 duplicate key error collection: {collection.namespace}"
        f" index: {index.name} dup key: {{ {shown} }}",
        keyPattern=index.spec["key"],
        keyValue=value,
    )


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{value}"'
    return f"ObjectId('{value}')" if isinstance(value, ObjectId) else str(value)

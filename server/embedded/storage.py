"""Documents and index keys in SQLite: one table a collection, one an index, one file in all."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bson import ObjectId
from bson.binary import Binary

from .documents import Document, decode, encode
from .errors import MongoError
from .indexes import Index, build_index

FORMAT = "1"
PAGE = 128
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, uuid BLOB NOT NULL,
    UNIQUE (db, name));
CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, spec BLOB NOT NULL,
    multikey INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS retries (
    lsid BLOB NOT NULL, stmt INTEGER NOT NULL, txn INTEGER NOT NULL, reply BLOB NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (lsid, stmt)) WITHOUT ROWID;
"""


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


@dataclass(frozen=True, slots=True)
class Interval:
    """Keys from `low` on and before `high`."""

    low: bytes
    high: bytes


Catalog = dict[tuple[str, str], Collection]
Row = tuple[int, bytes]


@dataclass(slots=True)
class View:
    """A connection with the catalog that is true for what it sees."""

    connection: sqlite3.Connection
    catalog: Catalog

    def collection(self, db: str, name: str) -> Collection | None:
        return self.catalog.get((db, name))


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=1000
    )
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "cache_size = -65536",
        "busy_timeout = 10000",
        "temp_store = MEMORY",
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
        check_namespace(db, name)
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

    def drop_index(self, collection: Collection, index: Index) -> None:
        self.writer.connection.execute(f"DROP TABLE i{index.id}")
        self.writer.connection.execute("DELETE FROM indexes WHERE id = ?", (index.id,))
        self.change_catalog()[collection.db, collection.name].indexes.remove(index)

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


def load_catalog(connection: sqlite3.Connection) -> Catalog:
    catalog: Catalog = {}
    by_id: dict[int, Collection] = {}
    for id, db, name, identity in connection.execute("SELECT * FROM collections ORDER BY id"):
        by_id[id] = catalog[db, name] = Collection(id, db, name, Binary(identity, 4), [])
    for id, owner, spec, multikey in connection.execute("SELECT * FROM indexes ORDER BY id"):
        by_id[owner].indexes.append(build_index(id, decode(spec), multikey))
    return catalog


def check_namespace(db: str, name: str) -> None:
    if not db or len(db) > 63 or any(letter in db for letter in '/\\. "$\x00'):
        raise MongoError(73, f"Invalid database name: '{db}'")
    if not name or "$" in name or "\x00" in name or name.startswith((".", "system.")):
        raise MongoError(73, f"Invalid collection name: '{name}'")
    if len(f"{db}.{name}".encode()) > 255:
        raise MongoError(73, "Fully qualified namespace is too long")


# Scans read a page at a time and then begin anew behind its last row, so that none of them
# holds a transaction open and the caller may pause between pages.


def scan_collection(view: View, collection: Collection, page: int = PAGE) -> Iterator[list[Row]]:
    """Pages of (rid, raw document) in the order of insertion."""
    query = f"SELECT rid, doc FROM c{collection.id} WHERE rid > ? ORDER BY rid LIMIT ?"
    last = -1
    while rows := view.connection.execute(query, (last, page)).fetchall():
        yield rows
        if len(rows) < page:
            return
        last, page = rows[-1][0], PAGE


def scan_index(
    view: View,
    collection: Collection,
    index: Index,
    interval: Interval,
    backwards: bool = False,
    page: int = PAGE,
) -> Iterator[list[tuple[int, bytes, bytes]]]:
    """Pages of (rid, raw document, index key) in the order of the keys, or against it."""
    order = "DESC" if backwards else "ASC"
    select = (
        f"SELECT i.rid, c.doc, i.key FROM i{index.id} AS i"
        f" CROSS JOIN c{collection.id} AS c ON c.rid = i.rid WHERE"
    )
    tail = f"ORDER BY i.key {order}, i.rid {order} LIMIT ?"
    where = "i.key >= ? AND i.key < ?"
    arguments: tuple[object, ...] = (interval.low, interval.high)
    while rows := view.connection.execute(
        f"{select} {where} {tail}", (*arguments, page)
    ).fetchall():
        yield rows
        if len(rows) < page:
            return
        rid, _, last = rows[-1]
        if backwards:
            where = "i.key >= ? AND (i.key, i.rid) < (?, ?)"
            arguments = (interval.low, last, rid)
        else:
            where = "(i.key, i.rid) > (?, ?) AND i.key < ?"
            arguments = (last, rid, interval.high)
        page = PAGE


def count_keys(view: View, index: Index, interval: Interval, limit: int | None = None) -> int:
    """How many documents have a key in the interval; up to `limit`, how many keys there are."""
    arguments: tuple[object, ...] = (interval.low, interval.high)
    where = f"FROM i{index.id} WHERE key >= ? AND key < ?"
    if limit is not None:
        query = f"SELECT count(*) FROM (SELECT 1 {where} LIMIT ?)"
        arguments = (*arguments, limit)
    else:
        query = f"SELECT count({'DISTINCT rid' if index.multikey else '*'}) {where}"
    return view.connection.execute(query, arguments).fetchone()[0]


def fetch(view: View, collection: Collection, rid: int) -> bytes:
    """The document of a row that is known to be there."""
    query = f"SELECT doc FROM c{collection.id} WHERE rid = ?"
    return view.connection.execute(query, (rid,)).fetchone()[0]

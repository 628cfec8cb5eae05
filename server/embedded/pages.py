"""Reading rows from SQLite, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

from .catalog import Collection, Interval, Row, View
from .indexes import Index

PAGE = 128

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

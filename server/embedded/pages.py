"""Reading rows from SQLite, a page at a time.

Scans read a page and then begin anew behind its last row, so that none of them holds a
transaction open and the caller may pause between pages.
"""

from __future__ import annotations

from collections.abc import Iterator

from .catalog import Collection, View
from .indexes import Index

PAGE = 128
# The row's id and its document.
Row = tuple[int, bytes]
# Keys from the first on and before the second.
Interval = tuple[bytes, bytes]


def scan_collection(view: View, collection: Collection) -> Iterator[list[Row]]:
    """All rows in the order of insertion."""
    query = f"SELECT rid, doc FROM c{collection.id} WHERE rid > ? ORDER BY rid LIMIT {PAGE}"
    last = -1
    while rows := view.connection.execute(query, (last,)).fetchall():
        yield rows
        last = rows[-1][0]


def scan_index(
    view: View,
    collection: Collection,
    index: Index,
    interval: Interval,
    backwards: bool = False,
    page: int = PAGE,
) -> Iterator[list[Row]]:
    """The rows of an interval in the order of its keys, or against it."""
    low, high = interval
    order, where = "ASC", "(i.key, i.rid) > (?, ?) AND i.key < ?"
    if backwards:
        order, where = "DESC", "i.key >= ? AND (i.key, i.rid) < (?, ?)"
    query = (
        f"SELECT i.rid, c.doc, i.key FROM i{index.id} AS i"
        f" CROSS JOIN c{collection.id} AS c ON c.rid = i.rid WHERE {where}"
        f" ORDER BY i.key {order}, i.rid {order} LIMIT ?"
    )
    last = (high if backwards else low, -1)
    while True:
        bounds = (low, *last) if backwards else (*last, high)
        rows = view.connection.execute(query, (*bounds, page)).fetchall()
        yield [(rid, raw) for rid, raw, _ in rows]
        if len(rows) < page:
            return
        last, page = (rows[-1][2], rows[-1][0]), PAGE


def count_keys(view: View, index: Index, interval: Interval, limit: int = -1) -> int:
    """How many documents have a key in an interval; with a limit, how many keys up to it."""
    distinct = "DISTINCT" if index.multikey and limit < 0 else ""
    query = (
        f"SELECT count(*) FROM (SELECT {distinct} rid FROM i{index.id}"
        " WHERE key >= ? AND key < ? LIMIT ?)"
    )
    return view.connection.execute(query, (*interval, limit)).fetchone()[0]


def fetch(view: View, collection: Collection, rid: int) -> bytes:
    """The document of a row that is known to be there."""
    query = f"SELECT doc FROM c{collection.id} WHERE rid = ?"
    return view.connection.execute(query, (rid,)).fetchone()[0]

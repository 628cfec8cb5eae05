"""Running a plan: the rows that match, in order, with pauses for the other clients.

All streams here yield None now and then: that is the moment at which the caller may
serve others. Whoever consumes a stream passes the pauses on.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from .catalog import Collection, View
from .documents import Document, Value, decode
from .errors import MongoError
from .indexes import sort_key
from .matcher import Matcher, compile_filter
from .pages import PAGE, Row, scan_collection, scan_index
from .planner import Plan, plan

# So many rows are sorted in one go, in a few milliseconds.
RUN = 2000
# So much may be held in memory for a sort, as in MongoDB.
MAX_SORTED_BYTES = 100 * 1024 * 1024

T = TypeVar("T")
Stream = Iterator[T | None]


def rows_for(
    view: View,
    collection: Collection | None,
    query: Document,
    sort: list[tuple[str, int]],
    hint: Value = None,
    limit: int | None = None,
) -> Stream[Row]:
    """The rows that match a query, sorted; `limit` tells how many will be taken at most."""
    matches = compile_filter(query)
    if collection is None:
        return iter(())
    chosen = plan(view, collection, query, sort, hint, limit)
    if not chosen.sorted:
        return _sorted(read(view, collection, chosen, matches), sort, limit)
    return read(view, collection, chosen, matches, limit if chosen.exact else None)


def read(
    view: View, collection: Collection, plan: Plan, matches: Matcher, limit: int | None = None
) -> Stream[Row]:
    """The rows that match, in the plan's order."""
    check = None if plan.exact else matches
    for rows in _pages(view, collection, plan, min(limit or PAGE, PAGE)):
        for row in rows:
            if check is None or check(decode(row[1])):
                yield row
        yield None


def _pages(view: View, collection: Collection, plan: Plan, page: int) -> Iterator[Iterable[Row]]:
    """Pages of rows, each row once, though a document may have several keys."""
    if plan.index is None and not plan.branches:
        yield from scan_collection(view, collection)
        return
    once = not plan.branches and not (plan.index and plan.index.multikey)
    seen: set[int] = set()
    for rows in _index_pages(view, collection, plan, page):
        if not once:
            new = {row[0]: row for row in rows if row[0] not in seen}
            seen.update(new)
            rows = new.values()
        yield rows


def _index_pages(
    view: View, collection: Collection, plan: Plan, page: int
) -> Iterator[Iterable[Row]]:
    for branch in plan.branches:
        yield from _pages(view, collection, branch, page)
    if plan.index is not None:
        for interval in plan.intervals[:: -1 if plan.backwards else 1]:
            yield from scan_index(view, collection, plan.index, interval, plan.backwards, page)


def _sorted(rows: Stream[Row], fields: list[tuple[str, int]], limit: int | None) -> Stream[Row]:
    """Sort rows in memory, in runs so short that nobody waits; with a limit keep that many."""
    by = sort_key(fields)
    runs: list[list[tuple[bytes, int, Row]]] = []
    kept: list[tuple[bytes, int, Row]] = []
    held = 0
    for n, row in enumerate(rows):
        if row is None:
            yield None
            continue
        kept.append((by(decode(row[1])), n, row))
        held += len(row[1])
        if limit is None and held > MAX_SORTED_BYTES:
            raise MongoError(292, "Sort exceeded memory limit: give a limit, or an index")
        if len(kept) >= RUN + (limit or 0):
            kept.sort()
            if limit is not None:
                del kept[limit:]
            else:
                runs.append(kept)
                kept = []
            yield None
    kept.sort()
    for n, (_, _, row) in enumerate(islice(heapq.merge(*runs, kept), limit)):
        yield row
        if n % PAGE == PAGE - 1:
            yield None


def limited(stream: Stream[T], skip: int, limit: int | None) -> Stream[T]:
    """Leave out the first `skip` items and stop after `limit`."""
    taken = -skip
    for item in stream if limit != 0 else ():
        if item is None or taken < 0:
            taken += item is not None
            yield None
            continue
        yield item
        taken += 1
        if taken == limit:
            return


def collect(stream: Stream[T]) -> Generator[None, None, list[T]]:
    """Everything in a stream, for jobs that need it at once."""
    found: list[T] = []
    for item in stream:
        if item is None:
            yield
        else:
            found.append(item)
    return found

"""Running a plan: the rows that match, in order, with pauses for the other clients.

All streams here yield None now and then: that is the moment at which the caller may
serve others. Whoever consumes a stream passes the pauses on.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from .catalog import Collection, Row, View
from .documents import Document, decode
from .indexes import sort_key
from .matcher import Matcher
from .pages import PAGE, scan_collection, scan_index
from .planner import Plan

# So many items are sorted in one go, in a few milliseconds.
RUN = 2000

T = TypeVar("T")
Stream = Iterator[T | None]


def read(
    view: View,
    collection: Collection,
    plan: Plan,
    matches: Matcher,
    page: int = PAGE,
) -> Stream[Row]:
    """The (rid, raw document) rows that match, in the plan's order."""
    check = None if plan.exact else matches
    for rows in _pages(view, collection, plan, page):
        for row in rows:
            if check is None or check(decode(row[1])):
                yield row
        yield None


def _pages(view: View, collection: Collection, plan: Plan, page: int) -> Iterator[Iterable[Row]]:
    """Pages of rows, each row once, though a document may have several keys."""
    if plan.index is None and not plan.branches:
        yield from scan_collection(view, collection, page)
        return
    once = len(plan.branches) == 0 and not (plan.index and plan.index.multikey)
    seen: set[int] = set()
    for branch in plan.branches or [plan]:
        for rows in _index_pages(view, collection, branch, page):
            if not once:
                rows = {row[0]: row for row in rows if row[0] not in seen}
                seen.update(rows)
                rows = rows.values()
            yield rows


def _index_pages(
    view: View, collection: Collection, plan: Plan, page: int
) -> Iterator[Iterable[Row]]:
    if plan.index is None:
        yield from _pages(view, collection, plan, page)
        return
    for interval in reversed(plan.intervals) if plan.backwards else plan.intervals:
        for rows in scan_index(view, collection, plan.index, interval, plan.backwards, page):
            yield [(rid, raw) for rid, raw, _ in rows]


def in_order(rows: Stream[Row], fields: list[tuple[str, int]], limit: int | None) -> Stream[Row]:
    """Sort rows in memory; with a limit only that many are kept."""
    by = sort_key(fields)
    return sorted_stream(rows, lambda row: by(decode(row[1])), limit)


def sorted_stream(stream: Stream[T], by: Callable[[T], bytes], limit: int | None) -> Stream[T]:
    """Sort a stream by keys in bytes, stable; with a limit only that many are kept.

    What is sorted at once is little, so that nobody waits for it.
    """
    runs: list[list[tuple[bytes, int, T]]] = []
    kept: list[tuple[bytes, int, T]] = []
    for n, item in enumerate(stream):
        if item is None:
            yield None
            continue
        kept.append((by(item), n, item))
        if len(kept) >= RUN + (limit or 0):
            kept.sort()
            if limit is not None:
                del kept[limit:]
            else:
                runs.append(kept)
                kept = []
            yield None
    kept.sort()
    for n, (_, _, item) in enumerate(islice(heapq.merge(*runs, kept), limit)):
        yield item
        if n % PAGE == PAGE - 1:
            yield None


def limited(stream: Stream[T], skip: int, limit: int | None) -> Stream[T]:
    """Leave out the first `skip` items and stop after `limit`."""
    if limit == 0:
        return
    for item in stream:
        if item is None:
            yield None
        elif skip:
            skip -= 1
        else:
            yield item
            if limit is not None:
                limit -= 1
                if not limit:
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


def documents(rows: Stream[Row]) -> Stream[Document]:
    for row in rows:
        yield None if row is None else decode(row[1])

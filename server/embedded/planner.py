"""Choosing how to read: which index, which of its intervals, and what is left to check."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any, cast

from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex

from .bounds import Bounds, path_bounds
from .documents import Document, Value
from .errors import MongoError
from .indexes import Index
from .keys import AFTER, key
from .matcher import is_operators
from .storage import Collection, Interval

MAX_INTERVALS = 500
EVERYTHING = Interval(b"", AFTER)


@dataclass(slots=True)
class Plan:
    """How a query is read; without an index it is a scan of the collection."""

    index: Index | None = None
    intervals: list[Interval] = field(default_factory=lambda: [EVERYTHING])
    backwards: bool = False
    exact: bool = False  # Every key in the intervals belongs to a document that matches.
    sorted: bool = False  # The keys come in the order that was asked for.
    score: tuple[int, ...] = ()


def plan(
    collection: Collection,
    query: Document,
    sort: list[tuple[str, int]],
    hint: Value = None,
) -> Plan:
    """The best plan by rule: whole unique key, sorted by index, more equalities, a range."""
    if not query and not sort and hint is None:
        return Plan(exact=True, sorted=True)
    conditions = conjuncts(query)
    if hint is not None:
        if hint == "$natural" or hint in ({"$natural": 1}, {"$natural": -1}):
            if hint == {"$natural": -1}:
                raise MongoError(238, "$natural: -1 is not supported by this store")
            return Plan(exact=not query, sorted=not sort)
        index = _hinted(collection, hint)
        if index.partial is not None and not _covers_partial(index, conditions):
            raise MongoError(2, "the hinted partial index does not hold all that the query asks")
        if index.sparse and not any(path in conditions for path, _ in index.fields):
            raise MongoError(2, "the hinted sparse index does not hold all that the query asks")
        return _with_index(index, query, conditions, sort)
    best = Plan(exact=not query, sorted=not sort, score=(0, 0, 0, 0))
    for index in collection.indexes:
        if not _usable(index, conditions):
            continue
        found = _with_index(index, query, conditions, sort)
        if found.score > best.score:
            best = found
    return best


def conjuncts(query: Document) -> dict[str, list[Any]]:
    """The conditions that must all hold, by path; `$and` is opened."""
    found: dict[str, list[Any]] = {}
    for name, value in query.items():
        if name == "$and":
            for branch in cast("list[Any]", value):
                for path, conditions in conjuncts(branch).items():
                    found.setdefault(path, []).extend(conditions)
        elif not name.startswith("$"):
            if is_operators(value):
                found.setdefault(name, []).extend(_operators(value))
            else:
                operator = "$regex" if isinstance(value, Regex) else "$eq"
                found.setdefault(name, []).append({operator: value})
    return found


def _operators(condition: Document) -> list[Document]:
    options = condition.get("$options")
    return [
        {"$regex": value, "$options": options} if name == "$regex" else {name: value}
        for name, value in condition.items()
        if name != "$options"
    ]


def _hinted(collection: Collection, hint: Value) -> Index:
    for index in collection.indexes:
        if hint == index.name or (
            isinstance(hint, dict)
            and list(cast("Document", hint).items()) == list(index.spec["key"].items())
        ):
            return index
    raise MongoError(2, "planner returned error: bad hint")


def _usable(index: Index, conditions: dict[str, list[Any]]) -> bool:
    if index.sparse:
        return any(_needs_value(conditions.get(path, ())) for path, _ in index.fields)
    return index.partial is None or _covers_partial(index, conditions)


def _needs_value(conditions: Value) -> bool:
    """Whether a document without the field can never match."""
    for condition in conditions:
        for name, value in condition.items():
            if name == "$eq" and value is not None:
                return True
            if name == "$in" and isinstance(value, list) and None not in cast("list[Any]", value):
                return True
            if name in ("$gt", "$lt", "$gte", "$lte") and not (
                value is None or isinstance(value, (MinKey, MaxKey))
            ):
                return True
            if name == "$exists" and value is True:
                return True
            if name == "$regex":
                return True
    return False


def _covers_partial(index: Index, conditions: dict[str, list[Any]]) -> bool:
    """Whether the query's conditions imply the index's filter, by simple rules."""
    for path, wanted in conjuncts(index.partial_filter).items():
        given = conditions.get(path, [])
        if not all(_implied(condition, given) for condition in wanted):
            return False
    return not any(name in ("$or", "$nor") for name in index.partial_filter)


def _implied(wanted: Document, given: list[Any]) -> bool:
    """Whether a condition is among those given; keys tell 1 from True, which Python does not."""
    if list(wanted) == ["$exists"] and wanted["$exists"] is True:
        return _needs_value(given)
    return any(key(condition) == key(wanted) for condition in given)


# One index


def _with_index(
    index: Index, query: Document, conditions: dict[str, list[Any]], sort: list[tuple[str, int]]
) -> Plan:
    parts: list[Bounds] = []
    intervals, multikey_used = 1, False
    for n, (path, _) in enumerate(index.fields):
        is_array = bool(index.multikey >> n & 1)
        if is_array and multikey_used:
            break  # Two bounds may be met by different elements: only one may narrow.
        bounds = path_bounds(path, conditions.get(path, []), is_array)
        if bounds is None or intervals * len(bounds.ranges) > MAX_INTERVALS:
            break
        multikey_used |= is_array
        intervals *= len(bounds.ranges)
        parts.append(bounds)
        if not bounds.point:
            break
    provided, backwards = _sorted_by(index, parts, sort)
    total = sum(len(found) for found in conditions.values())
    exact = _only_conjuncts(query) and sum(part.exact for part in parts) == total
    equal = sum(part.point for part in parts)
    narrow = bool(parts) or index.partial is not None
    score = (
        int(index.unique and equal == len(index.fields) and not index.sparse),
        int(narrow or (provided and bool(sort))),
        2 * equal + len(parts) - equal + (2 if provided and sort else 0),
        int(exact),
    )
    return Plan(index, _intervals(index, parts), backwards, exact, provided, score)


def _only_conjuncts(query: Document) -> bool:
    """Whether `conjuncts` tells the whole query."""
    return all(
        not name.startswith("$") or (name == "$and" and all(map(_only_conjuncts, value)))
        for name, value in query.items()
    )


def _intervals(index: Index, parts: list[Bounds]) -> list[Interval]:
    """The product of the fields' ranges, in the order of the keys."""
    prefixes, last = [b""], [(b"", AFTER)]
    for n, (part, (_, direction)) in enumerate(zip(parts, index.fields, strict=False)):
        ranges = part.in_direction(direction)
        if part.point and n < len(parts) - 1:
            prefixes = [prefix + point for prefix, (point, _) in product(prefixes, ranges)]
        else:
            last = ranges
    return [
        Interval(prefix + low, prefix + high) for prefix, (low, high) in product(prefixes, last)
    ]


def _sorted_by(index: Index, parts: list[Bounds], sort: list[tuple[str, int]]) -> tuple[bool, bool]:
    """Whether the keys come in the order of a sort, and whether that is backwards."""
    if not sort:
        return True, False
    for skip in range(len(parts) + 1):
        fields = index.fields[skip : skip + len(sort)]
        if [path for path, _ in fields] == [path for path, _ in sort]:
            arrays = index.multikey >> skip & ((1 << len(sort)) - 1)
            if arrays and parts:
                return False, False  # Bounds hide elements that the sort has to see.
            same = {
                direction == wanted
                for (_, direction), (_, wanted) in zip(fields, sort, strict=True)
            }
            return len(same) == 1, same == {False}
        if skip < len(parts) and not (parts[skip].point and len(parts[skip].ranges) == 1):
            break
    return False, False

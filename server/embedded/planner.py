"""Choosing how to read: which index, which of its intervals, and what is left to check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from .bounds import Bounds, path_bounds
from .catalog import Collection, View
from .documents import Document, Value
from .errors import MongoError
from .indexes import Index
from .keys import AFTER, key
from .matcher import COMPARISONS, Condition, conditions_of
from .pages import Interval, count_keys

MAX_INTERVALS = 5000
# Beyond so many keys it does not matter how many there are.
ENOUGH = 1000
EVERYTHING: Interval = (b"", AFTER)
Conditions = dict[str, list[Condition]]


@dataclass(slots=True)
class Plan:
    """How a query is read: by an index, by the union of branches, or by a scan of it all."""

    index: Index | None = None
    intervals: list[Interval] = field(default_factory=lambda: [EVERYTHING])
    branches: list[Plan] = field(default_factory=lambda: [])
    backwards: bool = False
    exact: bool = False  # Every key in the intervals belongs to a document that matches.
    sorted: bool = False  # The keys come in the order that was asked for.
    narrow: bool = False  # It reads less than everything.
    whole: bool = False  # It is all fields of a unique index: at most one document.
    rank: tuple[int, ...] = ()


def plan(
    view: View,
    collection: Collection,
    query: Document,
    sort: list[tuple[str, int]],
    hint: Value = None,
    limit: int | None = None,
) -> Plan:
    """The plan that should read the least; where the rules leave a choice, keys are counted."""
    conditions = conjuncts(query)
    if hint is not None:
        return _with_index(_hinted(collection, conditions, hint), query, conditions, sort)
    found: list[Plan] = []
    for index in collection.indexes:
        if _usable(index, conditions):
            candidate = _with_index(index, query, conditions, sort)
            if candidate.whole:
                return candidate
            if candidate.narrow or (sort and candidate.sorted):
                found.append(candidate)
    if not any(candidate.narrow for candidate in found):
        found += _unions(view, collection, query, not sort)
    if len(found) < 2:
        return found[0] if found else Plan(exact=not query, sorted=not sort)

    def cost(candidate: Plan) -> tuple[int, tuple[int, ...]]:
        size = _size(view, candidate) if candidate.narrow else ENOUGH
        early = candidate.sorted and limit is not None
        return (size if size < ENOUGH else ENOUGH - 1 if early else ENOUGH), candidate.rank

    return min(found, key=cost)


def _size(view: View, candidate: Plan) -> int:
    """How many keys a plan reads, counted up to ENOUGH."""
    if candidate.index is None:
        return sum(_size(view, branch) for branch in candidate.branches)
    size = 0
    for interval in candidate.intervals:
        size += count_keys(view, candidate.index, interval, ENOUGH - size)
        if size >= ENOUGH:
            break
    return size


def _unions(view: View, collection: Collection, query: Document, sorted: bool) -> Iterator[Plan]:
    """For each `$or` that must hold: the union of its branches, if each is narrow."""
    for name, value in query.items():
        for inner in value if name == "$and" else ():
            yield from _unions(view, collection, inner, sorted)
        if name == "$or":
            branches = [plan(view, collection, branch, []) for branch in value]
            if all(branch.narrow or branch.whole for branch in branches):
                yield Plan(branches=branches, sorted=sorted, narrow=True)


def conjuncts(query: Document) -> Conditions:
    """The conditions that must all hold, by path; `$and` is opened."""
    found: Conditions = {}
    for name, value in query.items():
        for branch in value if name == "$and" else ():
            for path, conditions in conjuncts(branch).items():
                found.setdefault(path, []).extend(conditions)
        if not name.startswith("$"):
            found.setdefault(name, []).extend(conditions_of(value))
    return found


def _hinted(collection: Collection, conditions: Conditions, hint: Value) -> Index:
    """The index that a hint names or spells."""
    pattern = list(hint.items()) if hint.__class__ is dict else None
    for index in collection.indexes:
        if hint == index.name or pattern == list(index.spec["key"].items()):
            if not _usable(index, conditions):
                raise MongoError(2, "the hinted index does not hold all that the query asks for")
            return index
    raise MongoError(2, "planner returned error: bad hint")


def _usable(index: Index, conditions: Conditions) -> bool:
    """Whether an index holds every document that can match, by simple rules."""
    if index.sparse:
        return any(_needs_value(conditions.get(path, [])) for path, _ in index.fields)
    return all(
        _implied(condition, conditions.get(path, []))
        for path, wanted in conjuncts(index.partial_filter).items()
        for condition in wanted
    )


def _needs_value(conditions: list[Condition]) -> bool:
    """Whether a document without the field can never match."""
    return any(
        name in ("$exists", "$regex")
        or (name == "$in" and not any(item is None for item in value))
        or (name in ("$eq", *COMPARISONS) and value is not None)
        for name, value in conditions
    )


def _implied(wanted: Condition, given: list[Condition]) -> bool:
    """Whether a condition is among those given; keys tell 1 from True, which Python does not."""
    name, argument = wanted
    if name == "$exists":
        return _needs_value(given)
    if wanted == ("$type", "string"):
        return any(other == "$eq" and isinstance(value, str) for other, value in given)
    return any(other == name and key(value) == key(argument) for other, value in given)


# One index


def _with_index(
    index: Index, query: Document, conditions: Conditions, sort: list[tuple[str, int]]
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
    equal = sum(part.point for part in parts)
    return Plan(
        index,
        _intervals(index, parts),
        backwards=backwards,
        exact=_only_conjuncts(query) and sum(part.exact for part in parts) == total,
        sorted=provided,
        narrow=bool(parts) or index.partial is not None,
        whole=index.unique and equal == len(index.fields) and intervals == 1,
        rank=(-int(provided), -2 * equal - len(parts)),
    )


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
    return [(prefix + low, prefix + high) for prefix, (low, high) in product(prefixes, last)]


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

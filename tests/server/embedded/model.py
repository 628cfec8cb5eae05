"""A plain model of filters, sorts and updates: written to be evidently right, not for speed."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from bson.decimal128 import Decimal128
from bson.min_key import MinKey
from bson.regex import Regex

from tests.server.embedded.judges import compare, rank

ABSENT = object()


@dataclass
class Whole:
    """An array that was found by its number: it is not opened."""

    value: list[Any]


def matches(document: dict[str, Any], query: dict[str, Any]) -> bool:
    for name, wanted in query.items():
        if name == "$and":
            good = all(matches(document, branch) for branch in wanted)
        elif name == "$or":
            good = any(matches(document, branch) for branch in wanted)
        elif name == "$nor":
            good = not any(matches(document, branch) for branch in wanted)
        else:
            good = _field(reached(document, name.split(".")), wanted)
        if not good:
            return False
    return True


def reached(value: Any, path: list[str]) -> list[Any]:
    """What a path leads to, ABSENT for an object or scalar that ends it too early."""
    if not path:
        return [value]
    if isinstance(value, dict):
        return reached(value.get(path[0], ABSENT), path[1:])
    if isinstance(value, list):
        ends = [end for item in value if isinstance(item, dict) for end in reached(item, path)]
        if path[0] in map(str, range(len(value))):
            inside = value[int(path[0])]
            last = len(path) == 1 and isinstance(inside, list)
            ends += [Whole(inside)] if last else reached(inside, path[1:])
        return ends
    return [ABSENT]


def candidates(ends: list[Any]) -> list[Any]:
    """The ends themselves and the elements of those that are arrays."""
    opened = [item for end in ends if isinstance(end, list) for item in end]
    return closed(ends) + opened


def closed(ends: list[Any]) -> list[Any]:
    return [end.value if isinstance(end, Whole) else end for end in ends]


def is_operators(wanted: Any) -> bool:
    return isinstance(wanted, dict) and bool(wanted) and next(iter(wanted)).startswith("$")


def _field(ends: list[Any], wanted: Any) -> bool:
    if not is_operators(wanted):
        wanted = {"$eq": wanted}
    return all(_operator(ends, name, argument) for name, argument in wanted.items())


def _operator(ends: list[Any], name: str, argument: Any) -> bool:
    if name == "$ne":
        return not _operator(ends, "$eq", argument)
    if name == "$exists":
        return any(end is not ABSENT for end in ends)
    if name == "$elemMatch":
        arrays = [end for end in closed(ends) if isinstance(end, list)]
        return any(_element(item, argument) for array in arrays for item in array)
    return any(test(found, name, argument) for found in candidates(ends))


def _element(item: Any, argument: dict[str, Any]) -> bool:
    if not is_operators(argument):
        if isinstance(item, list):
            item = {str(place): value for place, value in enumerate(item)}
        return isinstance(item, dict) and matches(item, argument)
    return all(test(item, name, wanted) for name, wanted in argument.items())


def test(found: Any, name: str, argument: Any) -> bool:
    if name == "$in":
        return any(test(found, "$eq", item) for item in argument)
    if found is ABSENT:
        return argument is None and name in ("$eq", "$gte", "$lte")
    if name == "$eq":
        return compare(found, argument) == 0
    if name == "$regex":
        if isinstance(argument, Regex):
            if isinstance(found, Regex):
                return compare(found, argument) == 0
            return isinstance(found, str) and bool(
                re.search(argument.pattern, found, argument.flags)
            )
        return isinstance(found, str) and bool(re.search(argument, found))
    if name == "$type":
        assert argument == "string"
        return isinstance(found, str)
    return _comparison(found, name, argument)


def _comparison(found: Any, name: str, argument: Any) -> bool:
    if rank(found) != rank(argument):
        return False
    if _nan(found) or _nan(argument):
        return _nan(found) and _nan(argument) and name in ("$gte", "$lte")
    result = compare(found, argument)
    return {
        "$gt": result > 0,
        "$gte": result >= 0,
        "$lt": result < 0,
        "$lte": result <= 0,
    }[name]


def _nan(value: Any) -> bool:
    if isinstance(value, Decimal128):
        return value.to_decimal().is_nan()
    return isinstance(value, float) and value != value


def sort_value(document: dict[str, Any], path: str, direction: int) -> Any:
    """The least (or, descending, the greatest) element that a single path leads to."""
    found: list[Any] = []
    for end in _ends_for_sort(document, path.split(".")):
        found += end if isinstance(end, list) and end else [_EMPTY if end == [] else end]
    ordered = sorted(found, key=functools.cmp_to_key(_compare))
    return ordered[0] if direction > 0 else ordered[-1]


_EMPTY = object()


def _ends_for_sort(value: Any, path: list[str]) -> list[Any]:
    if not path:
        return [value]
    if isinstance(value, dict):
        return _ends_for_sort(value.get(path[0]), path[1:])
    if isinstance(value, list):
        ends: list[Any] = []
        for item in value:
            ends += _ends_for_sort(item, path) if isinstance(item, dict) else [None]
        return ends or [None]
    return [None]


def before(left: Any, right: Any) -> bool:
    """Whether one sort value may come before another, equal ones included."""
    return _compare(left, right) <= 0


def _compare(left: Any, right: Any) -> int:
    """An empty array is sorted between MinKey and null."""
    if left is _EMPTY and right is _EMPTY:
        return 0
    if left is _EMPTY:
        return 1 if isinstance(right, MinKey) else -1
    if right is _EMPTY:
        return -_compare(right, left)
    return compare(left, right)

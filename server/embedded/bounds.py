"""What the conditions on one path say about its index keys, as ranges of keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from bson.regex import Regex

from .documents import Value
from .keys import (
    LOWEST_NUMBER,
    NULL,
    NUMBER,
    REGEX,
    descending,
    is_nan,
    key,
    string_prefix,
)
from .matcher import COMPARISONS, Condition
from .patterns import literal_prefix

# A cut lies before, or (True) after, all keys that begin with its bytes.
Cut = tuple[bytes, bool]
Range = tuple[Cut, Cut]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Disjoint ranges in ascending order.

    `exact` counts the conditions that the ranges express completely; with `point` each
    range is one value.
    """

    ranges: tuple[Range, ...]
    exact: int
    point: bool

    def in_direction(self, direction: int) -> list[tuple[bytes, bytes]]:
        """Half-open byte ranges in the order of an ascending or descending field."""
        if direction > 0:
            return [(_bytes(low), _bytes(high)) for low, high in self.ranges]
        return [
            (_bytes(_inverted(high)), _bytes(_inverted(low))) for low, high in reversed(self.ranges)
        ]


def _bytes(cut: Cut) -> bytes:
    if not cut[1]:
        return cut[0]
    rest = cut[0].rstrip(b"\xff")
    return rest[:-1] + bytes([rest[-1] + 1])


def _inverted(cut: Cut) -> Cut:
    return descending(cut[0]), not cut[1]


def _point(value: bytes) -> Range:
    return (value, False), (value, True)


def _behind(tag: bytes) -> Cut:
    """Behind all keys of a type: some of them go on with 0xff, so by the next byte."""
    return bytes([tag[0] + 1]), False


def path_bounds(path: str, conditions: list[Condition], is_array: bool) -> Bounds | None:
    """The narrowest bounds that the conditions on a path allow; None if they say nothing.

    Where the field holds arrays, each condition may be met by another element, so that
    only one of them may narrow.
    """
    found = [
        bounds
        for condition in conditions
        if (bounds := _condition(condition, is_array and "." in path)) is not None
    ]
    if not found:
        return None
    if is_array:
        return next((bounds for bounds in found if bounds.point), found[0])
    result = found[0]
    for bounds in found[1:]:
        result = _intersection(result, bounds)
    return result


def _intersection(one: Bounds, other: Bounds) -> Bounds:
    ranges: list[Range] = []
    for low, high in one.ranges:
        for other_low, other_high in other.ranges:
            least, most = max(low, other_low, key=_bytes), min(high, other_high, key=_bytes)
            if _bytes(least) < _bytes(most):
                ranges.append((least, most))
    return Bounds(tuple(ranges), one.exact + other.exact, one.point or other.point)


def _condition(condition: Condition, dotted_array: bool) -> Bounds | None:
    name, value = condition
    if name == "$eq":
        return None if isinstance(value, list) else _equal([value], dotted_array)
    if name == "$in":
        items = cast("list[Any]", value)
        return (
            None if any(isinstance(item, list) for item in items) else _equal(items, dotted_array)
        )
    if name in COMPARISONS:
        return _comparison(name, value, dotted_array)
    if name == "$regex" and (prefix := literal_prefix(value)):
        start = string_prefix(prefix)
        # A pattern matches a stored expression that is the same, too.
        return Bounds((((start, False), (start, True)), ((REGEX, False), _behind(REGEX))), 0, False)
    return None


def _equal(values: list[Any], dotted_array: bool) -> Bounds:
    points = sorted({key(value) for value in values})
    # A key of null is also made of an array's scalars, which a dotted path does not match.
    exact = not (dotted_array and NULL in points)
    return Bounds(tuple(_point(point) for point in points), int(exact), True)


def _comparison(name: str, value: Value, dotted_array: bool) -> Bounds | None:
    if isinstance(value, (list, Regex)):
        return None
    limit = key(value)
    if value is None or is_nan(value):
        return _equal([value] if name.endswith("e") else [], dotted_array)
    if name in ("$gt", "$gte"):
        return Bounds((((limit, name == "$gt"), _behind(limit[:1])),), 1, False)
    lowest = LOWEST_NUMBER if limit[:1] == NUMBER else limit[:1]
    return Bounds((((lowest, False), (limit, name == "$lte")),), 1, False)

"""Independent judges: BSON's order by exact fractions, and values drawn at random."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

from bson import Int64, ObjectId
from bson.binary import Binary
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from bson.timestamp import Timestamp
from hypothesis import strategies as st

_RANKS = {
    MinKey: 0,
    type(None): 1,
    int: 2,
    Int64: 2,
    float: 2,
    Decimal128: 2,
    str: 3,
    dict: 4,
    list: 5,
    bytes: 6,
    Binary: 6,
    ObjectId: 7,
    bool: 8,
    DatetimeMS: 9,
    Timestamp: 10,
    Regex: 11,
    MaxKey: 12,
}


def rank(value: Any) -> int:
    return _RANKS[type(value)]


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1 by MongoDB's order of values, without any use of keys."""
    if rank(left) != rank(right):
        return _sign(rank(left), rank(right))
    kind = type(left)
    if rank(left) == 2:
        return _sign(_number(left), _number(right))
    if kind is str:
        return _sign(left.encode(), right.encode())
    if kind is dict:
        for (name, value), (other, other_value) in zip(left.items(), right.items(), strict=False):
            result = (
                _sign(rank(value), rank(other_value))
                or _sign(name.encode(), other.encode())
                or compare(value, other_value)
            )
            if result:
                return result
        return _sign(len(left), len(right))
    if kind is list:
        for value, other_value in zip(left, right, strict=False):
            if result := compare(value, other_value):
                return result
        return _sign(len(left), len(right))
    if rank(left) == 6:
        return _sign(
            (len(left), _subtype(left), bytes(left)), (len(right), _subtype(right), bytes(right))
        )
    if kind is ObjectId:
        return _sign(left.binary, right.binary)
    if kind is DatetimeMS:
        return _sign(int(left), int(right))
    if kind is Timestamp:
        return _sign((left.time, left.inc), (right.time, right.inc))
    if kind is Regex:
        return _sign((left.pattern, left.flags), (right.pattern, right.flags))
    return 0 if kind in (type(None), MinKey, MaxKey) else _sign(left, right)


def _sign(left: Any, right: Any) -> int:
    return (left > right) - (left < right)


def _subtype(value: bytes) -> int:
    return value.subtype if isinstance(value, Binary) else 0


def _number(value: Any) -> tuple[int, Fraction]:
    """NaN, then minus infinity, then what is finite, then infinity."""
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if value != value:
        return 0, Fraction(0)
    if value in (float("inf"), float("-inf")):
        return (3 if value > 0 else 1), Fraction(0)
    return 2, Fraction(value)


in_order = functools.cmp_to_key(compare)

_EDGES = [0, 1, -1, 2**31 - 1, -(2**31), 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]


def _near(value: int) -> st.SearchStrategy[Any]:
    """Numbers of all types that are close to each other: where mistakes would be."""
    nearby = st.integers(max(value - 2, -(2**63)), min(value + 2, 2**63 - 1))
    return st.one_of(
        nearby,
        nearby.map(Int64),
        nearby.map(float),
        st.tuples(nearby, st.sampled_from(["", ".5", ".0000001", ".9999999999"])).map(
            lambda pair: Decimal128(f"{pair[0]}{pair[1]}")
        ),
    )


_decimals = st.builds(
    lambda sign, digits, exponent: Decimal128(f"{sign}{digits}E{exponent}"),
    st.sampled_from(["", "-"]),
    st.integers(0, 10**34 - 1),
    st.integers(-6176, 6111),
)
numbers = st.one_of(
    st.sampled_from(_EDGES).flatmap(_near),
    st.integers(-5, 5),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.floats(width=16).map(float).map(lambda value: value),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: Decimal128(f"{value:.20g}")),
    _decimals,
    st.sampled_from([Decimal128("NaN"), Decimal128("Infinity"), Decimal128("-Infinity")]),
)
texts = st.text(st.sampled_from("\x00\x01\x02ab\x7f\xe9\uffff\U0001f600"), max_size=4)
names = st.sampled_from(["a", "b", "ab", "c"])
scalars = st.one_of(
    numbers,
    texts,
    st.none(),
    st.booleans(),
    st.binary(max_size=3),
    st.builds(Binary, st.binary(max_size=3), st.sampled_from([0, 4, 128])),
    st.sampled_from([ObjectId("0" * 24), ObjectId("f" * 24)]),
    st.integers(-(2**40), 2**40).map(DatetimeMS),
    st.builds(Timestamp, st.integers(0, 3), st.integers(0, 3)),
    st.builds(Regex, st.sampled_from(["a", "a\x01", "b"]), st.sampled_from([0, 2, 10])),
    st.sampled_from([MinKey(), MaxKey()]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=5,
)

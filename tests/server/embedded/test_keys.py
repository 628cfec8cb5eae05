"""Keys, compared as bytes, order values as MongoDB does; judged by exact fractions."""

from random import Random

import bson
import pytest
from bson import Int64
from bson.decimal128 import Decimal128
from hypothesis import given, settings

from server.embedded.documents import decode
from server.embedded.keys import descending, key
from tests.server.embedded import drawn
from tests.server.embedded.judges import compare, numbers, texts, values


def sign(left: bytes, right: bytes) -> int:
    return (left > right) - (left < right)


def check(left, right) -> None:
    wanted = compare(left, right)
    one, other = key(left), key(right)
    assert sign(one, other) == wanted
    assert sign(descending(one), descending(other)) == -wanted
    # As the first field of a compound key, whatever follows must not matter.
    assert sign(one + b"\xfe", other + b"\x01") == (wanted or 1)
    assert sign(descending(one) + b"\xfe", descending(other) + b"\x01") == (-wanted or 1)


@given(numbers, numbers)
@settings(max_examples=250, deadline=None, database=None)
def test_numbers_of_all_types_interleave_exactly(left, right):
    check(left, right)


@given(texts, texts)
@settings(max_examples=150, deadline=None, database=None)
def test_strings_with_any_bytes_keep_their_order_both_ways(left, right):
    check(left, right)


@given(values, values)
@settings(max_examples=250, deadline=None, database=None)
def test_values_of_all_types_keep_their_order_both_ways(left, right):
    check(left, right)


@given(values)
@settings(max_examples=100, deadline=None, database=None)
def test_a_value_keeps_its_key_through_bson(value):
    assert key(decode(bson.encode({"v": value}))["v"]) == key(value)


def check_all_pairs(seed: int, size: int) -> None:
    rng = Random(seed)
    pool = [rng.choice([drawn.wide_number, drawn.value])(rng) for _ in range(size)]
    keyed = [(value, key(value)) for value in pool]
    for left, left_key in keyed:
        for right, right_key in keyed:
            assert sign(left_key, right_key) == compare(left, right), (left, right)


def test_many_pairs_keep_their_order():
    check_all_pairs(seed=1, size=150)


@pytest.mark.long
def test_a_million_pairs_keep_their_order():
    check_all_pairs(seed=2, size=1100)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("a", "a\x00"),
        ("a\x00", "a\x01"),
        ("a\x00b", "a\x01"),
        (-(2**53) - 1, -(2**53)),
        (2**53, 2**53 + 1),
        (Decimal128("0.1"), 0.1),
        (-0.1, Decimal128("-0.1")),
        (float("nan"), float("-inf")),
        (Decimal128("NaN"), Decimal128("-9E6144")),
        (float("-inf"), Decimal128("-9E6144")),
        (Decimal128("9E6144"), float("inf")),
        (0, Decimal128("1E-6176")),
        (Decimal128("-1E-6176"), 0),
        ({"a": False, "b": 2}, {"a": True, "b": 1}),
        ({"b": 1}, {"a": "x"}),
        ([1], [1, 1]),
        ({}, {"a": 1}),
    ],
)
def test_a_known_trap_is_ordered(lower, higher):
    check(lower, higher)


@pytest.mark.parametrize(
    "same", [[1, 1.0, Int64(1), Decimal128("1"), Decimal128("1.000")], [0, 0.0, -0.0]]
)
def test_equal_numbers_of_different_types_have_one_key(same):
    assert len({key(value) for value in same}) == 1

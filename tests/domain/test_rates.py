"""How much somebody may ask for in a time."""

from __future__ import annotations

import pytest

from domain.errors import RateLimited
from domain.rates import Bucket


def test_so_many_are_admitted_at_once_and_the_next_is_told_when():
    bucket = Bucket(rate=2.0, burst=3.0)
    for _ in range(3):
        bucket.take(100.0)

    with pytest.raises(RateLimited) as refused:
        bucket.take(100.0)

    assert refused.value.fields == {"retry_after": 0.5}


def test_it_fills_again_at_its_rate_and_never_beyond_its_burst():
    bucket = Bucket(rate=2.0, burst=3.0)
    for _ in range(3):
        bucket.take(100.0)

    bucket.take(100.5)
    with pytest.raises(RateLimited):
        bucket.take(100.6)
    for _ in range(3):
        bucket.take(999.0)
    with pytest.raises(RateLimited):
        bucket.take(999.0)


def test_it_says_when_it_is_as_good_as_new():
    bucket = Bucket(rate=2.0, burst=3.0)
    bucket.take(100.0)

    assert not bucket.is_full(100.4)
    assert bucket.is_full(100.5)

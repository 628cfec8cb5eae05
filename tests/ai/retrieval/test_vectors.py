"""The nearest vectors are found, whatever came and went before."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.retrieval.embedding import Vectors
from ai.retrieval.vectors import VectorIndex

WIDTH = 16


def drawn(count: int, seed: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_likeness():
    vectors, index = drawn(1_000), VectorIndex(WIDTH)
    index.put([f"{each}" for each in range(1_000)], vectors)

    found = index.search(vectors[7], 5)

    assert found[0] == ("7", pytest.approx(1))
    best = np.sort(vectors @ vectors[7])[::-1][:5]
    assert [likeness for _, likeness in found] == pytest.approx(best)


def test_more_than_there_are_and_none():
    index = VectorIndex(WIDTH)
    assert index.search(drawn(1)[0], 5) == []
    index.put(["a"], drawn(1))
    assert [identity for identity, _ in index.search(drawn(1)[0], 5)] == ["a"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=120))
def test_what_was_put_and_not_dropped_is_found(steps: list[tuple[bool, int]]):
    index, there = VectorIndex(WIDTH), dict[str, np.ndarray]()
    for number, (put, which) in enumerate(steps):
        if put:
            vector = drawn(1, seed=number)
            index.put([f"{which}"], vector)
            there[f"{which}"] = vector[0]
        else:
            index.drop([f"{which}"])
            there.pop(f"{which}", None)
    asked = drawn(1, seed=999)[0]

    found = dict(index.search(asked, 100))

    assert len(index) == len(there)
    assert found == {each: pytest.approx(float(there[each] @ asked), abs=1e-5) for each in there}
    assert index.likeness([*there, "never"], asked) == pytest.approx(
        [*(there[each] @ asked for each in there), 0.0], abs=1e-5
    )


@pytest.mark.skipif(find_spec("faiss") is None, reason="did not run: faiss is not installed")
def test_faiss_finds_nearly_the_same_and_forgets_what_is_dropped():
    exact, large = VectorIndex(WIDTH), VectorIndex(WIDTH, large=2_000)
    names = [f"{each}" for each in range(6_000)]
    vectors = drawn(6_000)
    for index in (exact, large):
        for at in range(0, 6_000, 1_000):
            index.put(names[at : at + 1_000], vectors[at : at + 1_000])
        index.drop(names[::7])
        index.put(["new"], vectors[:1])

    asked = drawn(30, seed=2)
    pairs = [(exact.search(each, 10), large.search(each, 10)) for each in asked]

    shared = [len({a for a, _ in one} & {a for a, _ in other}) for one, other in pairs]
    assert sum(shared) >= 0.7 * 300
    assert large.search(vectors[0], 1) == [("new", pytest.approx(1))]
    gone = set(names[::7])
    assert not any(gone & {identity for identity, _ in found} for _, found in pairs)

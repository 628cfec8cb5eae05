"""One model for many: together, questions first, and nobody waits for who has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from ai.retrieval.batching import MOST, MOST_PATIENT, Batching
from tests.ai.retrieval.hashing import HashingEmbedder
from tests.waiting import until


@pytest.fixture
async def batching() -> AsyncIterator[Batching]:
    made = Batching(HashingEmbedder())
    yield made
    _embedder(made).held.set()
    await made.close()


def _embedder(batching: Batching) -> HashingEmbedder:
    assert isinstance(batching.embedder, HashingEmbedder)
    return batching.embedder


async def _busy(batching: Batching) -> asyncio.Task[object]:
    """A run that is under way, and held."""
    _embedder(batching).held.clear()
    first = asyncio.create_task(batching.embed(["the first"]))
    await until(lambda: bool(_embedder(batching).runs), "it works")
    return first


async def test_each_gets_the_vectors_of_their_own_texts(batching: Batching):
    asked = [[f"word{n}", f"other{n}"] for n in range(20)]

    found = await asyncio.gather(*(batching.embed(each) for each in asked))

    for texts, vectors in zip(asked, found, strict=True):
        assert np.array_equal(vectors, HashingEmbedder().embed(texts))


async def test_who_asks_while_it_works_goes_together(batching: Batching):
    first = await _busy(batching)
    more = [asyncio.create_task(batching.embed([f"text {n}"])) for n in range(MOST + 3)]
    await asyncio.sleep(0)
    _embedder(batching).held.set()
    await asyncio.gather(first, *more)

    assert [len(run) for run in _embedder(batching).runs] == [1, MOST, 3]


async def test_a_question_passes_what_can_wait(batching: Batching):
    first = await _busy(batching)
    background = asyncio.create_task(
        batching.embed([f"chunk {n}" for n in range(MOST_PATIENT + 1)], urgent=False)
    )
    await asyncio.sleep(0)
    question = asyncio.create_task(batching.embed(["a question"]))
    await asyncio.sleep(0)
    _embedder(batching).held.set()
    await asyncio.gather(first, background, question)

    runs = _embedder(batching).runs
    assert runs[1] == ["a question"]
    assert [len(run) for run in runs[2:]] == [MOST_PATIENT, 1]


async def test_what_nobody_waits_for_any_more_is_not_embedded(batching: Batching):
    first = await _busy(batching)
    gone = asyncio.create_task(batching.embed(["gone"]))
    await asyncio.sleep(0)
    gone.cancel()
    stays = asyncio.create_task(batching.embed(["stays"]))
    await asyncio.sleep(0)
    _embedder(batching).held.set()
    await asyncio.gather(first, stays)

    assert _embedder(batching).runs[1:] == [["stays"]]


async def test_a_text_that_breaks_it_breaks_its_own_run_only(batching: Batching):
    with pytest.raises(ValueError, match="unreadable"):
        await batching.embed(["what no model reads", "another"])
    assert (await batching.embed(["readable"])).shape == (1, 256)


async def test_the_loop_goes_on_meanwhile_and_nothing_asked_is_nothing_run(batching: Batching):
    first = await _busy(batching)
    assert (await batching.embed([])).shape == (0, 256)
    assert not first.done()

"""How long a question takes among 100,000 passages, and what the loop feels of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np

from ai.retrieval.chunks import Chunk
from ai.retrieval.embedding import Embedder
from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings
from ai.retrieval.passages import PassageIndex
from ai.retrieval.retriever import Retriever
from tests.evaluation.finding import Library

TICK = 0.002


class Speed(NamedTuple):
    """Milliseconds; `busy` is processor time, which a busy machine does not make longer by much;
    `lag` is how much later than it wished the loop came round meanwhile."""

    passages: int
    p50: float
    p95: float
    busy: float
    embedding_p50: float
    lag_p50: float
    lag_p99: float


def crowd(library: Library, size: int) -> PassageIndex:
    """The real passages, and synthetic neighbours of them until there are `size`: some of their
    words in another order, their vectors a little elsewhere."""
    index, draw = PassageIndex(), random.Random(7)
    noise = np.random.default_rng(7)
    index.put(library.chunks)
    for identity, chunks in library.chunks.items():
        index.put_vectors(identity, chunks, library.vectors[identity])
    real = [(each, v) for i, c in library.chunks.items() for each, v in _rows(c, library, i)]
    while len(index) < size:
        articles: dict[str, Sequence[Chunk]] = {}
        vectors = {}
        for _ in range(min(5_000, size - len(index))):
            chunk, vector = draw.choice(real)
            words = chunk.plain.split()
            name = f"synthetic-{len(index) + len(articles)}"
            text = " ".join(draw.sample(words, max(1, len(words) * 2 // 3)))
            articles[name] = [chunk._replace(article_id=name, text=text)]
            near = vector + noise.normal(0, 0.04, vector.shape).astype(np.float32)
            vectors[name] = (near / np.linalg.norm(near))[None, :]
        index.put(articles)
        for name, chunks in articles.items():
            index.put_vectors(name, chunks, vectors[name])
    return index


def _rows(chunks: Sequence[Chunk], library: Library, identity: str):
    return zip(chunks, library.vectors[identity], strict=True)


async def measure_speed(
    embedder: Embedder, index: PassageIndex, questions: Sequence[str], folder: Path
) -> Speed:
    """One question after the other, the whole way, while the loop is watched."""
    embeddings = Embeddings(lambda: embedder)
    await embeddings.run()
    retriever = Retriever(embeddings, KeptVectors(folder / "speed.db"), index)
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    for each in questions[:20]:
        await retriever.find(each, public_only=True)  # What is quick only once is not counted.
    lags.clear()
    begun = process_time()
    whole = [await _timed(retriever.find(each, public_only=True)) for each in questions]
    busy = (process_time() - begun) * 1_000 / len(questions)
    alone = [await _timed(embeddings.embed([each])) for each in questions]
    watching.cancel()
    await embeddings.close()
    await retriever.close()
    quantiles = np.quantile
    return Speed(
        len(index),
        *(float(each) for each in quantiles(whole, (0.5, 0.95))),
        busy,
        float(quantiles(alone, 0.5)),
        *(float(each) for each in quantiles(lags, (0.5, 0.99))),
    )


async def _timed(work) -> float:
    begun = perf_counter()
    await work
    return (perf_counter() - begun) * 1_000


async def _watch(lags: list[float]) -> None:
    while True:
        begun = perf_counter()
        await asyncio.sleep(TICK)
        lags.append((perf_counter() - begun - TICK) * 1_000)

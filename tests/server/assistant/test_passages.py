"""The worker's passages follow the store, with a model and without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import pytest

from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings
from ai.retrieval.retriever import Retriever
from server.assistant.passages import Passages, embedder_of, open_passages
from server.clock import SystemClock
from tests.ai.retrieval.hashing import HashingEmbedder
from tests.ai.retrieval.test_models import LIGHT
from tests.server.http.desk import Desk
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def following(desk: Desk, folder: Path) -> AsyncGenerator[Passages]:
    embeddings = Embeddings(HashingEmbedder)
    retriever = Retriever(embeddings, KeptVectors(folder / "vectors.db"))
    passages = Passages(desk.parts.store, SystemClock(), retriever)
    running = asyncio.create_task(passages.run())
    try:
        yield passages
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await embeddings.close()
        await retriever.close()


async def seconds_until(passages: Passages, question: str, title: str | None) -> float:
    """How long it takes until what is found first has this title; None for nothing."""
    begun = monotonic()
    while monotonic() - begun < 10:
        found = await passages.find(question, public_only=True, limit=1)
        if [each.chunk.title for each in found.passages] == ([title] if title else []):
            return monotonic() - begun
        await asyncio.sleep(0.02)
    raise AssertionError(f"{question!r} never finds {title!r}")


async def written(desk: Desk, title: str, body: str, **more: str) -> str:
    article = {"title": title, "body": body, "stage": "published", **more}
    answer = await desk.post("agent", "/api/articles", article)
    assert answer.status_code == 201, answer.text
    return f"/api/articles/{answer.json()['id']}"


async def test_what_is_saved_changed_or_deleted_is_found_so_within_two_seconds(
    desk: Desk, tmp_path: Path
):
    async with following(desk, tmp_path) as passages:
        path = await written(desk, "Marimbas", "Play them with mallets.")
        assert await seconds_until(passages, "marimbas", "Marimbas") < 2

        await desk.put("agent", path, {"title": "Glockenspiels", "body": "Of metal."})
        assert await seconds_until(passages, "glockenspiels", "Glockenspiels") < 2

        await desk.put("agent", path, {"reach": "staff"})
        found = await passages.find("glockenspiels", public_only=False)
        assert found.passages
        assert await seconds_until(passages, "glockenspiels", None) < 2


async def test_a_model_finds_it_by_meaning_soon_after(desk: Desk, tmp_path: Path):
    async with following(desk, tmp_path) as passages:
        await written(desk, "bike", "unlock the bike")
        assert await seconds_until(passages, "bicycle", "bike") < 5


async def test_without_a_model_words_find_it_and_the_state_says_why(desk: Desk, tmp_path: Path):
    more = {"embedder": "none", "data_dir": tmp_path}
    settings = desk.parts.settings.model_copy(update=more)
    assert embedder_of(settings) is None
    async with open_passages(settings, desk.parts.store, SystemClock()) as passages:
        await written(desk, "Theremins", "Do not touch them.")
        await passages.refresh()
        found = await passages.find("theremins", public_only=True)
        assert [each.chunk.title for each in found.passages] == ["Theremins"]
        embeddings = passages.retriever.embeddings
        assert (embeddings.state, embeddings.why) == ("none", "switched off")


async def test_the_real_model_as_a_worker_opens_it(desk: Desk, tmp_path: Path):
    missing = [each for each in LIGHT if find_spec(each) is None]
    if missing:
        pytest.skip(f"did not run: {', '.join(missing)} not installed")
    more = {"embedder": "onnx", "data_dir": tmp_path}
    settings = desk.parts.settings.model_copy(update=more)
    await written(desk, "Return something", "Within 60 days you may send any purchase back.")
    async with open_passages(settings, desk.parts.store, SystemClock()) as passages:
        running = asyncio.create_task(passages.run())
        try:
            embeddings = passages.retriever.embeddings
            await until(lambda: embeddings.state == "ready", "the model is there", 60)
            await until(lambda: not passages.retriever.waiting, "all is embedded", 60)
            found = await passages.find(
                "How do I give back shoes that do not fit?", public_only=True
            )
        finally:
            running.cancel()
    assert found.by_meaning
    assert found.passages[0].chunk.title == "Return something"

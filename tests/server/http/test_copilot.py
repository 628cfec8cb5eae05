"""The copilot over REST: who may ask, what it knows of, what comes back, and what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio

from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import Embeddings
from ai.retrieval.retriever import Retriever
from server.assistant.finding import Finding
from server.assistant.passages import Passages
from server.assistant.searching import Shelf
from server.repeating import for_ever
from server.store.streams import Streams
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")
REFUNDS = {
    "title": "How long does a refund take?",
    "body": "A refund takes **five working days** after the parcel is back.",
    "stage": "published",
}
RUNBOOK = {
    "title": "A refund by hand takes the red button",
    "body": "How long a refund takes depends on who presses the red button.",
    "stage": "published",
    "reach": "staff",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[None]:
    """A worker's side, which knows the articles by their words."""
    for each in (REFUNDS, RUNBOOK):
        done(await desk.post("admin", "/api/articles", each), 201)
    kept = KeptVectors(Path(tmp_path_factory.mktemp("vectors")) / "vectors.db")
    passages = Passages(desk.parts.store, desk.parts.clock, Retriever(Embeddings(None), kept))
    shelf = Shelf(passages)
    await shelf.refresh()
    finding = Finding(desk.parts.redis, desk.parts.store, Streams(desk.parts.store), shelf)
    working = asyncio.create_task(for_ever("finding", finding.answer_one, 0.0))
    yield
    working.cancel()
    await asyncio.wait([working])
    await passages.retriever.close()


async def helped(
    desk: Desk, who: str, ticket: dict[str, Any], key: str | None = None, **wanted: str
):
    answer = await desk.post(who, f"/api/tickets/{ticket['id']}/copilot", wanted, key=key)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in answer.text.splitlines()]


async def test_a_reply_is_suggested_from_public_articles(desk: Desk, worker: None):
    ticket = await desk.open("How long does a refund take?")
    key = str(uuid4())

    [begun, text, end] = await helped(desk, "agent", ticket, key, task="suggest")

    assert begun["begun"] == "passages"
    assert [each["title"] for each in begun["sources"]] == [REFUNDS["title"]]
    assert "five working days" in text["text"]
    assert end == {"done": key}
    messages = done(await desk.get("agent", f"/api/tickets/{ticket['id']}/messages"))
    assert len(messages["items"]) == 1, "nothing was sent"


async def test_what_no_article_answers_is_said(desk: Desk, worker: None):
    ticket = await desk.open("Zebras juggle quietly")

    [line] = await helped(desk, "agent", ticket, task="suggest")

    assert line["error"]["code"] == "not_found"


async def test_a_summary_knows_the_notes(desk: Desk):
    ticket = await desk.open("It is broken")
    await desk.say("agent", ticket, "The parcel came on Monday.", visibility="private")

    [begun, text, _] = await helped(desk, "agent", ticket, task="summarise")

    assert begun == {"begun": "passages", "sources": []}
    assert "Monday" in text["text"]
    spanish = await helped(desk, "agent", ticket, task="summarise", language="es")
    assert "**Se pidió:**" in spanish[1]["text"]


async def test_what_was_redacted_is_in_no_text(desk: Desk):
    ticket = await desk.open("My card")
    said = await desk.say("client", ticket, "It is 4111 1111 1111 1111.")
    path = f"/api/tickets/{ticket['id']}/messages/{said['message_id']}"
    assert (await desk.delete("admin", path)).status_code == 204

    lines = await helped(desk, "agent", ticket, task="summarise")

    assert "4111" not in str(lines)


async def test_a_draft_is_written_anew_by_a_model_only(desk: Desk):
    ticket = await desk.open()

    [line] = await helped(desk, "agent", ticket, task="shorter", draft="Dear sir or madam")

    assert line["error"]["code"] == "conflict"
    path = f"/api/tickets/{ticket['id']}/copilot"
    refused(await desk.post("agent", path, {"task": "shorter"}), 422, "invalid")
    refused(await desk.post("agent", path, {"task": "sing"}), 422, "invalid")


async def test_it_is_for_staff_who_see_the_ticket(desk: Desk):
    ticket = await desk.open()
    path = f"/api/tickets/{ticket['id']}/copilot"

    refused(await desk.post("client", path, {"task": "summarise"}), 403, "forbidden")
    refused(await desk.post("stranger", path, {"task": "summarise"}), 404, "not_found")
    refused(await desk.post(None, path, {"task": "summarise"}), 401, "unauthenticated")
    gone = f"/api/tickets/{uuid4()}/copilot"
    refused(await desk.post("agent", gone, {"task": "summarise"}), 404, "not_found")


async def test_what_became_of_a_text_is_counted(desk: Desk):
    before = done(await desk.get("agent", "/api/assistant"))["copilot"]
    ticket, keys = await desk.open(), [str(uuid4()) for _ in range(3)]
    for key in keys:
        await helped(desk, "agent", ticket, key, task="summarise")

    for key, verdict in zip(keys, ("used", "used", "changed"), strict=True):
        path = f"/api/copilot/{key}/verdict"
        assert (await desk.post("agent", path, {"verdict": verdict})).status_code == 204
    # The last word counts.
    await desk.post("agent", f"/api/copilot/{keys[0]}/verdict", {"verdict": "dropped"})

    after = done(await desk.get("agent", "/api/assistant"))["copilot"]
    assert {each: after[each] - before[each] for each in after} == {
        "asked": 3,
        "used": 1,
        "changed": 1,
        "dropped": 1,
    }
    others = f"/api/copilot/{keys[0]}/verdict"
    refused(await desk.post("supervisor", others, {"verdict": "used"}), 404, "not_found")
    unknown = f"/api/copilot/{uuid4()}/verdict"
    refused(await desk.post("agent", unknown, {"verdict": "used"}), 404, "not_found")


async def test_without_a_worker_one_is_asked_to_come_again(desk: Desk, monkeypatch: Any):
    monkeypatch.setattr("server.assistant.finding.WAIT_SECONDS", 0.1)
    monkeypatch.setattr("server.assistant.finding.QUESTIONS", "dw1:nobody-listens")
    ticket = await desk.open()

    path = f"/api/tickets/{ticket['id']}/copilot"
    refused(await desk.post("agent", path, {"task": "suggest"}), 503, "retryable")
    [waiting] = await desk.parts.redis.lrange("dw1:nobody-listens", 0, -1)
    assert ticket["id"].encode() in waiting
    assert b"work" not in waiting, "a list in Redis has ids and no words"

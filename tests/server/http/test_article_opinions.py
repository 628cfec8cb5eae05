"""Whether articles helped, through the door: said once by each reader, counted for writers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domain.message import ActorKind
from server.http import article_opinions
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.store import citations
from server.store.effects import Effects
from server.store.letters import Letters
from server.store.models import StoredMessage, StoredOpinion
from tests.server.http.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def article(desk: Desk, **more: str) -> str:
    """The path of a new one that everybody may read."""
    said = {"title": "Refunds", "body": "Five days.", "stage": "published", **more}
    made = await desk.post("agent", "/api/articles", said)
    return f"/api/articles/{made.json()['id']}"


async def say(desk: Desk, who: str | None, path: str, helpful: bool, **more: Any) -> int:
    answer = await desk.post(who, f"{path}/feedback", {"helpful": helpful, **more})
    return answer.status_code


async def tally(desk: Desk, path: str) -> dict[str, int]:
    answer = await desk.get("agent", f"{path}/feedback")
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()["tally"]
    listed = (await desk.get("agent", "/api/articles/feedback")).json()["items"]
    assert found in listed
    return {name: many for name, many in found.items() if name != "article_id" and many}


async def test_each_reader_has_one_word_on_each_text(desk: Desk):
    path = await article(desk)
    one, other = str(uuid4()), str(uuid4())
    assert await say(desk, "client", path, True) == 204
    assert await say(desk, "client", path, False, word="Which days?") == 204
    assert await say(desk, None, path, True, reader=one) == 204
    assert await say(desk, None, path, True, reader=one) == 204
    assert await say(desk, None, path, True, reader=other) == 204
    assert await say(desk, None, path, True, reader=desk.id_of("client")) == 204
    assert await tally(desk, path) == {"helpful": 3, "unhelpful": 1}

    await desk.put("agent", path, {"revision": {"title": "R", "body": "Four."}})
    assert await tally(desk, path) == {"helpful": 3, "unhelpful": 1}
    await desk.put("agent", path, {"body": "Four.", "revision": None})
    assert await tally(desk, path) == {"before": 4}
    assert await say(desk, "client", path, True) == 204
    assert await tally(desk, path) == {"before": 4, "helpful": 1}
    words = (await desk.get("agent", f"{path}/feedback")).json()["words"]
    assert [(each["word"], each["current"]) for each in words] == [("Which days?", False)]


async def test_who_may_not_read_it_says_nothing_of_it_and_readers_count_nothing(desk: Desk):
    draft = await article(desk, stage="draft")
    for who in ("client", None):
        assert await say(desk, who, draft, True, reader=str(uuid4())) == 404
    path = await article(desk)
    assert await say(desk, None, path, True) == 422
    assert await say(desk, None, path, True, reader=str(uuid4()), word="x" * 501) == 422
    for who, status in (("client", 403), (None, 401)):
        assert (await desk.get(who, f"{path}/feedback")).status_code == status
        assert (await desk.get(who, "/api/articles/feedback")).status_code == status


async def test_a_network_without_a_log_in_says_so_much_an_hour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    few = article_opinions.OPINIONS._replace(name="few opinions", many=2)
    monkeypatch.setattr(article_opinions, "OPINIONS", few)
    path = await article(desk)
    said = [await say(desk, None, path, False, reader=str(uuid4())) for _ in range(3)]
    assert said == [204, 204, 429]
    assert await say(desk, "client", path, True) == 204


async def test_answers_that_cited_it_count_with_what_became_of_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(citations, "SHARED", 0)
    path = await article(desk)
    article_id = path.rsplit("/", 1)[1]
    source = {"article_id": article_id, "title": "Refunds", "passage": "Five days."}
    for helpful in (True, False, None):
        await desk.parts.store[StoredMessage].insert_one(
            {
                "_id": str(uuid4()),
                "ticket_id": str(uuid4()),
                "seq": 2,
                "at": desk.parts.clock.now(),
                "author": {"kind": ActorKind.ASSISTANT.value, "id": "assistant"},
                "sources": [source, source],
                "helpful": helpful,
            }
        )
    expected = {"answers": 3, "answers_helpful": 1, "answers_unhelpful": 1}
    assert await tally(desk, path) == expected


async def test_what_was_said_goes_with_the_article_and_with_who_said_it(desk: Desk):
    path, gone = await article(desk), await article(desk)
    assert await say(desk, "client", path, False, word="Mine") == 204
    assert await say(desk, "client", gone, False, word="Mine") == 204
    await desk.delete("agent", gone)
    await desk.parts.documents.sweep()
    opinions = desk.parts.store[StoredOpinion]
    assert await opinions.count_documents({"article_id": gone.rsplit("/", 1)[1]}) == 0

    store, effects = desk.parts.store, Effects(desk.parts.store, desk.parts.clock)
    board = NoticeBoard(store, desk.parts.feeds)
    await TakingBack(store, Letters(store), effects, board).person(desk.id_of("client"))
    assert await tally(desk, path) == {}
    assert await opinions.count_documents({"word": "Mine"}) == 0

"""What nobody could answer: told by readers, handed over by the assistant, listed for writers."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from ai.retrieval.loading import Embeddings
from domain.access import Actor
from domain.assistant.commands import Answer, HandOverTicket
from domain.assistant.state import AssistantLevel, HandOver
from domain.inbox.state import DEFAULT_INBOX_ID
from domain.message import ActorKind
from server.http import questions
from server.questions.gathering import Gathering
from server.store.models import StoredQuestion
from server.store.questions import erase_questions
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")
INBOX = f"/api/inboxes/{DEFAULT_INBOX_ID}"
ASSISTANT = Actor(kind=ActorKind.ASSISTANT, id="assistant")


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _on(desk: Desk) -> None:
    inbox = done(await desk.get("admin", INBOX))
    done(await desk.put("admin", INBOX, {"version": inbox["version"], "assistant": True}))


async def left_to_people(desk: Desk, title: str, reason: HandOver) -> dict[str, Any]:
    ticket = await desk.open(title)
    command = HandOverTicket(
        command_id=f"assistant:{ticket['id']}", ticket_id=ticket["id"], about_seq=1, reason=reason
    )
    await desk.parts.dispatch.dispatch(command, ASSISTANT)
    return ticket


async def gather(desk: Desk) -> None:
    await Gathering(desk.parts.store, desk.parts.clock, Embeddings(None)).gather()


async def listed(desk: Desk, word: str, who: str = "supervisor") -> list[dict[str, Any]]:
    items = done(await desk.get(who, "/api/questions"))["items"]
    return [each for each in items if word in each["text"].casefold()]


async def search(desk: Desk, who: str | None, words: str) -> int:
    return (await desk.post(who, "/api/questions/searched", {"q": words})).status_code


async def test_searches_and_tickets_that_ask_the_same_are_one_question(desk: Desk):
    ticket = await left_to_people(desk, "Do you rent tandems?", HandOver.NOTHING_FOUND)
    await left_to_people(desk, "A person about tandems please", HandOver.ASKED)
    assert await search(desk, None, "  rent   tandems ") == 204
    assert await search(desk, "client", "renting a tandem") == 204
    assert await search(desk, "agent", "rent tandems") == 204
    await gather(desk)
    await gather(desk)
    [found] = await listed(desk, "tandem")
    assert (found["count"], found["searches"]) == (3, 2)
    assert [(each["id"], each["number"]) for each in found["tickets"]] == [
        (ticket["id"], ticket["number"])
    ]


async def test_nobody_learns_who_searched_and_nothing_of_theirs(desk: Desk):
    await search(desk, "client", "unicycle for ada@x.example order 100200300")
    [found] = await listed(desk, "unicycle")
    assert found["text"] == "unicycle for … order …"
    [kept] = [
        each
        async for each in desk.parts.store[StoredQuestion].find({"source": "search"})
        if "unicycle" in each["text"]
    ]
    assert desk.id_of("client") not in str(kept)
    assert kept["filed"] is not None
    await search(desk, "client", "12 34")
    assert await desk.parts.store[StoredQuestion].count_documents({"text": "12 34"}) == 0


async def test_what_is_not_for_us_is_put_away_with_its_like_and_comes_back(desk: Desk):
    await search(desk, None, "sell penguins")
    [found] = await listed(desk, "penguin")
    away = await desk.post("agent", "/api/questions/put-away", {"ids": found["ids"]})
    assert away.status_code == 204
    await search(desk, None, "penguins sell")
    assert await listed(desk, "penguin") == []
    back = {"ids": found["ids"], "away": False}
    assert (await desk.post("agent", "/api/questions/put-away", back)).status_code == 204
    [found] = await listed(desk, "penguin")
    assert found["count"] == 2


async def test_questions_are_for_writers_and_of_tickets_only_for_who_may_read_them(desk: Desk):
    for who, code in (("client", 403), (None, 401)):
        assert (await desk.get(who, "/api/questions")).status_code == code
        put = await desk.post(who, "/api/questions/put-away", {"ids": []})
        assert put.status_code == code
    await left_to_people(desk, "Walruses on ferries?", HandOver.UNSURE)
    await gather(desk)
    assert len(await listed(desk, "walrus")) == 1
    team = done(await desk.post("admin", "/api/teams", {"name": "Others"}), 201)
    ticket = (await listed(desk, "walrus"))[0]["tickets"][0]["id"]
    done(
        await desk.post(
            "supervisor", f"/api/tickets/{ticket}/assign", {"team_id": team["id"], "agent_id": None}
        )
    )
    assert await listed(desk, "walrus", "agent") == []
    assert len(await listed(desk, "walrus")) == 1


async def test_what_was_redacted_is_asked_no_more(desk: Desk):
    ticket = await left_to_people(desk, "Otters in baskets?", HandOver.NOTHING_FOUND)
    await gather(desk)
    assert len(await listed(desk, "otter")) == 1
    [row] = await desk.parts.store[StoredQuestion].find({"ticket_id": ticket["id"]}).to_list()
    path = f"/api/tickets/{ticket['id']}/messages/{row['message_id']}"
    assert (await desk.delete("supervisor", path)).status_code < 300
    assert await listed(desk, "otter") == []
    await erase_questions(desk.parts.store, {"message_id": row["message_id"]})
    await gather(desk)
    left = desk.parts.store[StoredQuestion].count_documents({"ticket_id": ticket["id"]})
    assert await left == 0


async def test_a_network_tells_so_many_searches_an_hour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    few = questions.SEARCHES._replace(name="few searches", many=2)
    monkeypatch.setattr(questions, "SEARCHES", few)
    assert [await search(desk, None, "many llamas") for _ in range(3)] == [204, 204, 429]
    refused(await desk.post(None, "/api/questions/searched", {"q": "x" * 301}), 422, "invalid")


async def test_a_question_that_came_later_is_told_in_its_own_words(desk: Desk):
    ticket = await desk.open("Rowing boats by the hour?")
    answer = Answer(
        command_id=f"assistant:1:{ticket['id']}",
        ticket_id=ticket["id"],
        about_seq=1,
        body="> By the hour.",
        level=AssistantLevel.PASSAGES,
    )
    await desk.parts.dispatch.dispatch(answer, ASSISTANT)
    later = await desk.say("client", ticket, "And gondolas for weddings?")
    left = HandOverTicket(
        command_id=f"assistant:2:{ticket['id']}",
        ticket_id=ticket["id"],
        about_seq=later["seq"],
        reason=HandOver.NOTHING_FOUND,
    )
    await desk.parts.dispatch.dispatch(left, ASSISTANT)
    await gather(desk)

    assert [each["text"] for each in await listed(desk, "gondola")] == [
        "And gondolas for weddings?"
    ]
    assert await listed(desk, "rowing") == []

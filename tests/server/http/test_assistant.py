"""The assistant over REST: on for an inbox, what it can do, a person for the asking, ratings."""

from __future__ import annotations

import pytest
import pytest_asyncio

from domain.access import Actor
from domain.assistant.commands import Answer
from domain.assistant.state import AssistantLevel
from domain.inbox.state import DEFAULT_INBOX_ID
from domain.message import ActorKind
from server.assistant.standing import Standing, Standings
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")
INBOX = f"/api/inboxes/{DEFAULT_INBOX_ID}"


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _on(desk: Desk) -> None:
    inbox = done(await desk.get("admin", INBOX))
    assert (inbox["assistant"], inbox["fallback"]) == (False, "person")
    assert done(await desk.get("agent", "/api/assistant"))["why"] == "no_inbox"
    fields = {"version": inbox["version"], "assistant": True, "fallback": "general"}
    done(await desk.ask("admin", "PUT", INBOX, json=fields))


async def answered(desk: Desk, ticket_id: str) -> str:
    """Let the assistant say something; the id of the message."""
    command = Answer(
        command_id=f"assistant:{ticket_id}",
        ticket_id=ticket_id,
        about_seq=1,
        body="> It is so.",
        level=AssistantLevel.PASSAGES,
    )
    actor = Actor(kind=ActorKind.ASSISTANT, id="assistant")
    outcome = await desk.parts.dispatch.dispatch(command, actor)
    return outcome.result["message_id"]


async def test_staff_read_what_it_can_do_and_why_not_more(desk: Desk):
    before = done(await desk.get("agent", "/api/assistant"))
    assert (before["level"], before["why"]) == ("off", "no_worker")
    worker = Standings(desk.parts.store, desk.parts.clock)

    await worker.tell(Standing(level=AssistantLevel.PASSAGES, articles=0))
    assert done(await desk.get("agent", "/api/assistant"))["why"] == "no_articles"
    await worker.tell(Standing(level=AssistantLevel.PASSAGES, articles=3))
    ticket = await desk.open("Is it so?")

    shown = done(await desk.get("agent", "/api/assistant"))
    assert (shown["level"], shown["why"], shown["articles"]) == ("passages", "no_model", 3)
    assert shown["llm"] == shown["embedder"] == {"state": "none", "name": None}
    assert shown["tickets"]["waiting"] >= 1
    refused(await desk.get("client", "/api/assistant"), 403, "forbidden")
    done(await desk.post("client", f"/api/tickets/{ticket['id']}/ask-person"))


async def test_a_client_asks_for_a_person_and_stands_in_the_queue(desk: Desk):
    ticket = await desk.open("A person, please")
    path = f"/api/tickets/{ticket['id']}"
    assert done(await desk.get("client", path))["assistant"]["state"] == "waiting"

    refused(await desk.post("agent", f"{path}/ask-person"), 403, "forbidden")
    refused(await desk.post("stranger", f"{path}/ask-person"), 404, "not_found")
    done(await desk.post("client", f"{path}/ask-person"))
    done(await desk.post("client", f"{path}/ask-person"))

    shown = done(await desk.get("client", path))["assistant"]
    assert (shown["state"], shown["reason"]) == ("handed_over", "asked")


async def test_an_answer_is_rated_by_its_client(desk: Desk):
    ticket = await desk.open("Is it so?")
    path = f"/api/tickets/{ticket['id']}"
    message_id = await answered(desk, ticket["id"])
    rating = f"{path}/messages/{message_id}/rating"

    refused(await desk.post("agent", rating, {"helpful": True}), 403, "forbidden")
    refused(await desk.post("client", rating, {}), 422, "invalid")
    done(await desk.post("client", rating, {"helpful": False}))
    (_, message) = done(await desk.get("agent", f"{path}/messages"))["items"]
    assert message["helpful"] is False
    done(await desk.post("client", rating, {"helpful": True}))

    assert done(await desk.get("client", path))["status"] == "resolved"


async def test_staff_see_what_was_asked_and_shown_and_clients_do_not(desk: Desk):
    ticket = await desk.open("Is it so?")
    path = f"/api/tickets/{ticket['id']}"
    await answered(desk, ticket["id"])

    staff = done(await desk.get("agent", path))
    assert len(staff["private"]["briefing"]["asked"]) == 1
    assert done(await desk.get("client", path))["private"] is None

"""An article from a solved ticket: a draft without what is the client's own, linked back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest

from ai.llm.asking import Ask, Down, End, Piece, Reason, Text
from domain.assistant.commands import Answer
from domain.assistant.state import AssistantLevel
from domain.inbox.state import DEFAULT_INBOX_ID
from server.assistant.answering import ASSISTANT_ACTOR
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

RESOLVED = {"status": "resolved"}


async def solved(desk: Desk, question: str, *answers: str) -> dict[str, Any]:
    ticket = await desk.open("Client's refund of order 100200300", body=question)
    for answer in answers:
        await desk.say("supervisor", ticket, answer)
    await desk.say("supervisor", ticket, "He is a friend of the boss.", visibility="private")
    path = f"/api/tickets/{ticket['id']}/status"
    done(await desk.post("supervisor", path, RESOLVED))
    return ticket


async def drafted(desk: Desk, ticket: dict[str, Any]) -> dict[str, Any]:
    return done(await desk.post("supervisor", f"/api/tickets/{ticket['id']}/article"))


async def test_the_question_and_what_was_answered_become_a_draft_without_anybody(desk: Desk):
    ticket = await solved(
        desk,
        "Hello,\n\nwhere is my money? Client here, client@desk.test, +44 20 7946 0958.",
        "Let me look.",
        "Hi Client,\n\nRefunds take **five days**. Yours, Supervisor",
        "You are welcome!",
    )
    article = await drafted(desk, ticket)
    assert article["title"] == "…'s refund of order …"
    assert article["body"] == (
        "## What was asked\n\nwhere is my money? … here, …, ….\n\n"
        "## What to do\n\nRefunds take **five days**. Yours, …"
    )
    assert (article["stage"], article["language"], article["ticket_id"]) == (
        "draft",
        "en",
        ticket["id"],
    )
    assert (await drafted(desk, ticket))["id"] == article["id"]

    path = f"/api/articles/{article['id']}"
    done(await desk.put("supervisor", path, {"stage": "published"}))
    assert done(await desk.get("client", path))["ticket_id"] is None


async def test_an_answer_in_parts_stays_whole_and_the_longest_ones_are_cut(desk: Desk):
    parts = await solved(desk, "How?", "First take the wheel out.", "Then put the new tube in.")
    body = (await drafted(desk, parts))["body"]
    assert body.endswith("First take the wheel out.\n\nThen put the new tube in.")

    huge = await solved(desk, "a " * 25_000, "b " * 25_000, "c " * 25_000)
    body = (await drafted(desk, huge))["body"]
    assert len(body) < 100_000
    assert body.startswith("## What was asked\n\na a ")


async def test_what_the_assistant_said_before_people_went_on_is_in_no_draft(desk: Desk):
    inbox = f"/api/inboxes/{DEFAULT_INBOX_ID}"
    version = done(await desk.get("admin", inbox))["version"]
    fields = {"version": version, "assistant": True}
    version = done(await desk.ask("admin", "PUT", inbox, json=fields))["version"]
    ticket = await desk.open("Is it so?")
    done(await desk.ask("admin", "PUT", inbox, json={"version": version, "assistant": False}))
    answer = Answer(
        command_id=f"assistant:{ticket['id']}",
        ticket_id=ticket["id"],
        about_seq=1,
        body="> It is so, as it stands in so many words in an article.",
        level=AssistantLevel.PASSAGES,
    )
    await desk.parts.dispatch.dispatch(answer, ASSISTANT_ACTOR)
    await desk.say("supervisor", ticket, "It is not.")
    done(await desk.post("supervisor", f"/api/tickets/{ticket['id']}/status", RESOLVED))

    body = (await drafted(desk, ticket))["body"]
    assert body.endswith("## What to do\n\nIt is not.")


async def test_what_is_not_solved_or_was_not_answered_makes_none(desk: Desk):
    ticket = await desk.open("Still open")
    path = f"/api/tickets/{ticket['id']}/article"
    refused(await desk.post("supervisor", path), 409, "conflict")
    refused(await desk.post("client", path), 403, "forbidden")
    silent = await solved(desk, "Nobody said anything.")
    refused(await desk.post("supervisor", f"/api/tickets/{silent['id']}/article"), 409, "conflict")


class Model:
    """A model that says one thing, and remembers what it was told."""

    name, up = "said", True

    def __init__(self, *said: str, fails: bool = False) -> None:
        self._said, self._fails = said, fails
        self.told = ""

    async def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        self.told = ask.turns[-1].content
        for each in self._said:
            yield Text(each)
        if self._fails:
            raise Down("gone")
        yield End(Reason.STOP)

    async def look(self) -> None: ...
    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("model", "title"),
    [
        (
            Model("# When do refunds come?\n\n", "Within five days, Client."),
            "When do refunds come?",
        ),
        (Model("# When?\n\nSee https://evil.test/now."), "…'s refund of order …"),
        (Model("A title alone"), "…'s refund of order …"),
        (Model("# Half\n\nof it", fails=True), "…'s refund of order …"),
    ],
)
async def test_a_model_words_it_where_what_it_says_can_be_used(
    desk: Desk, model: Model, title: str
):
    ticket = await solved(desk, "When, says Client?", "Within five days.")
    other = Desk(replace(desk.parts, llm=model))
    other.people, other.tokens = desk.people, desk.tokens
    article = await drafted(other, ticket)
    await other.http.aclose()
    assert article["title"] == title
    assert "Client" not in article["body"] + model.told
    assert "friend" not in article["body"] + model.told
    assert "evil" not in article["body"]

"""Messages over REST: said, paged, edited, redacted, and private ones kept from clients."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bodies(page: dict[str, Any]) -> list[str]:
    return [each["body"] for each in page["items"]]


async def test_both_sides_speak_and_a_note_is_for_staff_only(desk: Desk):
    ticket = await desk.open()
    await desk.say("agent", ticket, "Hello")
    await desk.say("agent", ticket, "They sound upset", visibility="private")
    await desk.say("client", ticket, "Hello you")
    path = f"/api/tickets/{ticket['id']}/messages"

    staff, client = done(await desk.get("agent", path)), done(await desk.get("client", path))

    assert bodies(staff) == ["Please help.", "Hello", "They sound upset", "Hello you"]
    assert bodies(client) == ["Please help.", "Hello", "Hello you"]
    assert [each["seq"] for each in client["items"]] == [1, 2, 4]
    assert client["items"][1]["author"] == {"kind": "agent", "id": desk.id_of("agent")}


async def test_the_newest_come_first_and_earlier_ones_by_before(desk: Desk):
    ticket = await desk.open()
    for number in range(1, 8):
        await desk.say("client", ticket, f"message {number}")
    path = f"/api/tickets/{ticket['id']}/messages?limit=3"

    pages = [done(await desk.get("client", path))]
    while pages[-1]["next"]:
        pages.append(done(await desk.get("client", f"{path}&before={pages[-1]['next']}")))

    assert bodies(pages[0]) == ["message 5", "message 6", "message 7"]
    said = [body for page in reversed(pages) for body in bodies(page)]
    assert said == ["Please help.", *(f"message {number}" for number in range(1, 8))]
    refused(await desk.get("client", f"{path}&before=0"), 422, "invalid")


async def test_the_same_key_says_it_once(desk: Desk):
    ticket = await desk.open()
    path, key = f"/api/tickets/{ticket['id']}/messages", str(uuid4())

    first = done(await desk.post("client", path, {"body": "once"}, key=key), 201)
    await desk.say("agent", ticket, "something else")
    again = done(await desk.post("client", path, {"body": "once"}, key=key), 201)

    assert again == first
    assert bodies(done(await desk.get("client", path))).count("once") == 1
    refused(await desk.post("client", path, {"body": "twice"}, key=key), 409, "command_id_reused")
    refused(await desk.post("agent", path, {"body": "once"}, key=key), 409, "command_id_reused")


async def test_who_has_not_seen_the_newest_is_told_before_it_is_sent(desk: Desk):
    ticket = await desk.open()
    await desk.say("client", ticket, "Wait, it works now")
    path = f"/api/tickets/{ticket['id']}/messages"

    error = refused(
        await desk.post("agent", path, {"body": "Reinstall it", "seen_seq": 1}), 409, "stale"
    )

    assert error["fields"]["after"] == 1
    done(await desk.post("agent", path, {"body": "Great", "seen_seq": 2}), 201)


async def test_a_reply_to_a_closed_ticket_opens_the_one_that_follows_it(desk: Desk):
    ticket = await desk.open("Closed soon")
    done(await desk.post("agent", f"/api/tickets/{ticket['id']}/status", {"status": "closed"}))

    posted = await desk.say("client", ticket, "It is back")

    assert posted["ticket_id"] != ticket["id"]
    follower = done(await desk.get("client", f"/api/tickets/{posted['ticket_id']}"))
    assert (follower["follow_up_of"], follower["title"]) == (ticket["id"], "Closed soon")
    messages = done(await desk.get("client", f"/api/tickets/{follower['id']}/messages"))
    assert messages["items"][0]["id"] == posted["message_id"]


async def test_an_author_edits_and_redacts_and_nobody_else_edits(desk: Desk):
    ticket = await desk.open()
    posted = await desk.say("client", ticket, "my pasword is 1234")
    path = f"/api/tickets/{ticket['id']}/messages"
    mine = f"{path}/{posted['message_id']}"

    refused(await desk.put("agent", mine, {"body": "not mine"}), 403, "forbidden")
    refused(await desk.delete("agent", mine), 403, "forbidden")
    done(await desk.put("client", mine, {"body": "my password is 1234"}))
    edited = done(await desk.get("agent", path))["items"][1]
    assert edited["body"] == "my password is 1234"
    assert edited["edited_at"]

    assert (await desk.delete("client", mine)).status_code == 204
    for place in (path, f"/api/tickets/{ticket['id']}/log"):
        assert "1234" not in (await desk.get("agent", place)).text
    assert done(await desk.get("agent", path))["items"][1]["redacted_at"]
    refused(await desk.put("client", mine, {"body": "again"}), 409, "conflict")


async def test_a_supervisor_redacts_what_others_wrote(desk: Desk):
    ticket = await desk.open()
    posted = await desk.say("agent", ticket, "an insult", visibility="private")
    path = f"/api/tickets/{ticket['id']}/messages/{posted['message_id']}"

    refused(await desk.delete("client", path), 404, "not_found")
    assert (await desk.delete("supervisor", path)).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": ""},
        {"body": "\n \t"},
        {"body": "x" * 100_000},
        {"body": 7},
        {"body": None},
        {"body": "b", "visibility": "secret"},
        {"body": "b", "author": "somebody"},
        {"body": "b", "mentions": "everybody"},
        {"body": "b", "attachments": ["one"]},
        {"body": "b", "seen_seq": -1},
    ],
)
async def test_a_message_that_is_none_is_refused_and_nothing_is_said(
    desk: Desk, body: dict[str, Any]
):
    ticket = await desk.open()
    path = f"/api/tickets/{ticket['id']}/messages"

    refused(await desk.post("client", path, body), 422, "invalid")

    assert bodies(done(await desk.get("client", path))) == ["Please help."]

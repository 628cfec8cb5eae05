"""Files over REST: who may send, name and read them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


async def upload(
    desk: Desk, who: str, *, name: str = "screen.png", content: bytes = PICTURE, **more: Any
) -> dict[str, Any]:
    sent = await desk.ask(who, "POST", "/api/attachments", files={"file": (name, content)}, **more)
    return done(sent, 201)


async def status(desk: Desk, who: str, file: dict[str, Any]) -> int:
    return (await desk.get(who, f"/api/attachments/{file['id']}")).status_code


async def test_a_file_goes_up_into_a_message_and_down_as_it_was(desk: Desk):
    ticket = await desk.open()
    file = await upload(desk, "client", name="../my screen.png")
    await desk.say("client", ticket, "See it", attachments=[file["id"]])

    assert file["name"] == "my screen.png"
    assert (file["media_type"], file["size"]) == ("image/png", len(PICTURE))
    messages = done(await desk.get("agent", f"/api/tickets/{ticket['id']}/messages"))
    assert messages["items"][1]["attachments"] == [file]
    response = await desk.get("agent", f"/api/attachments/{file['id']}")
    assert response.content == PICTURE
    assert response.headers["content-type"] == "image/png"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


async def test_markup_is_sent_back_as_plain_text_whatever_it_was_called(desk: Desk):
    page = b"<!doctype html><script>steal()</script>"
    file = await upload(desk, "client", name="page.html", content=page)

    response = await desk.get("client", f"/api/attachments/{file['id']}")

    assert response.headers["content-type"].startswith("text/plain")


async def test_before_it_is_in_a_message_only_its_uploader_sees_a_file(desk: Desk):
    file = await upload(desk, "client")

    assert await status(desk, "client", file) == 200
    for who in ("stranger", "agent", "admin"):
        refused(await desk.get(who, f"/api/attachments/{file['id']}"), 404, "not_found")
    refused(await desk.get(None, f"/api/attachments/{file['id']}"), 401, "unauthenticated")


async def test_a_file_is_read_by_whom_its_message_is_for(desk: Desk):
    ticket = await desk.open()
    public, private = await upload(desk, "agent"), await upload(desk, "agent")
    await desk.say("agent", ticket, "for all", attachments=[public["id"]])
    note = {"visibility": "private", "attachments": [private["id"]]}
    await desk.say("agent", ticket, "for us", **note)

    assert [await status(desk, who, public) for who in ("client", "stranger", "supervisor")] == [
        *(200, 404, 200)
    ]
    assert [await status(desk, who, private) for who in ("client", "stranger", "supervisor")] == [
        *(404, 404, 200)
    ]


async def test_a_private_notes_file_cannot_be_named_in_a_clients_reply(desk: Desk):
    ticket = await desk.open()
    file = await upload(desk, "agent")
    note = {"visibility": "private", "attachments": [file["id"]]}
    await desk.say("agent", ticket, "for us", **note)
    path = f"/api/tickets/{ticket['id']}/messages"

    reply = {"body": "let me see", "attachments": [file["id"]]}
    refused(await desk.post("client", path, reply), 422, "invalid")

    assert await status(desk, "client", file) == 404
    assert file["id"] not in (await desk.get("client", path)).text


async def test_a_file_stands_in_one_message_only(desk: Desk):
    ticket, other = await desk.open(), await desk.open()
    file = await upload(desk, "client")
    await desk.say("client", ticket, "first", attachments=[file["id"]])

    again = {"body": "second", "attachments": [file["id"]]}
    response = await desk.post("client", f"/api/tickets/{other['id']}/messages", again)

    refused(response, 422, "invalid")


async def test_a_refused_reply_leaves_the_file_for_another_try(desk: Desk):
    ticket = await desk.open()
    await desk.say("agent", ticket, "newer")
    file = await upload(desk, "client")
    path = f"/api/tickets/{ticket['id']}/messages"

    key = str(uuid4())
    late = {"body": "late", "attachments": [file["id"]], "seen_seq": 1}
    refused(await desk.post("client", path, late, key=key), 409, "stale")
    done(await desk.post("client", path, {**late, "seen_seq": 2}, key=key), 201)


async def test_the_same_key_uploads_once(desk: Desk):
    key = str(uuid4())
    first = await upload(desk, "client", key=key)
    again = await upload(desk, "client", key=key)
    other = await desk.ask(
        "client", "POST", "/api/attachments", files={"file": ("screen.png", b"other")}, key=key
    )

    assert first == again
    refused(other, 409, "command_id_reused")
    assert (await desk.get("client", f"/api/attachments/{first['id']}")).content == PICTURE


async def test_a_redacted_messages_file_is_not_there_any_more(desk: Desk):
    ticket = await desk.open()
    file = await upload(desk, "client")
    posted = await desk.say("client", ticket, "oops", attachments=[file["id"]])
    message = f"/api/tickets/{ticket['id']}/messages/{posted['message_id']}"

    assert (await desk.delete("client", message)).status_code == 204

    assert [await status(desk, who, file) for who in ("client", "agent")] == [404, 404]


async def test_a_request_that_says_it_is_too_large_is_told_the_files_limit(desk: Desk):
    limit = desk.parts.settings.attachment_max_bytes
    headers = {
        "Content-Type": "multipart/form-data; boundary=edge",
        "Content-Length": str(2 * limit),
    }

    response = await desk.ask(
        "client", "POST", "/api/attachments", headers=headers, content=b"--edge"
    )

    assert refused(response, 413, "too_large")["fields"] == {"limit": limit}


async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(desk: Desk):
    limit = desk.parts.settings.attachment_max_bytes
    folder = desk.parts.settings.attachments_dir
    before = sorted(folder.rglob("*"))

    response = await desk.ask(
        "client", "POST", "/api/attachments", files={"file": ("big.bin", bytes(limit + 1))}
    )

    error = refused(response, 413, "too_large")
    assert error["fields"] == {"limit": limit}
    assert f"{limit:,} bytes" in error["message"]
    assert sorted(folder.rglob("*")) == before

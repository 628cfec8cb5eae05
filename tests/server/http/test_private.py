"""What is for staff stands in no body that a client gets, whatever they ask for."""

from __future__ import annotations

from typing import Any

import pytest

from server.http.operation import Who
from server.http.operations import OPERATIONS
from tests.server.http.desk import Desk, done

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLANTED = ("planted-note", "planted-tag", "planted-field", "planted-file", "planted-contact")


async def plant(desk: Desk) -> dict[str, str]:
    """A ticket of the client with something private in every place; ids for the paths."""
    ticket = await desk.open("A ticket with secrets")
    path = f"/api/tickets/{ticket['id']}"
    change = {"tags": ["planted-tag"], "fields": {"secret": "planted-field"}}
    done(await desk.put("agent", path, change))
    sent = await desk.ask(
        "agent", "POST", "/api/attachments", files={"file": ("planted-file.txt", b"planted-file")}
    )
    file = done(sent, 201)
    note = {"visibility": "private", "attachments": [file["id"]]}
    posted = await desk.say("agent", ticket, "planted-note", **note)
    contact = {"name": "planted-contact", "notes": "planted-note"}
    made = done(await desk.post("agent", "/api/contacts", contact), 201)
    notes = {"notes": "planted-contact is what they are"}
    done(await desk.put("agent", f"/api/contacts/{desk.id_of('client')}", notes))
    return {
        "ticket": ticket["id"],
        "message": posted["message_id"],
        "file": file["id"],
        "contact": made["id"],
        "client": desk.id_of("client"),
        "user": desk.people["agent"]["id"],
    }


def requests_of(ids: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation with every id in its path, and bodies that get past the first look."""
    bodies: list[dict[str, Any]] = [
        {},
        {"body": "x"},
        {"status": "pending"},
        {"body": "x", "seen_seq": 1},
        {"type": "ticket.reply", "ticket_id": ids["ticket"], "body": "x", "seen_seq": 1},
    ]
    asked: list[tuple[str, str, dict[str, Any]]] = []
    for each in OPERATIONS:
        if each.who is not Who.SESSION or each.uploads:
            continue
        for identity in ids.values() if "{" in each.path else ("",):
            path = each.path.replace("{id}", identity)
            path = path.replace("{message_id}", ids["message"])
            path = path.replace("{user_id}", ids["user"])
            if each.method == "GET":
                asked += [(each.method, path + query, {}) for query in queries_of(each.path, ids)]
            else:
                asked += [(each.method, path, body) for body in bodies]
    return asked


def queries_of(path: str, ids: dict[str, str]) -> list[str]:
    if path == "/api/people":
        return [f"?ids={','.join(ids.values())}"]
    if path.endswith("/messages"):
        return ["", "?before=99", "?limit=1"]
    if path == "/api/tickets":
        return ["", "?q=secrets", "?tag=planted-tag", "?sort=priority", f"?owner_id={ids['user']}"]
    return ["", "?q=planted"] if "{" not in path else [""]


@pytest.mark.parametrize("who", ["client", "stranger"])
async def test_no_answer_to_a_client_holds_what_is_for_staff(desk: Desk, who: str):
    ids = await plant(desk)
    requests = requests_of(ids)
    seen: set[int] = set()

    for method, path, body in requests:
        sent = {} if method == "GET" else {"json": body}
        response = await desk.ask(who, method, path, **sent)
        seen.add(response.status_code)
        assert response.status_code < 500, (method, path, response.text)
        for planted in PLANTED:
            echoed = f"q={planted}" in path or f"tag={planted}" in path
            assert echoed or planted not in response.text, (method, path, response.text)

    assert len(requests) > 150
    assert {200, 403, 404, 422} <= seen
    assert 429 not in seen, "everything was asked"
    for planted, path in (
        ("planted-note", f"/api/tickets/{ids['ticket']}/messages"),
        ("planted-note", f"/api/tickets/{ids['ticket']}/log"),
        ("planted-tag", f"/api/tickets/{ids['ticket']}"),
        ("planted-contact", "/api/contacts?q=planted"),
    ):
        assert planted in (await desk.get("agent", path)).text, "it was planted"

"""Tickets over REST: what each role may, lists, changes, history."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domain.people.users import contact_of
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_client_opens_a_ticket_and_reads_it_back(desk: Desk):
    body = {"title": "Printer", "description": "It **burns**.", "priority": "high"}
    response = await desk.post("client", "/api/tickets", body)

    ticket = done(response, 201)
    assert response.headers["location"] == f"/api/tickets/{ticket['id']}"
    assert (ticket["title"], ticket["priority"], ticket["status"]) == ("Printer", "high", "open")
    assert (ticket["channel"], ticket["requester_id"]) == ("api", desk.id_of("client"))
    assert (ticket["staff"], ticket["private"]) == (None, None)
    assert done(await desk.get("client", f"/api/tickets/{ticket['id']}")) == ticket
    messages = done(await desk.get("client", f"/api/tickets/{ticket['id']}/messages"))
    assert [each["body"] for each in messages["items"]] == ["It **burns**."]


async def test_the_same_idempotency_key_opens_one_ticket_and_other_content_is_refused(desk: Desk):
    key = str(uuid4())
    body = {"title": "Once", "body": "only"}

    first = await desk.post("client", "/api/tickets", body, key=key)
    again = await desk.post("client", "/api/tickets", body, key=key.upper())
    other = await desk.post("client", "/api/tickets", {**body, "title": "Twice"}, key=key)

    assert done(first, 201) == done(again, 201)
    assert first.headers["idempotency-key"] == key
    refused(other, 409, "command_id_reused")
    found = done(await desk.get("client", "/api/tickets?q=Once"))
    assert len(found["items"]) == 1


async def test_anothers_ticket_is_not_there_for_a_client_whatever_they_try(desk: Desk):
    ticket = await desk.open()
    message = await desk.say("client", ticket, "my words")
    path = f"/api/tickets/{ticket['id']}"

    tries = [
        await desk.get("stranger", path),
        await desk.get("stranger", f"{path}/messages"),
        await desk.get("stranger", f"{path}/log"),
        await desk.put("stranger", path, {"title": "Mine now"}),
        await desk.delete("stranger", path),
        await desk.post("stranger", f"{path}/messages", {"body": "hello"}),
        await desk.post("stranger", f"{path}/status", {"status": "closed"}),
        await desk.post("stranger", f"{path}/assign", {"agent_id": None}),
        await desk.put("stranger", f"{path}/messages/{message['message_id']}", {"body": "x"}),
        await desk.delete("stranger", f"{path}/messages/{message['message_id']}"),
    ]
    nowhere = await desk.get("stranger", f"/api/tickets/{uuid4()}")

    error = refused(nowhere, 404, "not_found")
    assert all(refused(each, 404, "not_found") == error for each in tries)
    assert done(await desk.get("client", path))["title"] == ticket["title"]


async def test_a_client_may_not_do_what_is_for_staff(desk: Desk):
    ticket = await desk.open()
    path = f"/api/tickets/{ticket['id']}"
    note = {"body": "psst", "visibility": "private"}

    refused(await desk.put("client", path, {"priority": "urgent"}), 403, "forbidden")
    refused(await desk.delete("client", path), 403, "forbidden")
    refused(await desk.post("client", f"{path}/assign", {"agent_id": None}), 403, "forbidden")
    refused(await desk.post("client", f"{path}/messages", note), 403, "forbidden")
    refused(await desk.get("client", "/api/tickets?tag=vip"), 403, "forbidden")
    for_staff: tuple[dict[str, Any], ...] = (
        {"tags": ["vip"]},
        {"fields": {"vip": True}},
        {"due_at": 1},
        {"requester_id": desk.id_of("stranger")},
    )
    for more in for_staff:
        body = {"title": "t", "body": "b", **more}
        refused(await desk.post("client", "/api/tickets", body), 403, "forbidden")


async def test_a_put_is_one_change_of_everything_that_it_names(desk: Desk):
    ticket = await desk.open()
    path = f"/api/tickets/{ticket['id']}"
    change = {"title": "Scanner", "priority": "low", "tags": ["vip", "eu"], "due_at": 2_000_000}

    after = done(await desk.put("agent", path, change))

    assert (after["title"], after["priority"], after["due_at"]) == ("Scanner", "low", 2_000_000)
    assert after["private"]["tags"] == ["eu", "vip"]
    assert after["seq"] == ticket["seq"] + 1
    emptied = done(await desk.put("agent", path, {"due_at": None}))
    assert (emptied["due_at"], emptied["title"]) == (None, "Scanner")
    seen = done(await desk.get("client", path))
    assert (seen["title"], seen["private"]) == ("Scanner", None)


@pytest.mark.parametrize("field", ["owner_id", "agent_id", "team_id"])
async def test_a_put_does_not_change_the_owner_and_says_what_does(desk: Desk, field: str):
    ticket = await desk.open()
    change = {field: desk.id_of("agent"), "title": "Not this either"}

    error = refused(await desk.put("agent", f"/api/tickets/{ticket['id']}", change), 422, "invalid")

    assert "/assign" in error["fields"][field]
    seen = done(await desk.get("agent", f"/api/tickets/{ticket['id']}"))
    assert seen["title"] == ticket["title"]


async def test_a_ticket_is_assigned_moved_and_closed(desk: Desk):
    ticket = await desk.open()
    path = f"/api/tickets/{ticket['id']}"
    agent = desk.id_of("agent")

    done(await desk.post("supervisor", f"{path}/assign", {"agent_id": agent}))
    assert done(await desk.get("client", path))["owner_id"] == agent

    done(await desk.post("agent", f"{path}/status", {"status": "in_progress"}))
    closing = {"status": "closed", "reason": "It works."}
    closed = done(await desk.post("supervisor", f"{path}/status", closing))
    assert closed["status"] == "closed"
    refused(await desk.post("agent", f"{path}/status", {"status": "pending"}), 409, "conflict")


async def test_an_agent_may_not_delete_and_a_supervisor_empties_a_ticket_for_good(desk: Desk):
    ticket = await desk.open("A secret title")
    await desk.say("client", ticket, "a secret sentence")
    path = f"/api/tickets/{ticket['id']}"

    refused(await desk.delete("agent", path), 403, "forbidden")
    key = str(uuid4())
    response = await desk.delete("supervisor", path, key=key)
    again = await desk.delete("supervisor", path, key=key)

    assert (response.status_code, again.status_code) == (204, 204)
    for who in ("client", "supervisor"):
        for place in ("", "/messages", "/log"):
            refused(await desk.get(who, path + place), 404, "not_found")
    assert done(await desk.get("supervisor", "/api/tickets?q=secret"))["items"] == []


async def test_the_history_is_the_log_as_the_asker_may_see_it(desk: Desk):
    ticket = await desk.open()
    await desk.say("agent", ticket, "only for us", visibility="private")
    await desk.say("agent", ticket, "for everybody")
    path = f"/api/tickets/{ticket['id']}/log"

    staff = done(await desk.get("agent", path))
    client = done(await desk.get("client", path))

    types = [[event["type"] for event in each["events"]] for each in staff["items"]]
    assert types == [["ticket.opened", "message.posted"], ["message.posted"], ["message.posted"]]
    assert [each["seq"] for each in client["items"]] == [1, 3]
    assert [each["prev"] for each in client["items"]] == [0, 1]
    assert staff["items"][1]["actor"] == {"kind": "agent", "id": desk.id_of("agent")}
    later = done(await desk.get("agent", f"{path}?after=2"))
    assert (later["items"], later["next"]) == (staff["items"][2:], None)


async def test_lists_are_filtered_sorted_and_paged_without_holes(desk: Desk):
    tickets = [
        await desk.open(f"Paging {number}", priority="low" if number % 2 else "urgent")
        for number in range(7)
    ]
    query = "/api/tickets?q=Paging&limit=3&sort=number"

    pages: list[dict[str, Any]] = [done(await desk.get("client", query))]
    while pages[-1]["next"]:
        pages.append(done(await desk.get("client", f"{query}&after={pages[-1]['next']}")))

    numbers = [each["number"] for page in pages for each in page["items"]]
    assert numbers == [each["number"] for each in tickets]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    low = done(await desk.get("agent", "/api/tickets?q=Paging&priority=low,high&sort=-number"))
    assert [each["number"] for each in low["items"]] == numbers[1::2][::-1]
    both = done(await desk.get("agent", "/api/tickets?q=paging&status=open&status=pending"))
    assert len(both["items"]) == 7
    assert done(await desk.get("stranger", "/api/tickets?q=Paging"))["items"] == []


async def test_my_own_and_nobodys_tickets_can_be_asked_for(desk: Desk):
    mine, nobodys = await desk.open("Whose one"), await desk.open("Whose two")
    agent = {"agent_id": desk.id_of("agent")}
    done(await desk.post("agent", f"/api/tickets/{mine['id']}/assign", agent))

    owned = done(await desk.get("agent", "/api/tickets?q=Whose&owner_id=me"))
    free = done(await desk.get("agent", "/api/tickets?q=Whose&owner_id=none"))

    assert [each["id"] for each in owned["items"]] == [mine["id"]]
    assert [each["id"] for each in free["items"]] == [nobodys["id"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status.0"),
        ("sort=colour", "sort"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=nonsense", "after"),
        ("owner_id=somebody", "owner_id"),
        ("page=2", "page"),
    ],
)
async def test_a_query_that_means_nothing_is_refused(desk: Desk, query: str, field: str):
    error = refused(await desk.get("agent", f"/api/tickets?{query}"), 422, "invalid")

    assert any(name.startswith(field) for name in error["fields"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"body": "b"}, "title"),
        ({"title": "t"}, "body"),
        ({"title": "", "body": "b"}, "title"),
        ({"title": "   ", "body": "b"}, "title"),
        ({"title": "t", "body": ""}, "body"),
        ({"title": "t", "body": "  \n "}, "body"),
        ({"title": "t", "body": "x" * 100_000}, "body"),
        ({"title": "t" * 201, "body": "b"}, "title"),
        ({"title": 5, "body": "b"}, "title"),
        ({"title": "t", "body": ["b"]}, "body"),
        ({"title": "t", "body": "b", "priority": "burning"}, "priority"),
        ({"title": "t", "body": "b", "category": "none"}, "category"),
        ({"title": "t", "body": "b", "category": str(uuid4())}, "category"),
        ({"title": "t", "body": "b", "inbox_id": str(uuid4())}, "inbox_id"),
        ({"title": "t", "body": "b", "description": "c"}, "description"),
        ({"title": "t", "body": "b", "owner_id": str(uuid4())}, "owner_id"),
        ({"title": "t", "body": "b", "type": "ticket.delete"}, "type"),
        ({"title": "t", "body": "b", "command_id": str(uuid4())}, "command_id"),
    ],
)
async def test_a_ticket_that_is_none_is_refused_by_its_field(
    desk: Desk, body: dict[str, Any], field: str
):
    before = done(await desk.get("agent", "/api/tickets?sort=-number&limit=1"))

    error = refused(await desk.post("client", "/api/tickets", body), 422, "invalid")

    assert any(name.startswith(field) for name in error["fields"]), error
    assert done(await desk.get("agent", "/api/tickets?sort=-number&limit=1")) == before


async def test_a_body_of_50000_characters_is_taken_and_script_in_it_is_only_text(desk: Desk):
    words = "<script>alert(1)</script>" + "ü" * (50_000 - 25)
    ticket = done(
        await desk.post("client", "/api/tickets", {"title": "<b>t</b>", "body": words}), 201
    )

    messages = await desk.get("agent", f"/api/tickets/{ticket['id']}/messages")

    assert done(messages)["items"][0]["body"] == words
    assert messages.headers["content-type"] == "application/json"
    assert messages.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("number", ["9223372036854775808", "-1e308", "1e999", "123456789e50"])
async def test_a_number_of_any_size_is_kept_or_refused_and_breaks_nothing(desk: Desk, number: str):
    ticket = await desk.open()
    body = f'{{"fields": {{"amount": {number}}}}}'

    response = await desk.ask(
        "agent",
        "PUT",
        f"/api/tickets/{ticket['id']}",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code in (200, 422), response.text
    done(await desk.get("agent", f"/api/tickets/{ticket['id']}"))


async def test_nothing_is_answered_without_a_token(desk: Desk):
    ticket = await desk.open()
    for method, path in (
        ("GET", "/api/tickets"),
        ("POST", "/api/tickets"),
        ("GET", f"/api/tickets/{ticket['id']}"),
        ("DELETE", f"/api/tickets/{ticket['id']}"),
        ("GET", f"/api/tickets/{ticket['id']}/messages"),
        ("POST", "/api/commands"),
        ("POST", "/api/attachments"),
        ("GET", "/api/people?ids="),
    ):
        refused(await desk.ask(None, method, path), 401, "unauthenticated")


async def test_staff_open_a_ticket_for_themselves_and_for_a_caller(desk: Desk):
    body = {"title": "My screen flickers", "body": "Since Monday."}
    own = done(await desk.post("agent", "/api/tickets", body), 201)
    caller = {**body, "requester_id": desk.id_of("client")}
    for_caller = done(await desk.post("agent", "/api/tickets", caller), 201)

    assert own["requester_id"] == contact_of(desk.people["agent"]["id"])
    assert for_caller["requester_id"] == desk.id_of("client")

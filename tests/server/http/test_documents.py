"""Plain documents over REST: the same five ways for each kind, and what belongs to one only."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domain.inbox.state import DEFAULT_INBOX_ID
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "roles": (
        {"title": "Auditor", "staff": True, "permissions": {"ticket.read": "all"}},
        {"title": "Inspector"},
    ),
    "teams": ({"member_ids": []}, {"name": "Second line"}),
    "skills": ({}, {"name": "Networks"}),
    "categories": ({"keywords": ["bill"]}, {"keywords": ["bill", "pay"]}),
    "inboxes": ({"colour": "#112233"}, {"signature": "Yours"}),
    "calendars": (
        {"zone": "UTC", "holidays": [{"date": "2030-12-24", "name": "Eve"}]},
        {"zone": "Europe/Madrid"},
    ),
    "contacts": ({"notes": "Calls at night"}, {"notes": "Calls at noon"}),
}
"""By kind: what beside a name makes one, and a change."""


async def body_of(desk: Desk, plural: str) -> dict[str, Any]:
    """What makes a document of its own name."""
    body = {"name": f"n{uuid4().hex[:12]}", **KINDS[plural][0]}
    if plural == "calendars":
        body["hours"] = [{"days": ["mon"], "start": "09:00", "end": "17:00"}]
    if plural == "inboxes":
        inbox = done(await desk.get("admin", f"/api/inboxes/{DEFAULT_INBOX_ID}"))
        body["team_id"] = inbox["team_id"]
    return body


@pytest.mark.parametrize("plural", KINDS)
async def test_an_admin_makes_reads_changes_and_deletes_one(desk: Desk, plural: str):
    body, change = await body_of(desk, plural), KINDS[plural][1]

    made = done(await desk.post("admin", f"/api/{plural}", body), 201)
    path = f"/api/{plural}/{made['id']}"
    assert made["version"] == 1
    assert body.items() <= made.items()
    assert done(await desk.get("admin", path)) == made
    listed = done(await desk.get("admin", f"/api/{plural}?q={body['name']}"))
    assert listed == {"items": [made], "next": None}

    changed = done(await desk.put("admin", path, change))
    assert changed["version"] == 2
    assert changed["id"] == made["id"]
    assert change.items() <= changed.items()
    old = refused(await desk.put("admin", path, {**change, "version": 1}), 409, "conflict")
    assert old["fields"] == {"version": 2}

    assert (await desk.delete("admin", path)).status_code == 204
    if plural == "contacts":  # Tickets name them, so an empty one stays.
        assert done(await desk.get("admin", path))["notes"] == ""
    else:
        refused(await desk.get("admin", path), 404, "not_found")


@pytest.mark.parametrize("plural", KINDS)
async def test_the_same_key_makes_one(desk: Desk, plural: str):
    body, key = await body_of(desk, plural), str(uuid4())

    first = await desk.post("admin", f"/api/{plural}", body, key=key)
    again = await desk.post("admin", f"/api/{plural}", body, key=key)
    other = await desk.post("admin", f"/api/{plural}", {**body, "name": "other"}, key=key)

    assert done(first, 201) == done(again, 201)
    refused(other, 409, "command_id_reused")


@pytest.mark.parametrize("plural", [each for each in KINDS if each != "contacts"])
async def test_a_name_that_is_taken_is_said_so(desk: Desk, plural: str):
    body = await body_of(desk, plural)
    done(await desk.post("admin", f"/api/{plural}", body), 201)

    error = refused(await desk.post("admin", f"/api/{plural}", body), 409, "not_unique")

    assert error["fields"] == {"name": "taken"}


@pytest.mark.parametrize("plural", KINDS)
async def test_a_field_that_is_wrong_or_unknown_is_named(desk: Desk, plural: str):
    body = await body_of(desk, plural)

    for wrong in ({"name": 5}, {"name": ""}, {"colour": "loud"}, {"kind": "x"}):
        error = refused(
            await desk.post("admin", f"/api/{plural}", {**body, **wrong}), 422, "invalid"
        )
        assert list(error["fields"]) == list(wrong)


@pytest.mark.parametrize("plural", KINDS)
async def test_only_who_may_changes_them_and_clients_read_what_they_pick_from(
    desk: Desk, plural: str
):
    body = await body_of(desk, plural)
    made = done(await desk.post("admin", f"/api/{plural}", body), 201)
    path = f"/api/{plural}/{made['id']}"
    changers = {"admin"} | ({"agent", "supervisor"} if plural == "contacts" else set[str]())
    readers = {"admin", "agent", "supervisor"}
    readers |= {"client"} if plural in ("categories", "inboxes") else set()

    for who in ("client", "agent", "supervisor"):
        reads = await desk.get(who, path), await desk.get(who, f"/api/{plural}")
        assert {each.status_code for each in reads} == {200 if who in readers else 403}
        if who not in changers:
            refused(await desk.post(who, f"/api/{plural}", body), 403, "forbidden")
            refused(await desk.put(who, path, KINDS[plural][1]), 403, "forbidden")
            refused(await desk.delete(who, path), 403, "forbidden")


async def test_a_client_learns_of_a_category_only_what_they_pick(desk: Desk):
    body = await body_of(desk, "categories")
    made = done(await desk.post("admin", "/api/categories", body), 201)

    seen = done(await desk.get("client", f"/api/categories/{made['id']}"))

    assert (seen["name"], seen["keywords"]) == (made["name"], [])
    assert done(await desk.get("agent", f"/api/categories/{made['id']}")) == made


async def test_lists_are_paged_by_id_without_holes(desk: Desk):
    made = {
        done(await desk.post("admin", "/api/skills", {"name": f"Paged {number}"}), 201)["id"]
        for number in range(5)
    }
    path = "/api/skills?q=paged&limit=2"

    pages = [done(await desk.get("agent", path))]
    while pages[-1]["next"]:
        pages.append(done(await desk.get("agent", f"{path}&after={pages[-1]['next']}")))

    ids = [each["id"] for page in pages for each in page["items"]]
    assert ids == sorted(made)
    assert [len(page["items"]) for page in pages] == [2, 2, 1]


async def test_a_search_is_for_the_letters_and_no_pattern(desk: Desk):
    done(await desk.post("agent", "/api/contacts", {"name": "Mo (night) *", "emails": []}), 201)

    assert len(done(await desk.get("agent", "/api/contacts?q=(NIGHT) *"))["items"]) == 1
    assert done(await desk.get("agent", "/api/contacts?q=.*"))["items"] == []


async def test_somebody_joins_and_leaves_a_team(desk: Desk):
    team = done(await desk.post("admin", "/api/teams", {"name": "Night shift"}), 201)
    path = f"/api/teams/{team['id']}"
    agent = desk.id_of("agent")

    assert (await desk.put("admin", f"{path}/members/{agent}", {})).status_code == 204
    assert done(await desk.get("agent", path))["member_ids"] == [agent]
    refused(await desk.put("agent", f"{path}/members/{agent}", {}), 403, "forbidden")
    client = desk.people["client"]["id"]
    refused(await desk.put("admin", f"{path}/members/{client}", {}), 422, "invalid")
    assert (await desk.delete("admin", f"{path}/members/{agent}")).status_code == 204
    assert done(await desk.get("agent", path))["member_ids"] == []


async def test_what_is_needed_cannot_be_deleted(desk: Desk):
    inbox = done(await desk.get("admin", f"/api/inboxes/{DEFAULT_INBOX_ID}"))

    error = refused(await desk.delete("admin", f"/api/teams/{inbox['team_id']}"), 409, "conflict")

    assert error["fields"]["needed_by"]


async def test_an_agent_opens_a_ticket_for_a_caller_and_merges_their_contacts(desk: Desk):
    first, second = [
        done(await desk.post("agent", "/api/contacts", {"name": name}), 201)
        for name in ("Jo", "Joe")
    ]
    opened = {"title": "On the phone", "body": "b", "requester_id": second["id"]}
    ticket = done(await desk.post("agent", "/api/tickets", {**opened, "channel": "phone"}), 201)
    assert (ticket["requester_id"], ticket["channel"]) == (second["id"], "phone")

    path = f"/api/contacts/{second['id']}"
    assert (await desk.post("agent", f"{path}/merge", {"into_id": first["id"]})).status_code == 204

    assert done(await desk.get("agent", path))["merged_into"] == first["id"]
    survivor = done(await desk.get("agent", f"/api/contacts/{first['id']}"))
    assert survivor["aliases"] == [second["id"]]


async def test_a_blocked_client_writes_nothing_until_they_are_unblocked(desk: Desk):
    contact = f"/api/contacts/{desk.id_of('stranger')}"
    body = {"title": "Buy now", "body": "cheap"}

    assert (await desk.post("agent", f"{contact}/block")).status_code == 204
    refused(await desk.post("stranger", "/api/tickets", body), 403, "forbidden")
    assert (await desk.post("agent", f"{contact}/unblock")).status_code == 204

    done(await desk.post("stranger", "/api/tickets", body), 201)


@pytest.mark.parametrize("plural", [*KINDS, "users"])
async def test_whatever_is_looked_for_is_only_text(desk: Desk, plural: str):
    for text in ("%00", "n%00n", "(", ".*", "[$ne]=", '{"$gt":""}'):
        done(await desk.get("admin", f"/api/{plural}?q={text}"))
    refused(await desk.get("admin", f"/api/{plural}?q={'x' * 201}"), 422, "invalid")

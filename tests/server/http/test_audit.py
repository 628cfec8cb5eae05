"""The audit log over REST."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def a_changed_skill(desk: Desk, times: int = 3) -> dict[str, Any]:
    """A skill with an entry for its making and for each change, all of them filed."""
    skill = done(await desk.post("admin", "/api/skills", {"name": uuid4().hex}), 201)
    for number in range(times):
        name = {"name": f"{skill['name']} {number}"}
        done(await desk.put("admin", f"/api/skills/{skill['id']}", name))
    await desk.parts.documents.sweep()
    return skill


async def test_an_admin_reads_who_changed_what_newest_first(desk: Desk):
    skill = await a_changed_skill(desk, times=1)

    page = done(await desk.get("admin", f"/api/audit?document=skill:{skill['id']}"))

    assert [entry["type"] for entry in page["items"]] == ["skill.update", "skill.create"]
    newest = page["items"][0]
    assert newest["actor"] == {"kind": "agent", "id": desk.id_of("admin")}
    assert newest["changes"] == {"name": [skill["name"], f"{skill['name']} 0"]}
    assert (newest["document"], newest["version"]) == (f"skill:{skill['id']}", 2)
    assert page["next"] is None


async def test_pages_have_every_entry_once(desk: Desk):
    skill = await a_changed_skill(desk, times=4)
    path, after = f"/api/audit?document=skill:{skill['id']}&limit=2", ""
    seen: list[int] = []
    while True:
        page = done(await desk.get("admin", f"{path}{after}"))
        assert len(page["items"]) <= 2
        seen += [entry["version"] for entry in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert seen == [5, 4, 3, 2, 1]


async def test_entries_of_one_moment_are_told_apart(desk: Desk):
    """Two documents of one command, and so of one moment, fall on two pages."""
    skill = await a_changed_skill(desk, times=2)
    where = {"document": f"skill:{skill['id']}"}
    collection = desk.parts.store.database["audit"]
    await collection.update_many(where, {"$set": {"at": 1}})
    path = f"/api/audit?document=skill:{skill['id']}&limit=1"

    first = done(await desk.get("admin", path))
    second = done(await desk.get("admin", f"{path}&after={first['next']}"))
    third = done(await desk.get("admin", f"{path}&after={second['next']}"))

    ids = {page["items"][0]["id"] for page in (first, second, third)}
    assert (len(ids), third["next"]) == (3, None)


async def test_what_one_person_did_is_told_from_what_others_did(desk: Desk):
    contact = done(await desk.post("agent", "/api/contacts", {"name": "Cleo Private"}), 201)
    await a_changed_skill(desk)

    response = await desk.get("admin", f"/api/audit?actor={desk.id_of('agent')}&limit=100")

    entries = done(response)["items"]
    assert {entry["actor"]["id"] for entry in entries} == {desk.id_of("agent")}
    mine = next(entry for entry in entries if entry["document"] == f"contact:{contact['id']}")
    assert mine["changes"]["name"] is None
    assert "Cleo" not in response.text


@pytest.mark.parametrize("who", ["client", "agent", "supervisor"])
async def test_only_an_admin_reads_it(desk: Desk, who: str):
    refused(await desk.get(who, "/api/audit"), 403, "forbidden")


@pytest.mark.parametrize(
    "query", ["after=x", "after=1", "after=1:", "after=²:a", "document=skill", "actor=", "limit=0"]
)
async def test_what_cannot_be_asked_is_refused(desk: Desk, query: str):
    refused(await desk.get("admin", f"/api/audit?{query}"), 422, "invalid")

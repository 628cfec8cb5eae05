"""When somebody works: who reads it, and who changes it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

EARLY = {"days": ["mon", "tue"], "start": "06:00", "end": "14:00"}
NIGHT = {"days": ["fri"], "start": "22:00", "end": "06:00"}


async def somebody(desk: Desk, **fields: Any) -> dict[str, Any]:
    """A new agent."""
    body = {"email": f"{uuid4().hex}@desk.test", "name": "Ada", "role": "agent", **fields}
    return done(await desk.post("admin", "/api/users", body), 201)["user"]


async def test_somebody_has_no_set_hours_unless_they_are_given(desk: Desk):
    made = await somebody(desk)
    assert (made["zone"], made["shifts"]) == ("UTC", [])


async def test_hours_are_given_kept_and_changed_as_a_whole(desk: Desk):
    made = await somebody(desk, zone="Europe/Madrid", shifts=[EARLY])
    path = f"/api/users/{made['id']}"
    assert (made["zone"], made["shifts"]) == ("Europe/Madrid", [EARLY])
    assert done(await desk.put("admin", path, {"name": "Eve"}))["user"]["shifts"] == [EARLY]

    hours = {"zone": "Asia/Tokyo", "shifts": [EARLY, NIGHT]}
    changed = done(await desk.put("admin", path, hours))["user"]
    assert changed == done(await desk.get("admin", path))
    assert hours.items() <= changed.items()
    by_post = {"user_id": made["id"], "shifts": []}
    told = done(await desk.post("admin", "/api/auth/update-user", by_post))["user"]
    assert (told["zone"], told["shifts"]) == ("Asia/Tokyo", [])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"shifts": [EARLY, {**NIGHT, "days": ["mon"], "start": "13:59"}]}, "shifts"),
        ({"shifts": [{**EARLY, "start": "six"}]}, "shifts.0.start"),
        ({"shifts": [{**EARLY, "days": []}]}, "shifts.0.days"),
        ({"shifts": [EARLY] * 15}, "shifts"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(
    desk: Desk, wrong: dict[str, Any], field: str
):
    made = await somebody(desk)
    path = f"/api/users/{made['id']}"
    assert list(refused(await desk.put("admin", path, wrong), 422, "invalid")["fields"]) == [field]
    assert done(await desk.get("admin", path)) == made


@pytest.mark.parametrize("who", ["client", "agent", "supervisor"])
async def test_who_may_not_change_people_changes_no_hours_not_even_their_own(desk: Desk, who: str):
    for user in (desk.people["agent"]["id"], desk.people[who]["id"]):
        path, hours = f"/api/users/{user}", {"zone": "UTC", "shifts": [EARLY]}
        refused(await desk.put(who, path, hours), 403, "forbidden")


async def test_clients_have_no_hours_and_see_nobodys(desk: Desk):
    client, agent = desk.people["client"]["id"], desk.people["agent"]["id"]
    shifts = {"shifts": [EARLY]}
    told = refused(await desk.put("admin", f"/api/users/{client}", shifts), 422, "invalid")
    assert list(told["fields"]) == ["shifts"]

    refused(await desk.get("client", f"/api/users/{agent}"), 403, "forbidden")
    refused(await desk.get("client", "/api/users"), 403, "forbidden")
    for path in (f"/api/people?ids={agent}", "/api/auth/me"):
        assert "shift" not in (await desk.get("client", path)).text

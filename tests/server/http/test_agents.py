"""How people are, through the door: status, breaks, leave, and the week of a team."""

from __future__ import annotations

from typing import Any

import pytest

from server.store.connect import Store
from server.store.models import StoredAttendance
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def is_there(store: Store, agent_id: str) -> None:
    """As the watch would find it, who is told by the sockets."""
    told = {"rooms": [], "seq": 1, "state": "online", "load": 0, "capacity": 200, "since": 5}
    await store[StoredAttendance].replace_one({"_id": agent_id}, told, upsert=True)


async def find(desk: Desk, who: str, whom: str) -> dict[str, Any]:
    shown = done(await desk.get(who, "/api/agents"))["items"]
    return next(each for each in shown if each["id"] == desk.people[whom]["id"])


async def test_everybody_is_shown_with_why_they_are_free_or_not(desk: Desk):
    agent = desk.people["agent"]["id"]
    assert (await find(desk, "supervisor", "agent"))["availability"] == {
        "reason": "not_connected",
        "until": None,
    }

    await is_there(desk.parts.store, agent)

    found = await find(desk, "supervisor", "agent")
    assert found["availability"] == {"reason": "available", "until": None}
    assert (found["load"], found["capacity"], found["status"]) == (0, 200, "available")
    assert (found["connected"], found["connected_since"]) == (True, 5)


async def test_ones_own_status_and_break(desk: Desk):
    agent = desk.people["agent"]["id"]
    await is_there(desk.parts.store, agent)

    away = await desk.post("agent", f"/api/agents/{agent}/status", {"status": "away", "note": "x"})
    assert done(away)["availability"]["reason"] == "away"
    done(await desk.post("agent", f"/api/agents/{agent}/status", {"status": "available"}))
    paused = done(await desk.post("agent", f"/api/agents/{agent}/break", {"minutes": 15}))
    assert paused["availability"] == {"reason": "on_break", "until": paused["on_break"]["until"]}
    back = done(await desk.delete("agent", f"/api/agents/{agent}/break"))
    assert back["on_break"] is None
    assert back["availability"]["reason"] == "available"


async def test_a_supervisor_overrides_and_the_log_says_who(desk: Desk):
    agent = desk.people["agent"]["id"]

    done(await desk.post("supervisor", f"/api/agents/{agent}/status", {"status": "away"}))

    *_, entry = done(await desk.get("supervisor", f"/api/agents/{agent}/log"))["items"]
    assert entry["actor"]["id"] == desk.people["supervisor"]["id"]
    assert entry["events"][0]["type"] == "agent.status_set"


async def test_nobody_else_sets_it_and_clients_see_nobody(desk: Desk):
    supervisor = desk.people["supervisor"]["id"]
    path = f"/api/agents/{supervisor}/status"
    refused(await desk.post("agent", path, {"status": "away"}), 403, "forbidden")
    refused(await desk.post("client", path, {"status": "away"}), 403, "forbidden")
    refused(await desk.get("client", "/api/agents"), 403, "forbidden")
    invalid = await desk.post("supervisor", path, {"status": "asleep"})
    refused(invalid, 422, "invalid")


async def test_leave_is_noted_seen_and_taken_away(desk: Desk):
    agent, now = desk.people["agent"]["id"], desk.parts.clock.now()
    body = {"user_id": agent, "start": now - 1_000, "end": now + 3_600_000, "note": "Dentist"}

    leave = done(await desk.post("agent", "/api/leave", body), 201)

    assert leave["may_change"]
    assert (await find(desk, "supervisor", "agent"))["availability"] == {
        "reason": "on_leave",
        "until": body["end"],
    }
    shown = done(await desk.get("supervisor", f"/api/leave?user_id={agent}"))["items"]
    assert [each["note"] for each in shown] == ["Dentist"]
    path = f"/api/leave/{leave['id']}"
    done(await desk.put("supervisor", path, {"end": now + 7_200_000}))
    assert (await desk.delete("agent", path)).status_code == 204
    assert done(await desk.get("supervisor", "/api/leave"))["items"] == []


async def test_a_calendars_address_is_for_its_owner_and_who_manages_them(desk: Desk):
    supervisor, agent = desk.people["supervisor"]["id"], desk.people["agent"]["id"]
    url = "https://calendar.example/secret.ics"
    body = {"user_id": supervisor, "url": url}
    refused(await desk.post("agent", "/api/leave/calendars", body), 403, "forbidden")

    mine = done(await desk.post("supervisor", "/api/leave/calendars", body), 201)

    assert (mine["url"], mine["calendar"], mine["read_at"]) == (url, True, None)
    refused(await desk.get("agent", f"/api/leave/{mine['id']}"), 404, "not_found")
    assert done(await desk.get("agent", "/api/leave"))["items"] == []
    assert "secret.ics" not in (await desk.get("admin", "/api/audit")).text
    assert done(await desk.get("agent", f"/api/leave?user_id={agent}"))["items"] == []


async def test_the_week_of_a_team(desk: Desk):
    agent = desk.people["agent"]["id"]
    weekly = [{"days": ["mon", "tue"], "start": "22:00", "end": "06:00"}]
    change = {
        "zone": "Europe/Madrid",
        "shifts": weekly,
        "breaks": [{"days": ["mon"], "start": "23:00", "end": "23:30"}],
        "exceptions": [{"date": "2026-12-01", "hours": [], "note": "Fair"}],
    }
    done(await desk.put("admin", f"/api/users/{agent}", change))

    week = done(await desk.get("supervisor", "/api/shifts?start=2026-11-30"))

    monday_night = 1_796_072_400_000  # 22:00 in Madrid.
    hour = 3_600_000
    row = next(each for each in week["rows"] if each["agent_id"] == agent)
    assert row["shifts"] == [{"start": monday_night, "end": monday_night + 8 * hour}]
    assert row["breaks"] == [{"start": monday_night + hour, "end": monday_night + hour * 3 // 2}]
    assert [each["note"] for each in row["exceptions"]] == ["Fair"]
    assert len(week["days"]) == 7
    for wrong in ("zone=Mars/Base", "start=9999-12-31", "start=0001-01-01"):
        refused(await desk.get("supervisor", f"/api/shifts?{wrong}"), 422, "invalid")

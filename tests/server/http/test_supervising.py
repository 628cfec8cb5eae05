"""Supervisors over REST; a snoozed ticket is out of the lists; a queue is moved as a whole."""

from __future__ import annotations

import pytest

from server.clock import SystemClock
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def numbers(desk: Desk, who: str, query: str = "") -> set[int]:
    listed = done(await desk.get(who, f"/api/tickets?limit=100{query}"))
    return {each["number"] for each in listed["items"]}


async def test_a_snoozed_ticket_is_found_only_by_who_looks_for_it(desk: Desk):
    ticket = await desk.open("Wait for the spare part")
    until = SystemClock().now() + 3_600_000
    path = f"/api/tickets/{ticket['id']}/snooze"

    done(await desk.post("agent", path, {"until": until}))

    number = ticket["number"]
    assert number not in await numbers(desk, "agent")
    assert number in await numbers(desk, "agent", "&snoozed=only")
    assert number in await numbers(desk, "agent", "&snoozed=any")
    assert number in await numbers(desk, "agent", "&q=spare")
    assert number in await numbers(desk, "client")
    assert number not in await numbers(desk, "agent", "&queued=true&q=spare")
    shown = done(await desk.get("agent", f"/api/tickets/{ticket['id']}"))
    assert shown["private"]["snoozed_until"] == until

    await desk.say("client", ticket, "It has come.")
    assert number in await numbers(desk, "agent")
    assert number in await numbers(desk, "agent", "&queued=true")
    assert number not in await numbers(desk, "agent", "&snoozed=only")
    refused(await desk.post("client", path, {"until": until}), 403, "forbidden")


async def test_a_supervisor_takes_part_and_an_agent_may_not(desk: Desk):
    ticket = await desk.open()
    path = f"/api/tickets/{ticket['id']}"
    done(await desk.post("supervisor", f"{path}/assign", {"agent_id": desk.id_of("agent")}))

    for act, body in (("observe", {}), ("whisper", {"body": "Psst."}), ("barge", {"body": "Hi."})):
        refused(await desk.post("agent", f"{path}/{act}", body), 403, "forbidden")
        done(await desk.post("supervisor", f"{path}/{act}", body))
    refused(await desk.post("agent", f"{path}/take-over"), 403, "forbidden")
    done(await desk.post("supervisor", f"{path}/take-over"))

    after = done(await desk.get("supervisor", path))
    assert after["owner_id"] == desk.id_of("supervisor")
    said = done(await desk.get("client", f"{path}/messages"))["items"]
    assert sorted(each["body"] for each in said) == ["Hi.", "Please help."]
    history = done(await desk.get("supervisor", f"{path}/log"))["items"]
    kinds = [event["kind"] for each in history for event in each["events"] if "kind" in event]
    assert kinds == ["observe", "barge", "take_over"]
    public = done(await desk.get("client", f"{path}/log"))["items"]
    assert "supervised" not in str(public)


async def test_a_queue_is_moved_after_it_was_looked_at(desk: Desk):
    here = done(await desk.post("admin", "/api/teams", {"name": "Here"}), 201)["id"]
    there = done(await desk.post("admin", "/api/teams", {"name": "There"}), 201)["id"]
    tickets = [await desk.open(f"Moving {number}") for number in range(3)]
    for ticket in tickets:
        body = {"agent_id": None, "team_id": here}
        done(await desk.post("supervisor", f"/api/tickets/{ticket['id']}/assign", body))
    path = f"/api/queues/{here}/move"

    seen = done(await desk.get("supervisor", path))
    assert (seen["count"], [each["title"] for each in seen["tickets"]]) == (
        3,
        ["Moving 0", "Moving 1", "Moving 2"],
    )
    refused(await desk.post("supervisor", path, {"to_team_id": here}), 422, "invalid")
    for who in ("agent", "client"):
        refused(await desk.get(who, path), 403, "forbidden")
        refused(await desk.post(who, path, {"to_team_id": there}), 403, "forbidden")

    moved = done(await desk.post("supervisor", path, {"to_team_id": there}))
    assert moved == {"moved": 3, "refused": [], "left": False}
    assert done(await desk.get("supervisor", path))["count"] == 0
    listed = done(await desk.get("supervisor", f"/api/tickets?team_id={there}"))["items"]
    assert {each["id"] for each in listed} == {each["id"] for each in tickets}


async def test_who_supervises_one_team_neither_sees_nor_moves_anothers_queue(desk: Desk):
    mine, other = [
        done(await desk.post("admin", "/api/teams", {"name": name}), 201)["id"]
        for name in ("Mine", "Other")
    ]
    role = done(await desk.get("admin", "/api/roles?q=supervisor"))["items"][0]
    path, before = f"/api/roles/{role['id']}", role["permissions"]
    of_team = {**before, "ticket.supervise": "team"}
    done(await desk.put("admin", path, {"permissions": of_team}))
    body = {"team_ids": [mine]}
    done(await desk.put("admin", f"/api/users/{desk.people['supervisor']['id']}", body))
    await desk.enter("supervisor")

    done(await desk.get("supervisor", f"/api/queues/{mine}/move"))
    path_of_other = f"/api/queues/{other}/move"
    refused(await desk.get("supervisor", path_of_other), 403, "forbidden")
    refused(await desk.post("supervisor", path_of_other, {"to_team_id": mine}), 403, "forbidden")

    done(await desk.put("admin", path, {"permissions": before}))

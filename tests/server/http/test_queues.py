"""Queues and workload through the door: take the next, offers, hand over, share anew."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from domain.people.state import Routing, Team
from server.jobs.routing import Router
from server.store.documents import kind_of
from server.store.leases import Leases
from tests.server.http.desk import Desk, done, refused
from tests.server.http.test_agents import is_there

MEMBERS = ("agent", "supervisor", "admin")

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def team_of(desk: Desk, who: str = "agent") -> str:
    return done(await desk.get(who, "/api/auth/me"))["teams"][0]["id"]


async def set_routing(desk: Desk, routing: Routing) -> None:
    await desk.parts.store[kind_of(Team).model].update_many(
        {}, {"$set": {"state.routing": routing.value}}
    )


async def put_away(desk: Desk) -> None:
    """Close whatever earlier tests left open."""
    queues = done(await desk.get("supervisor", "/api/queues?shown=100"))["items"]
    for ticket in [each for queue in queues for each in queue["tickets"]]:
        path = f"/api/tickets/{ticket['ticket_id']}/status"
        done(await desk.post("supervisor", path, {"status": "closed"}))


async def test_a_queue_is_shown_with_its_order_and_a_client_asks_for_their_place(desk: Desk):
    await put_away(desk)
    first = await desk.open("slow")
    second = await desk.open("fast")
    done(await desk.put("supervisor", f"/api/tickets/{second['id']}", {"priority": "urgent"}))

    (queue,) = done(await desk.get("agent", "/api/queues"))["items"]

    assert [each["ticket_id"] for each in queue["tickets"]] == [second["id"], first["id"]]
    assert queue["by_priority"] == {"low": 0, "medium": 1, "high": 0, "urgent": 1}
    assert (queue["waiting"], queue["routing"], queue["wait_ms"]) == (2, "manual", None)
    place = done(await desk.get("client", f"/api/tickets/{first['id']}/queue"))
    assert place.keys() == {"position", "wait_ms"}
    refused(await desk.get("stranger", f"/api/tickets/{first['id']}/queue"), 404, "not_found")
    refused(await desk.get("client", "/api/queues"), 403, "forbidden")


async def test_the_next_is_the_same_for_the_same_key_and_another_for_another(desk: Desk):
    await put_away(desk)
    team, key = await team_of(desk), str(uuid4())
    tickets = [(await desk.open(f"n{each}"))["id"] for each in range(2)]
    path = f"/api/queues/{team}/next"

    first = done(await desk.post("agent", path, key=key))
    again = done(await desk.post("agent", path, key=key))
    second = done(await desk.post("agent", path, key=str(uuid4())))
    nothing = done(await desk.post("agent", path, key=str(uuid4())))

    assert first == again == {"ticket_id": tickets[0]}
    assert second == {"ticket_id": tickets[1]}
    assert nothing == {"ticket_id": None}
    owner = done(await desk.get("agent", f"/api/tickets/{tickets[0]}"))["owner_id"]
    assert owner == desk.people["agent"]["id"]
    refused(await desk.post("agent", f"/api/queues/{uuid4()}/next"), 403, "forbidden")


async def test_of_several_who_take_the_next_at_once_each_has_another(desk: Desk):
    await put_away(desk)
    team = await team_of(desk)
    tickets = {(await desk.open(f"n{each}"))["id"] for each in range(3)}
    path, keys = f"/api/queues/{team}/next", {who: str(uuid4()) for who in MEMBERS}

    taken = await asyncio.gather(*(desk.post(who, path, key=keys[who]) for who in MEMBERS))
    again = await asyncio.gather(*(desk.post(who, path, key=keys[who]) for who in MEMBERS))

    assert {done(each)["ticket_id"] for each in taken} == tickets
    assert [done(each) for each in again] == [done(each) for each in taken]


async def test_an_offer_is_declined_accepted_and_explained(desk: Desk):
    await put_away(desk)
    await set_routing(desk, Routing.OFFER)
    for who in ("agent", "supervisor"):
        await is_there(desk.parts.store, desk.people[who]["id"])
    ticket = await desk.open("offer me")
    parts = desk.parts
    router = Router(parts.store, Leases(parts.store, parts.clock), parts.dispatch, parts.clock)
    path = f"/api/tickets/{ticket['id']}"
    explained: dict[str, Any] = done(await desk.get("supervisor", f"{path}/routing"))
    assert explained["waiting"]
    assert {each["reason"] for each in explained["present"]} >= {None, "not_connected"}

    await router.round()
    offer = done(await desk.get("supervisor", f"{path}/routing"))["offer"]
    names = {person["id"]: who for who, person in desk.people.items()}
    first = names[offer["agent_id"]]
    other = {"agent": "supervisor", "supervisor": "agent"}[first]
    refused(await desk.post(other, f"{path}/accept"), 409, "conflict")
    done(await desk.post(first, f"{path}/decline"))
    await router.round()
    done(await desk.post(other, f"{path}/accept"))

    assert done(await desk.get("agent", path))["owner_id"] == desk.people[other]["id"]
    await set_routing(desk, Routing.MANUAL)


async def test_a_ticket_is_handed_over_with_a_note_that_its_client_never_sees(desk: Desk):
    ticket = await desk.open("hand me over")
    path = f"/api/tickets/{ticket['id']}"
    body = {"agent_id": desk.people["supervisor"]["id"], "note": "private: a difficult one"}

    done(await desk.post("agent", f"{path}/transfer", body))

    messages = done(await desk.get("supervisor", f"{path}/messages"))["items"]
    assert [each["body"] for each in messages if each["visibility"] == "private"] == [body["note"]]
    assert "difficult" not in (await desk.get("client", f"{path}/messages")).text
    refused(await desk.post("supervisor", f"{path}/transfer", body), 409, "conflict")


async def test_nothing_is_shared_with_whom_its_category_does_not_name(desk: Desk):
    team = await team_of(desk)
    agent, supervisor = desk.people["agent"]["id"], desk.people["supervisor"]["id"]
    for who in (agent, supervisor):
        await is_there(desk.parts.store, who)
    body = {"name": f"Only {uuid4()}", "team_id": team, "member_ids": [agent]}
    category = done(await desk.post("admin", "/api/categories", body), 201)
    named = {(await desk.open("only", category=category["id"]))["id"] for _ in range(4)}
    free = (await desk.open("free"))["id"]
    for ticket_id in (*named, free):
        assigned = {"agent_id": agent}
        done(await desk.post("supervisor", f"/api/tickets/{ticket_id}/assign", assigned))

    preview = done(await desk.post("supervisor", "/api/workload/rebalance", {"team_id": team}))

    moved = {each["ticket_id"] for each in preview["moves"]}
    assert moved
    assert not moved & named


async def test_work_is_shown_and_shared_anew_after_a_preview(desk: Desk):
    team = await team_of(desk)
    agent, supervisor = desk.people["agent"]["id"], desk.people["supervisor"]["id"]
    for who in (agent, supervisor):
        await is_there(desk.parts.store, who)
    tickets = [(await desk.open(f"share {number}"))["id"] for number in range(4)]
    for ticket_id in tickets:
        body = {"agent_id": agent}
        done(await desk.post("supervisor", f"/api/tickets/{ticket_id}/assign", body))
    said = await desk.post("agent", f"/api/tickets/{tickets[0]}/messages", {"body": "I see."})
    done(said, 201)
    work = {
        each["agent"]["id"]: each
        for each in done(await desk.get("supervisor", "/api/workload"))["items"]
    }
    assert work[agent]["agent"]["load"] >= 8
    assert work[agent]["tickets"] == work[agent]["agent"]["tickets"]
    assert work[agent]["unanswered"] == work[agent]["tickets"] - 1
    for name in ("by_status", "by_priority"):
        assert sum(work[agent][name].values()) == work[agent]["tickets"]

    path = "/api/workload/rebalance"
    preview = done(await desk.post("supervisor", path, {"team_id": team}))
    assert preview["kind"] == "preview"
    assert preview["moves"]
    assert max(preview["after"].values()) < max(preview["before"].values())
    names = ("ticket_id", "from_id", "to_id")
    moves = [{name: each[name] for name in names} for each in preview["moves"]]
    key = str(uuid4())
    shared = done(await desk.post("supervisor", path, {"team_id": team, "moves": moves}, key=key))
    again = done(await desk.post("supervisor", path, {"team_id": team, "moves": moves}, key=key))
    assert [each["done"] for each in shared["moves"]] == [True] * len(moves)
    assert [each["done"] for each in again["moves"]] == [True] * len(moves)
    refused(await desk.post("agent", path, {"team_id": team}), 403, "forbidden")

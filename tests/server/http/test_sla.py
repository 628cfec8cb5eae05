"""Calendars, policies and a ticket's clocks over REST."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE = 60_000
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALWAYS = [{"days": WEEK, "start": "00:00", "end": "00:00"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def promised(desk: Desk) -> dict[str, Any]:
    """An hour for a first answer, round the clock."""
    calendar = done(
        await desk.post("admin", "/api/calendars", {"name": "Always", "hours": ALWAYS}), 201
    )
    return done(
        await desk.post(
            "admin",
            "/api/sla",
            {
                "name": "Everybody",
                "calendar_id": calendar["id"],
                "position": 5,
                "targets": {"medium": {"first_response": 60, "resolution": 480}},
                "warn_at": [80],
                "ladder": [{"act": "notify", "minutes_after": 30}],
            },
        ),
        201,
    )


async def open_ticket(desk: Desk) -> str:
    body = {"title": "Late", "description": "Where is it?"}
    return done(await desk.post("client", "/api/tickets", body), 201)["id"]


async def test_a_policy_is_made_read_changed_and_its_calendar_stays(
    desk: Desk, promised: dict[str, Any]
):
    assert done(await desk.get("agent", f"/api/sla/{promised['id']}")) == promised
    listed = done(await desk.get("agent", "/api/sla?q=every"))["items"]
    assert [each["id"] for each in listed] == [promised["id"]]
    refused(await desk.get("client", "/api/sla"), 403, "forbidden")
    refused(await desk.get("client", "/api/calendars"), 403, "forbidden")
    path = f"/api/sla/{promised['id']}"
    refused(await desk.put("agent", path, {"position": 6}), 403, "forbidden")
    needed = await desk.delete("admin", f"/api/calendars/{promised['calendar_id']}")
    assert refused(needed, 409, "conflict")["fields"] == {"needed_by": ["the policy 'Everybody'"]}


async def test_bad_input_gets_a_clear_answer(desk: Desk, promised: dict[str, Any]):
    closed = await desk.post("admin", "/api/calendars", {"name": "Never", "hours": []})
    assert "without hours" in refused(closed, 422, "invalid")["message"]
    nowhere = {"name": "Nowhere", "hours": ALWAYS, "country": "XX"}
    known = refused(await desk.post("admin", "/api/calendars", nowhere), 422, "invalid")
    assert "XX are not known" in known["message"]
    body = {
        "name": "At once",
        "calendar_id": promised["calendar_id"],
        "targets": {"medium": {"first_response": 0}},
    }
    hasty = refused(await desk.post("admin", "/api/sla", body), 422, "invalid")
    assert hasty["fields"] == {"targets.medium.first_response": "no_time"}
    far = await desk.post("agent", "/api/sla/preview", {"at": 2**53 - 1})
    assert "at" in refused(far, 422, "invalid")["fields"]


async def test_a_deadline_is_explained(desk: Desk, promised: dict[str, Any]):
    ticket_id = await open_ticket(desk)
    told = done(await desk.get("agent", f"/api/tickets/{ticket_id}/sla"))
    assert (told["policy"], told["calendar"], told["zone"]) == ("Everybody", "Always", "UTC")
    first, resolution = told["clocks"]
    assert (first["metric"], first["state"], first["target"]) == (
        "first_response",
        "running",
        60 * MINUTE,
    )
    assert first["due_at"] == first["started_at"] + 60 * MINUTE
    assert first["consumed"] + first["left"] == first["target"]
    assert first["intervals"][-1]["end"] == first["due_at"]
    assert {each["reason"] for each in first["intervals"]} == {"open"}
    assert resolution["metric"] == "resolution"


async def test_what_was_pending_did_not_count_and_says_so(desk: Desk, promised: dict[str, Any]):
    ticket_id = await open_ticket(desk)
    path = f"/api/tickets/{ticket_id}"
    done(await desk.post("agent", f"{path}/status", {"status": "pending"}))
    first = done(await desk.get("agent", f"{path}/sla"))["clocks"][0]
    assert (first["state"], first["due_at"]) == ("paused", None)
    done(await desk.post("agent", f"{path}/status", {"status": "open"}))
    done(await desk.post("agent", f"{path}/status", {"status": "resolved"}))
    resolution = done(await desk.get("agent", f"{path}/sla"))["clocks"][1]
    assert resolution["state"] == "met"
    assert [each["reason"] for each in resolution["intervals"]] == ["open", "pending", "open"]
    assert resolution["counted"] == resolution["consumed"]


async def test_clients_do_not_see_what_is_promised_among_ourselves(
    desk: Desk, promised: dict[str, Any]
):
    ticket_id = await open_ticket(desk)
    refused(await desk.get("client", f"/api/tickets/{ticket_id}/sla"), 403, "forbidden")
    refused(await desk.get("stranger", f"/api/tickets/{ticket_id}/sla"), 404, "not_found")


async def test_what_a_ticket_would_get_is_told_beforehand(desk: Desk, promised: dict[str, Any]):
    at = 1_800_000_000_000
    body = {"priority": "medium", "at": at}
    told = done(await desk.post("agent", "/api/sla/preview", body))
    assert told["policy_id"] == promised["id"]
    first = told["clocks"][0]
    assert first["due_at"] == at + 60 * MINUTE
    assert [(each["percent"], each["at"]) for each in first["warnings"]] == [(80, at + 48 * MINUTE)]
    assert first["ladder"][0]["at"] == at + 90 * MINUTE
    draft = {
        "calendar_id": promised["calendar_id"],
        "contact_tags": ["vip"],
        "targets": {"medium": {"first_response": 5}},
    }
    misfit = done(await desk.post("agent", "/api/sla/preview", {**body, "policy": draft}))
    assert [each["misfit"] for each in misfit["tried"]] == ["contact_tags"]
    given = {**body, "policy": draft, "contact_tags": ["vip"]}
    fits = done(await desk.post("agent", "/api/sla/preview", given))
    assert fits["clocks"][0]["due_at"] == at + 5 * MINUTE
    draft["targets"] = {"medium": {"first_response": 0}}
    refused(await desk.post("agent", "/api/sla/preview", given), 422, "invalid")


async def test_the_holidays_of_a_country_are_told(desk: Desk):
    known = done(await desk.get("agent", "/api/holidays"))["countries"]
    assert "VC" in known["ES"]
    told = done(await desk.get("agent", "/api/holidays/ES?subdivision=VC&year=2026"))
    assert {"date": "2026-10-09", "name": "Valencian Community Day"} in told["holidays"]
    refused(await desk.get("agent", "/api/holidays/XX"), 404, "not_found")

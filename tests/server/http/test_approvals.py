"""Approving in the app and by a letter's link: who may, once, in time; and what others see."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from server.approvals.links import LINK_MS, ApprovalLinks, Link
from server.clock import SystemClock
from server.http.approvals import LinkState
from server.store.streams import Streams
from tests.server.http.desk import Desk, done, open_desk, refused


class Dear:
    """A desk with a category that admin, then supervisor, must approve."""

    def __init__(self, desk: Desk, category: str) -> None:
        self.desk, self.category = desk, category
        self.links = ApprovalLinks(desk.parts.settings.secret_key.encode())

    async def open(self) -> dict[str, Any]:
        return await self.desk.open("A new laptop", category=self.category)

    async def link(self, ticket: dict[str, Any], who: str = "admin", **more: Any) -> str:
        """As it would stand in a letter that somebody got now."""
        streams = Streams(self.desk.parts.store)
        state: Any = (await streams.headers.load(f"ticket:{ticket['id']}")).state
        link = Link(
            ticket_id=ticket["id"],
            approver_id=self.desk.people[who]["id"],
            level=state.private.approval.level,
            asked_at=state.private.approval.asked_at,
            expires_at=SystemClock().now() + LINK_MS,
        )
        return self.links.token(link.model_copy(update=more))

    async def look(self, token: str) -> dict[str, Any]:
        return done(await self.desk.get(None, f"/api/approvals/links/{token}"))

    async def decide(self, token: str, **body: Any) -> Any:
        return await self.desk.post(None, f"/api/approvals/links/{token}", body)


@pytest.fixture
async def dear(mongodb_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[Dear]:
    async with open_desk(mongodb_url, redis_url, tmp_path) as desk:
        levels = [
            {"approver_ids": [desk.people[who]["id"]], "rule": "all"}
            for who in ("admin", "supervisor")
        ]
        body = {"name": "Dear", "approval": levels}
        category = done(await desk.post("admin", "/api/categories", body), 201)
        assert category["approval"] == levels
        yield Dear(desk, category["id"])


async def test_each_approver_finds_what_waits_for_them_and_decides_in_the_app(dear: Dear):
    desk, ticket = dear.desk, await dear.open()
    assert done(await desk.get("client", f"/api/tickets/{ticket['id']}"))["approval"] == "waiting"

    (mine,) = done(await desk.get("admin", "/api/approvals"))["items"]
    assert (mine["title"], mine["mine"], mine["level"]) == ("A new laptop", True, 0)
    assert done(await desk.get("supervisor", "/api/approvals"))["items"] == []
    path = f"/api/tickets/{ticket['id']}"
    refused(await desk.post("supervisor", f"{path}/approve"), 403, "forbidden")
    refused(await desk.post("client", f"{path}/approve"), 403, "forbidden")
    refused(await desk.post("stranger", f"{path}/approve"), 404, "not_found")

    shown = done(await desk.post("admin", f"{path}/approve", {"reason": "Needed."}))
    assert (shown["level"], shown["mine"], shown["approval"]) == (1, False, "waiting")
    refused(await desk.post("admin", f"{path}/approve"), 409, "conflict")
    shown = done(await desk.post("supervisor", f"{path}/approve"))
    assert shown["approval"] == "approved"
    assert done(await desk.get("admin", "/api/approvals"))["items"] == []
    (decided,) = done(await desk.get("admin", "/api/approvals?waiting=false"))["items"]
    assert [each["reason"] for each in decided["decisions"]] == ["Needed.", None]


async def test_refusing_closes_it_and_the_client_reads_why(dear: Dear):
    desk, ticket = dear.desk, await dear.open()
    path = f"/api/tickets/{ticket['id']}"

    refused(await desk.post("admin", f"{path}/refuse", {"reason": " "}), 422, "invalid")
    done(await desk.post("admin", f"{path}/refuse", {"reason": "Too dear."}))

    seen = done(await desk.get("client", path))
    assert (seen["status"], seen["approval"], seen["private"]) == ("closed", "refused", None)

    again = await desk.say("client", ticket, "But I need it.")
    follow_up = done(await desk.get("client", f"/api/tickets/{again['ticket_id']}"))
    assert (follow_up["follow_up_of"], follow_up["approval"]) == (ticket["id"], "waiting")


async def test_a_link_shows_what_is_asked_and_decides_once(dear: Dear):
    ticket = await dear.open()
    token = await dear.link(ticket)

    shown = await dear.look(token)
    assert (shown["state"], shown["title"], shown["body"]) == (
        *("open", "A new laptop"),
        "Please help.",
    )
    assert (shown["requester"], shown["category"], shown["levels"]) == ("Client", "Dear", 2)
    assert await dear.look(token) == shown  # Looking decides nothing.
    decided = done(await dear.decide(token, approved=True))
    assert (decided["state"], decided["title"]) == ("you_approved", None)

    error = refused(await dear.decide(token, approved=False, reason="No."), 409, "conflict")
    assert error["fields"] == {"approval": "you_approved"}


async def test_links_that_are_forged_late_withdrawn_or_anothers_say_so(dear: Dear):
    ticket = await dear.open()
    token = await dear.link(ticket)
    content, signature = token.rsplit(".", 1)
    forged = ApprovalLinks(b"another secret").token(dear.links.read(token))
    for wrong in (forged, f"{content}.", content, f"{content}x.{signature}", "ñ.ñ", "." * 2_000):
        refused(await dear.desk.get(None, f"/api/approvals/links/{wrong}"), 404, "not_found")
        refused(await dear.decide(wrong, approved=True), 404, "not_found")

    late = await dear.link(ticket, expires_at=1)
    not_asked = await dear.link(ticket, "supervisor")
    path = f"/api/tickets/{ticket['id']}"
    gone = await dear.open()
    withdrawn = await dear.link(gone)
    await dear.desk.put("agent", f"/api/tickets/{gone['id']}", {"category": None})
    again = await dear.desk.put("agent", f"/api/tickets/{gone['id']}", {"category": dear.category})
    done(again)
    for link, state in ((late, "late"), (not_asked, "not_asked"), (withdrawn, "withdrawn")):
        assert (await dear.look(link))["state"] == state
        assert (await dear.look(link))["title"] is None
        error = refused(await dear.decide(link, approved=True), 409, "conflict")
        assert error["fields"] == {"approval": state}

    done(await dear.desk.post("admin", f"{path}/approve"))
    done(await dear.desk.post("supervisor", f"{path}/refuse", {"reason": "No."}))
    assert (await dear.look(not_asked))["state"] == "refused"
    await dear.desk.delete("admin", path)
    assert (await dear.look(token))["state"] == "withdrawn"
    assert set(LinkState) >= {"late", "withdrawn"}


async def test_closing_what_waits_withdraws_it_and_who_brings_it_back_asks_again(dear: Dear):
    desk, ticket = dear.desk, await dear.open()
    path, token = f"/api/tickets/{ticket['id']}", await dear.link(ticket)

    done(await desk.post("client", f"{path}/status", {"status": "closed"}))

    assert (await dear.look(token))["state"] == "withdrawn"
    error = refused(await dear.decide(token, approved=True), 409, "conflict")
    assert error["fields"] == {"approval": "withdrawn"}
    assert "the ticket is over" in (await desk.get(None, f"/approve/{token}")).text
    assert done(await desk.get("admin", "/api/approvals"))["items"] == []
    refused(await desk.post("admin", f"{path}/approve"), 409, "conflict")

    done(await desk.put("agent", path, {"status": "open"}))
    (mine,) = done(await desk.get("admin", "/api/approvals"))["items"]
    assert (mine["ticket_id"], mine["decisions"]) == (ticket["id"], [])
    assert (await dear.look(await dear.link(ticket)))["state"] == "open"
    assert (await dear.look(token))["state"] == "withdrawn"


async def test_the_page_of_a_link_needs_no_script_and_shows_texts_as_texts(dear: Dear):
    ticket = await dear.desk.open("<script>x</script>", category=dear.category)
    token = await dear.link(ticket)
    path = f"/approve/{token}"

    page = await dear.desk.get(None, path)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "&lt;script&gt;x" in page.text
    assert "<script" not in page.text

    async def post(**form: str) -> Any:
        return await dear.desk.http.post(path, data=form)

    assert (await post(decision="refuse", reason="  ")).status_code == 422
    assert (await post(decision="perhaps")).status_code == 422
    refusal = await post(decision="refuse", reason="Too dear.")
    assert (refusal.status_code, "You refused it" in refusal.text) == (200, True)
    again = await post(decision="approve")
    assert (again.status_code, "You refused it" in again.text) == (409, True)
    nothing = await dear.desk.get(None, "/approve/x.y")
    assert (nothing.status_code, "not one of ours" in nothing.text) == (404, True)
    seen = done(await dear.desk.get("client", f"/api/tickets/{ticket['id']}"))
    assert (seen["status"], seen["approval"]) == ("closed", "refused")


async def test_who_is_away_is_stood_in_for_and_a_circle_is_refused(dear: Dear):
    desk = dear.desk
    ids = {who: desk.people[who]["id"] for who in ("admin", "supervisor", "agent")}
    for who, deputy in (("admin", "supervisor"), ("supervisor", "agent")):
        done(await desk.put("admin", f"/api/users/{ids[who]}", {"deputy_id": ids[deputy]}))
    circle = await desk.put("admin", f"/api/users/{ids['agent']}", {"deputy_id": ids["admin"]})
    assert "circle" in refused(circle, 409, "conflict")["message"]
    oneself = await desk.put("admin", f"/api/users/{ids['agent']}", {"deputy_id": ids["agent"]})
    refused(oneself, 409, "conflict")
    now = SystemClock().now()
    for who in ("admin", "supervisor"):
        leave = {"user_id": ids[who], "start": now - 1_000, "end": now + 3_600_000}
        done(await desk.post("admin", "/api/leave", leave), 201)

    ticket = await dear.open()

    (mine,) = done(await desk.get("agent", "/api/approvals"))["items"]
    assert mine["asked"] == [ids["agent"]]
    path = f"/api/tickets/{ticket['id']}"
    refused(await desk.post("admin", f"{path}/approve"), 403, "forbidden")
    shown = done(await desk.post("agent", f"{path}/approve"))
    assert [each["for_id"] for each in shown["decisions"]] == [ids["admin"]]
    assert shown["asked"] == [ids["agent"]]


async def test_an_approver_reads_it_though_it_is_another_teams(dear: Dear):
    desk = dear.desk
    team = done(await desk.post("admin", "/api/teams", {"name": "Far"}), 201)
    body = {
        "name": "Far away",
        "team_id": team["id"],
        "approval": [{"approver_ids": [desk.people["agent"]["id"]]}],
    }
    category = done(await desk.post("admin", "/api/categories", body), 201)
    ticket = await desk.open("Far", category=category["id"])
    path = f"/api/tickets/{ticket['id']}"

    assert done(await desk.get("agent", path))["title"] == "Far"
    refused(await desk.post("agent", f"{path}/status", {"status": "resolved"}), 403, "forbidden")
    done(await desk.post("agent", f"{path}/approve"))
    await desk.put("admin", path, {"category": None})
    refused(await desk.get("agent", path), 403, "forbidden")


async def test_the_page_of_a_link_says_why_it_was_not_to_be_decided(dear: Dear):
    desk, agent_id = dear.desk, dear.desk.people["agent"]["id"]
    body = {"name": "Agent's", "approval": [{"approver_ids": [agent_id]}]}
    category = done(await desk.post("admin", "/api/categories", body), 201)
    token = await dear.link(await desk.open("Far", category=category["id"]), "agent")
    done(await desk.put("admin", f"/api/users/{agent_id}", {"active": False}))

    answer = await desk.http.post(f"/approve/{token}", data={"decision": "approve"})

    assert (answer.status_code, "This account is closed." in answer.text) == (409, True)

"""Everybody reads their own notices, marks them, and says how they want to be told."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from server.dispatch.drafting import NOTIFY
from server.jobs.react import Reactions
from server.notices.board import NoticeBoard
from server.notices.desk import NoticeDesk
from server.notices.reactor import NoticeReactor
from server.store.effects import Effects
from server.store.leases import Leases
from server.store.streams import Streams
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def react(desk: Desk, *tickets: dict[str, Any]) -> None:
    """What a worker would do about notices."""
    parts = desk.parts
    streams, board = Streams(parts.store), NoticeBoard(parts.store, parts.feeds)
    notices = NoticeDesk(parts.store, board, Effects(parts.store, parts.clock), parts.settings)
    reactors = {NOTIFY: NoticeReactor(parts.store, streams.headers, notices)}
    reactions = Reactions(streams.journal, Leases(parts.store, parts.clock), reactors)
    await reactions.react([f"ticket:{ticket['id']}" for ticket in tickets])


async def given(desk: Desk, title: str = "It does not work") -> dict[str, Any]:
    """A ticket that the agent was given and told of."""
    ticket = await desk.open(title)
    path = f"/api/tickets/{ticket['id']}/assign"
    body = {"agent_id": desk.id_of("agent")}
    answer = await desk.post("supervisor", path, body)
    assert answer.is_success, answer.text
    await react(desk, ticket)
    return ticket


async def mine(desk: Desk, who: str, more: str = "") -> list[dict[str, Any]]:
    return done(await desk.get(who, f"/api/notifications?limit=100{more}"))["items"]


async def unread(desk: Desk, who: str) -> int:
    return done(await desk.get(who, "/api/notifications/unread"))["unread"]


async def test_a_notice_says_what_it_is_about_as_it_is_called_now(desk: Desk):
    ticket = await given(desk, "Broken")
    await desk.put("agent", f"/api/tickets/{ticket['id']}", {"title": "Broken twice"})

    notice = (await mine(desk, "agent"))[0]

    assert (notice["kind"], notice["name"], notice["read_at"]) == ("assigned", "Supervisor", None)
    assert notice["ticket"]["title"] == "Broken twice"
    assert notice["ticket"]["number"] == ticket["number"]
    path = f"/api/notifications/{quote(notice['id'], safe='')}"
    assert done(await desk.get("agent", path)) == notice
    for who in ("supervisor", "client"):
        refused(await desk.get(who, path), 404, "not_found")
        refused(await desk.post(who, f"{path}/read"), 404, "not_found")


async def test_of_a_ticket_that_is_another_teams_by_now_only_the_number_is_left(desk: Desk):
    ticket = await given(desk)
    team = done(await desk.post("admin", "/api/teams", {"name": "Elsewhere"}), 201)
    body = {"agent_id": None, "team_id": team["id"]}
    answer = await desk.post("supervisor", f"/api/tickets/{ticket['id']}/assign", body)
    assert answer.is_success, answer.text

    notice = (await mine(desk, "agent"))[0]

    assert (notice["ticket_id"], notice["ticket"]) == (ticket["id"], None)


async def test_one_some_and_all_are_marked_as_read_and_stay_so(desk: Desk):
    await desk.post("agent", "/api/notifications/read", {"all": True})
    tickets = [await given(desk) for _ in range(4)]
    assert await unread(desk, "agent") == 4
    newest, *others = await mine(desk, "agent", "&unread=true")

    path = f"/api/notifications/{quote(newest['id'], safe='')}/read"
    marked = done(await desk.post("agent", path))
    assert marked["read_at"] is not None
    assert done(await desk.post("agent", path)) == marked
    assert await unread(desk, "agent") == 3

    some = {"ids": [others[0]["id"], newest["id"]]}
    assert done(await desk.post("agent", "/api/notifications/read", some)) == {"unread": 2}
    of_one = {"ticket_id": tickets[0]["id"]}
    assert done(await desk.post("agent", "/api/notifications/read", of_one)) == {"unread": 1}
    everything = {"all": True}
    assert done(await desk.post("client", "/api/notifications/read", everything))["unread"] == 0
    assert await unread(desk, "agent") == 1
    done(await desk.post("agent", "/api/notifications/read", everything))
    assert await mine(desk, "agent", "&unread=true") == []


async def test_pages_go_on_where_the_last_one_ended(desk: Desk):
    for _ in range(3):
        await given(desk)
    everything = [each["id"] for each in await mine(desk, "agent")]

    paged: list[str] = []
    after = ""
    while True:
        page = done(await desk.get("agent", f"/api/notifications?limit=2{after}"))
        paged += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={quote(page['next'])}"

    assert paged == everything


async def test_a_client_is_told_of_their_own_ticket(desk: Desk):
    ticket = await desk.open("Mine")
    await desk.say("agent", ticket, "A moment.")
    await react(desk, ticket)

    notice = (await mine(desk, "client"))[0]
    assert (notice["kind"], notice["name"]) == ("answered", "Agent")
    assert notice["ticket"]["title"] == "Mine"
    assert await mine(desk, "stranger") == []


@pytest.mark.parametrize(
    "body", [{}, {"all": False}, {"ids": []}, {"ids": ["x"], "all": True}, {"ticket_id": "x"}]
)
async def test_what_shall_be_read_is_named_in_one_way(desk: Desk, body: dict[str, Any]):
    refused(await desk.post("agent", "/api/notifications/read", body), 422, "invalid")


async def test_preferences_are_ones_own_and_begin_as_everybodys(desk: Desk):
    begun = done(await desk.get("client", "/api/preferences"))
    assert begun["preferences"]["version"] == 0
    assert begun["channels"]["status"] == {"in_app": True, "mail": True, "push": False}
    staffs = done(await desk.get("agent", "/api/preferences"))["channels"]
    assert staffs["offered"] == {"in_app": True, "mail": False, "push": True}

    chosen = {
        "language": "es",
        "zone": "Europe/Madrid",
        "quiet": {"start": "22:00", "end": "07:00"},
        "channels": {"status": {"in_app": True, "mail": False, "push": None}},
    }
    changed = done(await desk.put("client", "/api/preferences", chosen))
    assert {name: changed["preferences"][name] for name in chosen} == chosen
    assert changed["channels"]["status"]["mail"] is False
    assert changed["preferences"]["digest"] == "at_once"

    changed = done(await desk.put("client", "/api/preferences", {"quiet": None}))
    assert (changed["preferences"]["quiet"], changed["preferences"]["language"]) == (None, "es")
    assert done(await desk.get("client", "/api/preferences")) == changed
    assert done(await desk.get("agent", "/api/preferences"))["preferences"]["language"] == "en"


@pytest.mark.parametrize(
    "body",
    [
        {"zone": "Mars/Olympus"},
        {"language": "tlh"},
        {"quiet": {"start": "22:00", "end": "22:00"}},
        {"quiet": {"start": "25:00", "end": "07:00"}},
        {"channels": {"birthday": {"in_app": True, "mail": True}}},
        {"digest": "yearly"},
        {"id": "somebody"},
    ],
)
async def test_preferences_that_cannot_be_are_refused(desk: Desk, body: dict[str, Any]):
    refused(await desk.put("agent", "/api/preferences", body), 422, "invalid")


async def test_a_guest_has_nothing_to_set(desk: Desk):
    guest = done(await desk.http.post("/api/auth/guest", json={"name": "Gus"}), 201)
    desk.tokens["guest"] = guest["access_token"]

    refused(await desk.put("guest", "/api/preferences", {"language": "es"}), 403, "forbidden")
    assert await mine(desk, "guest") == []

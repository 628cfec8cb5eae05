"""Any command over REST: the same dispatch as the sockets'."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_answers_as_its_acknowledgement_would(desk: Desk):
    command_id = str(uuid4())
    body = {"type": "ticket.open", "title": "t", "body": "b", "command_id": command_id}

    first = done(await desk.post("client", "/api/commands", body))
    again = done(await desk.post("client", "/api/commands", body))

    assert (first["ok"], first["seq"]) == (True, 1)
    assert set(first["result"]) == {"ticket_id", "number"}
    assert again == first


async def test_the_header_names_the_command_and_both_ways_in_lead_to_the_same(desk: Desk):
    key = str(uuid4())
    body = {"title": "t", "body": "b", "channel": "portal"}

    by_command = await desk.post(
        "client", "/api/commands", {"type": "ticket.open", **body}, key=key
    )
    by_noun = await desk.post("client", "/api/tickets", body, key=key)

    assert done(by_command)["result"]["ticket_id"] == done(by_noun, 201)["id"]


async def test_two_names_for_one_command_are_refused(desk: Desk):
    body = {"type": "ticket.open", "title": "t", "body": "b", "command_id": str(uuid4())}

    refused(await desk.post("client", "/api/commands", body, key=str(uuid4())), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "ticket.explode"},
        {"type": 5},
        {"type": "ticket.close_quiet", "ticket_id": str(uuid4()), "generation": 1},
        {"type": "ticket.link_follow_up", "ticket_id": str(uuid4())},
        {"type": "agent.reserve", "agent_id": str(uuid4())},
        {"type": "contact.identify", "contact_id": str(uuid4()), "email": "a@b.test"},
        {"type": "contact.register", "contact_id": str(uuid4()), "name": "n"},
        {"type": "ticket.open", "title": "t", "body": "b", "command_id": "close_quiet:t:1"},
        {"type": "ticket.open", "title": "t", "body": "b", "command_id": None},
        {"type": "ticket.open", "title": "t", "body": "b", "actor": {"kind": "system", "id": "x"}},
    ],
)
async def test_what_no_person_may_send_is_refused(desk: Desk, body: dict[str, Any]):
    refused(await desk.post("admin", "/api/commands", body), 422, "invalid")

"""The names of people, and who may see whose."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def names(desk: Desk, who: str, *ids: str) -> dict[str, dict[str, str]]:
    return done(await desk.get(who, f"/api/people?ids={','.join(ids)}"))["people"]


async def test_staff_see_everybodys_name_and_who_is_not_there_is_left_out(desk: Desk):
    client, agent = desk.id_of("client"), desk.id_of("agent")

    seen = await names(desk, "agent", client, agent, str(uuid4()))

    assert seen == {
        client: {"name": "Client", "kind": "client"},
        agent: {"name": "Agent", "kind": "agent"},
    }


async def test_a_client_sees_those_who_work_here_and_themselves(desk: Desk):
    me, user = desk.id_of("client"), desk.people["client"]["id"]
    others = (desk.id_of("stranger"), desk.people["stranger"]["id"])

    seen = await names(desk, "client", me, user, desk.id_of("agent"), *others)

    assert set(seen) == {me, user, desk.id_of("agent")}


async def test_a_colleague_is_seen_where_tickets_are_shared(desk: Desk):
    company = str(uuid4())
    for who in ("client", "stranger"):
        path = f"/api/contacts/{desk.id_of(who)}"
        done(await desk.put("agent", path, {"company_id": company}))
    colleague = desk.id_of("stranger")
    assert await names(desk, "client", colleague) == {}

    roles = done(await desk.get("admin", "/api/roles?q=client"))["items"]
    shared = {**roles[0]["permissions"], "ticket.read": "company"}
    done(await desk.put("admin", f"/api/roles/{roles[0]['id']}", {"permissions": shared}))

    assert set(await names(desk, "client", colleague)) == {colleague}
    ticket = done(await desk.post("stranger", "/api/tickets", {"title": "t", "body": "b"}), 201)
    assert done(await desk.get("client", f"/api/tickets/{ticket['id']}"))["id"] == ticket["id"]


@pytest.mark.parametrize(
    "query", ["", "?ids=me", "?ids=" + ",".join(["0f0d4a5e-6a0c-4a53-9d0f-3d0a5b6c7d8e"] * 201)]
)
async def test_ids_that_are_none_are_refused(desk: Desk, query: str):
    refused(await desk.get("agent", f"/api/people{query}"), 422, "invalid")

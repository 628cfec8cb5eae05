"""What live traffic leaves behind: resolved, closed, deleted; never what a person touched."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.access import Actor
from domain.ticket.commands import OpenTicket, Reply, UpdateTicket
from server.composition import Parts, compose
from server.demo.marks import TRAFFIC_TAG, fresh_id, is_demos
from server.demo.places import MOVER, Company, move_in
from server.demo.tidying import CLOSED_AFTER, DELETED_AFTER, RESOLVED_AFTER, tidy
from server.settings import Settings
from server.store.connect import Store
from tests.server.house import FixedClock

TICKET = "ticket:8e5d6bb6-3ab4-4bd9-9d4b-1d1c1f0e5a11"


@pytest.fixture
async def parts(settings: Settings, store: Store) -> AsyncGenerator[Parts]:
    async with compose(settings) as parts:
        yield parts


async def asked(parts: Parts, customer: Actor, *, simulated: bool = True) -> str:
    """A ticket as the traffic opens them, or as a person would."""
    make_id = fresh_id if simulated else lambda: str(uuid4())
    opened = OpenTicket(command_id=make_id(), title="Where is it?", body="It should be here.")
    ticket_id = (await parts.dispatch.dispatch(opened, customer)).result["ticket_id"]
    tags = UpdateTicket(command_id=fresh_id(), ticket_id=ticket_id, tags=(TRAFFIC_TAG,))
    await parts.dispatch.dispatch(tags, MOVER)
    return ticket_id


async def status_of(parts: Parts, ticket_id: str) -> str | None:
    """None for one that is deleted."""
    header = await parts.store.database["tickets"].find_one({"_id": ticket_id})
    assert header is not None
    return header["state"]["status"] if header["listed"] else None


async def tidied(parts: Parts, later: int) -> int:
    return await tidy(replace(parts, clock=FixedClock(parts.clock.now() + later)))


async def test_what_was_left_is_resolved_then_closed_then_deleted(parts: Parts):
    company: Company = await move_in(parts)
    ticket_id = await asked(parts, company.actors["carmen"])

    assert await tidied(parts, RESOLVED_AFTER - 60_000) == 0
    assert await status_of(parts, ticket_id) == "open"

    assert await tidied(parts, RESOLVED_AFTER + 60_000) == 1
    assert await status_of(parts, ticket_id) == "resolved"

    assert await tidied(parts, CLOSED_AFTER - 60_000) == 0
    assert await tidied(parts, CLOSED_AFTER + 60_000) == 1
    assert await status_of(parts, ticket_id) == "closed"

    assert await tidied(parts, DELETED_AFTER + 60_000) == 1
    assert await status_of(parts, ticket_id) is None


async def test_more_closed_ones_than_anybody_needs_go_sooner_the_oldest_first(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("server.demo.tidying.MOST", 1)
    company = await move_in(parts)
    older, newer = [await asked(parts, company.actors[who]) for who in ("carmen", "rocio")]
    await tidied(parts, RESOLVED_AFTER + 60_000)
    await tidied(parts, CLOSED_AFTER + 60_000)

    assert await tidied(parts, CLOSED_AFTER + 60_000) == 1

    assert await status_of(parts, older) is None
    assert await status_of(parts, newer) == "closed"


async def test_what_a_person_opened_or_answered_is_left_alone(parts: Parts):
    company = await move_in(parts)
    own = await asked(parts, company.actors["client"], simulated=False)
    answered = await asked(parts, company.actors["carmen"])
    said = Reply(command_id=str(uuid4()), ticket_id=answered, body="I look after it.")
    await parts.dispatch.dispatch(said, company.actors["agent"])

    assert await tidied(parts, DELETED_AFTER) == 0

    assert [await status_of(parts, each) for each in (own, answered)] == ["open", "open"]


@pytest.mark.parametrize(
    ("command_id", "demos"),
    [
        (fresh_id(), True),
        (f"reserve:{fresh_id()}", True),
        (f"close_quiet:{TICKET}:4", True),
        (f"{TICKET}:0000000001:triage:8e5d6bb6-3ab4-4bd9-9d4b-1d1c1f0e5a11", True),
        (f"reserve:route:{TICKET}:7:{uuid4()}:1700000000000", True),
        (str(uuid4()), False),
        (f"follow_up:{uuid4()}", False),
    ],
    ids=[
        "its own",
        "a step of it",
        "a timer",
        "a guess",
        "a step of the router's",
        "a person's",
        "a step of a person's",
    ],
)
def test_a_command_tells_whose_it_was(command_id: str, demos: bool):
    assert is_demos(command_id) is demos

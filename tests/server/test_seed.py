"""The tests' people and tickets: put in once, whole, and told again without a change."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from server.auth.families import Where
from server.composition import Parts, compose
from server.settings import Settings
from server.store.connect import Store
from server.store.models import LogEntry, TicketHeader
from tests.seed import CATEGORIES, PASSWORD, PEOPLE, STORIES, seed


@pytest.fixture
async def parts(settings: Settings, store: Store) -> AsyncGenerator[Parts]:
    async with compose(settings) as parts:
        yield parts


async def everything(parts: Parts) -> dict[str, Any]:
    """What the seed may change, by collection."""
    kept = ("users", "contacts", "teams", "categories", "tickets", "messages", "log")
    database = parts.store.database
    return {name: await database[name].find({}, {"pending": 0}).to_list() for name in kept}


async def test_everybody_can_log_in_and_every_story_is_told(parts: Parts):
    assert await seed(parts) is True

    for who in PEOPLE:
        grant = await parts.auth.login(
            email=f"{who}@demo.test", password=PASSWORD, where=Where("127.0.0.1")
        )
        assert grant.user.role == {"agent2": "agent"}.get(who, who)
    tickets = await parts.store[TicketHeader].find().to_list()
    assert {each["state"]["title"] for each in tickets} == {story.title for story in STORIES}
    assert len({each["state"]["status"] for each in tickets}) == 5
    assert await parts.store.database["categories"].count_documents({}) == len(CATEGORIES)


async def test_a_second_time_changes_nothing(parts: Parts):
    await seed(parts)
    before = await everything(parts)

    assert await seed(parts) is False

    assert await everything(parts) == before


async def test_what_a_crash_left_half_done_is_completed(parts: Parts):
    await seed(parts)
    before = await everything(parts)
    last = max(before["tickets"], key=lambda each: each["state"]["number"])["_id"]
    await parts.store[LogEntry].delete_many({"stream": f"ticket:{last}"})
    await parts.store[TicketHeader].delete_one({"_id": last})
    await parts.store.database["messages"].delete_many({"ticket_id": last})

    async with compose(parts.settings) as fresh:
        assert await seed(fresh) is True

    after = await everything(parts)
    assert [each["_id"] for each in after["log"]] == [each["_id"] for each in before["log"]]
    assert [each["_id"] for each in after["users"]] == [each["_id"] for each in before["users"]]

"""Staff are told which documents changed: each version once, also after the bus was away."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest
from redis.exceptions import ConnectionError as Away

from domain.access import DEFAULT_ROLES
from domain.audience import SETTINGS
from domain.document import Change
from domain.people.commands import CreateTeam
from domain.ports import FeedItem
from server.changes import Changes
from server.dispatch.documents import DocumentDispatch, Made
from server.store.connect import Store
from tests.server.dispatch.conftest import SECRET, clock, house
from tests.server.house import FixedClock, House, new_id

__all__ = ["clock", "house"]


class Bus:
    """Takes what is written, unless it is away."""

    def __init__(self) -> None:
        self.away = False
        self.items: list[FeedItem] = []

    async def write(self, items: Sequence[FeedItem]) -> None:
        if self.away:
            raise Away("gone")
        self.items += items


async def test_what_was_changed_is_told_with_its_version(
    store: Store, house: House, clock: FixedClock
):
    bus = Bus()
    changes, documents = Changes(bus), DocumentDispatch(store, clock, SECRET)
    documents.listen(changes.listen)
    command = CreateTeam(command_id=new_id(), name="Night watch")
    admin = house.supervisor.model_copy(update={"permissions": DEFAULT_ROLES["admin"]})
    made = await documents.dispatch(command, admin)
    await changes.tell()
    await changes.tell()

    name = f"team.{made.result['team_id']}"
    (item,) = bus.items
    assert (item.room, item.key, item.seq) == (SETTINGS, f"counter:{name}", 1)
    assert item.event["name"] == name


async def test_what_could_not_be_told_is_told_later_and_the_newest_only():
    bus = Bus()
    changes = Changes(bus)
    bus.away = True
    changes.listen(_made("team", "t", 1))
    with pytest.raises(Away):
        await changes.tell()
    changes.listen(_made("team", "t", 2))
    changes.listen(_made("preferences", "p", 1))  # Is nobody else's.
    bus.away = False

    await changes.tell()

    assert [(each.key, each.seq) for each in bus.items] == [("counter:team.t", 2)]


def _made(kind: str, identity: str, version: int) -> Made:
    return Made(cast("Change", SimpleNamespace(kind=kind)), identity, version)

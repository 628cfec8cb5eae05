"""Those who supervise are told of broken promises about what nobody has."""

from __future__ import annotations

import pytest

from domain.audience import user_room
from domain.people.state import User
from domain.process import MACHINE
from domain.ticket.wakes import wakes
from server.store.connect import Store
from server.store.feed_source import StoreFeedSource
from server.store.people import supervisors_of
from tests.server.dispatch.conftest import clock, dispatcher, heard, house
from tests.server.dispatch.test_sla import MINUTE, Node, node
from tests.server.house import FixedClock, House, keep, new_id
from tests.server.jobs.conftest import Work, feeds, work

__all__ = ["clock", "dispatcher", "feeds", "heard", "house", "node", "work"]


@pytest.mark.parametrize("rungs", [[], [{"act": "supervisor", "percent": 100}]])
async def test_a_promise_that_is_broken_while_nobody_has_the_ticket_is_told_to_them(
    house: House, node: Node, work: Work, clock: FixedClock, rungs: list[dict[str, object]]
):
    await node.promise(ladder=rungs)
    ticket_id = await node.open(house)
    clock.time += 61 * MINUTE
    await node.dispatcher.dispatch(wakes(await node.ticket(ticket_id))[0].command(), MACHINE)
    await work.reactions.react([f"ticket:{ticket_id}"])

    shown = await StoreFeedSource(house.store).feed_snapshot(user_room(house.supervisor.id))
    kinds = {each["notice"]["kind"] for each in shown["notices"]}
    assert kinds == {"sla_breached", *(["sla_escalated"] if rungs else [])}
    others = await StoreFeedSource(house.store).feed_snapshot(user_room(house.agent.id))
    assert others["notices"] == []


async def test_a_teams_own_come_first_and_who_left_does_not_count(house: House, store: Store):
    def user(name: str, **fields: object) -> User:
        given = {"id": new_id(), "email": f"{name}@x.test", "name": name, "role": "admin", **fields}
        return User.model_validate(given)

    uma, vic = user("uma"), user("vic", active=False)
    for each in (uma, vic):
        await keep(store, each)
    assert await supervisors_of(store, house.team.id) == {house.supervisor.id}
    assert await supervisors_of(store, house.other_team.id) == {house.supervisor.id, uma.id}
    assert await supervisors_of(store, None) == {house.supervisor.id, uma.id}

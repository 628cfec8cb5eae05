"""The numbers of a team, counted as its tickets stand."""

from __future__ import annotations

from domain.assistant.commands import AskPerson
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from server.dispatch.dispatcher import Dispatcher
from server.store.counters import WAIT, count_team
from server.store.documents import kind_of
from tests.server.house import FixedClock, House, new_id, open_ticket


async def test_what_is_the_assistants_turn_is_not_unassigned_until_it_hands_it_over(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    # Given a client's ticket in an inbox where the assistant has the first word
    inboxes = house.store[kind_of(Inbox).model]
    await inboxes.update_one({"_id": DEFAULT_INBOX_ID}, {"$set": {"state.assistant": True}})
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    await dispatcher.close()

    counts = await count_team(house.store, house.team.id, clock.now())
    assert (counts["tickets.open"], counts["tickets.unassigned"], counts[WAIT]) == (1, 0, 0)

    # When the client wants a person
    clock.time += 60_000
    ask = AskPerson(command_id=new_id(), ticket_id=opened.result["ticket_id"])
    await dispatcher.dispatch(ask, house.client)
    await dispatcher.close()

    # Then it waits in the queue, from that moment on
    counts = await count_team(house.store, house.team.id, clock.now())
    assert (counts["tickets.open"], counts["tickets.unassigned"]) == (1, 1)
    assert counts[WAIT] == clock.now()

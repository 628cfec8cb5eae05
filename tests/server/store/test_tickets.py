"""Lists: what is asked for, within what the asker may read, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access import Actor
from domain.errors import Forbidden, Invalid
from domain.ticket.commands import AssignTicket, DeleteTicket, SetStatus, UpdateTicket
from domain.ticket.state import Priority, Status
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.models import TicketHeader
from server.store.tickets import Sort, TicketQuery, query_tickets
from tests.server.house import FixedClock, House, new_id, open_ticket, reply


async def titles(store: Store, actor: Actor, **asked: Any) -> list[str]:
    page = await query_tickets(store, actor, TicketQuery.model_validate(asked))
    return [ticket.title for ticket in page.items]


@pytest.fixture
async def tickets(dispatcher: Dispatcher, house: House, clock: FixedClock) -> dict[str, str]:
    """By title: red (urgent, the client's), green (low, a stranger's), blue (due, the client's)."""
    ids: dict[str, str] = {}
    for title, actor, fields in (
        ("red", house.client, {"priority": "urgent"}),
        ("green", house.stranger, {"priority": "low"}),
        ("blue", house.agent, {"due_at": 5, "requester_id": house.client.id, "tags": ("sky",)}),
    ):
        clock.time += 1_000
        done = await dispatcher.dispatch(open_ticket(title=title, **fields), actor)
        ids[title] = done.result["ticket_id"]
    await dispatcher.close()
    return ids


async def test_a_client_sees_own_tickets_only_whatever_is_asked(
    tickets: dict[str, str], house: House, store: Store
):
    assert await titles(store, house.client) == ["blue", "red"]
    assert await titles(store, house.client, requester_ids=(house.stranger.id,)) == []
    assert await titles(store, house.stranger) == ["green"]


async def test_an_agent_sees_their_teams_tickets_and_a_supervisor_all(
    tickets: dict[str, str], house: House, store: Store, dispatcher: Dispatcher
):
    elsewhere = AssignTicket(
        command_id=new_id(), ticket_id=tickets["red"], agent_id=None, team_id=house.other_team.id
    )
    await dispatcher.dispatch(elsewhere, house.supervisor)

    assert set(await titles(store, house.agent)) == {"green", "blue"}
    assert set(await titles(store, house.agent2)) == {"red", "green", "blue"}
    assert set(await titles(store, house.supervisor, team_id=house.other_team.id)) == {"red"}
    with pytest.raises(Forbidden):
        await titles(store, house.agent.model_copy(update={"permissions": {}}))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"priority": ("urgent", "low")}, {"red", "green"}),
        ({"status": ("open",)}, {"red", "green", "blue"}),
        ({"status": ("closed",)}, set[str]()),
        ({"tag": "sky"}, {"blue"}),
        ({"channel": "portal"}, {"red", "green", "blue"}),
        ({"channel": "mail"}, set[str]()),
        ({"due_before": 6}, {"blue"}),
        ({"due_before": 5}, set[str]()),
        ({"due_from": 5}, {"blue"}),
        ({"due_from": 6, "due_before": 9}, set[str]()),
        ({"owner_id": "none"}, {"red", "green", "blue"}),
        ({"q": "RE"}, {"red", "green"}),
        ({"q": "r.d"}, set[str]()),
        ({"q": "#2"}, {"green"}),
        ({"q": "2"}, {"green"}),
        ({"q": "a(\0"}, set[str]()),
    ],
)
async def test_filters_let_through_what_is_asked_for(
    tickets: dict[str, str], house: House, store: Store, asked: dict[str, Any], found: set[str]
):
    assert set(await titles(store, house.supervisor, **asked)) == found


async def test_the_owner_of_a_ticket_can_be_asked_for(
    tickets: dict[str, str], house: House, store: Store, dispatcher: Dispatcher
):
    give = AssignTicket(command_id=new_id(), ticket_id=tickets["red"], agent_id=house.agent.id)
    await dispatcher.dispatch(give, house.supervisor)

    assert await titles(store, house.agent, owner_id=house.agent.id) == ["red"]
    assert set(await titles(store, house.agent, owner_id="none")) == {"green", "blue"}


@pytest.mark.parametrize(
    ("sort", "ascending", "order"),
    [
        (Sort.OPENED, True, ["red", "green", "blue"]),
        (Sort.NUMBER, False, ["blue", "green", "red"]),
        (Sort.PRIORITY, False, ["red", "blue", "green"]),
        (Sort.UPDATED, False, ["blue", "green", "red"]),
    ],
)
async def test_lists_come_sorted_and_in_pages_without_overlap(
    tickets: dict[str, str],
    house: House,
    store: Store,
    sort: Sort,
    ascending: bool,
    order: list[str],
):
    seen: list[str] = []
    after = None
    while True:
        query = TicketQuery(sort=sort, ascending=ascending, limit=1, after=after)
        page = await query_tickets(store, house.supervisor, query)
        seen += [ticket.title for ticket in page.items]
        if page.next is None:
            break
        after = page.next

    assert seen == order


async def test_equal_keys_are_paged_without_loss(
    dispatcher: Dispatcher, house: House, store: Store
):
    for n in range(7):
        await dispatcher.dispatch(open_ticket(title=f"t{n}"), house.client)

    first = await query_tickets(store, house.client, TicketQuery(limit=4))
    rest = await query_tickets(store, house.client, TicketQuery(limit=4, after=first.next))

    assert {each.title for each in (*first.items, *rest.items)} == {f"t{n}" for n in range(7)}
    assert rest.next is None


async def test_what_is_due_first_comes_first_and_what_is_never_due_last(
    tickets: dict[str, str], house: House, store: Store
):
    assert (await titles(store, house.supervisor, sort="due", ascending=True))[0] == "blue"


async def test_a_private_note_does_not_move_a_clients_ticket_up(
    tickets: dict[str, str], house: House, store: Store, dispatcher: Dispatcher, clock: FixedClock
):
    clock.time += 1_000
    note = reply(tickets["red"], "Hm.", visibility="private")
    await dispatcher.dispatch(note, house.agent)

    assert await titles(store, house.client) == ["blue", "red"]
    assert (await titles(store, house.supervisor))[0] == "red"


async def test_deleted_tickets_are_in_no_list(
    tickets: dict[str, str], house: House, store: Store, dispatcher: Dispatcher
):
    delete = DeleteTicket(command_id=new_id(), ticket_id=tickets["red"])
    await dispatcher.dispatch(delete, house.supervisor)

    assert set(await titles(store, house.supervisor)) == {"green", "blue"}


async def test_clients_see_no_staff_part_and_may_not_ask_for_tags(
    tickets: dict[str, str], house: House, store: Store
):
    page = await query_tickets(store, house.client, TicketQuery())
    assert {(each.private, each.staff) for each in page.items} == {(None, None)}
    with pytest.raises(Forbidden):
        await titles(store, house.client, tag="sky")


@pytest.mark.parametrize(
    "after",
    [
        "!",
        "bm8",
        "WzEsMiwzLDRd",
        # ["updated", false, 2**63, "x"]
        "WyJ1cGRhdGVkIixmYWxzZSw5MjIzMzcyMDM2ODU0Nzc1ODA4LCJ4Il0",
    ],
)
async def test_a_cursor_that_is_none_is_refused(
    tickets: dict[str, str], house: House, store: Store, after: str
):
    with pytest.raises(Invalid):
        await titles(store, house.supervisor, after=after)


async def test_a_cursor_of_another_list_is_refused(
    tickets: dict[str, str], house: House, store: Store
):
    page = await query_tickets(store, house.supervisor, TicketQuery(limit=1))
    with pytest.raises(Invalid):
        await titles(store, house.supervisor, after=page.next, sort="due")


async def test_a_ticket_of_an_older_shape_is_listed_as_its_log_says(
    tickets: dict[str, str], house: House, store: Store
):
    await store[TicketHeader].update_one(
        {"_id": tickets["red"]}, {"$set": {"version": 0, "state.requester_id": house.client.id}}
    )
    assert set(await titles(store, house.client)) == {"red", "blue"}


async def test_changed_fields_change_what_a_list_finds(
    tickets: dict[str, str], house: House, store: Store, dispatcher: Dispatcher
):
    await dispatcher.dispatch(
        UpdateTicket(command_id=new_id(), ticket_id=tickets["red"], priority=Priority.LOW),
        house.agent,
    )
    await dispatcher.dispatch(
        SetStatus(command_id=new_id(), ticket_id=tickets["red"], status=Status.RESOLVED),
        house.agent,
    )

    assert await titles(store, house.agent, status=("resolved",), priority=("low",)) == ["red"]

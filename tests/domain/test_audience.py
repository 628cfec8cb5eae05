"""Room names, and which rooms see an event."""

import pytest

from domain.audience import RoomKind, parse_room, rooms_seeing
from domain.errors import NotFound
from domain.message import Audience
from domain.ticket.events import MessagePosted, TagsChanged, TicketDeleted
from domain.workforce.events import AgentReleased
from tests.domain.desk import Desk, uid

TICKET = f"ticket:{uid('t')}"


@pytest.mark.parametrize(
    ("name", "kind", "durable"),
    [
        (f"ticket:{uid('t')}", RoomKind.TICKET, True),
        (f"ticket:{uid('t')}:staff", RoomKind.TICKET_STAFF, True),
        (f"agent:{uid('a')}", RoomKind.AGENT, True),
        (f"team:{uid('a')}", RoomKind.TEAM, False),
        (f"user:{uid('a')}", RoomKind.USER, False),
        ("wallboard", RoomKind.WALLBOARD, False),
    ],
)
def test_a_rooms_name_says_what_it_shows(name: str, kind: RoomKind, durable: bool):
    room = parse_room(name)

    assert room.kind is kind
    assert room.kind.durable is durable


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ticket",
        "ticket:",
        "ticket:1",
        f"ticket:{uid('t')}:",
        f"ticket:{uid('t')}:client",
        f"ticket:{uid('t')}:staff:staff",
        f"agent:{uid('a')}:staff",
        f"wallboard:{uid('a')}",
        f"ticket:{uid('t').upper()}",
        f"ticket:{{{uid('t')}}}",
        f"nothing:{uid('t')}",
        "wallboard ",
        "x" * 100_000,
    ],
)
def test_a_room_that_cannot_exist_is_not_found(name: str):
    with pytest.raises(NotFound) as refused:
        parse_room(name)
    assert len(refused.value.message) < 200


def test_the_public_sees_a_ticket_and_staff_see_all_of_it(desk: Desk):
    posted = {"message_id": uid("m"), "body": "Hello.", "author": desk.ada.ref}

    public = MessagePosted(visibility="public", **posted)
    private = MessagePosted(visibility="private", **posted)

    assert rooms_seeing(TICKET, public) == (TICKET, f"{TICKET}:staff")
    assert rooms_seeing(TICKET, private) == (f"{TICKET}:staff",)
    assert rooms_seeing(TICKET, TagsChanged(before=(), tags=())) == (f"{TICKET}:staff",)
    assert rooms_seeing(TICKET, TicketDeleted()) == (TICKET, f"{TICKET}:staff")


def test_an_agents_load_is_seen_in_their_room_only():
    released = AgentReleased(ticket_id=uid("t"), reservation="r")

    assert released.audience is Audience.STAFF
    assert rooms_seeing(f"agent:{uid('ada')}", released) == (f"agent:{uid('ada')}",)

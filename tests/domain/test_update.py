"""Changes of the header: what is named changes, the rest stays."""

from typing import Any

import pytest

from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.ticket import commands as ask
from domain.ticket.events import (
    CategoryChanged,
    DueChanged,
    FieldsChanged,
    PriorityChanged,
    SkillsChanged,
    TagsChanged,
    TicketRenamed,
)
from domain.ticket.state import Priority, StaffPart, Ticket
from tests.domain.desk import Desk, uid


def update(desk: Desk, ticket: Ticket, **fields: Any) -> ask.UpdateTicket:
    return desk.ask(ticket, ask.UpdateTicket, **fields)


def test_every_change_says_what_was_and_what_is(desk: Desk):
    ticket = desk.open()

    events = desk.do(
        update(
            desk,
            ticket,
            title="Mended",
            priority="low",
            category=uid("billing"),
            due_at=5,
            tags=("b", "a", "b"),
            fields={"order": "x"},
            required_skills=(uid("german"),),
        ),
        desk.ada,
    )

    assert events == (
        TicketRenamed(before="It is broken", title="Mended"),
        PriorityChanged(before=Priority.MEDIUM, priority=Priority.LOW),
        CategoryChanged(before=None, category=uid("billing")),
        DueChanged(before=None, due_at=5),
        TagsChanged(before=(), tags=("a", "b")),
        FieldsChanged(before={}, fields={"order": "x"}),
        SkillsChanged(before=(), required_skills=(uid("german"),)),
    )


def test_what_is_so_already_changes_nothing(desk: Desk):
    ticket = desk.open()
    named = {"title": "A", "tags": ("a", "b"), "fields": {"x": 1}, "due_at": 5}
    desk.do(update(desk, ticket, **named), desk.ada)

    assert desk.do(update(desk, ticket, **named), desk.ada) == ()


def test_tags_in_another_order_are_the_same(desk: Desk):
    ticket = desk.open()
    desk.do(update(desk, ticket, tags=("a", "b")), desk.ada)

    assert desk.do(update(desk, ticket, tags=("b", "a")), desk.ada) == ()


def test_naming_nothing_changes_nothing(desk: Desk):
    assert desk.do(update(desk, desk.open()), desk.ada) == ()


@pytest.mark.parametrize("field", ["category", "due_at"])
def test_null_empties_what_may_be_empty(desk: Desk, field: str):
    ticket = desk.open()
    desk.do(update(desk, ticket, category=uid("other"), due_at=5), desk.ada)

    (changed,) = desk.do(update(desk, ticket, **{field: None}), desk.ada)

    assert getattr(changed, field) is None


@pytest.mark.parametrize("field", ["title", "status", "priority", "tags", "fields"])
def test_null_is_no_value_for_what_may_not_be_empty(desk: Desk, field: str):
    with pytest.raises(Invalid, match=f"`{field}` cannot be empty"):
        desk.do(update(desk, desk.open(), **{field: None}), desk.ada)


def test_a_category_that_is_not_there_is_refused(desk: Desk):
    with pytest.raises(Invalid, match="no such category"):
        desk.do(update(desk, desk.open(), category=uid("nothing")), desk.ada)


def test_a_skill_that_is_not_there_is_refused(desk: Desk):
    with pytest.raises(Invalid, match="no skill"):
        desk.do(update(desk, desk.open(), required_skills=(uid("flying"),)), desk.ada)


def test_an_update_is_refused_as_a_whole(desk: Desk):
    ticket = desk.open()
    desk.do(update(desk, ticket, status="resolved"), desk.ada)

    with pytest.raises(Conflict, match="cannot become pending"):
        desk.do(update(desk, ticket, title="New", status="pending"), desk.ada)

    assert desk.now_of(ticket).title == "It is broken"


def test_a_client_may_put_the_status_and_nothing_else(desk: Desk):
    ticket = desk.open()

    assert desk.do(update(desk, ticket, status="resolved"), desk.carl)
    with pytest.raises(Forbidden, match="may not change this ticket"):
        desk.do(update(desk, ticket, status="open", title="Mine"), desk.carl)


def test_a_client_sets_no_priority(desk: Desk):
    ticket = desk.open()

    with pytest.raises(Forbidden):
        desk.do(desk.ask(ticket, ask.SetPriority, priority="urgent"), desk.carl)


def test_a_priority_is_set(desk: Desk):
    ticket = desk.open()

    (changed,) = desk.do(desk.ask(ticket, ask.SetPriority, priority="urgent"), desk.ada)

    assert changed == PriorityChanged(before=Priority.MEDIUM, priority=Priority.URGENT)


def test_the_present_priority_again_changes_nothing(desk: Desk):
    ticket = desk.open()

    assert desk.do(desk.ask(ticket, ask.SetPriority, priority="medium"), desk.ada) == ()


def test_a_supervisor_deletes_a_ticket_for_good(desk: Desk):
    ticket = desk.open(desk.ada, requester_id=uid("carl"), tags=("vip",))

    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    after = desk.now_of(ticket)
    assert (after.deleted, after.exists, after.title) == (True, False, "")
    assert after.private == StaffPart()


@pytest.mark.parametrize("who", ["ada", "carl"])
def test_not_everybody_deletes(desk: Desk, who: str):
    ticket = desk.open()

    with pytest.raises(Forbidden, match="may not delete"):
        desk.do(desk.ask(ticket, ask.DeleteTicket), getattr(desk, who))


def test_a_deleted_ticket_is_not_there_for_anybody(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    for command in (
        desk.ask(ticket, ask.DeleteTicket),
        desk.ask(ticket, ask.Reply, body="Hello?"),
        update(desk, ticket, title="Back"),
    ):
        with pytest.raises(NotFound, match="no such ticket"):
            desk.do(command, desk.max)


def test_a_ticket_that_never_was_is_not_there(desk: Desk):
    with pytest.raises(NotFound):
        desk.do(
            ask.Reply(command_id=desk.command_id(), ticket_id=uid("none"), body="Hello?"), desk.max
        )

"""Folding: what each audience sees, and what the header remembers."""

import pytest

from domain.message import ActorKind, ActorRef, Audience, Event, Meta
from domain.sla.events import SlaChanged
from domain.ticket import commands as ask
from domain.ticket.events import MessagePosted, TagsChanged
from domain.ticket.evolve import evolve, evolve_message, fold
from domain.ticket.state import Said, StaffPart, Ticket
from tests.domain.desk import Desk, uid


def says(desk: Desk, ticket: Ticket, who: str, visibility: str = "public") -> None:
    reply = desk.ask(ticket, ask.Reply, body="Hello.", visibility=visibility)
    desk.do(reply, getattr(desk, who))


def reservation(desk: Desk, ticket: Ticket) -> str | None:
    private = desk.now_of(ticket).private
    assert private is not None
    return private.reservation


def test_the_heads_of_both_audiences_move_with_what_they_see(desk: Desk):
    ticket = desk.open()

    says(desk, ticket, "ada", "private")

    after = desk.now_of(ticket)
    assert after.staff is not None
    assert (after.seq, after.staff.head, after.public.head) == (2, 2, 1)
    assert (after.staff.messages, after.public.messages) == (2, 1)
    assert after.staff.at > after.public.at


def test_a_commit_without_events_moves_seq_and_no_head(desk: Desk):
    ticket = desk.open()

    desk.do(desk.ask(ticket, ask.SetPriority, priority="medium"), desk.ada)

    after = desk.now_of(ticket)
    assert after.seq == 2
    assert (after.public, after.staff) == (ticket.public, ticket.staff)
    assert after.seen_by(Audience.STAFF) == ticket.seen_by(Audience.STAFF)


def test_clocks_that_are_counted_anew_are_no_change_of_a_ticket(desk: Desk):
    ticket = desk.open()
    who = ActorRef(kind=ActorKind.SYSTEM, id="sla")
    later = Meta(seq=ticket.seq + 1, at=desk.now + 60_000, actor=who, command_id="sla:1")

    counted = SlaChanged(policy_id=None, policy_version=0, calendar_id=None, clocks=())
    after = fold(ticket, (counted,), later)

    assert ticket.staff is not None
    assert after.staff == ticket.staff.model_copy(update={"head": later.seq})


def test_a_public_view_has_nothing_of_the_staffs(desk: Desk):
    ticket = desk.open(desk.ada, requester_id=uid("carl"), tags=("vip",), fields={"x": "secret"})
    says(desk, ticket, "ada", "private")

    view = desk.now_of(ticket).seen_by(Audience.PUBLIC)

    assert (view.staff, view.private, view.seq) == (None, None, 1)
    assert "secret" not in view.model_dump_json()
    assert "vip" not in view.model_dump_json()


def test_a_public_view_has_no_staff_face(desk: Desk):
    with pytest.raises(ValueError, match="no staff face"):
        desk.open().seen_by(Audience.PUBLIC).face(Audience.STAFF)


def test_the_newest_words_of_the_last_two_authors_are_remembered(desk: Desk):
    ticket = desk.open()
    for who in ("ada", "bob", "ada", "ada"):
        says(desk, ticket, who)

    assert desk.now_of(ticket).public.said == (
        Said(seq=5, author=desk.ada.ref),
        Said(seq=3, author=desk.bob.ref),
    )


def test_only_the_first_message_describes_the_ticket(desk: Desk):
    ticket = desk.open()

    says(desk, ticket, "ada")

    assert desk.now_of(ticket).description_id == ticket.description_id


def test_each_status_is_a_generation_of_its_own(desk: Desk):
    ticket = desk.open()
    assert (ticket.status_seq, ticket.status_at) == (1, ticket.opened_at)
    says(desk, ticket, "ada")

    desk.do(desk.ask(ticket, ask.SetStatus, status="pending"), desk.ada)

    after = desk.now_of(ticket)
    assert (after.status_seq, after.status_at) == (3, after.public.at)


def test_an_owners_capacity_is_held_under_the_command_that_gave_the_ticket(desk: Desk):
    ticket = desk.open()
    give = desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob"))

    desk.do(give, desk.ada)
    assert reservation(desk, ticket) == give.command_id

    desk.do(desk.ask(ticket, ask.AssignTicket, agent_id=None), desk.ada)
    assert reservation(desk, ticket) is None


def test_a_reopened_tickets_capacity_is_held_under_what_reopened_it(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob")), desk.ada)
    desk.do(desk.ask(ticket, ask.SetStatus, status="resolved"), desk.ada)
    assert reservation(desk, ticket) is None

    reply = desk.ask(ticket, ask.Reply, body="No.")
    desk.do(reply, desk.carl)

    assert reservation(desk, ticket) == reply.command_id


def test_a_move_between_active_states_leaves_what_is_held(desk: Desk):
    ticket = desk.open()
    give = desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob"))
    desk.do(give, desk.ada)

    desk.do(desk.ask(ticket, ask.SetStatus, status="pending"), desk.ada)

    assert reservation(desk, ticket) == give.command_id


META = Meta(seq=7, at=9, actor=ActorRef(kind="agent", id=uid("ada")), command_id="c")


class Unheard(Event):
    """Something that this release knows nothing of."""

    type: str = "ticket.cloned"


def test_an_unknown_event_moves_only_seq_and_heads():
    after = evolve(Ticket(id=uid("t")), Unheard(), META)

    assert (after.seq, after.public.head) == (7, 7)
    assert after.title == ""


def test_every_staff_event_passes_a_public_view_without_a_trace():
    view = Ticket(id=uid("t")).seen_by(Audience.PUBLIC)

    after = fold(view, [TagsChanged(before=(), tags=("vip",))], META)

    assert after == view.model_copy(update={"seq": 7})


def test_events_of_other_messages_leave_a_message_alone(desk: Desk):
    ticket = desk.open()
    says(desk, ticket, "ada")
    ids = [message.id for message in desk.messages.values()]
    first = desk.messages[ids[0]]

    command = desk.ask(ticket, ask.EditMessage, message_id=ids[1], body="Other words.")
    desk.do(command, desk.ada)

    for commit in desk.log[f"ticket:{ticket.id}"][1:]:
        for event in commit.events:
            assert evolve_message(first, event, commit.meta, ticket.id) == first


def test_a_message_is_none_until_it_is_posted():
    tags = TagsChanged(before=(), tags=())
    assert evolve_message(None, tags, META, uid("t")) is None


def test_a_message_posted_again_by_a_replay_is_the_same(desk: Desk):
    posted = MessagePosted(
        message_id=uid("m"), visibility="public", body="Hello.", author=desk.ada.ref
    )
    message = evolve_message(None, posted, META, uid("t"))

    assert evolve_message(message, posted, META, uid("t")) == message


def test_the_staff_part_of_a_deleted_ticket_is_empty(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob")), desk.ada)
    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    assert desk.now_of(ticket).private == StaffPart()

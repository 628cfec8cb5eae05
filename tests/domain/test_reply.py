"""Replies and notes: who may say what where, and what was missed."""

import pytest

from domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from domain.message import Audience
from domain.ticket import commands as ask
from domain.ticket.events import Cause, MessagePosted, StatusChanged
from domain.ticket.state import Status, Ticket, Visibility
from tests.domain.desk import Desk, client, uid


def says(desk: Desk, ticket: Ticket, **fields: object) -> ask.Reply:
    return desk.ask(ticket, ask.Reply, **{"body": "Hello.", **fields})


def at(desk: Desk, status: Status) -> Ticket:
    """A ticket of carl's in the given status."""
    ticket = desk.open()
    if status is not Status.OPEN:
        desk.do(desk.ask(ticket, ask.SetStatus, status=status), desk.ada)
    return desk.now_of(ticket)


def test_a_public_reply_is_for_everybody(desk: Desk):
    ticket = desk.open()

    (posted,) = desk.do(says(desk, ticket), desk.ada)

    assert isinstance(posted, MessagePosted)
    assert posted.audience is Audience.PUBLIC
    assert posted.author == desk.ada.ref


def test_a_private_note_is_for_staff(desk: Desk):
    ticket = desk.open()

    (posted,) = desk.do(says(desk, ticket, visibility="private"), desk.ada)

    assert posted.audience is Audience.STAFF


def test_a_client_leaves_no_private_note(desk: Desk):
    ticket = desk.open()

    with pytest.raises(Forbidden):
        desk.do(says(desk, ticket, visibility="private"), desk.carl)


def test_a_blocked_contact_cannot_reply(desk: Desk):
    ticket = desk.open(desk.ada, requester_id=uid("blake"))

    with pytest.raises(Forbidden, match="cannot write to us"):
        desk.do(says(desk, ticket), desk.blake)


@pytest.mark.parametrize("status", [Status.PENDING, Status.RESOLVED])
def test_a_clients_reply_brings_the_ticket_back_in_the_same_commit(desk: Desk, status: Status):
    ticket = at(desk, status)

    _, reopened = desk.do(says(desk, ticket), desk.carl)

    assert reopened == StatusChanged(before=status, status=Status.OPEN, cause=Cause.REPLY)
    assert desk.now_of(ticket).status is Status.OPEN


def asked_at(desk: Desk, ticket: Ticket) -> int | None:
    part = desk.now_of(ticket).private
    assert part
    return part.asked_at


def test_a_client_waits_since_the_first_of_their_words_that_nobody_answered(desk: Desk):
    ticket = desk.open()
    opened = desk.now_of(ticket).opened_at
    assert asked_at(desk, ticket) == opened

    desk.now += 1_000
    desk.do(says(desk, ticket), desk.carl)
    desk.do(says(desk, ticket, visibility="private"), desk.ada)
    assert asked_at(desk, ticket) == opened

    desk.do(says(desk, ticket), desk.ada)
    assert asked_at(desk, ticket) is None

    desk.now += 1_000
    desk.do(says(desk, ticket), desk.carl)
    assert asked_at(desk, ticket) == desk.now


def test_a_caller_waits_since_their_ticket_was_opened_for_them(desk: Desk):
    ticket = desk.open(desk.ada, requester_id=desk.carl.id)

    assert asked_at(desk, ticket) == desk.now_of(ticket).opened_at


@pytest.mark.parametrize("status", [Status.PENDING, Status.RESOLVED])
def test_a_client_does_not_wait_for_a_word_once_it_is_their_turn(desk: Desk, status: Status):
    ticket = desk.open()

    desk.do(desk.ask(ticket, ask.SetStatus, status=status), desk.ada)

    assert asked_at(desk, ticket) is None


@pytest.mark.parametrize("status", [Status.OPEN, Status.IN_PROGRESS])
def test_a_clients_reply_to_an_active_ticket_leaves_its_status(desk: Desk, status: Status):
    ticket = at(desk, status)

    assert len(desk.do(says(desk, ticket), desk.carl)) == 1


@pytest.mark.parametrize("status", [Status.PENDING, Status.RESOLVED])
def test_a_staff_reply_leaves_the_status(desk: Desk, status: Status):
    ticket = at(desk, status)

    assert len(desk.do(says(desk, ticket), desk.ada)) == 1


def test_staff_must_reopen_a_closed_ticket_before_they_reply(desk: Desk):
    ticket = at(desk, Status.CLOSED)

    with pytest.raises(Conflict, match="reopen it first"):
        desk.do(says(desk, ticket), desk.ada)


def test_a_private_note_goes_on_a_closed_ticket(desk: Desk):
    ticket = at(desk, Status.CLOSED)

    assert desk.do(says(desk, ticket, visibility="private"), desk.ada)


def test_a_clients_reply_to_a_closed_ticket_opens_one_that_follows_it(desk: Desk):
    ticket = at(desk, Status.CLOSED)
    reply = says(desk, ticket, body="It broke again.")

    (linked,) = desk.do(reply, desk.carl)

    followed_up = desk.tickets[linked.follow_up_id]  # type: ignore[attr-defined]
    assert followed_up.follow_up_of == ticket.id
    assert followed_up.status is Status.OPEN
    assert desk.messages[followed_up.description_id or ""].body == "It broke again."
    assert desk.now_of(ticket).follow_ups == (followed_up.id,)
    assert desk.now_of(ticket).status is Status.CLOSED
    assert desk.outcomes[reply.stream, reply.command_id] == {
        "ticket_id": followed_up.id,
        "message_id": followed_up.description_id,
    }


def test_a_blocked_contacts_reply_opens_no_follow_up(desk: Desk):
    ticket = desk.open(desk.ada, requester_id=uid("blake"))
    desk.do(desk.ask(ticket, ask.SetStatus, status=Status.CLOSED), desk.ada)

    with pytest.raises(Forbidden):
        desk.do(says(desk, ticket), desk.blake)

    assert len(desk.tickets) == 1


def test_a_follow_up_of_a_ticket_deleted_meanwhile_is_refused(desk: Desk):
    ticket = at(desk, Status.CLOSED)
    command = ask.OpenFollowUp(command_id="follow_up:x", follow_up_of=ticket.id, body="Again.")
    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    with pytest.raises(NotFound):
        desk.do(command, desk.carl)


def test_mentioned_people_must_work_here(desk: Desk):
    ticket = desk.open()

    with pytest.raises(Invalid, match=uid("carl")) as refused:
        desk.do(says(desk, ticket, mentions=(uid("bob"), uid("carl"))), desk.ada)

    assert refused.value.fields == {"mentions": "unknown"}


def test_a_mention_is_kept_once(desk: Desk):
    ticket = desk.open()

    (posted,) = desk.do(says(desk, ticket, mentions=(uid("bob"), uid("bob"))), desk.ada)

    assert posted.mentions == (uid("bob"),)  # type: ignore[attr-defined]


def test_an_unknown_upload_is_refused_by_name(desk: Desk):
    ticket = desk.open()

    with pytest.raises(Invalid, match=uid("file-nobody")):
        desk.do(says(desk, ticket, attachments=(uid("file-nobody"),)), desk.ada)


def test_who_missed_what_another_said_is_told(desk: Desk):
    ticket = desk.open()
    seen = ticket.public.head
    desk.do(says(desk, ticket), desk.carl)

    with pytest.raises(Stale) as refused:
        desk.do(says(desk, ticket, seen_seq=seen), desk.ada)

    assert refused.value.fields == {"after": seen}


def test_what_one_said_oneself_cannot_be_missed(desk: Desk):
    ticket = desk.open()
    seen = ticket.public.head
    for _ in range(3):
        desk.do(says(desk, ticket), desk.ada)

    assert desk.do(says(desk, ticket, seen_seq=seen), desk.ada)


def test_own_words_do_not_hide_what_another_said_before_them(desk: Desk):
    ticket = desk.open()
    seen = ticket.public.head
    desk.do(says(desk, ticket), desk.carl)
    desk.do(says(desk, ticket), desk.ada)

    with pytest.raises(Stale):
        desk.do(says(desk, ticket, seen_seq=seen), desk.ada)


def test_what_was_said_under_an_earlier_name_is_ones_own(desk: Desk):
    ticket = desk.open()
    seen = ticket.public.head - 1

    assert desk.do(says(desk, ticket, seen_seq=seen), client("carla", aliases=["carl"]))


def test_a_private_note_makes_no_clients_reply_stale(desk: Desk):
    ticket = desk.open()
    desk.do(says(desk, ticket, visibility=Visibility.PRIVATE), desk.ada)

    assert desk.do(says(desk, ticket, seen_seq=ticket.public.head), desk.carl)


def test_a_change_without_words_makes_nothing_stale(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.SetPriority, priority="high"), desk.ada)

    assert desk.do(says(desk, ticket, seen_seq=ticket.public.head), desk.bob)


def test_nobody_has_seen_what_is_yet_to_come(desk: Desk):
    ticket = desk.open()

    with pytest.raises(Invalid, match="cannot have seen"):
        desk.do(says(desk, ticket, seen_seq=99), desk.ada)


def test_a_client_cannot_have_seen_the_seq_of_a_private_note(desk: Desk):
    ticket = desk.open()
    desk.do(says(desk, ticket, visibility="private"), desk.ada)

    with pytest.raises(Invalid, match="cannot have seen"):
        desk.do(says(desk, ticket, seen_seq=2), desk.carl)


def test_an_old_cursor_without_seen_seq_is_never_stale(desk: Desk):
    ticket = desk.open()
    desk.do(says(desk, ticket), desk.carl)

    assert desk.do(says(desk, ticket), desk.ada)

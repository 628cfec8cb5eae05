"""Editing and redacting what was said."""

import pytest

from domain.errors import Conflict, Forbidden, NotFound
from domain.message import Audience
from domain.ticket import commands as ask
from domain.ticket.events import MessageEdited, MessageRedacted
from domain.ticket.state import Message, Ticket
from tests.domain.desk import Desk, client, uid


def said(desk: Desk, ticket: Ticket, **fields: object) -> Message:
    """A message of ada's."""
    (posted,) = desk.do(desk.ask(ticket, ask.Reply, **{"body": "Hello.", **fields}), desk.ada)
    return desk.messages[posted.message_id]  # type: ignore[attr-defined]


def edit(desk: Desk, ticket: Ticket, message: Message, body: str = "Good day.") -> ask.EditMessage:
    return desk.ask(ticket, ask.EditMessage, message_id=message.id, body=body)


def redact(desk: Desk, ticket: Ticket, message: Message) -> ask.RedactMessage:
    return desk.ask(ticket, ask.RedactMessage, message_id=message.id)


def test_an_author_edits_their_message(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket)

    (edited,) = desk.do(edit(desk, ticket, message), desk.ada)

    assert isinstance(edited, MessageEdited)
    after = desk.messages[message.id]
    assert (after.body, after.edits) == ("Good day.", (desk.now_of(ticket).seq,))
    assert after.edited_at is not None


def test_an_edit_of_a_private_note_stays_with_staff(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket, visibility="private")

    (edited,) = desk.do(edit(desk, ticket, message), desk.ada)

    assert edited.audience is Audience.STAFF


def test_the_same_words_again_change_nothing(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket)

    assert desk.do(edit(desk, ticket, message, body=message.body), desk.ada) == ()


def test_nobody_edits_what_another_said(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket)

    with pytest.raises(Forbidden, match="Only its author"):
        desk.do(edit(desk, ticket, message), desk.max)


def test_a_client_edits_what_they_said_before_their_contacts_were_merged(desk: Desk):
    ticket = desk.open()
    message = desk.messages[ticket.description_id or ""]

    assert desk.do(edit(desk, ticket, message), client("carla", aliases=["carl"]))


def test_a_private_note_does_not_exist_for_a_client(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket, visibility="private")

    for command in (edit(desk, ticket, message), redact(desk, ticket, message)):
        with pytest.raises(NotFound, match="no such message"):
            desk.do(command, desk.carl)


def test_a_message_of_another_ticket_is_not_there(desk: Desk):
    message = said(desk, desk.open())
    other = desk.open()

    for command in (edit(desk, other, message), redact(desk, other, message)):
        with pytest.raises(NotFound, match="no such message"):
            desk.do(command, desk.ada)


def test_a_message_that_never_was_is_not_there(desk: Desk):
    ticket = desk.open()

    with pytest.raises(NotFound, match="no such message"):
        desk.do(desk.ask(ticket, ask.EditMessage, message_id=uid("no"), body="x"), desk.ada)


def test_a_redacted_message_is_edited_no_more(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket)
    desk.do(redact(desk, ticket, message), desk.ada)

    with pytest.raises(Conflict, match="redacted"):
        desk.do(edit(desk, ticket, message), desk.ada)


def test_a_redacted_message_keeps_its_place_and_author_and_no_text(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket, mentions=(uid("bob"),), attachments=(uid("file-ada"),))

    desk.do(redact(desk, ticket, message), desk.ada)

    after = desk.messages[message.id]
    assert (after.body, after.mentions, after.attachments) == ("", (), ())
    assert (after.seq, after.author) == (message.seq, message.author)
    assert after.redacted_at is not None


def test_redacting_again_changes_nothing(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket)
    desk.do(redact(desk, ticket, message), desk.ada)

    assert desk.do(redact(desk, ticket, message), desk.sue) == ()


def test_a_supervisor_redacts_what_others_said(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket)

    (redacted,) = desk.do(redact(desk, ticket, message), desk.sue)

    assert redacted == MessageRedacted(message_id=message.id, visibility=message.visibility)


@pytest.mark.parametrize("who", ["bob", "carl"])
def test_who_may_not_redact_takes_back_only_their_own(desk: Desk, who: str):
    ticket = desk.open()
    message = said(desk, ticket)

    with pytest.raises(Forbidden, match="redact what others wrote"):
        desk.do(redact(desk, ticket, message), getattr(desk, who))


def test_a_client_takes_back_their_own_words(desk: Desk):
    ticket = desk.open()
    message = desk.messages[ticket.description_id or ""]

    desk.do(redact(desk, ticket, message), desk.carl)

    assert desk.messages[message.id].body == ""


def test_a_blocked_contact_edits_nothing(desk: Desk):
    ticket = desk.open()
    message = desk.messages[ticket.description_id or ""]
    desk.contacts[uid("carl")] = desk.contacts[uid("carl")].model_copy(update={"blocked": True})

    with pytest.raises(Forbidden, match="cannot write"):
        desk.do(edit(desk, ticket, message), desk.carl)


def test_words_that_are_redacted_are_nowhere_in_the_log(desk: Desk):
    ticket = desk.open()
    message = said(desk, ticket, body="my-secret-1")
    desk.do(edit(desk, ticket, message, body="my-secret-2"), desk.ada)

    desk.do(redact(desk, ticket, message), desk.ada)

    kept = "".join(
        event.model_dump_json()
        for commit in desk.log[f"ticket:{ticket.id}"]
        for event in commit.events
    )
    assert "my-secret" not in kept
    assert "Please mend it." in kept


def test_nothing_anybody_wrote_is_in_the_log_of_a_deleted_ticket(desk: Desk):
    ticket = desk.open(
        desk.ada,
        requester_id=uid("carl"),
        title="secret-title",
        body="secret-body",
        tags=("secret-tag",),
        fields={"x": "secret-field"},
    )
    said(desk, ticket, body="secret-reply")
    desk.do(desk.ask(ticket, ask.UpdateTicket, title="secret-name"), desk.ada)
    desk.do(desk.ask(ticket, ask.SetStatus, status="pending", reason="secret-reason"), desk.ada)

    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    kept = "".join(
        event.model_dump_json()
        for commit in desk.log[f"ticket:{ticket.id}"]
        for event in commit.events
    )
    assert "secret" not in kept
    assert "secret" not in desk.now_of(ticket).model_dump_json()
    assert all("secret" not in message.model_dump_json() for message in desk.messages.values())

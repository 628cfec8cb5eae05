"""What is said in a ticket: replies, notes, edits, and taking words back."""

from __future__ import annotations

from domain.access import Actor
from domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from domain.message import ActorKind, Audience, Event, Id, derived_id
from domain.ticket.commands import EditMessage, RedactMessage, Reply
from domain.ticket.events import (
    Cause,
    MessageEdited,
    MessagePosted,
    MessageRedacted,
    StatusChanged,
)
from domain.ticket.facts import Facts
from domain.ticket.state import Attachment, Message, Status, Ticket, Visibility


def decide_reply(ticket: Ticket, command: Reply, actor: Actor, facts: Facts) -> list[Event]:
    """A message; a client's brings a pending or resolved ticket back in the same commit."""
    check_not_blocked(actor, facts)
    _check_open_to(ticket, command, actor)
    _check_seen(ticket, command, actor)
    posted = MessagePosted(
        message_id=derived_id(actor.id, command.command_id, "message"),
        visibility=command.visibility,
        body=command.body,
        author=actor.ref,
        mentions=_named_staff(command.mentions, facts),
        attachments=named_attachments(command.attachments, facts),
    )
    if actor.kind is ActorKind.CLIENT and ticket.status in (Status.PENDING, Status.RESOLVED):
        reopened = StatusChanged(before=ticket.status, status=Status.OPEN, cause=Cause.REPLY)
        return [posted, reopened]
    return [posted]


def decide_edit(ticket: Ticket, command: EditMessage, actor: Actor, facts: Facts) -> list[Event]:
    """New words for one's own message."""
    check_not_blocked(actor, facts)
    message = visible_message(ticket, command.message_id, actor, facts)
    if not wrote(actor, message):
        raise Forbidden("Only its author may edit a message.")
    if message.redacted_at is not None:
        raise Conflict("This message was redacted; it cannot be edited any more.")
    if message.body == command.body:
        return []
    return [MessageEdited(message_id=message.id, visibility=message.visibility, body=command.body)]


def decide_redact(
    ticket: Ticket, command: RedactMessage, actor: Actor, facts: Facts
) -> list[Event]:
    """Take a message's words away; once they are gone, again changes nothing."""
    message = visible_message(ticket, command.message_id, actor, facts)
    if message.redacted_at is not None:
        return []
    return [MessageRedacted(message_id=message.id, visibility=message.visibility)]


def visible_message(ticket: Ticket, message_id: Id, actor: Actor, facts: Facts) -> Message:
    """The named message; NotFound where it is another ticket's, or not for the actor's eyes."""
    message = facts.message
    if message is None or message.id != message_id or message.ticket_id != ticket.id:
        raise NotFound("There is no such message.")
    if message.visibility is Visibility.PRIVATE and actor.audience is Audience.PUBLIC:
        raise NotFound("There is no such message.")
    return message


def wrote(actor: Actor, message: Message) -> bool:
    """Whether a message is the actor's own, also from before their contacts were merged."""
    return message.author.kind is actor.kind and message.author.id in actor.identities


def check_not_blocked(actor: Actor, facts: Facts) -> None:
    """Raise Forbidden for a client whose contact is blocked."""
    blocked = facts.requester is not None and facts.requester.blocked
    if actor.kind is ActorKind.CLIENT and blocked:
        raise Forbidden("You cannot write to us at present.")


def named_attachments(named: tuple[Id, ...], facts: Facts) -> tuple[Attachment, ...]:
    """The named uploads, each once; Invalid where one is not the sender's to send."""
    known = {attachment.id: attachment for attachment in facts.attachments}
    missing = [name for name in named if name not in known]
    if missing:
        raise Invalid(
            f"These are not uploads of yours that wait to be sent: {', '.join(missing)}.",
            fields={"attachments": "unknown"},
        )
    return tuple(known[name] for name in dict.fromkeys(named))


def _named_staff(named: tuple[Id, ...], facts: Facts) -> tuple[Id, ...]:
    strangers = [name for name in named if name not in facts.staff_ids]
    if strangers:
        raise Invalid(
            f"Nobody works here under {', '.join(strangers)}, so they cannot be mentioned.",
            fields={"mentions": "unknown"},
        )
    return tuple(dict.fromkeys(named))


def _check_open_to(ticket: Ticket, command: Reply, actor: Actor) -> None:
    private = command.visibility is Visibility.PRIVATE
    if private and actor.kind is ActorKind.CLIENT:
        raise Forbidden("Private notes are the staff's.")
    if ticket.status is not Status.CLOSED or private:
        return
    if actor.kind is ActorKind.CLIENT:
        raise Conflict("This ticket is closed; a reply opens a new one that follows it.")
    raise Conflict("This ticket is closed: reopen it first, or leave a private note.")


def _check_seen(ticket: Ticket, command: Reply, actor: Actor) -> None:
    if command.seen_seq is None:
        return
    face = ticket.face(actor.audience)
    if command.seen_seq > face.head:
        raise Invalid(
            f"You cannot have seen {command.seen_seq}: the last is {face.head}.",
            fields={"seen_seq": "beyond the last"},
        )
    others = [said.seq for said in face.said if said.author.id not in actor.identities]
    if others and command.seen_seq < others[0]:
        raise Stale(
            "Somebody wrote while you were writing; read it before you send.",
            fields={"after": command.seen_seq},
        )

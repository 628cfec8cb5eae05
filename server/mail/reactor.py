"""Owes the letters that follow from commits: a receipt of a ticket, a reply from staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from domain.contact.state import Contact
from domain.message import ActorKind, Id
from domain.ticket.state import Ticket, Visibility
from server.dispatch.drafting import MAIL
from server.jobs.reactors import Owing
from server.mail.tickets import RECEIPT, REPLY, reachable
from server.settings import Settings
from server.store.commits import Commit
from server.store.connect import Store
from server.store.contacts import survivors_of
from server.store.effects import Effect, Effects, effect_id
from server.store.headers import Headers


class MailReactor:
    """Owes nothing where nothing can be sent, nor to whom nothing can be sent."""

    def __init__(
        self, store: Store, headers: Headers, effects: Effects, settings: Settings
    ) -> None:
        self._store = store
        self._headers = headers
        self._effects = effects
        self._mails = settings.mails
        self._delay = settings.mail_delay_seconds * 1000

    async def __call__(self, owing: Owing) -> Collection[str]:
        if not self._mails:
            return owing.keys()
        standings = await self._headers.load_some(
            {stream: commits[-1].seq for stream, commits in owing.items()}
        )
        tickets = {
            stream: standing.state
            for stream, standing in standings.items()
            if isinstance(standing.state, Ticket)
        }
        asked = {ticket.requester_id for ticket in tickets.values() if ticket.requester_id}
        requesters = await survivors_of(self._store, sorted(asked))
        for stream, ticket in tickets.items():
            contact = requesters.get(ticket.requester_id) if ticket.requester_id else None
            if ticket.exists and reachable(contact):
                await self._effects.owe([*self._owed(ticket, contact, owing[stream])])
        return standings.keys()

    def _owed(
        self, ticket: Ticket, contact: Contact, commits: Iterable[Commit]
    ) -> Iterable[Effect]:
        for commit in commits:
            told = _told_by(commit)
            if told is None:
                continue
            kind, message_id = told
            reply = kind == REPLY
            yield Effect(
                # The id that the requester had then: that of today may change by a merge.
                id=effect_id(commit.id, MAIL, ticket.requester_id or contact.id),
                kind=kind,
                about={
                    "ticket_id": ticket.id,
                    "message_id": message_id,
                    "contact_id": contact.id,
                },
                group=f"{REPLY}:{ticket.id}" if reply else None,
                at=commit.at,
                due_at=commit.at + (self._delay if reply else 0),
            )


def _told_by(commit: Commit) -> tuple[str, Id] | None:
    """The kind of letter that a commit asks for, and the message it is about."""
    types = {event["type"] for event in commit.events}
    for event in commit.events:
        if event["type"] != "message.posted" or event["visibility"] != Visibility.PUBLIC:
            continue
        if "ticket.opened" in types:
            return RECEIPT, event["message_id"]
        if event["author"]["kind"] in (ActorKind.AGENT, ActorKind.ASSISTANT):
            return REPLY, event["message_id"]
    return None

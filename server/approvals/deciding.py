"""What is asked by a link, and deciding it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from domain.approval.commands import Approve, Refuse
from domain.approval.state import Approval, ApprovalStatus
from domain.errors import Conflict, Forbidden, Invalid
from domain.inbox.state import Category
from domain.message import Id, Millis, derived_id
from domain.notification.state import Language, Preferences
from domain.ports import Clock, Dispatch
from domain.ticket.state import Message, Ticket, Visibility
from server.approvals.links import ApprovalLinks, Link
from server.auth.actors import fetch_standings
from server.store.connect import Store
from server.store.contacts import names_of
from server.store.documents import fetch
from server.store.streams import Streams


class LinkState(StrEnum):
    """What has become of what a link asks; only an open one decides anything."""

    OPEN = "open"
    LATE = "late"
    YOU_APPROVED = "you_approved"
    YOU_REFUSED = "you_refused"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not_asked"


WORDS: dict[LinkState, str] = {
    LinkState.LATE: "This link is too old; decide in the app, or wait for the next reminder.",
    LinkState.YOU_APPROVED: "You approved this already.",
    LinkState.YOU_REFUSED: "You refused this already.",
    LinkState.APPROVED: "This was approved already, also without you.",
    LinkState.REFUSED: "Somebody refused this already.",
    LinkState.WITHDRAWN: "This is not asked any more: the ticket is over, or was moved.",
    LinkState.NOT_ASKED: "You are not asked any more: somebody else is in your place.",
}


class Asked(NamedTuple):
    """What a link asks, as it is now. Words only where it is open."""

    link: Link
    state: LinkState
    language: Language
    number: int = 0
    title: str = ""
    requester: str = ""
    category: str = ""
    body: str = ""
    levels: int = 1


class Deciding:
    """Looks at links and decides by them; raises NotFound for what is no link of ours."""

    def __init__(self, store: Store, dispatch: Dispatch, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._dispatch = dispatch
        self._clock = clock
        self._links = ApprovalLinks(secret)
        self._streams = Streams(store)

    async def look(self, token: str) -> Asked:
        """What is asked, with the words that the client sees too."""
        link = self._links.read(token)
        ticket = await self._ticket(link)
        preferences = await fetch(self._store, Preferences, link.approver_id)
        language = preferences.language if preferences else Language.EN
        state = _state(ticket, link, self._clock.now())
        if ticket is None or state is not LinkState.OPEN:
            return Asked(link, state, language)
        category = await fetch(self._store, Category, ticket.category)
        requester = ticket.requester_id or ""
        names = await names_of(self._store, [requester])
        described = await self._description(ticket)
        approval = ticket.private and ticket.private.approval
        return Asked(
            *(link, state, language, ticket.number, ticket.title),
            requester=names.get(requester, {}).get("name", ""),
            category=category.name if category else "",
            body=described.body if described else "",
            levels=len(approval.levels) if approval else 1,
        )

    async def decide(self, token: str, *, approved: bool, reason: str | None) -> Asked:
        """Decide in the approver's name; how the link stands then. Raises DomainError."""
        asked = await self.look(token)
        link = asked.link
        if asked.state is not LinkState.OPEN:
            raise Conflict(WORDS[asked.state], fields={"approval": asked.state.value})
        if not approved and not (reason or "").strip():
            raise Invalid("Say why: the requester reads it.", fields={"reason": "missing"})
        standing = (await fetch_standings(self._store, [link.approver_id])).get(link.approver_id)
        if standing is None:
            raise Forbidden("This account is closed.")
        about = {
            "command_id": derived_id(link.approver_id, token, "decision"),
            "ticket_id": link.ticket_id,
            "reason": reason or None,
        }
        command = Approve.model_validate(about) if approved else Refuse.model_validate(about)
        await self._dispatch.dispatch(command, standing.actor)
        return await self.look(token)

    async def _ticket(self, link: Link) -> Ticket | None:
        state = (await self._streams.headers.load(f"ticket:{link.ticket_id}")).state
        return state if isinstance(state, Ticket) and state.exists else None

    async def _description(self, ticket: Ticket) -> Message | None:
        if ticket.description_id is None:
            return None
        await self._streams.projection.catch_up(f"ticket:{ticket.id}")
        message = await self._streams.messages.load(ticket.description_id)
        public = message is not None and message.visibility is Visibility.PUBLIC
        return message if public else None


def is_asked(ticket: Ticket, approver_id: Id) -> Approval | None:
    """The round in which somebody has to answer now, if there is one."""
    approval = ticket.private and ticket.private.approval
    waits = approval and ticket.approval is ApprovalStatus.WAITING
    return approval if approval and waits and approver_id in approval.asked else None


def _state(ticket: Ticket | None, link: Link, now: Millis) -> LinkState:
    approval = ticket and ticket.private and ticket.private.approval
    if ticket is None or not approval or ticket.approval is None:
        return LinkState.WITHDRAWN
    for each in approval.decisions:
        if each.approver_id == link.approver_id and each.level == link.level:
            return LinkState.YOU_APPROVED if each.approved else LinkState.YOU_REFUSED
    if ticket.approval is not ApprovalStatus.WAITING:
        return LinkState(ticket.approval.value)
    if approval.level > link.level:
        return LinkState.APPROVED
    if (approval.level, approval.asked_at) != (link.level, link.asked_at):
        return LinkState.WITHDRAWN
    if link.approver_id not in approval.asked:
        return LinkState.NOT_ASKED
    return LinkState.LATE if now >= link.expires_at else LinkState.OPEN

"""Approvals: what one is asked, deciding it in the app, and by the link of a letter."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from domain.approval.commands import Approve, Refuse
from domain.approval.state import ApprovalStatus, Decision, Level
from domain.errors import DomainError, Forbidden, Invalid, NotFound
from domain.message import Audience, Id, Millis, Record
from domain.ticket.state import Status, Ticket
from server.approvals.deciding import Asked, Deciding, LinkState
from server.approvals.page import page_of, page_of_nothing
from server.http.asked import asked
from server.http.operation import Call, Who, operation
from server.http.paging import Limit, Page
from server.http.reading import bounded
from server.store.models import TicketHeader
from server.store.tickets import load_ticket

FORM_BYTES = 20_000
NOT_KEPT = {"Cache-Control": "no-store"}


class ApprovalsQuery(Record):
    """Without `waiting` also what was decided, or is asked of others first."""

    waiting: bool = True
    after: Id | None = None
    limit: Limit = 50


class ApprovalShown(BaseModel):
    """What one is or was asked. `asked` are those who have still to answer in the present level,
    `mine` says whether one is among them."""

    ticket_id: Id
    number: int
    title: str
    status: Status
    approval: ApprovalStatus
    category: Id | None
    requester_id: Id | None
    levels: tuple[Level, ...]
    level: int
    asked: tuple[Id, ...]
    asked_at: Millis
    decisions: tuple[Decision, ...]
    mine: bool


class LinkShown(BaseModel):
    """What a link asks; the words only while it is `open`."""

    state: LinkState
    number: int | None
    title: str | None
    requester: str | None
    category: str | None
    body: str | None
    level: int
    levels: int
    expires_at: Millis


class LinkDecision(Record):
    approved: bool
    reason: Annotated[str, Field(max_length=500)] | None = None


@operation(
    "GET",
    "/api/approvals",
    "List the tickets that wait for one's approval, or ever did",
    takes=ApprovalsQuery,
    answers=Page[ApprovalShown],
)
async def list_approvals(call: Call, query: ApprovalsQuery) -> Page[ApprovalShown]:
    me = call.actor.user_id
    if me is None or call.actor.audience is not Audience.STAFF:
        raise Forbidden("Only people who work here approve.")
    where: dict[str, Any] = {"state.private.approval.levels.approver_ids": me, "listed": True}
    statuses = (ApprovalStatus.WAITING,) if query.waiting else tuple(ApprovalStatus)
    where["state.approval"] = {"$in": [each.value for each in statuses]}
    if query.after:
        where["_id"] = {"$gt": query.after}
    cursor = call.parts.store[TicketHeader].find(where).sort([("_id", 1)])
    items: list[ApprovalShown] = []
    last: str | None = None
    async for raw in cursor:
        if len(items) == query.limit:
            return Page(items=tuple(items), next=last)
        shown = _shown(await load_ticket(call.parts.store, raw), me)
        last = raw["_id"]
        if shown is not None and (shown.mine or not query.waiting):
            items.append(shown)
    return Page(items=tuple(items), next=None)


@operation(
    "POST",
    "/api/tickets/{id}/approve",
    "Approve a ticket, as somebody who was asked",
    takes=asked(Approve, "ticket_id"),
    answers=ApprovalShown,
)
async def approve_ticket(call: Call, given: BaseModel) -> ApprovalShown:
    await call.command("ticket.approve", given, ticket_id=call.id())
    return await _one(call)


@operation(
    "POST",
    "/api/tickets/{id}/refuse",
    "Refuse a ticket, which closes it with the reason",
    takes=asked(Refuse, "ticket_id"),
    answers=ApprovalShown,
)
async def refuse_ticket(call: Call, given: BaseModel) -> ApprovalShown:
    await call.command("ticket.refuse", given, ticket_id=call.id())
    return await _one(call)


@operation(
    "GET",
    "/api/approvals/links/{token}",
    "Read what a letter's link asks; nothing is decided by it",
    answers=LinkShown,
    who=Who.ANYBODY,
)
async def read_link(call: Call) -> LinkShown:
    return _link(await _deciding(call).look(call.request.path_params["token"]))


@operation(
    "POST",
    "/api/approvals/links/{token}",
    "Decide by a letter's link, once",
    takes=LinkDecision,
    answers=LinkShown,
    who=Who.ANYBODY,
)
async def decide_by_link(call: Call, given: LinkDecision) -> LinkShown:
    token = call.request.path_params["token"]
    decided = await _deciding(call).decide(token, approved=given.approved, reason=given.reason)
    return _link(decided)


@operation(
    "GET",
    "/approve/{token}",
    "The page of a letter's link",
    who=Who.ANYBODY,
    media_type="text/html",
)
async def show_page(call: Call) -> HTMLResponse:
    try:
        asked_now = await _deciding(call).look(call.request.path_params["token"])
    except NotFound:
        return HTMLResponse(page_of_nothing(), 404, NOT_KEPT)
    return HTMLResponse(page_of(asked_now), 200, NOT_KEPT)


@operation(
    "POST",
    "/approve/{token}",
    "Decide on the page of a letter's link, by its form",
    who=Who.ANYBODY,
    media_type="text/html",
)
async def post_page(call: Call) -> HTMLResponse:
    deciding, token = _deciding(call), call.request.path_params["token"]
    body = b"".join([part async for part in bounded(call.request, FORM_BYTES)])
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    decision, reason = form.get("decision", [""])[0], form.get("reason", [""])[0].strip()
    try:
        if decision not in ("approve", "refuse"):
            raise Invalid("Choose one of the two.", fields={"decision": "missing"})
        decided = await deciding.decide(
            token, approved=decision == "approve", reason=reason[:500] or None
        )
    except NotFound:
        return HTMLResponse(page_of_nothing(), 404, NOT_KEPT)
    except DomainError as error:
        page = page_of(await deciding.look(token), error.message)
        return HTMLResponse(page, 422 if isinstance(error, Invalid) else 409, NOT_KEPT)
    return HTMLResponse(page_of(decided), 200, NOT_KEPT)


def _deciding(call: Call) -> Deciding:
    parts = call.parts
    secret = parts.settings.secret_key.encode()
    return Deciding(parts.store, parts.dispatch, parts.clock, secret)


async def _one(call: Call) -> ApprovalShown:
    raw = await call.parts.store[TicketHeader].find_one({"_id": call.id()})
    shown = None
    if raw is not None:
        shown = _shown(await load_ticket(call.parts.store, raw), call.actor.user_id or "")
    if shown is None:
        raise NotFound("There is no such ticket.")
    return shown


def _shown(ticket: Ticket, me: Id) -> ApprovalShown | None:
    approval = ticket.private and ticket.private.approval
    if not approval or ticket.approval is None:
        return None
    waits = ticket.approval is ApprovalStatus.WAITING
    return ApprovalShown(
        ticket_id=ticket.id,
        number=ticket.number,
        title=ticket.title,
        status=ticket.status,
        approval=ticket.approval,
        category=ticket.category,
        requester_id=ticket.requester_id,
        levels=approval.levels,
        level=approval.level,
        asked=approval.asked if waits else (),
        asked_at=approval.asked_at,
        decisions=approval.decisions,
        mine=waits and me in approval.asked,
    )


def _link(found: Asked) -> LinkShown:
    is_open = found.state is LinkState.OPEN
    return LinkShown(
        state=found.state,
        number=found.number if is_open else None,
        title=found.title if is_open else None,
        requester=found.requester if is_open else None,
        category=found.category if is_open else None,
        body=found.body if is_open else None,
        level=found.link.level,
        levels=found.levels,
        expires_at=found.link.expires_at,
    )


OPERATIONS = (
    list_approvals,
    approve_ticket,
    refuse_ticket,
    read_link,
    decide_by_link,
    show_page,
    post_page,
)

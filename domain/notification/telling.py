"""Who is told what of a ticket's commit, and when a mail of it may come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import dropwhile
from typing import Any, NamedTuple

from domain.approval.state import Approval, ApprovalStatus
from domain.message import ActorKind, ActorRef, Id, Millis
from domain.notification.state import Channels, Digest, NoticeKind, Preferences
from domain.people.shifts import Shift, Weekday, Zone, duty, spans
from domain.routing.events import Intervention
from domain.sla.events import Act
from domain.ticket.events import Cause
from domain.ticket.state import Status, Ticket, Visibility

MAILED = frozenset(
    {
        NoticeKind.ASSIGNED,
        NoticeKind.MENTIONED,
        NoticeKind.SLA_BREACHED,
        NoticeKind.SLA_ESCALATED,
        NoticeKind.APPROVAL_ASKED,
        NoticeKind.APPROVAL_DECIDED,
        NoticeKind.ACCOUNT_CREATED,
    }
)
"""The kinds of which staff get a mail where they did not choose otherwise."""
MAILED_TO_CLIENTS = frozenset(
    {
        NoticeKind.STATUS,
        NoticeKind.ANSWERED,
        NoticeKind.APPROVAL_DECIDED,
        NoticeKind.ACCOUNT_CREATED,
    }
)
PUSHED = frozenset(
    {
        NoticeKind.ASSIGNED,
        NoticeKind.OFFERED,
        NoticeKind.MENTIONED,
        NoticeKind.WHISPERED,
        NoticeKind.SLA_BREACHED,
        NoticeKind.SLA_ESCALATED,
        NoticeKind.APPROVAL_ASKED,
    }
)
"""The kinds that are pushed to the devices of staff where they did not choose otherwise."""
NEWS_TO_CLIENTS = frozenset({Status.PENDING, Status.RESOLVED, Status.CLOSED})
"""What a requester is told of; that it is open or somebody works on it, they see."""
TOLD_OF = frozenset(
    {
        *("ticket.assigned", "ticket.offered", "ticket.offer_ended", "ticket.status_changed"),
        *("ticket.sla_warned", "ticket.sla_breached", "ticket.sla_escalated"),
        *("ticket.approval_asked", "ticket.approval_decided", "ticket.approval_reminded"),
        *("ticket.approval_delegated", "ticket.approval_changed"),
    }
)
"""The types of events, beside messages, that may concern somebody."""
_ENDS = (ApprovalStatus.APPROVED, ApprovalStatus.REFUSED)
HOUR = 3_600_000
MORNING = Shift(days=tuple(Weekday), start="08:00", end="08:01")
"""When a day's digest comes."""


class Told(NamedTuple):
    """One person to be told of one thing; `client` where they are whom the ticket is for."""

    kind: NoticeKind
    recipient: Id
    client: bool = False
    message_id: Id | None = None
    detail: Mapping[str, str | int | bool] = {}


class Over(NamedTuple):
    """Notices of a ticket that ask for nothing any more; everybody's where nobody is named."""

    kind: NoticeKind
    recipient: Id | None


def over_by(events: Iterable[Mapping[str, Any]]) -> Iterator[Over]:
    """What a commit makes of earlier notices: an offer that ended, an approval that was decided."""
    for event in events:
        match event["type"]:
            case "ticket.offer_ended":
                yield Over(NoticeKind.OFFERED, event["agent_id"])
            case "ticket.approval_decided":
                yield Over(NoticeKind.APPROVAL_ASKED, event["approver_id"])
            case "ticket.approval_changed" if event["approval"] != ApprovalStatus.WAITING:
                yield Over(NoticeKind.APPROVAL_ASKED, None)
            case _:
                pass


def calls_supervisors(ticket: Ticket, events: Iterable[Mapping[str, Any]]) -> bool:
    """Whether those who supervise are told of a commit: nobody has a ticket whose promise is
    broken, or a rung leads to them and names none of them."""
    happened = tuple(events)
    if _some(happened, "ticket.sla_escalated", act=Act.SUPERVISOR):
        return not _some(happened, "ticket.assigned")
    return ticket.owner_id is None and _some(happened, "ticket.sla_breached")


def told_by(
    ticket: Ticket,
    events: Iterable[Mapping[str, Any]],
    actor: ActorRef,
    supervisors: Collection[Id] = (),
) -> tuple[Told, ...]:
    """Everybody to be told of a commit, each once a kind; never who did it.

    `ticket` is the whole header as it is now; events are as a commit keeps them, so that those
    of a newer release are passed over. `supervisors` are those whom it calls.
    """
    happened = tuple(events)
    told: dict[tuple[NoticeKind, Id], Told] = {}
    for event in happened:
        for each in _told(ticket, event, happened, supervisors):
            if each.recipient != actor.id:
                told.setdefault((each.kind, each.recipient), each)
    return tuple(told.values())


def _told(
    ticket: Ticket,
    event: Mapping[str, Any],
    happened: tuple[Mapping[str, Any], ...],
    supervisors: Collection[Id],
) -> Iterator[Told]:
    match event["type"]:
        case "ticket.assigned":
            yield from _of_assignment(event, happened)
        case "ticket.offered":
            yield Told(NoticeKind.OFFERED, event["agent_id"])
        case "ticket.status_changed" if event["cause"] == Cause.PERSON:
            refused = _some(happened, "ticket.approval_changed", approval=ApprovalStatus.REFUSED)
            yield from _of_status(ticket, Status(event["status"]), to_client=not refused)
        case "message.posted":
            yield from _of_message(ticket, event, happened)
        case "ticket.sla_warned" | "ticket.sla_breached" | "ticket.sla_escalated":
            yield from _of_sla(ticket, event, supervisors)
        case _:
            yield from _of_approval(ticket, event)


def _of_assignment(
    event: Mapping[str, Any], happened: tuple[Mapping[str, Any], ...]
) -> Iterator[Told]:
    agent_id: Id | None = event["agent_id"]
    before: Id | None = event["before_agent_id"]
    if agent_id is None or agent_id == before:
        return
    yield Told(NoticeKind.ASSIGNED, agent_id)
    if before and _some(happened, "ticket.supervised", kind=Intervention.TAKE_OVER):
        yield Told(NoticeKind.TAKEN_OVER, before)


def _some(happened: tuple[Mapping[str, Any], ...], what: str, **fields: str) -> bool:
    """Whether something happened in the same commit."""
    return any(
        each["type"] == what and all(each.get(name) == value for name, value in fields.items())
        for each in happened
    )


def _of_status(ticket: Ticket, status: Status, *, to_client: bool) -> Iterator[Told]:
    detail = {"status": status.value}
    if ticket.owner_id:
        yield Told(NoticeKind.STATUS, ticket.owner_id, detail=detail)
    if ticket.requester_id and to_client and status in NEWS_TO_CLIENTS:
        yield Told(NoticeKind.STATUS, ticket.requester_id, client=True, detail=detail)


def _of_sla(
    ticket: Ticket, event: Mapping[str, Any], supervisors: Collection[Id]
) -> Iterator[Told]:
    detail: dict[str, str | int | bool] = {"metric": event["metric"]}
    owner = [ticket.owner_id] if ticket.owner_id else []
    concerned: Iterable[Id] = owner
    match event["type"]:
        case "ticket.sla_escalated":
            kind = NoticeKind.SLA_ESCALATED
            detail["act"] = event["act"]
            above = supervisors if event["act"] == Act.SUPERVISOR else ()
            concerned = (*event["notify"], *owner, *above)
        case "ticket.sla_breached":
            kind = NoticeKind.SLA_BREACHED
            concerned = owner or supervisors
        case _:
            kind = NoticeKind.SLA_WARNED
            detail["percent"] = event["percent"]
    for each in concerned:
        yield Told(kind, each, detail=detail)


def _of_approval(ticket: Ticket, event: Mapping[str, Any]) -> Iterator[Told]:
    approval = ticket.private.approval if ticket.private else None
    asked: tuple[Id, ...]
    match event["type"]:
        case "ticket.approval_asked":
            asked = event["levels"][0]["approver_ids"]
        case "ticket.approval_reminded":
            asked = event["approver_ids"]
        case "ticket.approval_delegated":
            asked = (event["to_id"],)
        case "ticket.approval_decided" if event["next_level"] != event["level"]:
            asked = _of_level(approval, event["next_level"])
        case "ticket.approval_changed" if event["approval"] in _ENDS:
            detail = {"approved": event["approval"] == ApprovalStatus.APPROVED}
            if ticket.owner_id:
                yield Told(NoticeKind.APPROVAL_DECIDED, ticket.owner_id, detail=detail)
            if ticket.requester_id:
                yield Told(
                    *(NoticeKind.APPROVAL_DECIDED, ticket.requester_id),
                    client=True,
                    detail=detail,
                )
            return
        case _:
            return
    for approver in asked:
        yield Told(NoticeKind.APPROVAL_ASKED, approver)


def _of_level(approval: Approval | None, place: int) -> tuple[Id, ...]:
    if approval is None or place >= len(approval.levels):
        return ()
    return approval.levels[place].approver_ids


def _of_message(
    ticket: Ticket, event: Mapping[str, Any], happened: tuple[Mapping[str, Any], ...]
) -> Iterator[Told]:
    message_id = event["message_id"]
    if event.get("whisper") and ticket.owner_id:
        yield Told(NoticeKind.WHISPERED, ticket.owner_id, message_id=message_id)
    for mentioned in event.get("mentions", ()):
        yield Told(NoticeKind.MENTIONED, mentioned, message_id=message_id)
    if any(each["type"] == "ticket.opened" for each in happened):
        return
    if event["visibility"] != Visibility.PUBLIC:
        return
    if event["author"]["kind"] == ActorKind.CLIENT:
        if ticket.owner_id:
            yield Told(NoticeKind.ANSWERED, ticket.owner_id, message_id=message_id)
    elif ticket.requester_id:
        yield Told(NoticeKind.ANSWERED, ticket.requester_id, client=True, message_id=message_id)


def channels_of(preferences: Preferences | None, kind: NoticeKind, *, client: bool) -> Channels:
    """How somebody is told of a kind: as they chose, or as everybody is. Clients are not pushed."""
    chosen = preferences.channels.get(kind) if preferences else None
    mailed = MAILED_TO_CLIENTS if client else MAILED
    told = chosen or Channels(in_app=True, mail=kind in mailed)
    push = kind in PUSHED if told.push is None else told.push
    return told.model_copy(update={"push": push and not client})


def mail_at(preferences: Preferences | None, zone: Zone, earliest: Millis) -> Millis:
    """When a mail may come: with the next digest, and not before quiet hours are over.

    `zone` is that of the account.
    """
    if preferences is None:
        return earliest
    place = preferences.zone or zone
    return quiet_until(preferences, zone, _with_digest(preferences.digest, place, earliest))


def quiet_until(preferences: Preferences | None, zone: Zone, at: Millis) -> Millis:
    """The end of somebody's quiet hours at a moment; the moment itself where they are not quiet."""
    if preferences is None or preferences.quiet is None:
        return at
    hours = duty((preferences.quiet.shift,), preferences.zone or zone, at)
    return hours.until if hours.on and hours.until is not None else at


def _with_digest(digest: Digest, place: Zone, at: Millis) -> Millis:
    match digest:
        case Digest.AT_ONCE:
            return at
        case Digest.HOURLY:
            return -(-at // HOUR) * HOUR
        case Digest.DAILY:
            return next(dropwhile(lambda span: span.start < at, spans((MORNING,), place, at))).start

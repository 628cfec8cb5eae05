"""What one is told, and how one wants to be told: everybody's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from domain.access import Permission, allows, belonging_of
from domain.errors import NotFound
from domain.message import ActorKind, ActorRef, Id, Millis, Record
from domain.notification.commands import SetPreferences
from domain.notification.state import Channels, NoticeKind, Preferences
from domain.notification.telling import channels_of
from domain.ticket.state import Status, Ticket
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.paging import Limit, Page
from server.notices.board import NoticeBoard
from server.store.contacts import names_of
from server.store.documents import fetch
from server.store.models import TicketHeader
from server.store.notices import Kept, Notices
from server.store.tickets import load_ticket

NoticeId = Annotated[str, Field(max_length=300)]


class NotificationsQuery(Record):
    """`unread` leaves out what was read; pages go by the ids of notices."""

    unread: bool = False
    after: NoticeId | None = None
    limit: Limit = 50


class TicketNamed(BaseModel):
    """What a notice's ticket is called now."""

    id: Id
    number: int
    title: str
    status: Status


class Notification(BaseModel):
    """One notice, newest first in a list.

    `ticket` is null where there is none, or where it is not one's own to see any more. `detail`
    has the `status`, `metric`, `percent` or `approved` that it is about. `name` is whose act it
    was, null for the machine's.
    """

    id: str
    kind: NoticeKind
    at: Millis
    actor: ActorRef
    name: str | None
    ticket_id: Id | None
    ticket: TicketNamed | None
    message_id: Id | None
    detail: dict[str, str | int | bool]
    read_at: Millis | None


class Unread(BaseModel):
    unread: int


class ToRead(Record):
    """Which notices were read: some by id, those of a ticket, or all; one of the three."""

    ids: Annotated[tuple[NoticeId, ...], Field(min_length=1, max_length=100)] | None = None
    ticket_id: Id | None = None
    all: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.ids is not None) + (self.ticket_id is not None) + self.all != 1:
            raise ValueError("Name `ids`, a `ticket_id`, or `all`: one of them.")
        return self

    @property
    def where(self) -> dict[str, Any]:
        if self.ids is not None:
            return {"_id": {"$in": list(self.ids)}}
        return {} if self.ticket_id is None else {"ticket_id": self.ticket_id}


class PreferencesShown(BaseModel):
    """One's own, with what holds for each kind where nothing else was chosen."""

    preferences: Preferences
    channels: dict[NoticeKind, Channels]


@operation(
    "GET",
    "/api/notifications",
    "List what one was told, newest first",
    takes=NotificationsQuery,
    answers=Page[Notification],
)
async def list_notifications(call: Call, query: NotificationsQuery) -> Page[Notification]:
    found = await Notices(call.parts.store).page(
        _names(call), query.after, query.limit + 1, unread=query.unread
    )
    items = await _shown(call, found[: query.limit])
    return Page(items=items, next=items[-1].id if len(found) > query.limit else None)


@operation("GET", "/api/notifications/unread", "Count what one has not read", answers=Unread)
async def count_notifications(call: Call) -> Unread:
    return Unread(unread=await Notices(call.parts.store).unread(_names(call)))


@operation("GET", "/api/notifications/{id}", "Read one notice", answers=Notification)
async def read_notification(call: Call) -> Notification:
    return await _one(call)


@operation("POST", "/api/notifications/{id}/read", "Mark one notice as read", answers=Notification)
async def mark_notification(call: Call) -> Notification:
    await _mark(call, {"_id": call.request.path_params["id"]})
    return await _one(call)


@operation(
    "POST",
    "/api/notifications/read",
    "Mark notices as read: some, those of a ticket, or all",
    takes=ToRead,
    answers=Unread,
)
async def mark_notifications(call: Call, given: ToRead) -> Unread:
    await _mark(call, given.where)
    return Unread(unread=await Notices(call.parts.store).unread(_names(call)))


@operation("GET", "/api/preferences", "Read how one wants to be told", answers=PreferencesShown)
async def read_preferences(call: Call) -> PreferencesShown:
    return await _preferences(call)


@operation(
    "PUT",
    "/api/preferences",
    "Change how one wants to be told; what is not named stays",
    takes=asked(SetPreferences),
    answers=PreferencesShown,
)
async def set_preferences(call: Call, given: BaseModel) -> PreferencesShown:
    await call.command("preferences.set", given)
    return await _preferences(call)


async def _preferences(call: Call) -> PreferencesShown:
    kept = await fetch(call.parts.store, Preferences, call.actor.id)
    client = call.actor.kind is ActorKind.CLIENT
    return PreferencesShown(
        preferences=kept or Preferences(id=call.actor.id),
        channels={kind: channels_of(kept, kind, client=client) for kind in NoticeKind},
    )


async def _mark(call: Call, where: dict[str, Any]) -> None:
    board = NoticeBoard(call.parts.store, call.parts.feeds)
    await board.read(_names(call), where, call.parts.clock.now())


async def _one(call: Call) -> Notification:
    found = await Notices(call.parts.store).load([call.request.path_params["id"]])
    own = [each for each in found if each.shown and each.notice.recipient in _names(call)]
    if not own:
        raise NotFound("There is no such notice.")
    return (await _shown(call, own))[0]


def _names(call: Call) -> list[Id]:
    """Every id that one may have been told under; the room's first."""
    return list(dict.fromkeys((call.actor.id, *call.actor.contact_ids)))


async def _shown(call: Call, found: Sequence[Kept]) -> tuple[Notification, ...]:
    """With what is called how now, as far as the asker may see it."""
    store = call.parts.store
    names = await names_of(store, {each.notice.actor.id for each in found})
    ids = list({each.notice.ticket_id for each in found if each.notice.ticket_id})
    raws = await store[TicketHeader].find({"_id": {"$in": ids}}).to_list() if ids else []
    tickets = {raw["_id"]: await load_ticket(store, raw) for raw in raws}
    return tuple(
        Notification(
            **each.notice.model_dump(
                include={"id", "kind", "at", "actor", "ticket_id", "message_id", "detail"}
            ),
            name=names.get(each.notice.actor.id, {}).get("name"),
            ticket=_named(call, tickets.get(each.notice.ticket_id or "")),
            read_at=each.read_at,
        )
        for each in found
    )


def _named(call: Call, ticket: Ticket | None) -> TicketNamed | None:
    if ticket is None or not allows(call.actor, Permission.TICKET_READ, belonging_of(ticket)):
        return None
    return TicketNamed(id=ticket.id, number=ticket.number, title=ticket.title, status=ticket.status)


OPERATIONS = (
    list_notifications,
    count_notifications,
    mark_notifications,
    read_notification,
    mark_notification,
    read_preferences,
    set_preferences,
)

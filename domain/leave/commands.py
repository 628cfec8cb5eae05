"""What can be asked of leave: one's own, and by who looks after the agents everybody's."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.document import Creation, Edit
from domain.leave.state import CalendarUrl, Note
from domain.message import Id, Millis


class CreateLeave(Creation):
    """Note that somebody is away from one moment to another."""

    type: Literal["leave.create"] = "leave.create"
    kind: ClassVar[str] = "leave"
    user_id: Id
    start: Millis
    end: Millis
    note: Note = ""


class FollowCalendar(Creation):
    """Take somebody's leave from a calendar, as long as it is followed."""

    type: Literal["leave.follow"] = "leave.follow"
    kind: ClassVar[str] = "leave"
    user_id: Id
    url: CalendarUrl
    note: Note = ""


class UpdateLeave(Edit):
    type: Literal["leave.update"] = "leave.update"
    kind: ClassVar[str] = "leave"
    leave_id: Id
    start: Millis | None = None
    end: Millis | None = None
    note: Note | None = None
    url: CalendarUrl | None = None


class DeleteLeave(Edit):
    type: Literal["leave.delete"] = "leave.delete"
    kind: ClassVar[str] = "leave"
    leave_id: Id

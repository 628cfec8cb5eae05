"""What can be asked of calendars and policies, and of a ticket's clocks by the machine."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.document import Creation, Edit
from domain.message import Id
from domain.people.shifts import Zone
from domain.people.state import Name
from domain.sla.calendar import Country, Days, Holidays, Subdivision, Week
from domain.sla.policy import ContactTags, Ladder, Percents, Position, Several, Targets
from domain.ticket.commands import TicketCommand, TimerCommand
from domain.ticket.state import Priority

Priorities = Annotated[tuple[Priority, ...], Field(max_length=4)]


class CreateCalendar(Creation):
    type: Literal["calendar.create"] = "calendar.create"
    kind: ClassVar[str] = "calendar"
    name: Name
    zone: Zone = "UTC"
    hours: Week
    holidays: Holidays = ()
    country: Country | None = None
    subdivision: Subdivision | None = None
    worked: Days = ()


class UpdateCalendar(Edit):
    """Every ticket that goes by it is counted anew."""

    type: Literal["calendar.update"] = "calendar.update"
    kind: ClassVar[str] = "calendar"
    calendar_id: Id
    name: Name | None = None
    zone: Zone | None = None
    hours: Week | None = None
    holidays: Holidays | None = None
    country: Country | None = None
    subdivision: Subdivision | None = None
    worked: Days | None = None


class DeleteCalendar(Edit):
    type: Literal["calendar.delete"] = "calendar.delete"
    kind: ClassVar[str] = "calendar"
    calendar_id: Id


class CreatePolicy(Creation):
    type: Literal["policy.create"] = "policy.create"
    kind: ClassVar[str] = "policy"
    name: Name
    calendar_id: Id
    position: Position = 0
    active: bool = True
    priorities: Priorities = ()
    category_ids: Several = ()
    team_ids: Several = ()
    contact_tags: ContactTags = ()
    targets: dict[Priority, Targets]
    warn_at: Percents = ()
    ladder: Ladder = ()


class UpdatePolicy(Edit):
    """Tickets that are active keep what they consumed, and follow what it says from now on."""

    type: Literal["policy.update"] = "policy.update"
    kind: ClassVar[str] = "policy"
    policy_id: Id
    name: Name | None = None
    calendar_id: Id | None = None
    position: Position | None = None
    active: bool | None = None
    priorities: Priorities | None = None
    category_ids: Several | None = None
    team_ids: Several | None = None
    contact_tags: ContactTags | None = None
    targets: dict[Priority, Targets] | None = None
    warn_at: Percents | None = None
    ladder: Ladder | None = None


class DeletePolicy(Edit):
    type: Literal["policy.delete"] = "policy.delete"
    kind: ClassVar[str] = "policy"
    policy_id: Id


class SlaTick(TimerCommand):
    """The timer's: say what is due on the clocks. `generation` is their seq."""

    type: Literal["ticket.sla_tick"] = "ticket.sla_tick"


class RecalculateSla(TicketCommand):
    """The machine's: policies or calendars are not what they were."""

    type: Literal["ticket.sla_recalculate"] = "ticket.sla_recalculate"

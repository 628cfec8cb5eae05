"""How soon the demo's company answers: two calendars, and a policy that goes by each."""

from __future__ import annotations

from collections.abc import Mapping

from domain.message import Id
from domain.sla.calendar import Calendar, OpenHours
from domain.sla.commands import CreateCalendar, CreatePolicy
from domain.sla.events import Act
from domain.sla.policy import Policy, Rung, Targets
from domain.sla.state import Metric
from domain.ticket.state import Priority
from server.composition import Parts
from server.demo.marks import demo_id
from server.demo.places import made_or_there

HOUR = 60
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DESK = CreateCalendar(
    command_id=demo_id("calendar", "desk"),
    name="Desk hours",
    zone="Europe/Amsterdam",
    hours=(
        OpenHours.model_validate({"days": _WEEK[:5], "start": "08:00", "end": "18:00"}),
        OpenHours.model_validate({"days": ("sat",), "start": "10:00", "end": "13:00"}),
        OpenHours.model_validate({"days": ("sat",), "start": "14:00", "end": "17:00"}),
    ),
    country="NL",
)
RIDES = CreateCalendar(
    command_id=demo_id("calendar", "rides"),
    name="While people ride",
    zone="Europe/Madrid",
    hours=(OpenHours.model_validate({"days": _WEEK, "start": "07:00", "end": "23:00"}),),
)
LADDER = (
    Rung(act=Act.NOTIFY, percent=90),
    Rung(act=Act.SUPERVISOR, metric=Metric.FIRST_RESPONSE, minutes_after=2 * HOUR),
)


async def promise(parts: Parts, teams: Mapping[str, Id]) -> None:
    """Put in what is missing; somebody at a broken bike waits for less than a parcel does."""
    desk = await made_or_there(parts, Calendar, DESK)
    rides = await made_or_there(parts, Calendar, RIDES)
    technical = CreatePolicy(
        command_id=demo_id("policy", "technical"),
        name="Bikes and gear",
        calendar_id=rides,
        position=10,
        team_ids=(teams["technical"],),
        targets={
            Priority.URGENT: _within(0.25, 0.5, 8),
            Priority.HIGH: _within(1, 2, 16),
            Priority.MEDIUM: _within(4, 6, 32),
            Priority.LOW: _within(8, 16, 64),
        },
        warn_at=(50, 80),
        ladder=LADDER,
    )
    everybody = CreatePolicy(
        command_id=demo_id("policy", "everybody"),
        name="Everything else",
        calendar_id=desk,
        position=20,
        targets={
            Priority.URGENT: _within(0.25, 0.5, 6),
            Priority.HIGH: _within(1, 2, 10),
            Priority.MEDIUM: _within(3, 4, 20),
            Priority.LOW: _within(8, 10, 40),
        },
        warn_at=(50, 80),
        ladder=LADDER,
    )
    for policy in (technical, everybody):
        await made_or_there(parts, Policy, policy)


def _within(first: float, following: float, resolution: float) -> Targets:
    """Business hours."""
    return Targets(
        first_response=int(first * HOUR),
        next_response=int(following * HOUR),
        resolution=int(resolution * HOUR),
    )

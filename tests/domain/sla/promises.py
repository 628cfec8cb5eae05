"""A desk that promised something, on a day when nothing else happens."""

from __future__ import annotations

from typing import Any

from domain.access import Actor
from domain.message import Event
from domain.process import MACHINE
from domain.sla.book import Book
from domain.sla.business import BusinessTime
from domain.sla.commands import RecalculateSla, SlaTick
from domain.sla.policy import Policy
from domain.sla.state import Metric, Sla, SlaClock
from domain.ticket import commands as ask
from domain.ticket.state import Ticket
from tests.domain.desk import Desk, uid
from tests.domain.sla.hours import OFFICE, at, calendar, hours

FIRST, NEXT, RESOLUTION = Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION
OPEN_HOURS = hours(OFFICE, "09:00", "17:00")
MONDAY = "2026-11-23T10:00"


def policy(name: str = "Everybody", **fields: Any) -> Policy:
    """An hour for a first answer, two for the next, eight for all; a quarter if it is urgent."""
    given = {
        "id": uid(f"policy {name}"),
        "version": 1,
        "name": name,
        "calendar_id": uid("calendar"),
        "targets": {
            **dict.fromkeys(("low", "medium", "high"), targets(60, 120, 480)),
            "urgent": targets(15, 30, 120),
        },
        **fields,
    }
    return Policy.model_validate(given)


def targets(first: int | None, following: int | None, resolution: int | None) -> dict[str, Any]:
    return {"first_response": first, "next_response": following, "resolution": resolution}


def book(*policies: Policy, time: BusinessTime | None = None, **times: BusinessTime) -> Book:
    office = time or BusinessTime(calendar(OPEN_HOURS), {})
    others = {uid(name): each for name, each in times.items()}
    return Book(policies or (policy(),), {uid("calendar"): office, **others})


class Promising(Desk):
    """`at` sets the clock; then somebody says or does something."""

    def __init__(self, promised: Book | None = None) -> None:
        super().__init__()
        self.book = promised or book()
        self.now = at(MONDAY)

    def at(self, moment: str) -> Promising:
        """The time of a day of that week, or a whole moment."""
        self.now = at(moment if "T" in moment else f"2026-11-23T{moment}")
        return self

    def says(self, actor: Actor, ticket: Ticket, **fields: Any) -> tuple[Event, ...]:
        return self.do(self.ask(ticket, ask.Reply, body="Well.", **fields), actor)

    def status(self, ticket: Ticket, status: str, actor: Actor | None = None) -> tuple[Event, ...]:
        return self.do(self.ask(ticket, ask.SetStatus, status=status), actor or self.ada)

    def priority(self, ticket: Ticket, priority: str) -> tuple[Event, ...]:
        return self.do(self.ask(ticket, ask.SetPriority, priority=priority), self.ada)

    def tick(self, ticket: Ticket) -> tuple[Event, ...]:
        generation = self.sla(ticket).seq
        return self.do(self.ask(ticket, SlaTick, generation=generation), MACHINE)

    def recalculate(self, ticket: Ticket) -> tuple[Event, ...]:
        return self.do(self.ask(ticket, RecalculateSla), MACHINE)

    def sla(self, ticket: Ticket) -> Sla:
        private = self.now_of(ticket).private
        assert private is not None
        assert private.sla is not None, "something was promised"
        return private.sla

    def clock(self, ticket: Ticket, metric: Metric) -> SlaClock:
        clock = self.sla(ticket).clock(metric)
        assert clock is not None, f"{metric} was promised"
        return clock

    def due(self, ticket: Ticket, metric: Metric) -> int | None:
        return self.clock(ticket, metric).due_at

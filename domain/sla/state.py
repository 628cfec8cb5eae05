"""The clocks of a ticket, as part of its header."""

from __future__ import annotations

from enum import StrEnum

from domain.message import Id, Millis, Record


class Metric(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class SlaClock(Record):
    """One promise. Lengths are milliseconds of business time, moments are absolute.

    While it runs, `since` is when it was last resumed with `consumed` behind it, and `due_at` when
    `target` will be used up; both are None while it is paused, and once it is met.
    """

    metric: Metric
    target: Millis
    started_at: Millis
    consumed: Millis = 0
    since: Millis | None = None
    due_at: Millis | None = None
    met_at: Millis | None = None
    breached_at: Millis | None = None
    warned: tuple[int, ...] = ()
    """The percentages that were warned of."""
    escalated: int = 0
    """How many rungs of the ladder were taken."""
    wake_at: Millis | None = None
    """When something is to be done next: a warning, the breach, a rung."""

    @property
    def running(self) -> bool:
        return self.due_at is not None


class Peril(StrEnum):
    """How a ticket stands towards what was promised."""

    AT_RISK = "at_risk"
    BREACHED = "breached"


class Sla(Record):
    """What was promised for a ticket. `seq` is the generation of its timers."""

    seq: int
    policy_id: Id | None
    policy_version: int
    calendar_id: Id | None
    clocks: tuple[SlaClock, ...]

    def clock(self, metric: Metric) -> SlaClock | None:
        return next((each for each in self.clocks if each.metric is metric), None)

    @property
    def wake_at(self) -> Millis | None:
        """When the first of its clocks wants something done."""
        return min((each.wake_at for each in self.clocks if each.wake_at is not None), default=None)

    @property
    def peril(self) -> Peril | None:
        """Late with what is still owed, or warned of on a clock that runs."""
        owed = [clock for clock in self.clocks if clock.met_at is None]
        if any(clock.breached_at is not None for clock in owed):
            return Peril.BREACHED
        if any(clock.warned and clock.running for clock in owed):
            return Peril.AT_RISK
        return None

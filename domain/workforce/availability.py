"""Whether somebody can be given work by itself, why not, and until when that stays so."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from domain.message import Id, Millis, Record
from domain.people.shifts import Duty, Span, duty, spans
from domain.people.state import User
from domain.workforce.state import Agent, AgentStatus


class Reason(StrEnum):
    """Why somebody is given work or not, in the order in which it is asked. Who is `reachable` has
    no connection, but a device that push reaches: they can be offered work, not given it.
    """

    INACTIVE = "inactive"
    ON_LEAVE = "on_leave"
    OFF_SHIFT = "off_shift"
    ON_BREAK = "on_break"
    AWAY = "away"
    BUSY = "busy"
    NOT_ANSWERING = "not_answering"
    SHIFT_ENDING = "shift_ending"
    NOT_CONNECTED = "not_connected"
    FULL = "full"
    REACHABLE = "reachable"
    AVAILABLE = "available"


LAST_CALL: Millis = 15 * 60_000
"""So long before the end of their shift somebody is warned of it, and given nothing more."""


class Availability(Record):
    """`until` is when the clock changes it; null where no clock does."""

    reason: Reason
    until: Millis | None = None

    @property
    def free(self) -> bool:
        """Whether they can be given work."""
        return self.reason is Reason.AVAILABLE

    @property
    def may_be_offered(self) -> bool:
        """Whether they can be asked to take work: given, or told on their phone."""
        return self.free or self.reason is Reason.REACHABLE


class Day(NamedTuple):
    """Where somebody's set hours are at a moment: on shift or not, in a planned break or not."""

    duty: Duty
    rest: Duty

    @property
    def until(self) -> Millis | None:
        """Until when this is so."""
        return min(filter(None, (self.duty.until, self.rest.until)), default=None)


def day_of(user: User, at: Millis) -> Day:
    """Somebody's set hours at a moment."""
    return Day(duty(user.shifts, user.zone, at, user.exceptions), _rest(user, at))


def availability(
    agent: Agent,
    user: User,
    now: Millis,
    *,
    day: Day | None = None,
    leave: Iterable[Span] = (),
    connected: bool = True,
    reachable: bool = False,
    weight: int = 1,
    ticket_id: Id | None = None,
) -> Availability:
    """Whether somebody can be given a ticket of a weight now.

    `reachable` says whether push reaches them where they are not connected. `day` spares working
    it out; `leave` are all spans of it that may matter; `ticket_id` is one that weighs on them
    already and shall not count twice.
    """
    day = day or day_of(user, now)
    away = sorted(leave)
    if not user.active:
        return Availability(reason=Reason.INACTIVE)
    if (back := _end(away, now)) is not None:
        return Availability(reason=Reason.ON_LEAVE, until=back)
    if not day.duty.on:
        return Availability(reason=Reason.OFF_SHIFT, until=day.duty.until)
    if (over := _break_until(agent, day, now)) is not None:
        return Availability(reason=Reason.ON_BREAK, until=over)
    if agent.status is not AgentStatus.AVAILABLE:
        return Availability(reason=Reason(agent.status.value))
    if not agent.answers:
        return Availability(reason=Reason.NOT_ANSWERING)
    if day.duty.until is not None and day.duty.until - now <= LAST_CALL:
        return Availability(reason=Reason.SHIFT_ENDING, until=day.duty.until)
    if not connected and not reachable:
        return Availability(reason=Reason.NOT_CONNECTED)
    if agent.load_without(ticket_id) + weight > user.capacity:
        return Availability(reason=Reason.FULL)
    last_call = None if day.duty.until is None else day.duty.until - LAST_CALL
    edges = (last_call, day.rest.until, *(span.start for span in away if span.start > now))
    reason = Reason.AVAILABLE if connected else Reason.REACHABLE
    return Availability(reason=reason, until=min(filter(None, edges), default=None))


def has_more_room(before: Agent, after: Agent) -> bool:
    """Whether somebody could be given more than before, by what they carry and say."""
    ready = _is_ready(after) and not _is_ready(before)
    return ready or after.load < before.load


def _is_ready(agent: Agent) -> bool:
    return agent.status is AgentStatus.AVAILABLE and agent.on_break is None and agent.answers


def _break_until(agent: Agent, day: Day, now: Millis) -> Millis | None:
    taken = agent.on_break.until if agent.on_break else 0
    planned = (day.rest.until or 0) if day.rest.on else 0
    until = max(taken, planned)
    return until if until > now else None


def _rest(user: User, at: Millis) -> Duty:
    """Whether a planned break is under way, and until when that stays so."""
    if not user.breaks:
        return Duty(on=False, until=None)
    nearest = next(spans(user.breaks, user.zone, at))
    return Duty(on=True, until=nearest.end) if nearest.start <= at else Duty(False, nearest.start)


def _end(away: Iterable[Span], now: Millis) -> Millis | None:
    """When the leave ends that is under way; where one follows at once, that one."""
    until = now
    for span in away:
        if span.start <= until < span.end:
            until = span.end
    return until if until > now else None

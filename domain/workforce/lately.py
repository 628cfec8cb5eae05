"""What somebody carried of late while they were at work: by that, equals come to carry the same."""

from __future__ import annotations

from domain.message import Millis
from domain.people.shifts import ALWAYS, Span, between
from domain.people.state import User
from domain.workforce.state import Agent, Lately

LATELY: Millis = 8 * 3_600_000
"""Of so much time at work; what was before fades."""


def carried(before: Lately, load: int, worked: Millis) -> Lately:
    """The average after they carried a load for so long at work.

    Whole numbers but for one product and one quotient, so that every client comes to the same.
    """
    if worked <= 0:
        return before
    lasts = before.worked + worked
    mean = (before.load * before.worked + load * worked) / lasts
    return Lately(load=mean, worked=min(lasts, LATELY))


def worked_since(agent: Agent, user: User, now: Millis) -> Millis:
    """For how long somebody was at work since the last event of their stream: within their shifts
    and in no break."""
    if not agent.at:
        return 0
    since = max(agent.at, now - LATELY, agent.on_break.until if agent.on_break else 0)
    if since >= now:
        return 0
    shifts = [*between(user.shifts or ALWAYS, user.zone, since, now, user.exceptions)]
    rests = [*between(user.breaks, user.zone, since, now)] if user.breaks else []
    return sum(
        shift.end - shift.start - sum(_both(shift, rest) for rest in rests) for shift in shifts
    )


def lately(agent: Agent, user: User, now: Millis) -> Lately:
    """The average up to this moment."""
    return carried(agent.lately, agent.load, worked_since(agent, user, now))


def _both(one: Span, other: Span) -> Millis:
    return max(0, min(one.end, other.end) - max(one.start, other.start))

"""One clock: it runs, pauses, is met, gets another target; and when it next wants attention.

What it has run for since it was last resumed is measured by its calendar as that is today.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.message import Millis
from domain.sla.business import BusinessTime
from domain.sla.policy import Policy
from domain.sla.state import SlaClock


class Under(NamedTuple):
    """What a clock goes by."""

    policy: Policy
    time: BusinessTime


def consumed_by(clock: SlaClock, at: Millis, time: BusinessTime | None) -> Millis:
    """How much of the target is used up at a moment."""
    if clock.since is None or time is None:
        return clock.consumed
    return clock.consumed + time.between(clock.since, at)


def run(clock: SlaClock, at: Millis, under: Under) -> SlaClock:
    """Go on from a moment."""
    left = clock.target - clock.consumed
    due_at = under.time.add(at, left) if left > 0 else under.time.ago(at, -left)
    going = clock.model_copy(update={"since": at, "due_at": due_at})
    return going.model_copy(update={"wake_at": next_wake(going, under)})


def hold(clock: SlaClock, at: Millis, time: BusinessTime | None) -> SlaClock:
    """Pause, keeping what was consumed."""
    return clock.model_copy(
        update={
            "consumed": consumed_by(clock, at, time),
            "since": None,
            "due_at": None,
            "wake_at": None,
        }
    )


def retarget(clock: SlaClock, target: Millis, policy: Policy, *, same_policy: bool) -> SlaClock:
    """A paused clock with another target: what it has not reached by that is not so any more."""
    rungs = policy.rungs(clock.metric, target)
    reached = sum(rung.after(target) <= clock.consumed for rung in rungs)
    late = clock.consumed >= target
    return clock.model_copy(
        update={
            "target": target,
            "breached_at": clock.breached_at if late else None,
            "warned": tuple(
                percent for percent in clock.warned if target * percent // 100 <= clock.consumed
            ),
            "escalated": min(clock.escalated, reached) if same_policy else 0,
        }
    )


def next_wake(clock: SlaClock, under: Under) -> Millis | None:
    """When a running clock next has something to say; None: never."""
    if clock.since is None:
        return None
    lengths: list[Millis] = []
    if clock.breached_at is None:
        lengths = [clock.target * percent // 100 for percent in _unwarned(clock, under.policy)]
        lengths.append(clock.target)
    rungs = under.policy.rungs(clock.metric, clock.target)
    if clock.escalated < len(rungs):
        lengths.append(rungs[clock.escalated].after(clock.target))
    if not lengths:
        return None
    return under.time.add(clock.since, max(0, min(lengths) - clock.consumed))


def next_warning(clock: SlaClock, policy: Policy) -> int | None:
    """The lowest percentage that was not warned of."""
    return min(_unwarned(clock, policy), default=None)


def _unwarned(clock: SlaClock, policy: Policy) -> list[int]:
    return [percent for percent in policy.warn_at if percent not in clock.warned]

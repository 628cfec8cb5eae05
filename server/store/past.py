"""What the wallboard's numbers were: in the last hour, as they were counted then, and yesterday."""

from __future__ import annotations

from domain.message import Millis
from server.store.connect import Store
from server.store.counters import DAY, HOUR, SLA, WAIT, Counts
from server.store.models import TicketHeader

STEP: Millis = 5 * 60 * 1000
"""Between two moments that are told of; they are the same whoever asks when."""
DUE = "tickets.due_today"
TOLD = (
    "tickets.open",
    "tickets.in_progress",
    "tickets.pending",
    "tickets.unassigned",
    "tickets.overdue",
    DUE,
    *SLA,
    WAIT,
)
LAST = "past.last_at"
"""The newest moment that is told of."""
UNKNOWN = -1


def past_name(name: str, at: Millis) -> str:
    """`m35.tickets.open`: how many there were when it was last 35 minutes past the hour."""
    return f"m{at % HOUR // 60_000}.{name}"


def past_among(counts: Counts) -> Counts:
    """What of a room's numbers is told of the past."""
    moments = range(0, HOUR, STEP)
    names = {LAST, *(past_name(name, at) for name in TOLD for at in moments)}
    return {name: value for name, value in counts.items() if name in names}


def remembered(past: Counts, present: Counts, now: Millis, since: Millis = 0) -> Counts:
    """The past with the present as its newest moment, once in each step; without what was
    before `since`.

    Moments at which nobody counted are UNKNOWN, lest what was there an hour before is taken for
    them.
    """
    moment = now - now % STEP
    last = past.get(LAST, 0)
    before = range(last - HOUR + STEP, min(last + 1, since), STEP)
    forgotten = {past_name(name, at) for at in before for name in TOLD} & past.keys()
    past = {**past, **dict.fromkeys(forgotten, UNKNOWN)}
    if moment <= last:
        return past
    missed = range(max(last + STEP, moment - HOUR + STEP), moment, STEP) if last else ()
    unknown = {past_name(name, at) for at in missed for name in TOLD}
    if moment // DAY != last // DAY:  # What was due today then was due on another day.
        unknown |= {name for name in past if name.endswith(DUE)}
    return {
        **past,
        **dict.fromkeys(unknown, UNKNOWN),
        **{past_name(name, moment): present[name] for name in TOLD},
        LAST: moment,
    }


async def count_yesterday(store: Store, now: Millis) -> Counts:
    """What was opened and resolved on the day before, by the same time."""
    midnight = now - now % DAY - DAY
    headers = store[TicketHeader]
    counts: Counts = {}
    for what in ("opened", "resolved"):
        moment = f"state.{what}_at"
        found = headers.find({moment: {"$gte": midnight, "$lt": now - DAY}}, {"listed": 1})
        counts[f"yesterday.{what}"] = len([each async for each in found if each["listed"]])
    return counts

"""What the wallboard's numbers were: yesterday, and in the last hour, the log told backwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.message import Id, Millis
from domain.ticket.state import Status
from server.store.connect import Raw, Store
from server.store.counters import ACTIVE, DAY, HOUR, WAIT, Counts
from server.store.models import LogEntry, TicketHeader

STEP: Millis = 5 * 60 * 1000
"""Between two moments that are told of; they are the same whoever asks when."""
TOLD = (
    "tickets.open",
    "tickets.in_progress",
    "tickets.pending",
    "tickets.unassigned",
    "tickets.overdue",
    "tickets.due_today",
    WAIT,
)
UNKNOWN = -1
MOST = 5_000
"""The most commits that are read, messages too: a busier desk is told of less than an hour."""


def past_name(name: str, at: Millis) -> str:
    """`m35.tickets.open`: how many there were when it was last 35 minutes past the hour."""
    return f"m{at % HOUR // 60_000}.{name}"


def moments(now: Millis) -> list[Millis]:
    """The last hour in steps, newest first."""
    last = now - now % STEP
    return [last - place * STEP for place in range(HOUR // STEP)]


@dataclass
class Standing:
    """What of a ticket is counted, as of some moment."""

    there: bool
    status: Status
    owned: bool
    due: Millis | None
    opened_at: Millis

    def undo(self, event: Raw) -> None:
        """Go back to before an event."""
        match event["type"]:
            case "ticket.opened":
                self.there = False
            case "ticket.deleted":
                self.there = True  # When it was due is forgotten.
            case "ticket.assigned":
                self.owned = event["before_agent_id"] is not None
            case "ticket.status_changed":
                self.status = Status(event["before"])
            case "ticket.due_changed":
                self.due = event["before"]
            case _:
                pass

    def names(self, at: Millis) -> Iterator[str]:
        """The numbers that count it, but for how long it waits."""
        if not self.there or not self.status.active:
            return
        yield f"tickets.{self.status.value}"
        if not self.owned:
            yield "tickets.unassigned"
        if self.due is not None and self.due < at:
            yield "tickets.overdue"
        elif self.due is not None and self.due < at - at % DAY + DAY:
            yield "tickets.due_today"

    @property
    def waits(self) -> bool:
        """Whether it is open, and nobody's."""
        return self.there and self.status is Status.OPEN and not self.owned


async def count_past(store: Store, present: Counts, now: Millis) -> Counts:
    """The numbers at each of the last hour's moments; UNKNOWN where the log was not read so far.

    `present` are the numbers of all tickets as of `now`.
    """
    steps = moments(now)
    commits = await _commits(store, steps[-1])
    since = commits[-1]["at"] if len(commits) == MOST else 0
    turned = await _turned(store, {_ticket(commit) for commit in commits})
    still = await _Still.read(store, present, turned, steps[-1], now)
    past: Counts = {}
    ahead = iter(commits)
    commit = next(ahead, None)
    for at in steps:
        while commit is not None and commit["at"] > at:
            seq, standing = turned.get(_ticket(commit), (0, None))
            if standing is not None and commit["seq"] <= seq:
                for event in reversed(commit["events"]):
                    standing.undo(event)
            commit = next(ahead, None)
        counts = still.at(at, (standing for _, standing in turned.values()))
        if at < since:
            counts = dict.fromkeys(TOLD, UNKNOWN)
        past |= {past_name(name, at): counts[name] for name in TOLD}
    return past


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


async def _commits(store: Store, since: Millis) -> list[Raw]:
    """Those after this moment, newest first, as far as they are read."""
    fields = ("stream", "seq", "at", *(f"events.{field}" for field in _UNDONE))
    found = store[LogEntry].find({"at": {"$gt": since}}, dict.fromkeys(fields, 1))
    return await found.sort([("at", -1), ("_id", -1)]).to_list(MOST)


_UNDONE = ("type", "before", "before_agent_id")
"""What of an event is looked at; no text is fetched."""


def _ticket(commit: Raw) -> Id:
    return commit["stream"].removeprefix("ticket:")


async def _turned(store: Store, tickets: Iterable[Id]) -> dict[Id, tuple[int, Standing]]:
    """How these tickets stand, and as of which seq."""
    fields = dict.fromkeys(("seq", "listed", *_FIELDS), 1)
    found = store[TicketHeader].find({"_id": {"$in": list(tickets)}}, fields)
    return {each["_id"]: (each["seq"], _standing(each)) async for each in found}


_FIELDS = ("state.status", "state.owner_id", "state.due_at", "state.opened_at")


def _standing(header: Raw) -> Standing:
    state: dict[str, Any] = header["state"]
    return Standing(
        there=header["listed"],
        status=Status(state["status"]),
        owned=state["owner_id"] is not None,
        due=state["due_at"],
        opened_at=state["opened_at"],
    )


class _Still:
    """What the tickets that nothing happened to add to the numbers of a moment."""

    def __init__(self, counts: Counts, dues: list[Millis], oldest: Millis, now: Millis) -> None:
        self._counts, self._dues, self._oldest, self._now = counts, dues, oldest, now

    @classmethod
    async def read(
        cls,
        store: Store,
        present: Counts,
        turned: dict[Id, tuple[int, Standing]],
        since: Millis,
        now: Millis,
    ) -> _Still:
        counts = dict(present)
        for _, standing in turned.values():
            for name in standing.names(now):
                counts[name] -= 1
        headers = store[TicketHeader]
        due: Raw = {"listed": True, "state.status": {"$in": ACTIVE}, "due": {"$gte": since}}
        due["due"]["$lt"] = now
        dues = [
            each["due"] async for each in headers.find(due, {"due": 1}) if each["_id"] not in turned
        ]
        oldest: Millis = 0
        if present[WAIT]:
            waiting = {"listed": True, "state.status": Status.OPEN.value, "state.owner_id": None}
            found = headers.find(waiting, {"state.opened_at": 1}).sort("state.opened_at", 1)
            async for each in found:
                if each["_id"] not in turned:
                    oldest = each["state"]["opened_at"]
                    break
        return cls(counts, dues, oldest, now)

    def at(self, at: Millis, turned: Iterable[Standing]) -> Counts:
        counts = {name: self._counts[name] for name in TOLD}
        late = sum(1 for due in self._dues if due >= at)
        counts["tickets.overdue"] -= late
        counts["tickets.due_today"] += late
        waiting = [self._oldest] if self._oldest else []
        for standing in turned:
            for name in standing.names(at):
                counts[name] += 1
            if standing.waits:
                waiting.append(standing.opened_at)
        counts[WAIT] = min(waiting, default=0)
        if at // DAY != self._now // DAY:
            counts["tickets.due_today"] = UNKNOWN  # What was due then is another day's.
        return {name: value if value >= 0 else UNKNOWN for name, value in counts.items()}

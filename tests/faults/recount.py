"""Lists and counters counted once more, from the log alone and without the product's code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.logbook import Entry, Logbook
from tests.faults.member import Member

HOUR = 3600 * 1000
DAY = 24 * HOUR
ACTIVE = ("open", "in_progress", "pending")
COUNTED = (*ACTIVE, "resolved")

PAST = re.compile(r"^(m\d+|past|yesterday|queue)\.")
"""The beginning of a name that stands for what a number was, minutes or a day ago, or for a place
in a queue, which tests of their own hold against the tickets: it is told at leisure, and heals
nothing."""

Row = dict[str, Any]
Shown = dict[str, dict[str, Any]]
"""By room: what stands in it, rows and counters by their names."""


@dataclass
class Seen:
    """What one audience saw of a ticket."""

    at: int = 0
    messages: int = 0
    said: dict[str, Any] | None = None


@dataclass
class Case:
    """A ticket, folded from its log."""

    id: str
    opened: dict[str, Any] = field(default_factory=dict)
    opened_at: int = 0
    queued_at: int = 0
    status: str = "open"
    priority: str = ""
    owner: str | None = None
    team: str = ""
    due: int | None = None
    resolved_at: int | None = None
    approval: str | None = None
    assistant: str | None = None
    snoozed_until: int | None = None
    clocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    public: Seen = field(default_factory=Seen)
    staff: Seen = field(default_factory=Seen)

    @property
    def waits(self) -> bool:
        """Whether it waits for an owner, and for nothing else."""
        elsewhere = self.approval == "waiting" or self.assistant in ("waiting", "answered")
        there = self.status in ("open", "in_progress") and self.snoozed_until is None
        return self.owner is None and there and not elsewhere

    def fold(self, entry: Entry) -> None:
        for event, rooms in zip(entry["events"], entry["audience"], strict=True):
            self._header(event, entry["at"])
            for seen, room in ((self.public, self.id), (self.staff, f"{self.id}:staff")):
                if f"ticket:{room}" in rooms:
                    if not event["type"].startswith(("ticket.sla_", "ticket.triaged")):
                        seen.at = entry["at"]
                    if event["type"] == "message.posted":
                        seen.messages += 1
                        seen.said = {"seq": entry["seq"], "author": event["author"]}

    def _header(self, event: dict[str, Any], at: int) -> None:
        match event["type"]:
            case "ticket.opened":
                self.opened, self.opened_at, self.queued_at = event, at, at
                self.priority, self.team = event["priority"], event["team_id"]
                self.due = event["due_at"]
            case "ticket.assigned":
                self.owner, self.team, self.queued_at = event["agent_id"], event["team_id"], at
            case "ticket.priority_changed":
                self.priority = event["priority"]
            case "ticket.status_changed":
                if (event["status"] in ACTIVE) != (self.status in ACTIVE):
                    self.queued_at = at
                if event["status"] in ACTIVE:
                    self.resolved_at = None
                elif self.status in ACTIVE:
                    self.resolved_at = at
                self.status = event["status"]
            case "ticket.approval_changed":
                self.approval = event["approval"]
            case "ticket.snoozed":
                self.snoozed_until = event["until"]
            case "assistant.engaged":
                self.assistant = "waiting"
            case "assistant.handed_over":
                self.assistant, self.queued_at = "handed_over", at
            case "message.posted":
                heard = {"client": "waiting", "assistant": "answered"}.get(event["author"]["kind"])
                if self.assistant in ("waiting", "answered") and event["visibility"] == "public":
                    self.assistant = heard or self.assistant
            case "ticket.triaged":
                pass  # The inbox only has guesses suggested.
            case told if told.startswith("ticket.sla_"):
                self.clocks = event["clocks"]
            case other:
                raise NotImplementedError(f"the recount knows nothing of {other}")

    @property
    def peril(self) -> str | None:
        """How it stands towards what was promised, while somebody works on it."""
        owed = [clock for clock in self.clocks if clock["met_at"] is None]
        if self.status not in ACTIVE:
            return None
        if any(clock["breached_at"] is not None for clock in owed):
            return "breached"
        warned = any(clock["warned"] and clock["due_at"] is not None for clock in owed)
        return "at_risk" if warned else None

    def row(self, seen: Seen) -> Row:
        same = ("number", "title", "category", "requester_id", "company_id", "channel", "inbox_id")
        row: Row = {
            **{name: self.opened[name] for name in same},
            "id": self.id,
            "status": self.status,
            "priority": self.priority,
            "team_id": self.team,
            "owner_id": self.owner,
            "due_at": self.due,
            "opened_at": self.opened_at,
            "approval": self.approval,
            "assistant": self.assistant,
            "at": seen.at,
            "messages": seen.messages,
            "said": seen.said,
        }
        hidden = {"tags": [], "sla": self.clocks, "snoozed_until": self.snoozed_until}
        return row | hidden if seen is self.staff else row


def fold(log: Logbook) -> list[Case]:
    cases: list[Case] = []
    for ticket, entries in log.by_ticket.items():
        case = Case(ticket)
        for entry in entries:
            case.fold(entry)
        cases.append(case)
    return cases


def recount(cases: Iterable[Case], now: int) -> Shown:
    """What stands in every list and on the wallboard at a moment."""
    rooms: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    by_team: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_team[case.team].append(case)
        rooms[f"user:{case.opened['requester_id']}"][case.id] = case.row(case.public)
        if case.status != "closed":
            rooms[f"team:{case.team}"][case.id] = case.row(case.staff)
            if case.owner is not None:
                rooms[f"user:{case.owner}"][case.id] = case.row(case.staff)
    for team, theirs in by_team.items():
        rooms[f"team:{team}"] |= count(theirs, now)
    rooms["wallboard"] |= count([case for each in by_team.values() for case in each], now)
    return rooms


def count(cases: list[Case], now: int) -> dict[str, int]:
    """Every counter of some tickets."""
    midnight = now - now % DAY
    this_hour = now - now % HOUR
    active = [case for case in cases if case.status in ACTIVE]
    waiting = [case.queued_at for case in cases if case.waits]
    resolved = [case.resolved_at for case in cases if case.resolved_at is not None]
    due = [case.due for case in active if case.due is not None]
    counters = {
        f"tickets.{status}": sum(
            case.status == status and case.snoozed_until is None for case in cases
        )
        for status in COUNTED
    }
    counters |= {
        "tickets.unassigned": len(waiting),
        "tickets.snoozed": sum(case.snoozed_until is not None for case in active),
        "tickets.opened_today": sum(case.opened_at >= midnight for case in cases),
        "tickets.resolved_today": sum(at >= midnight for at in resolved),
        "tickets.overdue": sum(at < now for at in due),
        "tickets.due_today": sum(now <= at < midnight + DAY for at in due),
        "sla.at_risk": sum(case.peril == "at_risk" for case in cases),
        "sla.breached": sum(case.peril == "breached" for case in cases),
        "oldest_wait_at": min(waiting, default=0),
    }
    for back in range(24):
        start = this_hour - back * HOUR
        name = f"opened.h{start // HOUR % 24}"
        counters[name] = sum(start <= case.opened_at < start + HOUR for case in cases)
    return counters


def shown(watchers: Iterable[Member]) -> list[tuple[str, dict[str, Any]]]:
    """What the lists and counters of each watcher show: of every item the newest."""
    return [
        (name, standing(followed.shown))
        for watcher in watchers
        for name, followed in watcher.rooms.items()
    ]


NOTICES = "notices.unread"
"""Of a person's own notices, which are not folded from the tickets' log: `tests/server/notices`."""


def standing(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    newest: dict[str, tuple[int, Any]] = {}
    for item in items:
        if item["type"] == "feed.row":
            name, value = item["ticket_id"], item["row"]
        elif item["type"] == "feed.counter" and not PAST.match(item["name"]):
            if item["name"] == NOTICES:
                continue
            name, value = item["name"], item["value"]
        else:
            continue
        if name not in newest or item["seq"] >= newest[name][0]:
            newest[name] = (item["seq"], value)
    return {name: value for name, (_, value) in newest.items() if value is not None}


def differences(recounted: Shown, watchers: Iterable[Member]) -> list[str]:
    """Where what is shown is not what was counted, in words."""
    told: list[str] = []
    for room, items in shown(watchers):
        counted = recounted.get(room, {})
        for name in sorted(items.keys() | counted.keys()):
            if items.get(name) != counted.get(name):
                told.append(f"{room} {name}: {items.get(name)} and not {counted.get(name)}")
    return told

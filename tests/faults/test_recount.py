"""The judges of a fault run find what they are there to find."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.faults.logbook import Logbook, judge
from tests.faults.member import Followed, Member
from tests.faults.recount import HOUR, differences, fold, recount

NOW = 500_000 * HOUR + 1
CLIENT = {"kind": "client", "id": "contact"}


def commit(ticket: str, seq: int, *events: dict[str, Any], private: bool = False) -> dict[str, Any]:
    rooms = [f"ticket:{ticket}:staff"] + ([] if private else [f"ticket:{ticket}"])
    return {
        "_id": f"ticket:{ticket}:{seq:010d}",
        "stream": f"ticket:{ticket}",
        "seq": seq,
        "at": NOW - 1_000 + seq,
        "command_id": f"{ticket}-{seq}",
        "events": list(events),
        "audience": [rooms] * len(events),
    }


def opened(ticket: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("category", "company_id", "due_at"))
    return commit(
        ticket,
        1,
        {
            **nothing,
            "type": "ticket.opened",
            "number": 1,
            "title": ticket,
            "priority": "medium",
            "requester_id": "contact",
            "channel": "portal",
            "inbox_id": "inbox",
            "team_id": "team",
        },
        {"type": "message.posted", "author": CLIENT},
    )


LOG = Logbook(
    [
        opened("a"),
        commit("a", 2, {"type": "ticket.assigned", "agent_id": "agent", "team_id": "team"}),
        commit("a", 3, {"type": "message.posted", "author": CLIENT}, private=True),
        opened("b"),
        commit("b", 2, {"type": "ticket.status_changed", "status": "closed"}),
        commit("a", 4, {"type": "ticket.priority_changed", "priority": "high"}),
    ]
)
ROOMS = ("team:team", "user:agent", "user:contact", "wallboard")


@pytest.fixture
def watcher() -> Member:
    """Somebody whose lists and counters are right."""
    member = Member("", "")
    for room in ROOMS:
        items = deepcopy(recount(fold(LOG), NOW)[room])
        rows = {name: item for name, item in items.items() if isinstance(item, dict)}
        snapshot = {
            "rows": [{"ticket_id": name, "seq": 1, "row": row} for name, row in rows.items()],
            "counters": [
                {"name": name, "seq": 1, "value": value}
                for name, value in items.items()
                if name not in rows
            ],
        }
        member.rooms[room] = Followed(snapshot=snapshot)
    return member


def found(watcher: Member) -> list[str]:
    return [each.partition(":")[0] for each in differences(recount(fold(LOG), NOW), [watcher])]


def test_what_is_right_differs_in_nothing(watcher: Member):
    counted = recount(fold(LOG), NOW)
    wallboard = counted["wallboard"]
    assert (wallboard["tickets.open"], wallboard["tickets.pending"]) == (1, 0)
    assert [name for name in counted["team:team"] if "." not in name] == ["a", "oldest_wait_at"]
    assert counted["user:contact"]["a"]["messages"] == 1
    assert counted["user:agent"]["a"]["messages"] == 2
    assert found(watcher) == []


def row(ticket: str, **changed: Any) -> dict[str, Any]:
    shown = recount(fold(LOG), NOW)["user:contact"][ticket]
    return {"type": "feed.row", "ticket_id": ticket, "seq": 2, "row": {**shown, **changed}}


@pytest.mark.parametrize(
    ("room", "event"),
    [
        ("team:team", row("b")),
        ("team:team", {"type": "feed.row", "ticket_id": "a", "seq": 2, "row": None}),
        ("user:contact", row("a", priority="low")),
        ("user:contact", row("a", owner_id=None)),
        ("wallboard", {"type": "feed.counter", "name": "tickets.pending", "seq": 2, "value": 1}),
        ("team:team", {"type": "feed.counter", "name": "tickets.open", "seq": 2, "value": 0}),
        ("wallboard", {"type": "feed.counter", "name": "oldest_wait_at", "seq": 2, "value": 9}),
    ],
)
def test_a_ghost_a_hole_and_a_stale_number_are_found(
    watcher: Member, room: str, event: dict[str, Any]
):
    watcher.rooms[room].envelopes.append({"events": [event]})

    assert len(differences(recount(fold(LOG), NOW), [watcher])) == 1


@pytest.mark.parametrize(
    ("seqs", "said"),
    [
        ([2, 3, 4], (0, 0, 0, 0)),
        ([2, 4], (1, 0, 0, 0)),
        ([2, 3], (1, 0, 0, 0)),
        ([2, 3, 3, 4], (0, 1, 1, 0)),
        ([3, 2, 4], (0, 0, 1, 0)),
    ],
)
def test_what_is_lost_doubled_or_out_of_order_is_counted(
    seqs: list[int], said: tuple[int, int, int, int]
):
    logged = dict(LOG.room("ticket:a:staff"))
    envelopes = [{"seq": seq, "events": logged[seq]} for seq in seqs]

    judged = judge(Followed(since=1, envelopes=envelopes), logged, set())

    assert (judged.lost, judged.doubled, judged.out_of_order, judged.altered) == said


def test_words_that_were_changed_on_the_way_are_found():
    logged = dict(LOG.room("ticket:a"))
    envelopes = [{"seq": seq, "events": events} for seq, events in logged.items()]
    envelopes[1] = {**envelopes[1], "events": [{"type": "ticket.assigned", "agent_id": "else"}]}

    assert judge(Followed(envelopes=envelopes), logged, set()).altered == 1

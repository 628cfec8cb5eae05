"""The rows of the table: what is measured, against whom, and what must be reached (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loadtests.scenarios import Load

OURS = "ours"


@dataclass(frozen=True)
class Row:
    """One scenario for us and for others.

    `targets` says how many times another's figure ours must be, None where it is only told;
    `limit` what our own figure may be at most. One of `nodes` is asked by everybody, or each
    person by one of them in turn.
    """

    name: str
    what: str
    scenario: str
    load: Load
    unit: str
    targets: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    limit: float | None = None
    nodes: int = 1

    @property
    def peers(self) -> tuple[str, ...]:
        return (OURS, *self.targets)


_PER_CPU = "deliveries per CPU second"
_WITH_BUS = {"node-redis": None, "node-sharded": None, "stock": None, "stock-redis": None}
"""One node of those that could be several: told, beside the one that never could."""

ROWS = (
    Row(
        *("broadcast-500", "broadcast to a room of 500", "broadcast"),
        *(Load(500, 4.0), _PER_CPU, {"node": 1.4, "raw": 0.85, "stock": None}),
    ),
    Row(
        *("broadcast-1000", "broadcast to a room of 1,000", "broadcast"),
        *(Load(1_000, 4.0), _PER_CPU, {"node": 1.5, "raw": 0.85, **_WITH_BUS}),
    ),
    Row(
        *("rooms-of-4", "250 rooms of 4, a command from each, an envelope to all", "rooms_of_four"),
        *(Load(1_000, 4.0), _PER_CPU, {"node": 1.4, **_WITH_BUS}),
    ),
    Row(
        *("signals-of-4", "250 rooms of 4, a signal from each to the others", "signals_of_four"),
        *(Load(1_000, 4.0), _PER_CPU, {"node": 1.4, "stock": None}),
    ),
    Row(
        *("echo", "one client's echo", "echo"),
        *(Load(1, 4.0), "answers per CPU second", {"node": 1.1, "stock": None}),
    ),
    Row(
        *("two-broadcast", "across two nodes: broadcast to 1,000", "broadcast"),
        *(Load(1_000, 4.0), _PER_CPU),
        {"node-redis": 1.7, "node-sharded": None, "stock-redis": None},
        nodes=2,
    ),
    Row(
        *("two-rooms-of-4", "across two nodes: 250 rooms of 4, commands", "rooms_of_four"),
        *(Load(1_000, 4.0), _PER_CPU),
        {"node-redis": 1.3, "node-sharded": None, "stock-redis": None},
        nodes=2,
    ),
    Row(
        *("elsewhere", "a node's cost for an emit to a room it has no member of", "elsewhere"),
        *(Load(4, 3.0), "µs"),
        {"node-redis": None, "node-sharded": None},
        limit=2.0,
        nodes=2,
    ),
    Row(
        *("memory", "memory per idle authenticated connection", "idle_memory"),
        *(Load(4_000, 0.0), "bytes", {"node": None, "stock": None}),
        limit=5_000.0,
    ),
    Row(
        *("idle-10000", "the same, of 10,000 held by one process", "idle_memory"),
        *(Load(10_000, 0.0), "bytes"),
        limit=5_000.0,
    ),
    Row(
        *("pings", "the pings of 10,000 idle connections, CPU a minute", "idle_cpu"),
        *(Load(10_000, 25.0), "ms of CPU", {"node": None}),
    ),
    Row(
        *("connect", "connect with JWT", "connect"),
        *(Load(2_000, 0.0), "connections per CPU second", {"node": 0.5, "stock": None}),
    ),
    Row(
        *("longest-block", "longest loop block of a fan-out to 4,000", "longest_block"),
        *(Load(4_000, 2.0), "ms of CPU"),
        limit=10.0,
    ),
    Row(
        *("leaving", "5,000 clients leaving at once", "leaving"),
        *(Load(5_000, 0.0), "leavers per CPU second", {"node": 1.0}),
    ),
    Row(
        *("storm", "5,000 come back at once to 3 rooms each: p99 of an answer to others"),
        *("reconnect_storm", Load(5_000, 0.0), "ms"),
        limit=1_000.0,
    ),
)

"""What a deployment can turn about the door, and the numbers it counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from domain.message import Millis

_STARTED = time.time_ns() - time.monotonic_ns()


def _now() -> Millis:
    """The machine's time as it was at the start, and the seconds since: it does not jump."""
    return (_STARTED + time.monotonic_ns()) // 1_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """Times are seconds, sizes bytes, rates per second."""

    origins: tuple[str, ...] | Callable[[str | None], bool] | None = None
    """Origins that may connect, or what says so of each; None admits the server's own only,
    ("*",) every one."""
    now: Callable[[], Millis] = _now
    node: str = "node"
    """What this node calls itself to its clients."""

    hold: float = 0.05
    """How long an early envelope waits for the one before it, before the gap is read."""
    recent_envelopes: int = 256
    recent_bytes: int = 262_144
    linger: float = 30.0
    """How long a room stays subscribed after its last member left."""
    heads_every: float = 2.0
    unconfirmed_heads_every: float = 1.0
    confirm_within: float = 1.0
    """How long a join waits for Redis to acknowledge the subscription."""
    silence: float = 3.0
    """After so long without a word Redis is asked whether it is there, and after as long again
    it is not."""
    publish_within: float = 2.0
    shards_every: float = 5.0
    """How often a cluster is asked where its slots are; at once where something moved or broke."""

    recheck_every: float = 4.0
    presence_every: float = 3.0
    presence_soon: float = 0.25
    markers_every: float = 1.0

    typing_for: float = 6.0
    viewing_for: float = 45.0
    """How long somebody types or views after they said so last."""
    company_every: float = 5.0
    """How often nodes tell each other all that is done in their rooms."""
    company_for: float = 15.0
    """How long another node's word for it holds."""

    stream_for: float = 15.0
    """How long a growing text stays that nobody goes on with."""
    stream_whole_every: float = 0.5
    """How often who writes says all of it."""

    sockets_per_address: int = 10_000
    handshakes_per_minute: float = inf
    """How many sockets one address may open in a minute, beyond as many at once as it may hold."""
    sockets_per_user: int = 10_000
    rooms_per_socket: int = 500
    joins_at_once: int = 64
    joins_waiting: int = 1_000
    """How many more may wait for their turn; the rest are told when to come back."""
    answer_bytes: int = 1_000_000
    read_within: float = 10.0

    hello_within: float = 20.0
    """How long a socket may stay open before its client says who it is."""
    frame_bytes: int = 1_000_000
    outbox_bytes: int = 4_000_000
    """What may wait for a slow reader before its socket is closed with `resync`."""
    commands_at_once: int = 200
    command_rate: float = 50.0
    command_burst: float = 300.0
    signal_rate: float = 10.0
    signal_burst: float = 30.0
    message_rate: float = 500.0
    """Messages of any kind that are heard of a socket, and at least ten for each command it may
    send; whoever says more is heard later."""
    ping_interval: float = 25.0
    ping_timeout: float = 20.0


@dataclass(slots=True)
class Counters:
    """What this node did since it started."""

    connections: int = 0
    published: int = 0
    publishes_lost: int = 0
    received: int = 0
    closed: dict[str, int] = field(default_factory=dict[str, int])
    """Sockets this node closed, by reason."""

"""How often somebody may ask: a person by who they are, a stranger by where they are."""

from __future__ import annotations

from collections import OrderedDict
from time import monotonic

from domain.ports import Session
from domain.rates import Bucket
from server.auth.throttle import network_of
from server.settings import Settings

BURST_SECONDS = 6
"""So many seconds' worth may come at once, as over a socket."""


class Buckets:
    """One bucket for each who asked lately; each process counts what it is asked itself."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: str, now: float) -> None:
        """Count one request; raises RateLimited."""
        bucket = self._buckets.get(who)
        if bucket is None:
            self._forget_two(now)
            bucket = self._buckets[who] = Bucket(self._rate, self._rate * BURST_SECONDS)
        else:
            self._buckets.move_to_end(who)
        bucket.take(now)

    def _forget_two(self, now: float) -> None:
        """Whoever asked longest ago goes first, two for each that comes, if they are full again."""
        for _ in range(2):
            if not self._buckets or not next(iter(self._buckets.values())).is_full(now):
                return
            self._buckets.popitem(last=False)


class Rates:
    """What a deployment admits: changes and files, searches, reads, and what strangers ask."""

    def __init__(self, settings: Settings) -> None:
        self._changes = Buckets(settings.http_changes_per_second)
        self._searches = Buckets(settings.http_searches_per_second)
        self._reads = Buckets(settings.http_reads_per_second)
        self._strangers = Buckets(settings.http_strangers_per_second)

    def admit_change(self, session: Session) -> None:
        """Raises RateLimited for who changes too much."""
        self._changes.take(_principal(session), monotonic())

    def admit_search(self, session: Session) -> None:
        """Raises RateLimited for who searches too much."""
        self._searches.take(_principal(session), monotonic())

    def admit_read(self, session: Session) -> None:
        """Raises RateLimited for who reads too much."""
        self._reads.take(_principal(session), monotonic())

    def admit_stranger(self, address: str) -> None:
        """Raises RateLimited where too much comes from one network without a session."""
        self._strangers.take(network_of(address), monotonic())


def _principal(session: Session) -> str:
    """A person has one bucket, with however many sessions."""
    return session.actor.user_id or session.actor.id

"""How often somebody may ask: a person by who they are, a stranger by where they are."""

from __future__ import annotations

from time import monotonic

from domain.access import Actor
from domain.rates import Buckets, network_of
from server.settings import Settings

BURST_SECONDS = 6
"""So many seconds' worth may come at once, as over a socket."""


class Rates:
    """What a deployment admits: changes and files, searches, reads, and what strangers ask."""

    def __init__(self, settings: Settings) -> None:
        self._changes = _buckets(settings.http_changes_per_second)
        self._searches = _buckets(settings.http_searches_per_second)
        self._reads = _buckets(settings.http_reads_per_second)
        self._strangers = _buckets(settings.http_strangers_per_second)

    def admit_change(self, actor: Actor) -> None:
        """Raises RateLimited for who changes too much."""
        self._changes.take(_principal(actor), monotonic())

    def admit_search(self, actor: Actor) -> None:
        """Raises RateLimited for who searches too much."""
        self._searches.take(_principal(actor), monotonic())

    def admit_read(self, actor: Actor) -> None:
        """Raises RateLimited for who reads too much."""
        self._reads.take(_principal(actor), monotonic())

    def admit_stranger(self, address: str) -> None:
        """Raises RateLimited where too much comes from one network without a session."""
        self._strangers.take(network_of(address), monotonic())


def _principal(actor: Actor) -> str:
    """A person has one bucket, with however many sessions."""
    return actor.user_id or actor.id


def _buckets(rate: float) -> Buckets:
    return Buckets(rate, rate * BURST_SECONDS)

"""How much somebody may ask for in a time, for every door."""

from __future__ import annotations

from domain.errors import RateLimited


class Bucket:
    """A token bucket: `rate` a second, `burst` at once. `now` is any clock's, in seconds."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at = 0.0

    def take(self, now: float) -> None:
        """Use one token; raises RateLimited where there is none."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1.0:
            wait = round((1.0 - self._tokens) / self._rate, 3)
            raise RateLimited("Too many at once; wait a moment.", fields={"retry_after": wait})
        self._tokens -= 1.0

    def is_full(self, now: float) -> bool:
        """Whether nothing was taken for so long that a fresh one would be the same."""
        return self._tokens + (now - self._at) * self._rate >= self._burst

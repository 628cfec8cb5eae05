"""How much somebody may ask for in a time, for every door."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

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


class Buckets:
    """One bucket for each who asked lately; each process counts what it is asked itself."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: str, now: float) -> None:
        """Count one request; raises RateLimited."""
        bucket = self._buckets.get(who)
        if bucket is None:
            self._forget_two(now)
            bucket = self._buckets[who] = Bucket(self._rate, self._burst)
        else:
            self._buckets.move_to_end(who)
        bucket.take(now)

    def _forget_two(self, now: float) -> None:
        """Whoever asked longest ago goes first, two for each that comes, if they are full again."""
        for _ in range(2):
            if not self._buckets or not next(iter(self._buckets.values())).is_full(now):
                return
            self._buckets.popitem(last=False)


def network_of(address: str) -> str:
    """Whom an address belongs to, as far as one can tell: of IPv6 everybody has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address

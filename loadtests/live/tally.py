"""What a run measures: counts and latencies by the second; tallies of processes are added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from loadtests.live.histogram import Histogram


class Tally:
    """Counts by name and second, latencies by name and second, and what happened when.

    Until `measuring`, while everybody arrives, only `checks` are counted: a message lost then is
    lost as well. Seconds are of the wall clock, which the processes of one machine share.
    """

    def __init__(self) -> None:
        self.measuring = False
        self.counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.latencies: defaultdict[str, dict[int, Histogram]] = defaultdict(dict)
        self.checks: Counter[str] = Counter()
        self.marks: list[tuple[float, str]] = []

    def count(self, name: str, now: float, by: int = 1) -> None:
        if self.measuring:
            self.counts[name][int(now)] += by

    def took(self, name: str, now: float, ms: float) -> None:
        """Something took so long, and ended now."""
        if self.measuring:
            by_second = self.latencies[name]
            by_second.setdefault(int(now), Histogram()).add(ms)

    def check(self, name: str, by: int = 1) -> None:
        """Something was compared, or found wrong."""
        self.checks[name] += by

    def mark(self, now: float, what: str) -> None:
        """Something was done to everybody."""
        self.marks.append((now, what))

    def total(self, name: str) -> int:
        return sum(self.counts[name].values()) if name in self.counts else 0

    def whole(self, name: str) -> Histogram:
        """All measurements of a name."""
        whole = Histogram()
        for histogram in self.latencies.get(name, {}).values():
            whole.merge(histogram)
        return whole

    def seconds(self) -> range:
        """From the first second in which something was counted to the last."""
        seen = {second for each in self.counts.values() for second in each}
        seen |= {second for each in self.latencies.values() for second in each}
        return range(min(seen), max(seen) + 1) if seen else range(0)

    def take(self) -> dict[str, Any]:
        """Everything as plain values, and begin anew: what a process tells another."""
        told = self.as_plain()
        self.counts.clear()
        self.latencies.clear()
        self.checks.clear()
        self.marks.clear()
        return told

    def as_plain(self) -> dict[str, Any]:
        return {
            "counts": {name: dict(each) for name, each in self.counts.items()},
            "latencies": {
                name: {second: dict(each.counts) for second, each in by_second.items()}
                for name, by_second in self.latencies.items()
            },
            "checks": dict(self.checks),
            "marks": list(self.marks),
        }

    def merge(self, told: Mapping[str, Any]) -> None:
        """Add what another process told."""
        for name, by_second in told["counts"].items():
            self.counts[name].update({int(second): by for second, by in by_second.items()})
        for name, by_second in told["latencies"].items():
            for second, counts in by_second.items():
                found = self.latencies[name].setdefault(int(second), Histogram())
                found.merge(Histogram({int(size): by for size, by in counts.items()}))
        self.checks.update(told["checks"])
        self.marks += [(at, what) for at, what in told["marks"]]

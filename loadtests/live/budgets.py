"""What a run may cost: `budgets.toml`, a table for each scenario; whatever is over it is said."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from loadtests.live.tally import Tally

BUDGETS = Path(__file__).parents[1] / "budgets.toml"
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
LATENCIES = ("ack", "delivery", "resume")
CHECKS = ("lost", "doubled", "strange", "holes", "stale", "errors")
"""What is found wrong, counted from the first moment on."""


class Line(NamedTuple):
    """One figure of a run beside what it may be."""

    name: str
    figure: float | None
    limit: float
    unit: str
    least: bool = False
    """Whether the limit is the least that it must be."""

    @property
    def met(self) -> bool:
        if self.figure is None:
            return False
        return self.figure >= self.limit if self.least else self.figure <= self.limit

    def __str__(self) -> str:
        bound = "at least" if self.least else "at most"
        shown = "nothing was measured" if self.figure is None else _shown(self.figure, self.unit)
        return f"{self.name}: {shown}, {bound} {_shown(self.limit, self.unit)}"


def _shown(value: float, unit: str) -> str:
    digits = 0 if value >= 10 or value == int(value) else 1
    return f"{value:,.{digits}f} {unit}".strip()


class UnknownBudget(Exception):
    """A budget names what no run measures: it would never fail."""


def load_budgets(scenario: str, path: Path = BUDGETS) -> dict[str, float]:
    """The budgets of a scenario: those of all, and over them its own."""
    tables = tomllib.loads(path.read_text())
    budgets = {**tables["every"], **tables.get(scenario, {})}
    for name in budgets:
        _figure(name, Tally())  # So that a misspelt one is found before the run.
    return budgets


def judge(tally: Tally, budgets: Mapping[str, float]) -> list[Line]:
    """Every budget beside what was measured, in the order of the file."""
    return list(_lines(tally, budgets))


def _lines(tally: Tally, budgets: Mapping[str, float]) -> Iterator[Line]:
    for name, limit in budgets.items():
        figure, unit = _figure(name, tally)
        least = name.endswith("_at_least")
        yield Line(name.removesuffix("_at_least").replace("_", " "), figure, limit, unit, least)


def _figure(name: str, tally: Tally) -> tuple[float | None, str]:
    """What a budget is about; raises UnknownBudget."""
    base, _, quantile = name.rpartition("_")
    if base in LATENCIES and quantile in QUANTILES:
        return tally.whole(base).quantile(QUANTILES[quantile]), "ms"
    if name in CHECKS:
        return float(tally.checks[name]), ""
    if name in ("acks_at_least", "deliveries_at_least", "compared_at_least", "resumes_at_least"):
        counted = name.removesuffix("_at_least")
        known = tally.checks[counted] if counted == "compared" else tally.total(counted)
        return float(known), ""
    raise UnknownBudget(f"{name!r} is nothing that a run measures")

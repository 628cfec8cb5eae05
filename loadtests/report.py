"""What was measured, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import orjson

from loadtests.ratios import Spread, ratios
from loadtests.rows import OURS, Row
from loadtests.scenarios import Measured

HEAD = (
    "| what | ours | against | ratio | spread | at least | met |",
    "|---|---:|---|---:|---|---:|---|",
)


class Figures(NamedTuple):
    """A row with every measurement of each peer, in the order in which they were made."""

    row: Row
    runs: Mapping[str, Sequence[Measured]]

    def of(self, peer: str) -> list[float]:
        return [run.figure for run in self.runs[peer]]


def table(measured: Sequence[Figures]) -> str:
    """Ratios and limits as Markdown."""
    return "\n".join([*HEAD, *(line for figures in measured for line in _lines(figures))])


def _lines(figures: Figures) -> Iterator[str]:
    row, ours = figures.row, figures.of(OURS)
    own = Spread.of(ours)
    told = f"{own.median:,.{_digits(own.median)}f} {row.unit}"
    if row.limit is not None:
        verdict = _verdict(own.median <= row.limit)
        spread = f"{own.least:,.1f} to {own.most:,.1f}"
        yield f"| {row.what} | {told} | itself | | {spread} | at most {row.limit:g} | {verdict} |"
    for peer, target in row.targets.items():
        if peer not in figures.runs:
            continue
        ratio = ratios(ours, figures.of(peer)) if min(figures.of(peer)) > 0 else None
        shown = f"{ratio.median:.2f}×" if ratio else "none"
        spread = f"{ratio.least:.2f} to {ratio.most:.2f}" if ratio else ""
        wanted = "" if target is None else f"{target:g}×"
        verdict = "" if target is None or ratio is None else _verdict(ratio.median >= target)
        yield f"| {row.what} | {told} | {peer} | {shown} | {spread} | {wanted} | {verdict} |"


def _verdict(met: bool) -> str:
    return "met" if met else "**not met**"


def _digits(value: float) -> int:
    return 0 if value >= 100 else 1


def as_json(facts: Mapping[str, Any], measured: Sequence[Figures]) -> bytes:
    """The machine's facts and every single measurement."""
    rows = [
        {
            "name": figures.row.name,
            "unit": figures.row.unit,
            "targets": figures.row.targets,
            "limit": figures.row.limit,
            "runs": {peer: [asdict(run) for run in runs] for peer, runs in figures.runs.items()},
        }
        for figures in measured
    ]
    return orjson.dumps({"facts": facts, "rows": rows}, option=orjson.OPT_INDENT_2)

"""The report of a run: one page with its charts in it, the same as JSON, and a table to quote."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from loadtests.facts import machine_facts
from loadtests.live.budgets import Line
from loadtests.live.page import page
from loadtests.live.scenarios import Scenario
from loadtests.live.tally import Tally

FOLDER = Path(__file__).parents[2] / "data" / "load"
PACKAGES = ("locust", "gevent", "python-socketio", "python-engineio", "websocket-client")


class Run(NamedTuple):
    """What was run, against what, by whom, for how long, and when it ended."""

    scenario: Scenario
    host: str
    crowd: Mapping[str, int]
    seconds: float
    ended: float


def write(run: Run, tally: Tally, lines: Sequence[Line], folder: Path) -> Path:
    """Write the page and the JSON beside it; the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(run.ended))
    facts = {**machine_facts(), "load tools": {name: version(name) for name in PACKAGES}}
    told = {
        "scenario": run.scenario.name,
        "host": run.host,
        "crowd": run.crowd,
        "seconds": run.seconds,
        "facts": facts,
        "budgets": [{**line._asdict(), "met": line.met} for line in lines],
        "tally": tally.as_plain(),
    }
    name = f"{run.scenario.name}-{stamp}"
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2
    (folder / f"{name}.json").write_bytes(orjson.dumps(told, option=options))
    (folder / f"{name}.md").write_text(table(run, tally, lines))
    place = folder / f"{name}.html"
    place.write_text(page(heading(run), about(run, facts), tally, lines))
    return place


def heading(run: Run) -> str:
    return f"{run.scenario.name}: {run.scenario.what}"


def about(run: Run, facts: Mapping[str, Any]) -> list[str]:
    """What somebody must know who compares it with another run."""
    crowd = ", ".join(f"{count} × {kind}" for kind, count in sorted(run.crowd.items()) if count)
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(run.ended))
    tools = facts["load tools"]
    return [
        f"{when}, against {run.host}, measured for {run.seconds:g} s",
        crowd,
        f"{facts['cores']} cores of {facts['processor']}, load {facts['load'][0]}, "
        f"{facts['system']}, Python {facts['python']}, locust {tools['locust']}",
    ]


def table(run: Run, tally: Tally, lines: Sequence[Line]) -> str:
    """The verdicts as Markdown."""
    rows = ["| scenario | what | measured | budget | met |", "|---|---|---:|---:|---|"]
    for line in lines:
        figure, bound = str(line).removeprefix(f"{line.name}: ").rsplit(", ", 1)
        met = "met" if line.met else "**not met**"
        rows.append(f"| {run.scenario.name} | {line.name} | {figure} | {bound} | {met} |")
    return "\n".join([*rows, ""])

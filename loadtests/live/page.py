"""The page of a run: self-contained, its charts drawn as SVG from the run's own figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import NamedTuple

from loadtests.live.budgets import Line
from loadtests.live.tally import Tally

WIDTH, HEIGHT = 860, 200
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 28
EDGES = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0]

STYLE = """
:root { color-scheme: light dark; --line: #d5d9e0; --ink: #1c2430; --faint: #667085;
  --paper: #fff; --a: #2f6feb; --b: #b54708; --c: #067647; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --line: #344054; --ink: #e4e7ec; --faint: #98a2b3;
  --paper: #101828; --a: #84adff; --b: #fdb022; --c: #47cd89; --bad: #f97066; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 900px; margin: 32px auto; padding: 0 20px; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 28px 0 4px; }
p { margin: 2px 0; color: var(--faint); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; } .bad { color: var(--bad); font-weight: 600; }
svg { width: 100%; height: auto; display: block; } svg text { font-size: 11px; fill: var(--faint); }
.grid { stroke: var(--line); } .mark { stroke: var(--bad); stroke-dasharray: 3 3; }
.key { font-size: 13px; } .key b { font-weight: 600; }
"""


class Series(NamedTuple):
    """One curve: a value for each second of the run, None where there was nothing."""

    name: str
    colour: str
    values: Sequence[float | None]


def page(heading: str, about: Sequence[str], tally: Tally, lines: Sequence[Line]) -> str:
    """The whole page as HTML."""
    seconds = tally.seconds()
    marks = [(at - seconds.start, what) for at, what in tally.marks] if seconds else []
    parts = [
        f"<h1>{escape(heading)}</h1>",
        *(f"<p>{escape(each)}</p>" for each in about),
        _verdict(lines),
        "<h2>Messages a second</h2>",
        chart(
            [
                _rate(tally, "acks", "acknowledged", "a"),
                _rate(tally, "deliveries", "delivered to others, live", "c"),
                _rate(tally, "replayed", "replayed after a cut", "b"),
            ],
            marks,
            "",
        ),
        "<h2>From a sender to each other member</h2>",
        chart(_quantiles(tally, "delivery"), marks, "ms"),
        columns(tally, "delivery"),
        "<h2>To the acknowledgement</h2>",
        chart(_quantiles(tally, "ack"), marks, "ms"),
        columns(tally, "ack"),
        "<h2>Back in every room after a cut or a sleep</h2>",
        chart(_quantiles(tally, "resume"), marks, "ms"),
        "<h2>What was compared with the log</h2>",
        _checks(tally),
        *(["<h2>What was done</h2>", _marks(marks)] if marks else []),
    ]
    title = escape(heading.partition(":")[0])
    head = f'<meta charset="utf-8"><title>Load: {title}</title><style>{STYLE}</style>'
    viewport = '<meta name="viewport" content="width=device-width">'
    body = "\n".join(parts)
    return f'<!doctype html><html lang="en"><head>{head}{viewport}</head><body>{body}</body></html>'


def _verdict(lines: Sequence[Line]) -> str:
    rows: list[str] = []
    for line in lines:
        figure, bound = str(line).removeprefix(f"{line.name}: ").rsplit(", ", 1)
        said = "met" if line.met else "not met"
        style = "" if line.met else ' class="bad"'
        rows.append(
            f'<tr><td>{escape(line.name)}</td><td class="n">{figure}</td>'
            f'<td class="n">{bound}</td><td{style}>{said}</td></tr>'
        )
    head = '<tr><th>what</th><th class="n">measured</th><th class="n">budget</th><th></th></tr>'
    return f"<h2>Budgets</h2><table>{head}{''.join(rows)}</table>"


def _checks(tally: Tally) -> str:
    rows = (
        f'<tr><td>{escape(name)}</td><td class="n">{count:,}</td></tr>'
        for name, count in sorted(tally.checks.items())
    )
    return f"<table>{''.join(rows)}</table>"


def _marks(marks: Sequence[tuple[float, str]]) -> str:
    rows = (f'<tr><td class="n">{at:.0f} s</td><td>{escape(what)}</td></tr>' for at, what in marks)
    return f"<table>{''.join(rows)}</table>"


def _rate(tally: Tally, name: str, said: str, colour: str) -> Series:
    counted = tally.counts[name]
    return Series(said, colour, [float(counted[second]) for second in tally.seconds()])


def _quantiles(tally: Tally, name: str) -> list[Series]:
    by_second = tally.latencies.get(name, {})

    def of(share: float) -> list[float | None]:
        found = (by_second.get(second) for second in tally.seconds())
        return [each.quantile(share) if each else None for each in found]

    return [
        Series(f"p{round(q * 100)}", c, of(q)) for q, c in ((0.5, "c"), (0.95, "a"), (0.99, "b"))
    ]


def chart(series: Sequence[Series], marks: Sequence[tuple[float, str]], unit: str) -> str:
    """Curves over the seconds of the run, with what was done as dashed lines."""
    seconds = max((len(each.values) for each in series), default=0)
    known = [value for each in series for value in each.values if value is not None]
    if seconds < 2 or not known:
        return "<p>Nothing was measured.</p>"
    top = _round_up(max(known))

    def across(second: float) -> float:
        return LEFT + second * (WIDTH - LEFT - RIGHT) / (seconds - 1)

    up = partial(_up, top)
    drawn = [_grid(top, unit, up)]
    for at in range(0, seconds, max(1, _round_up(seconds / 10))):
        drawn.append(f'<text x="{across(at):.0f}" y="{HEIGHT - 8}">{at} s</text>')
    for at, what in marks:
        x = f"{across(max(0.0, at)):.1f}"
        line = f'x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"'
        drawn.append(f'<line class="mark" {line}><title>{escape(what)}</title></line>')
    for each in series:
        drawn += [
            f'<polyline fill="none" stroke="var(--{each.colour})" stroke-width="1.6" points="'
            + " ".join(f"{across(at):.1f},{up(value):.1f}" for at, value in stretch)
            + '"/>'
            for stretch in _stretches(each.values)
        ]
    keys = " &nbsp; ".join(
        f'<b style="color:var(--{each.colour})">—</b> {escape(each.name)}' for each in series
    )
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(drawn)}</svg>'
    return f'{svg}<p class="key">{keys}</p>'


def columns(tally: Tally, name: str) -> str:
    """How many took how long."""
    whole = tally.whole(name)
    counts = whole.columns(EDGES)
    if not whole.total:
        return ""
    width = (WIDTH - LEFT - RIGHT) / len(counts)
    top = _round_up(max(counts))
    up = partial(_up, top)
    drawn = [_grid(top, "", up)]
    names = [f"≤ {edge:g}" for edge in EDGES] + ["more"]
    for place, (count, said) in enumerate(zip(counts, names, strict=True)):
        x, y = LEFT + place * width, up(count)
        drawn.append(
            f'<rect x="{x + 3:.1f}" y="{y:.1f}" width="{width - 6:.1f}" fill="var(--a)" '
            f'height="{HEIGHT - BOTTOM - y:.1f}"><title>{count:,}</title></rect>'
            f'<text x="{x + 4:.1f}" y="{HEIGHT - 8}">{said}</text>'
        )
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(drawn)}</svg>'
    return f'{svg}<p class="key">{whole.total:,} of them by milliseconds</p>'


def _up(top: float, value: float) -> float:
    """Where a value stands, by the top of its chart."""
    return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM) / top


def _grid(top: float, unit: str, up: Callable[[float], float]) -> str:
    drawn = ""
    for part in range(5):
        value = top * part / 4
        y = f"{up(value):.1f}"
        drawn += f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        drawn += f'<text x="{LEFT - 6}" y="{y}" dy="4" text-anchor="end">{value:,g} {unit}</text>'
    return drawn


def _stretches(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """A curve is broken where nothing was measured."""
    stretches: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is not None:
            stretches[-1].append((at, value))
        elif stretches[-1]:
            stretches.append([])
    return [each if len(each) > 1 else [*each, *each] for each in stretches if each]


def _round_up(value: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    size = 1
    while True:
        for step in (1, 2, 5):
            if value <= step * size:
                return step * size
        size *= 10

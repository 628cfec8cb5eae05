"""The table of docs/faults.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.faults.run import Outcome

BEGIN, END = "<!-- written by make faults -->", "<!-- end -->"
HEAD = (
    "| fault | load | offered/s | sent | acknowledged | received | lost | doubled | out of order"
    " | lasted, s | healed, s | recount equal, s"
    " | p50 / p99 before, ms | p50 / p99 from then on, ms |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


def table(outcomes: Sequence[Outcome]) -> str:
    return "\n".join([*HEAD, *map(_row, outcomes)])


def _row(outcome: Outcome) -> str:
    judged = outcome.judged
    told = f" ({outcome.told})" if outcome.told else ""
    recounted = "**never**" if outcome.recounted is None else f"{outcome.recounted:.1f}"
    cells = (
        outcome.ordeal.what + told,
        f"{outcome.load:.1f}",
        f"{outcome.scale.rate:.0f}",
        f"{outcome.sent:,}",
        f"{outcome.acknowledged:,}",
        f"{judged.received:,}",
        f"{judged.lost + outcome.unlogged:,}",
        f"{judged.doubled:,}",
        f"{judged.out_of_order:,}",
        f"{outcome.took:.1f}",
        f"{outcome.healed:.1f}",
        recounted,
        "{:,.0f} / {:,.0f}".format(*outcome.usual),
        "{:,.0f} / {:,.0f}".format(*outcome.meanwhile),
    )
    return f"| {' | '.join(cells)} |"


def write(
    page: Path, facts: Mapping[str, Any], carried: float | None, outcomes: Sequence[Outcome]
) -> None:
    """Put the table and the machine into the page, between its marks."""
    scale = outcomes[0].scale
    load = " ".join(map(str, facts["load"]))
    of = f", of {carried:.0f} that were carried at the most" if carried else ""
    told = (
        f"{facts['at'][:10]}, {facts['cores']} cores of {facts['processor']}, load {load} at the"
        f" start, {facts['system']}, Python {facts['python']}; {scale.members:,} members in"
        f" {scale.tickets} tickets, {scale.rate:.0f} commands a second offered{of}."
    )
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{told}\n\n{table(outcomes)}\n\n{END}{after}")

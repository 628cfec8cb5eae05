"""What came of a day, as numbers and as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from domain.ticket.state import Priority
from tests.simulation.day import Day


class Waits(NamedTuple):
    """Minutes until somebody had it: the middle one, what 95 of 100 stay below, the longest."""

    middle: int
    most_of_them: int
    longest: int


class Result(NamedTuple):
    """`fairness` is, for each group of equals, the most over the least average load."""

    tickets: int
    given: int
    unavailable: int
    unskilled: int
    overfull: int
    never: int
    unanswered: int
    requeued: int
    declined: int
    fairness: list[float]
    waits: dict[Priority, Waits]


def result_of(day: Day) -> Result:
    tally = day.tally
    return Result(
        tickets=len(day.cases),
        given=tally.given,
        unavailable=tally.unavailable,
        unskilled=tally.unskilled,
        overfull=tally.overfull,
        never=sum(each.first is None for each in day.cases.values()),
        unanswered=sum(not each.answered for each in day.cases.values()),
        requeued=tally.requeued,
        declined=tally.declined,
        fairness=_fairness(day),
        waits={priority: _waits(day, priority) for priority in Priority},
    )


def _fairness(day: Day) -> list[float]:
    groups: defaultdict[object, list[float]] = defaultdict(list)
    for each in day.plan.people:
        if each.undisturbed and day.tally.minutes[each.id]:
            alike = (each.team, each.place, tuple(each.skills.items()), each.capacity)
            load = day.tally.carried[each.id] / day.tally.minutes[each.id]
            groups[alike].append(load)
    several = [loads for loads in groups.values() if len(loads) > 1 and min(loads) > 0]
    return sorted(max(loads) / min(loads) for loads in several)


def _waits(day: Day, priority: Priority) -> Waits:
    waits = sorted(
        each.first - each.arrival.minute
        for each in day.cases.values()
        if each.first is not None and each.arrival.priority is priority
    )
    if not waits:
        return Waits(0, 0, 0)
    return Waits(waits[len(waits) // 2], waits[len(waits) * 95 // 100], waits[-1])


def table(results: dict[str, Result]) -> str:
    """One column a way."""
    lines = [
        f"| | {' | '.join(results)} |",
        f"|---|{'---:|' * len(results)}",
        _row("tickets", results, lambda each: f"{each.tickets:,}"),
        _row("given or offered", results, lambda each: f"{each.given:,}"),
        _row("… to somebody who was not available", results, lambda each: f"{each.unavailable}"),
        _row("… to somebody without the skill", results, lambda each: f"{each.unskilled}"),
        _row("… beyond what they can carry", results, lambda each: f"{each.overfull}"),
        _row("never given", results, lambda each: f"{each.never}"),
        _row("never answered", results, lambda each: f"{each.unanswered}"),
        _row("went back to the queue", results, lambda each: f"{each.requeued}"),
        _row("offers declined or run out", results, lambda each: f"{each.declined}"),
        _row(
            "most / least average load among equals: the worst group",
            results,
            lambda each: f"{max(each.fairness, default=1):.2f}",
        ),
        _row(
            "… the middle group",
            results,
            lambda each: f"{median(each.fairness or [1.0]):.2f}",
        ),
    ]
    lines += [_waited(priority, results) for priority in reversed(Priority)]
    return "\n".join(lines) + "\n"


def _waited(priority: Priority, results: dict[str, Result]) -> str:
    name = f"minutes until somebody has it, {priority.value}: median, p95, longest"
    return _row(name, results, lambda each: ", ".join(map(str, each.waits[priority])))


def _row(name: str, results: dict[str, Result], shown: Callable[[Result], str]) -> str:
    return f"| {name} | {' | '.join(shown(each) for each in results.values())} |"

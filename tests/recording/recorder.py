"""Hears what the product asks of its store, and compares it with a list.

`tests/server/embedded/used.json` has every shape that may be sent. A test during which the product
sends another one fails. `--record-commands` adds to the list what the run saw; a run of the whole
default suite with it writes the list anew, without what is no longer used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from tests.recording.shapes import Shape, shapes_of

ROOT = Path(__file__).parents[2]
USED = ROOT / "tests" / "server" / "embedded" / "used.json"
PRODUCT = {"server", "realtime", "domain", "ai", "mobile_api", "loadtests"}


class Recorder(CommandListener):
    """Keeps the shapes of what the product sends, each with the place that sent it first.

    The nearest file of ours on the stack tells whose a command is: tests look into the same
    store with clients of the product, and what they ask is theirs.
    """

    def __init__(self, listed: Iterable[Shape]) -> None:
        self.listed = frozenset(listed)
        self.seen: dict[Shape, str] = {}
        self._told: set[Shape] = set()

    def started(self, event: CommandStartedEvent) -> None:
        room, place = _sender()
        if room == "tests":
            return
        for shape in shapes_of(event.command):
            self.seen.setdefault(shape, place)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def new(self) -> dict[Shape, str]:
        """What was seen since the last call and is not listed, with its place."""
        new = self.seen.keys() - self.listed - self._told
        self._told |= new
        return {shape: self.seen[shape] for shape in new}


def _sender() -> tuple[str, str]:
    """The room of the house that the running call came from, and its file and line."""
    frame = sys._getframe(2)  # Not the listener itself.
    while frame is not None:
        room, place = _place(frame.f_code.co_filename)
        if room:
            return room, f"{place}:{frame.f_lineno}"
        frame = frame.f_back
    return "", "the driver"


@cache  # Of every frame of every command, and the files are few.
def _place(filename: str) -> tuple[str, str]:
    """The room of a file of ours, and where it is; of anybody else's nothing."""
    path = Path(filename)
    if not path.is_relative_to(ROOT):
        return "", ""
    place = path.relative_to(ROOT)
    room = place.parts[0]
    return (room, str(place)) if room in PRODUCT or room == "tests" else ("", "")


def told(new: dict[Shape, str]) -> str:
    """What to read and to do when a test made the product ask for something new."""
    lines = [
        f"  {command}, {part}: {used}  (sent by {place})"
        for (command, part, used), place in sorted(new.items())
    ]
    return "\n".join(
        [
            "The product asks its store for what it did not use before:",
            *lines,
            "Let the embedded store serve it (docs/embedded-store.md), with a test that compares;",
            "then add it to tests/server/embedded/used.json: run this test with --record-commands.",
        ]
    )


def read_list(path: Path) -> set[Shape]:
    """The shapes of a list."""
    commands: dict[str, dict[str, list[str]]] = json.loads(path.read_text())
    return {
        (command, part, used)
        for command, parts in commands.items()
        for part, names in parts.items()
        for used in names
    }


def write_list(path: Path, shapes: Iterable[Shape]) -> None:
    commands: dict[str, dict[str, list[str]]] = {}
    for command, part, used in sorted(shapes):
        commands.setdefault(command, {}).setdefault(part, []).append(used)
    path.write_text(json.dumps(commands, indent=2) + "\n")

"""What the supervisor knows of its processes, in a file that its children can read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

VARIABLE = "DESKWIRE_PROCESSES"

Phase = Literal["starting", "running", "restarting", "stopped"]


class ProcessState(BaseModel):
    """One process: how it is, since when (UTC milliseconds), how often it was started again."""

    model_config = ConfigDict(frozen=True)

    name: str
    phase: Phase
    pid: int | None
    restarts: int
    since: int

    @property
    def running(self) -> bool:
        """True while the process is up and has said that it serves."""
        return self.phase == "running"


_file = TypeAdapter(tuple[ProcessState, ...])


def read_processes(path: Path | None = None) -> dict[str, ProcessState]:
    """The processes by name; empty where no supervisor runs this process.

    Without a path the one that the supervisor gave in DESKWIRE_PROCESSES is read.
    """
    place = path or os.environ.get(VARIABLE)
    if not place:
        return {}
    try:
        content = Path(place).read_bytes()
    except FileNotFoundError:
        return {}
    return {state.name: state for state in _file.validate_json(content)}


def write_processes(path: Path, states: Iterable[ProcessState]) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    draft = path.with_suffix(".new")
    draft.write_bytes(_file.dump_json(tuple(states)))
    draft.replace(path)

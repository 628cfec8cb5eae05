"""Start children in order, start again what dies, stop them all in the opposite order."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from server.processes.child import Child, ChildFailed, ChildSpec
from server.processes.output import Output
from server.processes.runtime import data_lock, make_runtime_folder
from server.processes.status import VARIABLE, Phase, ProcessState, write_processes

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
HEALTHY_SECONDS = 30.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


Say = Callable[[str], None]


@dataclass
class Kept:
    """A child that is kept alive, and the task that does it."""

    child: Child
    phase: Phase = "starting"
    since: int = 0
    restarts: int = 0
    keeper: asyncio.Task[None] | None = None


class Supervisor:
    """The processes of one deployment, for as long as its `async with` lasts.

    SIGINT, SIGTERM and SIGHUP cancel the task that entered it; a second one kills what still runs.
    """

    def __init__(
        self,
        status: Path,
        logs: Path,
        say: Say,
        *,
        lock: int,
        verbose: bool,
    ) -> None:
        self._status = status
        self._logs = logs
        self._say = say
        self._lock = lock
        self._verbose = verbose
        self._groups: list[list[Kept]] = []

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task, "a supervisor runs in a task"

        def stop() -> None:
            task.cancel()
            self._say("Stopping; again to stop at once")

        self._on_signals(stop)
        self._write_status()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._on_signals(self._kill)
        for group in reversed(self._groups):
            await asyncio.gather(*map(self._stop, group))
        self._status.unlink(missing_ok=True)
        loop = asyncio.get_running_loop()
        for each in STOP_SIGNALS:
            loop.remove_signal_handler(each)

    async def start(self, *specs: ChildSpec) -> None:
        """Start these together, wait until all serve, and keep them alive from then on.

        Raises ChildFailed when one does not come up.
        """
        group = [Kept(self._child(spec)) for spec in specs]
        self._groups.append(group)
        await together(*map(self._start, group))

    async def watch(self) -> None:
        """Wait until a signal cancels; a keeper never ends by itself, unless with an error."""
        keepers = [kept.keeper for group in self._groups for kept in group if kept.keeper]
        await asyncio.gather(*keepers)

    async def run(self, spec: ChildSpec) -> list[str]:
        """Run a command to its end and give its last lines.

        Raises ChildFailed when it ends with an error.
        """
        child = self._child(spec)
        try:
            await child.spawn()
            await child.wait()
        finally:
            await child.stop()
            child.output.close()
        if child.exit_code:
            raise ChildFailed(spec.name, f"failed ({child.ending}).", child.output)
        return child.output.tail()

    def _child(self, spec: ChildSpec) -> Child:
        variables = {**spec.environ, VARIABLE: str(self._status), "PYTHONUNBUFFERED": "1"}
        output = Output(spec.name, self._logs, self._print if self._verbose else None)
        inherits = (*spec.inherits, self._lock)
        return Child(replace(spec, environ=variables, inherits=inherits), output)

    async def _start(self, kept: Kept) -> None:
        await kept.child.spawn()
        self._note(kept, "starting")
        await kept.child.wait_ready()
        self._note(kept, "running")
        kept.keeper = asyncio.create_task(self._keep(kept))

    async def _keep(self, kept: Kept) -> None:
        """Start a child again whenever it ends, after a pause that doubles while it stays ill."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            await kept.child.wait()
            if kept.phase == "running" and _now() - kept.since > HEALTHY_SECONDS * 1000:
                pause = FIRST_PAUSE_SECONDS
            self._note(kept, "restarting")
            self._report(kept, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            kept.restarts += 1
            await kept.child.spawn()
            self._note(kept, "restarting")
            try:
                await kept.child.wait_ready()
            except ChildFailed:
                await kept.child.stop()
            else:
                self._note(kept, "running")

    async def _stop(self, kept: Kept) -> None:
        if kept.keeper:
            kept.keeper.cancel()
            await asyncio.wait([kept.keeper])
        await kept.child.stop()
        kept.child.output.close()
        self._note(kept, "stopped")

    def _report(self, kept: Kept, pause: float) -> None:
        name = kept.child.spec.name
        self._say(f"{name} ended ({kept.child.ending}); starting it again in {pause:.1f} s")
        if not self._verbose and (kept.child.exit_code or 0) > 0:
            # Whoever was killed did not come to say why: older lines would mislead.
            for line in kept.child.output.tail(5):
                self._print(name, line)

    def _print(self, name: str, line: str) -> None:
        self._say(f"  {name} | {line}")

    def _note(self, kept: Kept, phase: Phase) -> None:
        if kept.phase != phase or not kept.since:
            kept.phase, kept.since = phase, _now()
        self._write_status()

    def _write_status(self) -> None:
        with suppress(OSError):  # With a full disk an older word stands; what runs goes on.
            write_processes(self._status, self._states())

    def _states(self) -> Iterator[ProcessState]:
        for group in self._groups:
            for kept in group:
                yield ProcessState(
                    name=kept.child.spec.name,
                    phase=kept.phase,
                    pid=kept.child.pid,
                    restarts=kept.restarts,
                    since=kept.since,
                )

    def _kill(self) -> None:
        for group in self._groups:
            for kept in group:
                kept.child.kill()

    def _on_signals(self, answer: Callable[[], object]) -> None:
        for each in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(each, answer)


@asynccontextmanager
async def supervised(
    data_dir: Path, doing: str, say: Say, *, verbose: bool = False
) -> AsyncGenerator[Supervisor]:
    """A supervisor that has a data folder to itself, with the logs in it.

    Raises AlreadyRunning, which tells what the other one is `doing`.
    """
    with data_lock(data_dir, doing) as lock:
        logs = data_dir / "logs"
        logs.mkdir(exist_ok=True)
        folder = make_runtime_folder(data_dir)
        status = folder / "processes.json"
        try:
            async with Supervisor(status, logs, say, lock=lock, verbose=verbose) as supervisor:
                yield supervisor
        finally:
            # A store that was killed has left its socket there; the next one replaces it.
            with suppress(OSError):
                folder.rmdir()


async def together(*work: Coroutine[None, None, object]) -> None:
    """Do all of it at once; the first error ends the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for each in work:
                tasks.create_task(each)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _now() -> int:
    return time.time_ns() // 1_000_000

"""One child process: started on a leash in a group of its own, watched, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from server.processes.output import Output

LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))

Probe = Callable[[Output], Awaitable[bool]]


class ChildFailed(Exception):
    """A child ended or never served; `lines` are the last it printed."""

    def __init__(self, name: str, reason: str, output: Output) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name
        self.lines = output.tail()
        self.log = output.path


async def _at_once(_output: Output) -> bool:
    return True


@dataclass(frozen=True)
class ChildSpec:
    """What to start, with which variables beside our own, and how to know that it serves."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ready: Probe = _at_once
    ready_seconds: float = 60.0
    grace_seconds: float = 10.0
    inherits: tuple[int, ...] = ()


class Child:
    """A process of a spec; it can be started again after its end."""

    def __init__(self, spec: ChildSpec, output: Output) -> None:
        self.spec = spec
        self.output = output
        self._process: asyncio.subprocess.Process | None = None
        self._leash: int | None = None
        self._reader: int | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it is alive."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and alive else None

    async def spawn(self) -> None:
        """Start the process; its output goes to the log."""
        self.output.begin()
        self._process = None
        leash_end, self._leash = os.pipe()
        self._reader, printed = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(*LEASH, str(self.spec.grace_seconds)),
                *self.spec.command,
                stdin=leash_end,
                stdout=printed,
                stderr=printed,
                env={**os.environ, **self.spec.environ},
                pass_fds=self.spec.inherits,
                process_group=0,
            )
        finally:
            os.close(leash_end)
            os.close(printed)
            if self._process is None:
                self._release()
        asyncio.get_running_loop().add_reader(self._reader, self._read)

    async def wait_ready(self) -> None:
        """Return when it serves.

        Raises ChildFailed when it ends before that or takes longer than the spec allows.
        """
        deadline = asyncio.get_running_loop().time() + self.spec.ready_seconds
        while not await self.spec.ready(self.output):
            if self.pid is None:
                self._release()  # Its last words may still be in the pipe.
                raise ChildFailed(
                    self.spec.name, f"ended at its start ({self.ending}).", self.output
                )
            if asyncio.get_running_loop().time() > deadline:
                seconds = f"{self.spec.ready_seconds:.0f}"
                raise ChildFailed(self.spec.name, f"did not serve in {seconds} s.", self.output)
            await asyncio.sleep(0.02)

    async def wait(self) -> None:
        """Return when the process has ended; what it left of its group is ended too."""
        assert self._process, "a child is spawned before it is waited for"
        await self._process.wait()
        self._release()

    @property
    def ending(self) -> str:
        """How the last life ended, for people."""
        code = self._process.returncode if self._process else None
        if code is None:
            return "still running"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last life; negative for a signal."""
        return self._process.returncode if self._process else None

    async def stop(self) -> None:
        """End it kindly, and after its grace by force."""
        if self._process and self.pid:
            self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), self.spec.grace_seconds)
            self.kill()
            await self._process.wait()
        self._release()

    def kill(self) -> None:
        """End it and its group by force, now."""
        if self._process and self._leash is not None:
            # The leash's watcher is in the group while we hold the leash: the id is not another's.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self) -> None:
        assert self._reader is not None
        data = os.read(self._reader, 65536)
        if data:
            self.output.feed(data)
        else:
            asyncio.get_running_loop().remove_reader(self._reader)

    def _release(self) -> None:
        """Read what is left of the output, end the rest of the group, close our pipe ends."""
        self.kill()
        if self._reader is not None:
            asyncio.get_running_loop().remove_reader(self._reader)
            os.set_blocking(self._reader, False)
            with suppress(BlockingIOError):
                while data := os.read(self._reader, 65536):
                    self.output.feed(data)
            os.close(self._reader)
            self.output.finish()
        if self._leash is not None:
            os.close(self._leash)
        self._reader = self._leash = None

"""Children are started in order, started again when they die, and stopped in the end."""

import asyncio
import os
import signal
from io import FileIO
from pathlib import Path

import pytest

from server.processes.child import ChildFailed
from server.processes.output import Output
from server.processes.runtime import runtime_folder
from server.processes.status import ProcessState, read_processes
from server.processes.supervisor import supervised
from tests.server.processes.conftest import FOREVER, MakeChild
from tests.server.processes.waiting import is_alive, until


def state_of(data_dir: Path, name: str = "child") -> ProcessState:
    return read_processes(runtime_folder(data_dir) / "processes.json")[name]


async def test_a_started_child_runs_and_the_status_file_says_so(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(make_child())

        state = state_of(data_dir)
        assert state.running
        assert state.restarts == 0
        assert state.pid
        assert is_alive(state.pid)


async def test_a_killed_child_is_started_again_and_the_status_says_so_meanwhile(
    data_dir: Path, said: list[str], make_child: MakeChild, tmp_path: Path
):
    gate = tmp_path / "gate"
    gate.touch()
    waits_for_gate = f"""
import pathlib, time
while not pathlib.Path({str(gate)!r}).exists():
    time.sleep(0.01)
{FOREVER}"""
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(make_child(text=waits_for_gate))
        first = state_of(data_dir).pid
        assert first
        gate.unlink()

        os.kill(first, signal.SIGKILL)

        await until(lambda: state_of(data_dir).phase == "restarting")
        await until(lambda: state_of(data_dir).pid not in (first, None))
        assert not state_of(data_dir).running
        gate.touch()
        await until(lambda: state_of(data_dir).running)
        assert state_of(data_dir).restarts == 1
    assert any("child ended (signal SIGKILL)" in line for line in said)


async def test_the_pauses_between_starts_double_while_a_child_stays_ill(
    data_dir: Path, said: list[str], make_child: MakeChild, tmp_path: Path
):
    well = tmp_path / "well"
    well.touch()
    text = f"import pathlib; assert pathlib.Path({str(well)!r}).exists(), 'I am ill'\n{FOREVER}"
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(make_child(text=text))
        well.unlink()

        os.kill(state_of(data_dir).pid or 0, signal.SIGKILL)

        await until(lambda: sum("starting it again" in line for line in said) >= 4)
        pauses = [line.rpartition(" in ")[2] for line in said if "starting it again" in line]
        assert pauses[:4] == ["0.2 s", "0.4 s", "0.8 s", "1.6 s"]
        assert any("I am ill" in line for line in said)


async def test_a_log_that_cannot_be_written_ends_nothing_and_the_last_words_are_at_hand(
    data_dir: Path, said: list[str], make_child: MakeChild, monkeypatch: pytest.MonkeyPatch
):
    """As on a full disk."""
    monkeypatch.setattr(Output, "_open", lambda _: FileIO(os.devnull, "rb"))
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(make_child())
        first = state_of(data_dir).pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: state_of(data_dir).running and state_of(data_dir).restarts == 1)

        with pytest.raises(ChildFailed) as failure:
            await supervisor.start(make_child("ill", "raise SystemExit('no such table')"))
        assert failure.value.lines == ["no such table"]


async def test_a_child_that_cannot_start_is_reported_with_what_it_printed(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    async with supervised(data_dir, "test", said.append) as supervisor:
        with pytest.raises(ChildFailed, match="ended at its start") as failure:
            await supervisor.start(make_child(text="raise SystemExit('no such table')"))

    assert failure.value.lines == ["no such table"]
    assert "no such table" in failure.value.log.read_text()


async def test_a_child_that_never_serves_is_reported(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    async with supervised(data_dir, "test", said.append) as supervisor:
        mute = make_child(text="import time; time.sleep(600)", ready_seconds=0.2)
        with pytest.raises(ChildFailed, match="did not serve"):
            await supervisor.start(mute)


async def test_leaving_stops_children_and_grandchildren_the_last_started_first(
    data_dir: Path, said: list[str], make_child: MakeChild, tmp_path: Path
):
    order = tmp_path / "order"
    text = f"""
import signal, subprocess, sys
def end(*_):
    open({str(order)!r}, 'a').write(sys.argv[0])
    raise SystemExit
signal.signal(signal.SIGTERM, end)
grandchild = subprocess.Popen(['sleep', '600'])
print('ready', grandchild.pid, flush=True)
signal.pause()"""
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(make_child("first", text.replace("sys.argv[0]", "'first '")))
        await supervisor.start(make_child("second", text.replace("sys.argv[0]", "'second '")))
        logs = [data_dir / "logs" / f"{name}.log" for name in ("first", "second")]
        grandchildren = [int(log.read_text().split()[1]) for log in logs]
        assert all(map(is_alive, grandchildren))

    assert order.read_text() == "second first "
    await until(lambda: not any(map(is_alive, grandchildren)))


async def test_a_signal_cancels_the_one_who_supervises_and_everything_stops(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        async with supervised(data_dir, "test", said.append) as supervisor:
            await supervisor.start(make_child())
            started.set_result(state_of(data_dir).pid or 0)
            await supervisor.watch()

    serving = asyncio.create_task(serve())
    pid = await started

    os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(asyncio.CancelledError):
        await serving
    assert not is_alive(pid)


async def test_a_command_that_fails_says_what_it_printed(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    async with supervised(data_dir, "test", said.append) as supervisor:
        assert await supervisor.run(make_child(text="print('seeded')")) == ["seeded"]
        with pytest.raises(ChildFailed, match=r"failed \(exit code 3\)") as failure:
            await supervisor.run(make_child(text="print('half'); raise SystemExit(3)"))
    assert failure.value.lines == ["half"]


async def test_verbose_shows_what_children_print_with_their_names(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    async with supervised(data_dir, "test", said.append, verbose=True) as supervisor:
        await supervisor.start(make_child("valkey"))
    assert "  valkey | ready" in said


async def test_a_second_signal_does_not_wait_for_a_child_that_will_not_listen(
    data_dir: Path, said: list[str], make_child: MakeChild
):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FOREVER
    loop = asyncio.get_running_loop()
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(make_child(text=deaf, grace_seconds=60.0))
        began = loop.time()
        loop.call_later(0.2, os.kill, os.getpid(), signal.SIGINT)

    assert loop.time() - began < 10

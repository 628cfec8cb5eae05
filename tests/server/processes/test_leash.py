"""No child outlives the supervisor, however that ends."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from server.processes.runtime import runtime_folder
from server.processes.status import ProcessState, read_processes
from server.processes.stores import Store, store_specs
from server.processes.supervisor import supervised
from tests.server.processes.waiting import is_alive, until

# A supervisor of its own with a real Valkey and a child that will not listen to SIGTERM.
SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from server.processes.child import ChildSpec
from server.processes.probes import says
from server.processes.stores import Store, store_specs
from server.processes.supervisor import supervised

DEAF = '''
import signal
import subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"])
print("ready", flush=True)
signal.pause()'''

async def main():
    data = Path(sys.argv[1])
    async with supervised(data, "the first one", print) as supervisor:
        await supervisor.start(
            *store_specs([Store.VALKEY], data),
            ChildSpec("deaf", (sys.executable, "-c", DEAF), ready=says("ready"), grace_seconds=0.5),
        )
        print("serving", flush=True)
        await supervisor.watch()

asyncio.run(main())
"""


async def start_supervisor(data_dir: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUPERVISOR, str(data_dir)), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"serving\n"
    return process


def states_of(data_dir: Path) -> dict[str, ProcessState]:
    return read_processes(runtime_folder(data_dir) / "processes.json")


async def test_kill_9_of_the_supervisor_leaves_no_process_behind(data_dir: Path):
    supervisor = await start_supervisor(data_dir)
    pids = [state.pid or 0 for state in states_of(data_dir).values()]
    groups = [os.getpgid(pid) for pid in pids]
    assert len(pids) == 2

    supervisor.kill()
    await supervisor.wait()

    await until(lambda: not any(map(is_alive, pids)), 20)
    await until(lambda: not any(map(group_lives, groups)), 20)


async def test_after_a_kill_9_the_next_start_waits_for_the_stores_to_close_their_files(
    data_dir: Path, said: list[str]
):
    supervisor = await start_supervisor(data_dir)
    old = [state.pid or 0 for state in states_of(data_dir).values()]
    supervisor.kill()
    await supervisor.wait()

    async with supervised(data_dir, "the next one", said.append) as following:
        assert not any(map(is_alive, old))
        await following.start(*store_specs([Store.VALKEY], data_dir))


async def test_ctrl_c_stops_what_the_supervisor_started(data_dir: Path):
    supervisor = await start_supervisor(data_dir)
    valkey = states_of(data_dir)["valkey"].pid or 0

    supervisor.send_signal(signal.SIGINT)

    await asyncio.wait_for(supervisor.wait(), 10)
    assert not is_alive(valkey)


def group_lives(group: int) -> bool:
    """Is a process of this group there, apart from those that only wait to be reaped?"""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
        except FileNotFoundError:
            continue
        if int(its_group) == group and state != "Z":
            return True
    return False

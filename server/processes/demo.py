"""The demo: everything on one machine, with people to log in as."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from server.demo.people import PASSWORD, log_ins
from server.processes.ai_parts import install_ai_parts
from server.processes.child import ChildFailed, ChildSpec
from server.processes.llm import find_llm
from server.processes.nodes import command_spec, shared_node_spec, worker_spec
from server.processes.plan import plan_demo
from server.processes.ports import listen, next_free
from server.processes.probes import says
from server.processes.stores import Store, store_specs
from server.processes.supervisor import Say, Supervisor, supervised, together
from server.settings import Settings

NODES = ("node-a", "node-b")
"""Two, so that one can be killed while people talk."""
SEEDED_FILE = "seeded"


async def run_demo(environ: Mapping[str, str], say: Say, *, verbose: bool) -> None:
    """Serve the demo until a signal cancels it.

    Raises SettingsError, AlreadyRunning, PortTaken or ChildFailed.
    """
    plan = plan_demo(environ)
    for note in plan.notes:
        say(note)
    async with supervised(plan.settings.data_dir, "deskwire demo", say, verbose=verbose) as kept:
        say(f"Starting the stores; their data is in {plan.settings.data_dir}")
        seeded = _is_seeded(plan.settings.data_dir)
        await kept.start(*store_specs(plan.embedded, plan.settings.data_dir))
        wanted = plan.settings.port
        port = next_free(plan.settings.host, wanted)
        if port != wanted:
            say(f"Port {wanted} is taken; taking {port}")
        settings = plan_demo({**environ, "PORT": str(port)}).settings
        say(
            "Starting the server and its worker" + ("" if seeded else "; the demo's people move in")
        )
        with listen(settings.host, port) as listening:
            ai = environ.get("NO_AI", "") in ("", "0")
            llm = await find_llm(settings, look_around=ai, own=ai)
            say(llm.said)
            nodes = [shared_node_spec(llm.settings, name, listening) for name in NODES]
            serving = kept.start(*nodes, worker_spec(llm.settings))
            await together(serving, *(() if seeded else (_seed(settings, kept),)))
            say(_welcome(settings.public_url))
            if llm.process:
                await kept.start(llm.process)
            await together(
                kept.watch(),
                install_ai_parts(environ, settings, kept, say),
                _come_alive(
                    settings, kept, say, traffic=environ.get("NO_TRAFFIC", "") in ("", "0")
                ),
            )


async def _seed(settings: Settings, kept: Supervisor) -> None:
    """Who can log in, and the tickets that they look at first."""
    await kept.run(command_spec(settings, "seed", "server.demo.seeding", "--first"))
    (settings.data_dir / SEEDED_FILE).touch()


async def _come_alive(settings: Settings, kept: Supervisor, say: Say, *, traffic: bool) -> None:
    """The month behind us, or a new day, and people who come and go; nobody waits for it."""
    try:
        if traffic:
            await kept.start(traffic_spec(settings))
        told = await kept.run(command_spec(settings, "seed", "server.demo.seeding"))
    except ChildFailed as failure:
        say(f"The demo is not as lively as it should be; see its logs: {failure}")
    else:
        say(told[-1])


def traffic_spec(settings: Settings) -> ChildSpec:
    """Simulated people."""
    return ChildSpec(
        name="traffic",
        command=(sys.executable, "-m", "server.demo.traffic"),
        environ=settings.model_copy(update={"node": "traffic"}).to_environ(),
        ready=says("ready"),
    )


def _is_seeded(data_dir: Path) -> bool:
    """Whether people can log in to the store that is there."""
    return (data_dir / Store.MONGODB).exists() and (data_dir / SEEDED_FILE).exists()


def _welcome(address: str) -> str:
    people = "\n".join(f"    {each.email}" for each in log_ins())
    return f"""
  Deskwire serves {address}
  All roles side by side, with a tour: {address}/demo

  Log in as
{people}
  with the password {PASSWORD}

  Ctrl-C stops it; the data stays.
"""

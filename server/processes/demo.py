"""The demo: everything on one machine, with people to log in as."""

from __future__ import annotations

from collections.abc import Mapping

from server.processes.ai_parts import install_ai_parts
from server.processes.nodes import command_spec, node_spec, worker_spec
from server.processes.plan import plan_demo
from server.processes.ports import next_free
from server.processes.stores import store_specs
from server.processes.supervisor import Say, supervised, together

PEOPLE = ("client", "agent", "agent2", "supervisor", "admin")
PASSWORD = "deskwire-demo"


async def run_demo(environ: Mapping[str, str], say: Say, *, verbose: bool) -> None:
    """Serve the demo until a signal cancels it.

    Raises SettingsError, AlreadyRunning, PortTaken or ChildFailed.
    """
    plan = plan_demo(environ)
    for note in plan.notes:
        say(note)
    async with supervised(plan.settings.data_dir, "deskwire demo", say, verbose=verbose) as kept:
        say(f"Starting the stores; their data is in {plan.settings.data_dir}")
        await kept.start(*store_specs(plan.embedded, plan.settings.data_dir))
        wanted = plan.settings.port
        port = next_free(plan.settings.host, wanted)
        if port != wanted:
            say(f"Port {wanted} is taken; taking {port}")
        settings = plan_demo({**environ, "PORT": str(port)}).settings
        say("Starting the server, its worker and the demo's people")
        await together(
            kept.start(node_spec(settings, port), worker_spec(settings)),
            kept.run(command_spec(settings, "seed", "server.seed")),
        )
        say(_welcome(settings.public_url))
        await together(kept.watch(), install_ai_parts(environ, settings, kept, say))


def _welcome(address: str) -> str:
    people = "\n".join(f"    {name}@demo.test" for name in PEOPLE)
    return f"""
  Deskwire serves {address}

  Log in as
{people}
  with the password {PASSWORD}

  Ctrl-C stops it; the data stays.
"""

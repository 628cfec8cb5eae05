"""The demo: everything on one machine, with people to log in as."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from server.processes.ai_parts import install_ai_parts
from server.processes.nodes import command_spec, node_spec, worker_spec
from server.processes.plan import plan_demo
from server.processes.ports import next_free
from server.processes.stores import Store, store_specs
from server.processes.supervisor import Say, Supervisor, supervised, together
from server.settings import CHECKOUT, Settings

PEOPLE = ("client", "agent", "agent2", "supervisor", "admin")
PASSWORD = "deskwire-demo"
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
        serving = kept.start(node_spec(settings, port), worker_spec(settings))
        await together(serving, *(() if seeded else (_seed(settings, kept),)))
        say(_welcome(settings.public_url))
        await together(kept.watch(), install_ai_parts(environ, settings, kept, say))


async def _seed(settings: Settings, kept: Supervisor) -> None:
    await kept.run(command_spec(settings, "seed", "server.seed"))
    (settings.data_dir / SEEDED_FILE).write_text(_story())


def _is_seeded(data_dir: Path) -> bool:
    """Were these very people and tickets put into the store that is there?"""
    place = data_dir / SEEDED_FILE
    stored = (data_dir / Store.MONGODB).exists()
    return stored and place.exists() and place.read_text() == _story()


def _story() -> str:
    """Tells one release's people and tickets from another's."""
    return sha256((CHECKOUT / "server" / "seed.py").read_bytes()).hexdigest()


def _welcome(address: str) -> str:
    people = "\n".join(f"    {name}@demo.test" for name in PEOPLE)
    return f"""
  Deskwire serves {address}

  Log in as
{people}
  with the password {PASSWORD}

  Ctrl-C stops it; the data stays.
"""

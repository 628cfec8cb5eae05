"""Production: nodes and a worker on the stores that the environment names."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from server.processes.llm import find_llm
from server.processes.mongodb import check_mongodb
from server.processes.nginx import write_nginx
from server.processes.nodes import command_spec, node_spec, worker_spec
from server.processes.plan import plan_here, plan_production
from server.processes.ports import require_free
from server.processes.runtime import is_running
from server.processes.stores import Store, store_specs, url_of
from server.processes.supervisor import Say, supervised
from server.settings import Settings


async def run_production(
    environ: Mapping[str, str], say: Say, *, workers: int, verbose: bool
) -> None:
    """Serve on consecutive ports until a signal cancels it.

    Raises SettingsError, AlreadyRunning, PortTaken, StoreRefused or ChildFailed.
    """
    plan = plan_production(environ)
    settings = plan.settings
    for note in plan.notes:
        say(note)
    ports = range(settings.port, settings.port + workers)
    async with supervised(settings.data_dir, "deskwire up", say, verbose=verbose) as kept:
        require_free(settings.host, ports)
        await kept.start(*store_specs(plan.embedded, settings.data_dir))
        await check_mongodb(settings.mongodb_url)
        llm = await find_llm(settings, look_around=False)
        say(llm.said)
        if llm.process:
            await kept.start(llm.process)
        nodes = (node_spec(llm.settings, port) for port in ports)
        await kept.start(*nodes, worker_spec(llm.settings))
        if workers > 1:
            say(f"nginx spreads the load with {write_nginx(settings, ports)}")
        for line in await kept.run(
            command_spec(settings, "setup-link", "server.cli", "setup-link")
        ):
            say(line)
        say(f"Deskwire serves {', '.join(f'http://{settings.host}:{port}' for port in ports)}")
        await kept.watch()


@asynccontextmanager
async def open_stores(environ: Mapping[str, str], say: Say) -> AsyncGenerator[Settings]:
    """Settings whose stores serve: the environment's, those already running here, or our own."""
    plan = plan_here(environ)
    settings = plan.settings
    if not plan.embedded or is_running(settings.data_dir):
        yield settings
        return
    async with supervised(settings.data_dir, "a deskwire command", say) as kept:
        await kept.start(*store_specs(plan.embedded, settings.data_dir))
        yield settings


async def run_stores(environ: Mapping[str, str], say: Say, *, verbose: bool) -> None:
    """Serve only the embedded stores and print their addresses, for nodes started elsewhere."""
    plan = plan_production({**environ, **{store.variable: "" for store in Store}})
    data_dir = plan.settings.data_dir
    async with supervised(data_dir, "deskwire stores", say, verbose=verbose) as kept:
        await kept.start(*store_specs(Store, data_dir))
        for store in Store:
            print(f"{store.variable}={url_of(store, data_dir)}", flush=True)
        await kept.watch()

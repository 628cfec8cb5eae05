"""The worker: what is done behind the commits, and what is cleared away now and then."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from server.assistant.helps import Helps
from server.assistant.passages import Passages, open_passages
from server.auth.tidy import tidy
from server.composition import Parts, compose
from server.jobs.run import run_worker
from server.repeating import for_ever
from server.settings import Settings
from server.start import start
from server.store.attachments import AttachmentFolder
from server.store.devices import Devices
from server.store.effects import Effects
from server.store.examples import Examples
from server.store.letters import Letters
from server.store.models import StoredPull
from server.store.notices import Notices

DEBTS_SECONDS = 3.0
TIDY_SECONDS = 600.0
UNUSED_MS = 24 * 3_600_000
"""So long is an upload kept that no message takes."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def work(settings: Settings) -> None:
    """Work until a signal."""
    async with (
        compose(settings) as parts,
        open_passages(settings, parts.store, parts.clock) as passages,
    ):
        working = asyncio.ensure_future(_work(parts, passages))
        loop = asyncio.get_running_loop()
        for each in STOP_SIGNALS:
            loop.add_signal_handler(each, working.cancel)
        print("ready", flush=True)
        with suppress(asyncio.CancelledError):
            await working


async def _work(parts: Parts, passages: Passages) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(run_worker(parts, passages))
        group.create_task(passages.run())
        group.create_task(for_ever("debts", parts.documents.sweep, DEBTS_SECONDS))
        group.create_task(for_ever("tidying", lambda: _tidy(parts), TIDY_SECONDS))


async def _tidy(parts: Parts) -> None:
    now = parts.clock.now()
    await tidy(parts.store, now)
    await Devices(parts.store).tidy(now)
    await Effects(parts.store, parts.clock).tidy()
    await Examples(parts.store, parts.clock).tidy(now)
    await Letters(parts.store).tidy(now)
    await Helps(parts.store).tidy(now)
    await parts.store[StoredPull].delete_many({"at": {"$lt": now - UNUSED_MS}})
    await Notices(parts.store).tidy(now)
    await AttachmentFolder(parts.settings.attachments_dir).erase_unused(now - UNUSED_MS)


if __name__ == "__main__":
    start(work)

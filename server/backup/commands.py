"""The commands of an operator: back up, restore, finish another's restore, list erasures."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from realtime.cluster import AnyRedis, open_redis
from server.backup.archive import checked_archive
from server.backup.erasing import Applied, check_list, erasure_lines, note_list
from server.backup.finishing import finish
from server.backup.identity import (
    load_identity,
    load_mark,
    renew_identity,
    set_mark,
    strike_mark,
)
from server.backup.life import refuse_listeners, refuse_lively
from server.backup.loading import clear_half, load, refuse_filled
from server.backup.taking import take_backup
from server.clock import SystemClock
from server.faults import fault
from server.processes.plan import plan_here
from server.processes.production import open_stores
from server.processes.refusal import Refused
from server.processes.runtime import is_running
from server.settings import Settings
from server.store.connect import Raw, connect, open_store

Say = Callable[[str], None]

RESTORE, RESTORED = "restore", "restored"
REDIS_SECONDS = 5.0


async def back_up(environ: Mapping[str, str], place: Path, say: Say, *, force: bool) -> None:
    """Write a backup of the store that the environment names, while it is used or not."""
    async with _said_stores(environ, say) as settings:
        store = await open_store(settings)
        try:
            manifest = await take_backup(store, settings, place, say, force=force)
        finally:
            await store.close()
    say(f"{place} is a whole backup of the store {manifest.store}")
    if manifest.missing_files:
        say(f"{manifest.missing_files} files were just coming or going, and are not in it")


async def list_erasures(environ: Mapping[str, str], write: Say, say: Say) -> None:
    """Print what was erased, by ids, as JSON lines."""
    async with _said_stores(environ, say) as settings:
        store = await open_store(settings)
        try:
            identity = await load_identity(store.database)
            assert identity is not None, "an open store has an id"
            async for line in erasure_lines(store, identity):
                write(line)
        finally:
            await store.close()


async def restore(
    environ: Mapping[str, str], place: Path, erasures: Path | None, say: Say
) -> list[str]:
    """Put a backup into an empty store; what could not be erased again.

    Raises Refused, before anything is changed, for whatever does not fit.
    """
    with checked_archive(place, lambda _name: None) as archive:
        manifest = archive.manifest
        say(f"{place} is whole, a backup of the store {manifest.store}")
        if erasures is not None:
            check_list(erasures, manifest.origin)
        async with _idle(environ, say) as (settings, database, redis):
            if manifest.mode != settings.mode:
                raise Refused(
                    f"This is a backup of a {manifest.mode}, which does not go into a"
                    f" {settings.mode}: everybody knows the demo's passwords."
                )
            folder = settings.attachments_dir
            await _begin_loading(database, folder)
            await load(archive, database, folder, say)
            fault("after_loading")
            await renew_identity(database, manifest.origin)
            return await _finish(settings, redis, manifest.origin, erasures, say)


async def restored(environ: Mapping[str, str], erasures: Path | None, say: Say) -> list[str]:
    """What a store needs that was put back by other means; what could not be erased again."""
    async with _idle(environ, say) as (settings, database, redis):
        mark = await load_mark(database)
        if mark and mark["by"] == RESTORE:
            raise Refused("A `deskwire restore` was cut off here: give it once more instead.")
        identity = await load_identity(database)
        if identity is None:
            raise Refused("There is no store here: restore one first.")
        if erasures is not None:
            check_list(erasures, identity.origin)
        await set_mark(database, by=RESTORED)
        await renew_identity(database, identity.origin)
        return await _finish(settings, redis, identity.origin, erasures, say)


async def _begin_loading(database: AsyncDatabase[Raw], folder: Path) -> None:
    """Mark the store; what an earlier try has put in is taken away."""
    mark = await load_mark(database)
    if mark is None:
        await refuse_filled(database, folder)
        await set_mark(database, by=RESTORE, folder=str(folder))
    elif mark["by"] != RESTORE:
        raise Refused("A `deskwire restored` was cut off here: give it once more instead.")
    elif mark["folder"] != str(folder):
        raise Refused(f"The restore that was cut off put files into {mark['folder']}; use it.")
    else:
        await clear_half(database, folder)


async def _finish(
    settings: Settings, redis: AnyRedis, origin: str, erasures: Path | None, say: Say
) -> list[str]:
    store = await open_store(settings, unfinished=True)
    try:
        if erasures is not None:
            await note_list(store, erasures, origin)
        applied: Applied = await finish(store, redis, settings, say)
        await strike_mark(store.database)
        say(f"The store is {store.epoch} from now on. Everybody has to log in again.")
    finally:
        await store.close()
    return applied.refused


@asynccontextmanager
async def _idle(
    environ: Mapping[str, str], say: Say
) -> AsyncGenerator[tuple[Settings, AsyncDatabase[Raw], AnyRedis]]:
    """The stores, without anybody who uses them; raises Refused where somebody does."""
    plan = plan_here(environ)
    if plan.embedded and is_running(plan.settings.data_dir):
        raise Refused(f"A Deskwire runs on the data in {plan.settings.data_dir}: stop it first.")
    async with _said_stores(environ, say) as settings:
        client, database = connect(settings, patient=True)
        redis = open_redis(
            settings.redis_url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
        )
        try:
            if await load_mark(database):  # No node opens such a store; leases are our own.
                await refuse_listeners(redis)
            else:
                await refuse_lively(database, redis, SystemClock().now())
            yield settings, database, redis
        finally:
            await redis.aclose()
            await client.close()


@asynccontextmanager
async def _said_stores(environ: Mapping[str, str], say: Say) -> AsyncGenerator[Settings]:
    """Open stores; what they fail with is said in a line."""
    try:
        async with open_stores(environ, say) as settings:
            yield settings
    except (PyMongoError, RedisError) as error:
        raise Refused(f"A store does not answer as it should: {error}") from error

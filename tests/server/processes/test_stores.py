"""The embedded Valkey: real, private, and it keeps what it was told."""

import stat
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server.processes.stores import Store, socket_of, store_specs, url_of
from server.processes.supervisor import supervised


async def test_valkey_serves_only_on_a_socket_that_only_its_owner_may_use(
    data_dir: Path, said: list[str]
):
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(*store_specs([Store.VALKEY], data_dir))
        socket = socket_of(Store.VALKEY, data_dir)

        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        async with Redis.from_url(url_of(Store.VALKEY, data_dir)) as client:
            settings = await client.config_get("port", "appendonly", "appendfsync")
            assert settings == {"port": "0", "appendonly": "yes", "appendfsync": "everysec"}


async def test_valkey_has_after_a_new_start_what_it_was_told_before(
    data_dir: Path, said: list[str]
):
    for stored in (None, b"kept"):
        async with supervised(data_dir, "test", said.append) as supervisor:
            await supervisor.start(*store_specs([Store.VALKEY], data_dir))
            async with Redis.from_url(url_of(Store.VALKEY, data_dir)) as client:
                assert await client.get("word") == stored
                await client.set("word", "kept")


async def test_the_folder_of_the_sockets_goes_with_the_last_process(
    data_dir: Path, said: list[str]
):
    async with supervised(data_dir, "test", said.append) as supervisor:
        await supervisor.start(*store_specs([Store.VALKEY], data_dir))
        folder = socket_of(Store.VALKEY, data_dir).parent

    assert not folder.exists()


@pytest.mark.parametrize("store", Store)
def test_the_data_of_a_store_is_for_its_owner_alone(store: Store, data_dir: Path):
    store_specs([store], data_dir)
    assert stat.S_IMODE((data_dir / store).stat().st_mode) == 0o700

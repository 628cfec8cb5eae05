"""`deskwire up` on stores it brings itself, and `deskwire stores`."""

import random
import subprocess
import sys
from pathlib import Path

import httpx
from pymongo import MongoClient
from redis import Redis

from server.processes.ports import is_free
from tests.server.processes.commanding import deskwire, environ_of, log_in

HOST = "127.0.0.1"
OURS = range(20_000, 32_000)
"""Ports that no system gives to whoever asks for any, between our look and the server's start."""


def two_free_ports() -> int:
    """The first of two consecutive ports that nobody listens on."""
    return next(
        port
        for port in random.sample(OURS, len(OURS))
        if is_free(HOST, port) and is_free(HOST, port + 1)
    )


def test_up_serves_on_consecutive_ports_writes_the_nginx_and_offers_the_first_admin(
    data_dir: Path,
):
    port = two_free_ports()
    with deskwire("up", "--workers", "2", data_dir=data_dir, port=port) as up:
        up.wait_for("Deskwire serves")

        for each in (port, port + 1):
            assert httpx.get(f"http://{HOST}:{each}/readyz", timeout=10).status_code == 200
            assert f"server {HOST}:{each} " in (data_dir / "nginx.conf").read_text()
        assert up.wait_for(rf"(http://{HOST}:{port}/setup#\S+)")
        for name in ("MONGODB_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL"):
            assert up.wait_for(f"{name} is not set")
        assert set(up.states()) == {
            *("mongodb", "valkey", "worker", f"node-{port}", f"node-{port + 1}")
        }

        add = [*("user", "add", "ada@desk.example", "--role", "admin"), "--password-stdin"]
        added = subprocess.run(
            [sys.executable, "-m", "server.cli", *add],
            env=environ_of(data_dir),
            input="a long enough password\n",
            capture_output=True,
            text=True,
        )
        assert "ada@desk.example can log in, as admin" in added.stdout, added.stderr
        answer = log_in(f"http://{HOST}:{port}", "ada@desk.example", "a long enough password")
        assert answer.status_code == 200


def test_stores_prints_addresses_that_others_can_use(data_dir: Path, unused_tcp_port: int):
    with deskwire("stores", data_dir=data_dir, port=unused_tcp_port) as stores:
        mongodb_url = stores.wait_for("^MONGODB_URL=(.*)$")[1]
        redis_url = stores.wait_for("^REDIS_URL=(.*)$")[1]

        with MongoClient[dict[str, object]](mongodb_url) as mongodb:
            assert mongodb.admin.command("hello")["deskwireEmbedded"]
        with Redis.from_url(redis_url) as redis:
            assert redis.ping()

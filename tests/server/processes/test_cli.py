"""The `deskwire` command as a person gives it: what is wrong is said in a line."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from server.processes.plan import plan_demo
from server.processes.runtime import data_lock
from tests.server.mail.mailserver import MailServer
from tests.server.processes.test_mongodb import mongodb_that_says

OUTSIDE = {
    "MONGODB_URL": "mongodb://127.0.0.1:9",
    "REDIS_URL": "redis://127.0.0.1:9",
    "SECRET_KEY": "a-secret-of-more-than-32-characters",
}


async def deskwire(*arguments: str, **environ: str) -> tuple[int, str]:
    """Run the command to its end; its exit code and all it said."""
    ours = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", *arguments),
        env={**ours, **environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize("command", ["demo", "up", "stores", "node", "worker"])
async def test_a_wrong_variable_is_named_in_one_line(command: str, data_dir: Path):
    code, said = await deskwire(command, **OUTSIDE, DATA=str(data_dir), PORT="eight")

    assert code == 1
    assert "deskwire: PORT must be a port from 1 to 65535; it is 'eight'" in said.splitlines()
    assert "Traceback" not in said


async def test_a_demo_on_data_that_is_in_use_says_who_uses_it(data_dir: Path):
    plan_demo({"DATA": str(data_dir)})
    with data_lock(data_dir, "deskwire demo"):
        code, said = await deskwire("demo", "--data", str(data_dir))

    assert code == 1
    assert f"deskwire: deskwire demo (process {os.getpid()}) already uses the data" in said
    assert "DATA=./other" in said


async def test_up_refuses_a_mongodb_that_is_no_replica_set_before_anything_starts(
    data_dir: Path, unused_tcp_port: int
):
    port = str(unused_tcp_port)
    async with mongodb_that_says() as url:
        outside = {**OUTSIDE, "MONGODB_URL": url}
        code, said = await deskwire("up", **outside, DATA=str(data_dir), PORT=port)

    assert code == 1
    assert "is no replica set" in said
    assert list((data_dir / "logs").iterdir()) == []


async def test_up_without_a_secret_says_how_to_make_one(data_dir: Path):
    code, said = await deskwire("up", **{**OUTSIDE, "SECRET_KEY": ""}, DATA=str(data_dir))

    assert code == 1
    assert "SECRET_KEY must be" in said
    assert "openssl rand -hex 32" in said


async def test_up_takes_no_fewer_than_one_worker():
    code, said = await deskwire("up", "--workers", "0")
    assert (code, "must be at least 1" in said) == (2, True)


async def test_help_names_every_command():
    code, said = await deskwire("--help")

    assert code == 0
    named = ("demo", "up", "stores", "worker", "node", "seed", "user", "doctor")
    for command in (*named, "backup", "restore", "restored", "erasures"):
        assert f"    {command} " in said


async def test_doctor_tries_the_stores_and_knows_a_misspelt_variable(data_dir: Path):
    outside = dict.fromkeys(OUTSIDE, "")
    misspelt = {"DESKWIRE_SINGUP_ENABLED": "no"}

    _, said = await deskwire("doctor", **outside, **misspelt, DATA=str(data_dir))

    lines = said.splitlines()
    assert "ok  mongodb      answers, and keeps what it acknowledges" in lines
    assert any(line.startswith("ok  redis        answers as version") for line in lines)
    assert "--  settings     DESKWIRE_SINGUP_ENABLED means nothing" in lines
    assert any("did you mean DESKWIRE_SIGNUP_ENABLED?" in line for line in lines)


async def test_doctor_says_what_is_wrong_with_outside_stores(data_dir: Path):
    async with mongodb_that_says() as url:
        code, said = await deskwire("doctor", **{**OUTSIDE, "MONGODB_URL": url}, DATA=str(data_dir))

    assert code == 1
    assert "!!  mongodb      The MongoDB of MONGODB_URL is no replica set" in said
    assert "!!  redis        does not answer" in said


async def test_doctor_says_how_to_have_letters_sent(data_dir: Path):
    outside = dict.fromkeys(OUTSIDE, "")

    _, said = await deskwire("doctor", **outside, DATA=str(data_dir), SMTP_URL="")

    assert "--  mail         SMTP_URL is not set: nobody is written to" in said
    assert "SMTP_URL=smtp://user:password@mail.example.com:587" in said


async def test_doctor_greets_the_mail_server(data_dir: Path):
    outside = dict.fromkeys(OUTSIDE, "")
    server = MailServer()
    await server.start()
    mail = {"SMTP_URL": server.url, "MAIL_FROM": "desk@house.test"}

    _, there = await deskwire("doctor", **outside, **mail, DATA=str(data_dir))
    await server.stop()
    _, away = await deskwire("doctor", **outside, **mail, DATA=str(data_dir))

    assert "ok  mail         letters go out from desk@house.test" in there
    assert "!!  mail         the mail server cannot be reached" in away

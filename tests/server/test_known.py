"""A visitor becomes known as the product runs: by mail, on open sockets, until they are blocked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import pytest

from server.settings import Settings
from tests.server.mail.mailserver import MailServer, text_of
from tests.server.test_product import DEADLINE_SECONDS, Listener, program, until_ready
from tests.server.test_product import processes as processes
from tests.server.test_product import settings as product_settings
from tests.server.test_product import sockets as sockets

__all__ = ["processes", "product_settings", "sockets"]

EMAIL = "cleo@site.test"


@pytest.fixture
async def mail() -> AsyncGenerator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def settings(product_settings: Settings, mail: MailServer) -> Settings:
    sender = {"smtp_url": mail.url, "mail_from": "desk@house.test"}
    return product_settings.model_copy(update=sender)


class Rest:
    """The REST door, in the name of whoever was granted something."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def ask(
        self, method: str, path: str, who: dict[str, Any] | None = None, /, **body: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {who['access_token']}"} if who else {}
        response = await self._http.request(method, f"/api{path}", headers=headers, json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None


async def until_closed(listener: Listener) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        await listener.socket.wait()


async def code_from(mail: MailServer) -> str:
    """Wait for the letter with the code; the demo writes to others meanwhile."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            mail.arrived.clear()
            for letter in mail.mails:
                if EMAIL in str(letter["To"]):
                    found = re.search(r"\b\d{8}\b", text_of(letter))
                    assert found, text_of(letter)
                    return found.group()
            await mail.arrived.wait()


async def test_a_visitor_proves_an_address_and_goes_on(
    settings: Settings,
    processes: dict[str, Any],
    sockets: aiohttp.ClientSession,
    mail: MailServer,
    tmp_path: Path,
):
    await until_ready(processes)
    await asyncio.to_thread(program(settings, "seed", tmp_path).run)
    url = settings.public_url
    async with httpx.AsyncClient(base_url=url, timeout=DEADLINE_SECONDS) as http:
        ask = Rest(http).ask
        agent = await ask("POST", "/auth/login", email="agent@demo.test", password="deskwire-demo")

        # Given a visitor in their rooms
        guest = await ask("POST", "/auth/guest")
        ticket = await ask("POST", "/tickets", guest, title="Help", body="It hums.")
        own, public = f"user:{guest['user']['id']}", f"ticket:{ticket['id']}"
        visiting, bystander = Listener(sockets), Listener(sockets)
        await visiting.enter(url, guest["access_token"], own, public)
        other = await ask("POST", "/auth/guest")
        await bystander.enter(url, other["access_token"], f"user:{other['user']['id']}")

        # When they prove an address by the code that is mailed there
        claim = {"token": guest["access_token"], "email": EMAIL}
        await ask("POST", "/auth/identify/code", None, **claim)
        code = await code_from(mail)
        known = await ask("POST", "/auth/identify", None, code=code, **claim)

        # Then the old socket closes, and a new one goes on in the same rooms
        await until_closed(visiting)
        assert bystander.socket.connected
        going_on = Listener(sockets)
        await going_on.enter(url, known["access_token"], own, public)
        listed = await ask("GET", "/tickets", known)
        assert [each["id"] for each in listed["items"]] == [ticket["id"]]
        await ask("POST", f"/tickets/{ticket['id']}/messages", agent, body="Which one?")
        assert (await going_on.hear(public, "message.posted"))["body"] == "Which one?"
        command = {
            **{"type": "ticket.reply", "command_id": str(uuid4())},
            **{"ticket_id": ticket["id"], "body": "The left one."},
        }
        socket: Any = going_on.socket
        assert (await socket.call("command", command))["ok"]

        # And it is renewed, until the contact is blocked
        fresh = await ask("POST", "/auth/refresh", refresh_token=known["refresh_token"])
        renewed = await socket.call("renew", {"token": fresh["access_token"]})
        assert renewed["ok"], renewed
        await ask("POST", f"/contacts/{known['user']['contact_id']}/block", agent)
        await until_closed(going_on)
        refused = await http.get(
            "/api/auth/me", headers={"Authorization": f"Bearer {fresh['access_token']}"}
        )
        assert refused.status_code == 401
        assert bystander.socket.connected
        await bystander.socket.disconnect()

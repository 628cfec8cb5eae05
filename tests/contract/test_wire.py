"""What the product really says over the socket is what the committed AsyncAPI says."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import pytest
import socketio
from jsonschema import Draft202012Validator

from server.settings import Settings
from tests.processes import Program
from tests.server.test_product import DEADLINE_SECONDS, program, until_ready
from tests.waiting import ANSWER_SECONDS

CONTRACTS = Path(__file__).parents[2] / "clients" / "contracts"
ASYNCAPI = json.loads((CONTRACTS / "asyncapi.json").read_text("utf-8"))
SCHEMAS = ASYNCAPI["components"]["schemas"]
UNIONS = ("TicketEvent", "AgentEvent", "FeedEvent")


def faults(pointer: str, value: Any) -> list[str]:
    """What is wrong with a value, by the schema at a pointer into the document."""
    validator = Draft202012Validator({**ASYNCAPI, "$ref": f"#/components/{pointer}"})
    return [
        f"{pointer} {error.json_path}: {error.message}" for error in validator.iter_errors(value)
    ]


def event_faults(event: dict[str, Any]) -> list[str]:
    """What is wrong with an event, fields that nobody described included."""
    kinds = [
        (union, reference["$ref"].rpartition("/")[2])
        for union in UNIONS
        for reference in SCHEMAS[union]["oneOf"]
    ]
    for union, name in kinds:
        described = SCHEMAS[name]["properties"]
        if described["type"]["const"] == event["type"]:
            unknown = set(event) - set(described)
            return faults(f"schemas/{union}", event) + [f"{name}.{field}" for field in unknown]
    return [f"nobody described {event['type']}"]


class Witness:
    """A socket client; `heard` is everything in both directions, as (message, payload)."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._socket = socketio.AsyncClient(http_session=http, reconnection=False)
        self._socket.on("*", self._hear)
        self._more = asyncio.Event()

    async def connect(self, url: str, token: str) -> Witness:
        auth = {"token": token, "protocol": 1}
        assert faults("schemas/Hello", auth) == []
        await self._socket.connect(url, auth=auth, transports=["websocket"])
        return self

    async def ask(self, event: str, **payload: Any) -> dict[str, Any]:
        answer = await self._socket.call(event, payload, timeout=DEADLINE_SECONDS)
        self.heard += [(event, payload), (f"{event}.ack", answer)]
        return answer

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        return await self.ask("command", type=kind, command_id=str(uuid4()), **fields)

    async def join(self, *rooms: str) -> list[dict[str, Any]]:
        return (await self.ask("join", rooms=[{"room": room} for room in rooms]))["rooms"]

    async def until(self, message: str, text: str) -> None:
        """Wait for a message that has a text somewhere."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not any(m == message and text in json.dumps(p) for m, p in self.heard):
                self._more.clear()
                await self._more.wait()

    async def leave(self) -> None:
        await self._socket.disconnect()

    async def _hear(self, event: str, payload: Any) -> None:
        self.heard.append((f"{event}.down", payload))
        self._more.set()


async def log_in(settings: Settings) -> dict[str, dict[str, Any]]:
    """What a client, an agent and a supervisor are granted."""
    async with httpx.AsyncClient(base_url=settings.public_url, timeout=ANSWER_SECONDS) as http:
        granted = {}
        for who in ("client", "agent", "supervisor"):
            grant = {"email": f"{who}@demo.test", "password": "deskwire-demo"}
            response = await http.post("/api/auth/login", json=grant)
            assert response.is_success, response.text
            granted[who] = response.json()
    return granted


async def find_article(client: Witness, token: str, settings: Settings) -> None:
    """Publish an article, and search it while typing until it is known, once in a wrong way."""
    article = {"title": "What hums at night", "body": "The fridge.", "stage": "published"}
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=settings.public_url, timeout=ANSWER_SECONDS) as http:
        made = await http.post("/api/articles", json=article, headers=headers)
        assert made.is_success, made.text
    for _ in range(round(DEADLINE_SECONDS / 0.2)):
        if (await client.ask("search", q="what hu"))["items"]:
            break
        await asyncio.sleep(0.2)
    else:
        pytest.fail("the article is not found")
    refused = await client.ask("search", q="what hu", limit=0)
    assert refused["error"]["code"] == "invalid"


async def converse(client: Witness, agent: Witness, agent_id: str, chief: Witness) -> None:
    """Say everything that can be said about one ticket, some of it wrongly."""
    await agent.join(f"agent:{agent_id}", f"user:{agent_id}")
    await chief.join("wallboard")
    opened = await client.command("ticket.open", title="It hums", body="Loudly.")
    ticket = {"ticket_id": opened["result"]["ticket_id"]}
    room = f"ticket:{ticket['ticket_id']}"
    await client.join(room, f"{room}:staff", f"ticket:{uuid4()}")
    await agent.join(f"{room}:staff")
    await chief.join(f"{room}:staff")

    await agent.ask("signal", room=f"{room}:staff", type="typing")
    await client.until("signal.down", "typing")
    said = await agent.command("ticket.reply", **ticket, body="Which one?", seen_seq=1)
    message = {"message_id": said["result"]["message_id"]}
    await client.until("event.down", "Which one?")
    await client.ask("mark", **ticket, delivered=2, read=2)
    await agent.until("signal.down", "marker")
    await agent.command("ticket.reply", **ticket, body="Odd.", visibility="private")
    await agent.command("ticket.edit_message", **ticket, **message, body="Which of them?")
    await agent.command("ticket.assign", **ticket, agent_id=agent_id)
    await agent.until("event.down", "agent.confirmed")
    await agent.command("ticket.set_priority", **ticket, priority="urgent")
    update = {"tags": ["hum"], "fields": {"pitch": 440}, "title": "A hum", "due_at": 9}
    await agent.command("ticket.update", **ticket, **update)
    await agent.command("ticket.set_status", **ticket, status="resolved", reason="Silence.")
    await client.command("ticket.reply", **ticket, body="It is back.", seen_seq=0)
    await client.command("ticket.reply", **ticket, body="It is back.")
    await agent.until("event.down", "feed.notice")
    await agent.command("ticket.redact_message", **ticket, **message)
    await agent.command("ticket.set_status", **ticket, status="closed")
    await client.command("ticket.reply", **ticket, body="Still back.")
    await agent.until("event.down", "ticket.followed_up")
    await client.join(room)
    await agent.ask("join", rooms=[{"room": f"{room}:staff", "epoch": "e", "after": 0}])
    await agent.command("ticket.fly", **ticket)
    await agent.ask("join", rooms=[])
    await chief.command("ticket.delete", **ticket)
    await client.until("left.down", room)


async def test_everything_that_is_said_is_as_described(
    settings: Settings, processes: dict[str, Program], tmp_path: Path
):
    await until_ready(processes)
    await asyncio.to_thread(program(settings, "seed", tmp_path).run)
    granted = await log_in(settings)

    async with aiohttp.ClientSession() as http:
        witnesses = [
            await Witness(http).connect(settings.public_url, grant["access_token"])
            for grant in granted.values()
        ]
        client, agent, chief = witnesses
        await client.join(f"user:{granted['client']['user']['contact_id']}")
        await converse(client, agent, granted["agent"]["user"]["id"], chief)
        await client.until("event.down", "feed.row")
        await client.ask("time")
        await find_article(client, granted["supervisor"]["access_token"], settings)
        await client.ask("renew", token=granted["client"]["access_token"])
        await agent.ask("leave", rooms=[f"agent:{granted['agent']['user']['id']}"])
        await chief.until("event.down", "feed.counter")
        for witness in witnesses:
            await witness.leave()

    heard = [each for witness in witnesses for each in witness.heard]
    wrong_on_purpose = ("ticket.fly", '"rooms": []', '"limit": 0')
    found = [
        fault
        for message, payload in heard
        if not any(word in json.dumps(payload) for word in wrong_on_purpose)
        for fault in faults(f"messages/{message}/payload", payload)
    ]
    envelopes = [payload for message, payload in heard if message == "event.down"]
    found += [
        fault for each in envelopes for event in each["events"] for fault in event_faults(event)
    ]
    assert found == []
    assert {message for message, _ in heard} == set(ASYNCAPI["components"]["messages"]) - {
        "access.down",
        "closing.down",
    }


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("messages/time.ack/payload", {"ok": True, "now": "noon"}),
        ("messages/time.ack/payload", {"ok": True, "now": 1, "zone": "CET"}),
        ("messages/left.down/payload", {"room": "wallboard"}),
        ("messages/command.ack/payload", {"ok": False, "seq": 1, "result": {}}),
    ],
)
def test_what_is_not_described_would_be_found(pointer: str, value: Any):
    assert faults(pointer, value)


def test_a_field_of_an_event_that_nobody_described_would_be_found():
    assert event_faults({"type": "ticket.deleted", "v": 1}) == []
    assert event_faults({"type": "ticket.deleted", "v": 1, "by": "x"}) == ["TicketDeleted.by"]
    assert event_faults({"type": "ticket.cloned", "v": 1})

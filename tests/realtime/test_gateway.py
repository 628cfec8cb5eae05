"""The door: who is let in, what is refused, and in which order questions are answered."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import socketio

from domain.audience import staff_room, ticket_room
from domain.message import Command
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, TRANSPORTS, Client, Node, disconnect, until

TOKEN = {"token": "forged", "protocol": 1}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("auth", "code"),
    [
        (None, "unauthenticated"),
        ("token", "unauthenticated"),
        ({"protocol": 1}, "unauthenticated"),
        ({"protocol": 1, "token": ""}, "unauthenticated"),
        ({"protocol": 1, "token": "forged"}, "unauthenticated"),
        ({"protocol": 1, "token": ["list"]}, "invalid"),
        ({"token": "forged"}, "upgrade_required"),
        ({"protocol": 0, "token": "forged"}, "upgrade_required"),
        ({"protocol": "1", "token": "forged"}, "upgrade_required"),
        ({"protocol": True, "token": "forged"}, "upgrade_required"),
    ],
)
async def test_who_is_not_let_in_is_told_why(node: Node, transport: str, auth: Any, code: str):
    client = Client(node, None)
    client.auth = auth

    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(transport)

    assert client.refused["data"]["code"] == code
    assert client.refused["message"] == client.refused["data"]["message"]
    assert node.counters.connections == 0
    await disconnect([client])


async def test_a_session_store_that_is_away_is_retryable(store: MemoryStore, node: Node):
    async def away() -> None:
        raise ConnectionError("the store is away")

    store.before["authenticate"] = away
    client = Client(node, "any")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect()

    assert client.refused["data"]["code"] == "retryable"
    assert client.refused["data"]["retryable"] is True
    await disconnect([client])


@pytest.mark.parametrize("event", ["nonsense", "disconnect", "connect", "message", "on_message"])
async def test_an_unknown_event_is_an_error_never_an_empty_success(
    store: MemoryStore, node: Node, enter: Enter, event: str
):
    client = await enter(node, store.desk.carl)

    answer = await client.ask(event, {"a": 1})

    assert answer["ok"] is False
    assert answer["error"]["code"] == "invalid"
    assert event in answer["error"]["message"]
    await client.settled()


BAD = [
    ("command", None),
    ("command", "text"),
    ("command", []),
    ("command", {}),
    ("command", {"type": "nonsense.do"}),
    ("command", {"type": "ticket.reply", "command_id": "not-a-uuid"}),
    ("command", {"type": "ticket.reply", "command_id": "timer:x", "ticket_id": "x", "body": "b"}),
    ("command", {"type": "ticket.close_quiet", "command_id": str(uuid4()), "generation": 1}),
    ("join", {}),
    ("join", {"rooms": []}),
    ("join", {"rooms": "wallboard"}),
    ("join", {"rooms": [{"room": 5}]}),
    ("join", {"rooms": [{"room": "wallboard", "after": -1}]}),
    ("join", {"rooms": [{"room": "wallboard", "after": "1"}]}),
    ("join", {"rooms": [{"room": "wallboard", "extra": 1}]}),
    ("join", {"rooms": [{"room": "wallboard"}] * 51}),
    ("leave", {"rooms": [7]}),
    ("renew", {}),
    ("renew", {"token": 5}),
    ("time", {"extra": 1}),
    ("time", None),
    ("signal", {"room": "wallboard", "type": "shouting"}),
    ("signal", {"room": "wallboard", "type": "typing", "active": "yes"}),
    ("mark", {"ticket_id": "x", "read": 1.5}),
    ("mark", {"ticket_id": "x", "read": 10**30}),
]


@pytest.mark.parametrize(("event", "payload"), BAD)
async def test_a_wrong_payload_is_invalid_and_costs_nothing(
    store: MemoryStore, node: Node, enter: Enter, event: str, payload: Any
):
    client = await enter(node, store.desk.carl)

    answer = await client.ask(event, payload)

    assert answer["ok"] is False
    assert answer["error"]["code"] == "invalid"
    assert answer["error"]["message"]
    await client.settled()


async def test_binary_and_several_payloads_are_refused(
    store: MemoryStore, node: Node, enter: Enter
):
    client = await enter(node, store.desk.carl)
    reply = {"type": "ticket.reply", "command_id": str(uuid4()), "ticket_id": str(uuid4())}

    binary = await client.ask("command", {**reply, "body": b"bytes"})
    two = await client.sio.call("time", ({}, {}))

    assert binary["error"]["fields"].keys() == {"body"}
    assert two["error"]["code"] == "invalid"


async def test_what_nobody_foresaw_is_retryable_and_logged_under_the_told_id(
    store: MemoryStore, node: Node, enter: Enter, caplog: pytest.LogCaptureFixture
):
    async def fail(_: Command) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    client = await enter(node, store.desk.carl)
    node.dispatch.before = fail
    answer = await client.command("ticket.open", title="A", body="B")

    assert answer["error"]["code"] == "retryable"
    assert "foresaw" not in str(answer)
    assert answer["error"]["fields"]["trace"] in caplog.text


async def test_errors_of_the_domain_are_answered_in_their_shape(
    store: MemoryStore, node: Node, enter: Enter
):
    others = store.desk.open(store.desk.dora)
    client = await enter(node, store.desk.carl)

    answer = await client.command("ticket.reply", ticket_id=others.id, body="Mine?")

    assert answer["error"].keys() == {"code", "message", "fields", "retryable"}
    assert answer["error"]["code"] == "not_found"


async def test_one_tickets_commands_wait_for_each_other_and_anothers_do_not(
    store: MemoryStore, node: Node, enter: Enter
):
    slow, quick = store.desk.open(), store.desk.open()
    client = await enter(node, store.desk.carl)
    await client.join(ticket_room(slow.id))
    gate, began = asyncio.Event(), []

    async def stall(command: Any) -> None:
        began.append(command.body)
        if command.body == "first":
            await gate.wait()

    node.dispatch.before = stall
    first = asyncio.create_task(client.command("ticket.reply", ticket_id=slow.id, body="first"))
    await until(lambda: began)
    second = asyncio.create_task(client.command("ticket.reply", ticket_id=slow.id, body="second"))
    await asyncio.sleep(0)
    third = await client.command("ticket.reply", ticket_id=quick.id, body="third")

    assert third["ok"]
    assert began == ["first", "third"]
    gate.set()
    assert (await first)["seq"] == 2
    assert (await second)["seq"] == 3
    said = [envelope["events"][0]["body"] for envelope in client.events(ticket_room(slow.id))]
    assert said == ["first", "second"]


async def test_a_flood_of_commands_is_limited_and_told_when_to_go_on(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, command_rate=1.0, command_burst=3.0))
    flooder, other = await enter(node, store.desk.carl), await enter(node, store.desk.dora)

    answers = [await flooder.command("ticket.open", title="A", body="B") for _ in range(5)]
    calm = await other.command("ticket.open", title="A", body="B")

    assert [answer["ok"] for answer in answers] == [True, True, True, False, False]
    assert answers[3]["error"]["code"] == "rate_limited"
    assert 0 < answers[3]["error"]["fields"]["retry_after"] <= 1
    assert calm["ok"]
    assert len(store.desk.tickets) == 4


async def test_a_frame_of_20_mb_ends_its_own_connection_only(
    store: MemoryStore, node: Node, enter: Enter
):
    flooder, other = await enter(node, store.desk.carl), await enter(node, store.desk.dora)

    await flooder.sio.emit("command", {"type": "ticket.open", "body": "x" * 20_000_000})

    await flooder.gone.wait()
    await other.settled()
    assert store.desk.tickets == {}
    await until(lambda: len(node.realtime.connections) == 1)


async def test_a_poll_of_20_mb_is_refused(node: Node):
    async with aiohttp.ClientSession() as http:
        url = f"{node.url}/socket.io/?EIO=4&transport=polling"
        async with http.get(url) as opened:
            sid = (await opened.text()).split('"sid":"')[1].split('"')[0]
        body = io.BytesIO(b"4" + b"x" * 20_000_000)
        async with http.post(f"{url}&sid={sid}", data=body) as refused:
            assert refused.status == 400


async def test_the_longest_body_that_is_allowed_arrives_and_one_more_character_does_not(
    store: MemoryStore, node: Node, enter: Enter
):
    client = await enter(node, store.desk.carl)

    longest = await client.command("ticket.open", title="A", body="ü" * 50_000)
    too_long = await client.command("ticket.open", title="A", body="x" * 100_000)
    empty = await client.command("ticket.open", title="A", body="")

    assert longest["ok"]
    assert too_long["error"]["fields"].keys() == {"body"}
    assert empty["error"]["fields"].keys() == {"body"}


@pytest.mark.parametrize(
    ("origins", "status"),
    [
        (("https://desk.test",), 200),
        (("https://x.test",), 400),
        (None, 400),
        ("https://desk.test".__eq__, 200),
        ("https://x.test".__eq__, 400),
    ],
)
async def test_foreign_origins_are_not_admitted(start_node: StartNode, origins: Any, status: int):
    node = await start_node(replace(CALM, origins=origins))
    url = f"{node.url}/socket.io/?EIO=4&transport=polling"

    async with aiohttp.ClientSession() as http:
        async with http.get(url, headers={"Origin": "https://desk.test"}) as answer:
            assert answer.status == status
        async with http.get(url, headers={"Origin": node.url}) as answer:
            assert answer.status == (200 if origins is None else 400)


async def test_whatever_is_asked_too_often_is_refused_for_a_moment(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(replace(CALM, command_rate=0.01, command_burst=3.0))
    client = await enter(node, store.desk.carl)
    asked = [("time", {}), ("join", {"rooms": []}), ("nonsense", {}), ("time", {}), ("leave", {})]

    answers = [await client.ask(event, payload) for event, payload in asked]

    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes == [None, "invalid", "invalid", "rate_limited", "rate_limited"]
    assert 0 < answers[3]["error"]["fields"]["retry_after"] <= 100


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_person_holds_only_so_many_sockets(
    store: MemoryStore, start_node: StartNode, enter: Enter, transport: str
):
    node = await start_node(replace(CALM, sockets_per_user=2))
    first = await enter(node, store.desk.carl, transport)
    await enter(node, store.desk.carl, transport)
    await enter(node, store.desk.ada, transport)
    third = Client(node, store.log_in(store.desk.carl))
    with pytest.raises(socketio.exceptions.ConnectionError):
        await third.connect(transport)
    assert third.refused["data"]["code"] == "rate_limited"
    assert third.refused["data"]["fields"]["retry_after"] > 0
    await first.sio.disconnect()
    await until(lambda: len(node.realtime.connections) == 2)

    await enter(node, store.desk.carl, transport)
    assert len(node.realtime.connections) == 3


async def test_the_servers_clock_can_be_asked(store: MemoryStore, node: Node, enter: Enter):
    client = await enter(node, store.desk.carl)

    before = CALM.now()
    answer = await client.ask("time", {})

    assert before <= answer["now"] <= CALM.now()


async def test_a_client_that_vanishes_while_it_is_let_in_leaves_no_ghost(
    store: MemoryStore, node: Node
):
    gate = asyncio.Event()
    store.before["authenticate"] = gate.wait  # type: ignore[assignment]
    async with aiohttp.ClientSession() as http:
        url = f"{node.url}/socket.io/?EIO=4&transport=polling"
        async with http.get(url) as opened:
            sid = (await opened.text()).split('"sid":"')[1].split('"')[0]
        token = store.log_in(store.desk.carl)
        connect = f'40{{"token":"{token}","protocol":1}}'
        entering = asyncio.create_task(_post(http, f"{url}&sid={sid}", connect))
        await until(lambda: store.reads["authenticate"])
        await _post(http, f"{url}&sid={sid}", "1")  # Engine.IO's close.
        gate.set()
        await entering

    assert len(node.realtime.connections) == 0
    assert node.counters.connections == 0


async def _post(http: aiohttp.ClientSession, url: str, body: str) -> None:
    async with http.post(url, data=body) as answer:
        await answer.read()


async def test_a_member_that_goes_away_leaves_its_rooms(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = store.desk.open()
    agent = await enter(node, store.desk.ada)
    await agent.join(staff_room(ticket.id))
    room = node.realtime.rooms.get(staff_room(ticket.id))
    assert room is not None
    assert len(room.members) == 1

    await agent.sio.disconnect()

    await until(lambda: not room.members)
    assert room.empty_since is not None


async def test_stopping_a_node_asks_everybody_to_come_back(
    store: MemoryStore, node: Node, enter: Enter
):
    clients = [await enter(node, store.desk.carl) for _ in range(3)]

    node.realtime.connections.close_all("restart", 5.0)

    await until(lambda: all(client.gone.is_set() for client in clients))
    farewells = [client.of("closing")[0] for client in clients]
    assert [farewell["reason"] for farewell in farewells] == ["restart"] * 3
    assert len({farewell["retry_after"] for farewell in farewells}) == 3

"""Backups of the whole product while it is used, and what comes of them in other stores."""

from __future__ import annotations

import asyncio
import zipfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.attacks.witness import Witness
from tests.house import NODE, House
from tests.processes import Program, held_port, is_ready, module
from tests.server.backup.places import SECRET, Place, deskwire, empty_place
from tests.waiting import ANSWER_SECONDS

REPLIES, AT_ONCE = 500, 8
HEAL_SECONDS = 15.0
COUNTED = ("open", "in_progress", "pending")


@pytest.fixture(scope="module")
def product() -> Generator[House]:
    with House(SECRET_KEY=SECRET) as product:
        yield product


@pytest.fixture
def empty() -> Generator[Place]:
    with empty_place() as place:
        yield place


class People:
    """Lets people in at some nodes; all of them leave with the test."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def known(self, url: str, name: str) -> Witness:
        who = Witness([url])
        self._stack.push_async_callback(who.leave)
        return await who.log_in(f"{name}@demo.test")


@pytest.fixture
async def people() -> AsyncGenerator[People]:
    async with AsyncExitStack() as stack:
        yield People(stack)


@contextmanager
def node_on(place: Place) -> Generator[Program]:
    """A node on a place."""
    with held_port() as port:
        url = f"http://127.0.0.1:{port}"
        node = Program(
            "node",
            module(*NODE, "--port", str(port)),
            place.folder / "node.log",
            url=url,
            answers=partial(is_ready, url),
            environ=place.environ,
        )
        try:
            node.start()
            yield node
        finally:
            node.kill()


@contextmanager
def served(place: Place) -> Generator[Program]:
    """A node and a worker on a place."""
    log = place.folder / "worker.log"
    worker = Program("worker", module("server.worker"), log, environ=place.environ)
    with node_on(place) as node:
        try:
            worker.start()
            yield node
        finally:
            worker.kill()


def back_up(product: House, place: Path) -> None:
    done = deskwire(product.environ, "backup", str(place))
    assert done.returncode == 0, done.stderr


def restore(empty: Place, archive: Path, *more: str) -> None:
    done = empty.run("restore", str(archive), *more)
    assert done.returncode == 0, done.stderr


async def test_a_backup_amid_five_hundred_replies_has_every_acknowledged_one_once(
    product: House, people: People, empty: Place, tmp_path: Path
):
    agent = await people.known(product.nodes[0].url, "agent")
    client = await people.known(product.nodes[1].url, "client")
    opened = [
        await client.command("ticket.open", title=f"No {number}", body="It stopped.")
        for number in range(AT_ONCE)
    ]
    tickets = [each["result"]["ticket_id"] for each in opened]
    acknowledged: list[str] = []

    async def speak(sender: Witness, ticket_id: str, numbers: Iterator[int]) -> None:
        for number in numbers:
            acknowledged.append(await sender.say(ticket_id, f"Reply {number}"))
            if number % 7 == 0:  # Work that goes back and forth between streams.
                agent_id = agent.user["id"] if number % 2 else None
                await agent.command("ticket.assign", ticket_id=ticket_id, agent_id=agent_id)

    # Given a backup that is taken while replies and assignments go on
    numbers = iter(range(REPLIES))
    speaking = [
        asyncio.create_task(speak(agent if at % 2 else client, ticket_id, numbers))
        for at, ticket_id in enumerate(tickets)
    ]
    while len(acknowledged) < REPLIES // 4:  # noqa: ASYNC110 - the tasks fill it
        await asyncio.sleep(0.01)
    before = list(acknowledged)
    await asyncio.to_thread(back_up, product, tmp_path / "desk.zip")
    during = len(acknowledged) - len(before)
    await asyncio.gather(*speaking)

    # When it is restored elsewhere
    await asyncio.to_thread(restore, empty, tmp_path / "desk.zip")

    # Then what was acknowledged before is there once, and what is derived agrees with the log
    assert during > 0
    posted = Counter(
        event["message_id"]
        for commit in empty.all_of("log")
        for event in commit["events"]
        if event["type"] == "message.posted"
    )
    assert set(before) <= posted.keys()
    assert set(posted.values()) == {1}
    assert {message["_id"] for message in empty.all_of("messages")} == posted.keys()
    heads = Counter[str]()
    for commit in empty.all_of("log"):
        heads[commit["stream"]] += 1
        assert commit["seq"] == heads[commit["stream"]]
    headers = {f"ticket:{each['_id']}": each["seq"] for each in empty.all_of("tickets")}
    headers |= {f"agent:{each['_id']}": each["seq"] for each in empty.all_of("agents")}
    assert headers == heads

    # And once it serves, steps are taken to their end, lists and counters equal a recount
    with served(empty) as node:
        chief = await people.known(node.url, "supervisor")
        await until(lambda: not owing(empty), "nothing is owed")
        await until(lambda: counted(empty) == recount(empty), "the counters equal a recount")
        held = {
            (each["_id"], h["ticket_id"])
            for each in empty.all_of("agents")
            for h in each["state"]["held"].values()
        }
        assert held == {
            (each["state"]["owner_id"], each["_id"])
            for each in empty.all_of("tickets")
            if each["state"]["owner_id"] and each["state"]["status"] not in ("resolved", "closed")
        }
        page = await chief.get("/api/tickets?limit=100")
        assert {each["id"] for each in page["items"]} == {e["_id"] for e in empty.all_of("tickets")}


async def test_who_rejoins_after_a_restore_gets_a_snapshot_and_must_log_in_again(
    product: House, people: People, empty: Place, tmp_path: Path
):
    # Given a client with a cursor and tokens of the store that was backed up
    client = await people.known(product.nodes[0].url, "client")
    opened = await client.command("ticket.open", title="Epochs", body="First.")
    room = f"ticket:{opened['result']['ticket_id']}"
    await asyncio.to_thread(back_up, product, tmp_path / "desk.zip")
    await client.say(opened["result"]["ticket_id"], "Lost with the old store.")
    await client.listen(room, f"user:{client.user['contact_id']}")
    durable, feed = await client.join(
        client.wires[0], {"room": room}, {"room": f"user:{client.user['contact_id']}"}
    )
    login = {"email": "client@demo.test", "password": "deskwire-demo"}
    async with httpx.AsyncClient(base_url=product.nodes[0].url, timeout=ANSWER_SECONDS) as http:
        grant = (await http.post("/api/auth/login", json=login)).json()

    # When the backup is restored and somebody writes there
    await asyncio.to_thread(restore, empty, tmp_path / "desk.zip")
    with served(empty) as node:
        async with httpx.AsyncClient(base_url=node.url, timeout=ANSWER_SECONDS) as http:
            old = {"Authorization": f"Bearer {grant['access_token']}"}
            assert (await http.get("/api/auth/me", headers=old)).status_code == 401
            refresh = {"refresh_token": grant["refresh_token"]}
            assert (await http.post("/api/auth/refresh", json=refresh)).status_code == 401
        again = await people.known(node.url, "client")
        await again.say(opened["result"]["ticket_id"], "Said in the restored store.")
        await again.listen(room)
        joined, listed = await again.join(
            again.wires[0],
            {"room": room, "epoch": durable["epoch"], "after": durable["seq"]},
            {"room": feed["room"], "epoch": feed["epoch"], "after": feed["seq"]},
        )

    # Then both old cursors lead to snapshots, never to a replay of other commits
    assert joined["epoch"] != durable["epoch"]
    assert listed["epoch"] != feed["epoch"]
    assert joined["envelopes"] == []
    # A list may move on between its snapshot and the answer, in its new life only.
    assert {each["epoch"] for each in listed["envelopes"]} <= {listed["epoch"]}
    bodies = [message["body"] for message in joined["snapshot"]["messages"]]
    assert bodies == ["First.", "Said in the restored store."]
    assert listed["snapshot"] is not None


async def test_what_was_erased_after_a_backup_is_nowhere_after_the_restore(
    product: House, people: People, empty: Place, tmp_path: Path
):
    words = {each: f"zq{uuid4().hex}" for each in ("reply", "edit", "file", "ticket", "user")}
    url = product.nodes[0].url
    client, chief = await people.known(url, "client"), await people.known(url, "supervisor")
    admin = await people.known(url, "admin")
    # Given words in a backup: of a reply with a file, of a ticket, of a person
    opened = await client.command("ticket.open", title="Kept", body="Kept.")
    ticket_id = opened["result"]["ticket_id"]
    file_id = await client.upload("a.txt", words["file"])
    said = await client.say(ticket_id, words["reply"], attachments=[file_id])
    at = {"ticket_id": ticket_id, "message_id": said}
    await client.command("ticket.edit_message", **at, body=words["edit"])
    gone = await client.command("ticket.open", title=words["ticket"], body=words["ticket"])
    new = {"email": f"{words['user']}@x.test", "name": words["user"], "role": "client"}
    created = await admin.post("/api/users", new)
    user_id = created["user"]["id"]
    archive, listed = tmp_path / "desk.zip", tmp_path / "erasures.jsonl"
    await asyncio.to_thread(back_up, product, archive)
    with zipfile.ZipFile(archive) as opened_archive:
        content = b"".join(opened_archive.read(name) for name in opened_archive.namelist())
    assert {each for each, word in words.items() if word.encode() in content} == {*words}

    # When all of it is erased, and the list is printed and applied to the restored backup
    await chief.command("ticket.redact_message", **at)
    await chief.command("ticket.delete", ticket_id=gone["result"]["ticket_id"])
    await admin.command("user.delete", user_id=user_id)
    printed = await asyncio.to_thread(deskwire, product.environ, "erasures")
    listed.write_text(printed.stdout)
    assert not any(word in printed.stdout for word in words.values())
    await asyncio.to_thread(restore, empty, archive, "--erasures", str(listed))

    # Then none of it is in a collection or a file, and none comes back with a node
    def left() -> set[str]:
        return {e for e, w in words.items() if any(w.encode() in t for t in empty.stored())}

    assert left() == set()
    assert [each for each in empty.files.rglob("*") if each.is_file()] == []
    assert empty.all_of("credentials", _id=user_id) == []
    erased = {each["_id"] for each in empty.all_of("erasures")}
    assert {f"message:{said}", f"user:{user_id}"} <= erased
    with served(empty) as node:
        reader = await people.known(node.url, "supervisor")
        paths = (f"/api/tickets/{ticket_id}", f"/api/tickets/{ticket_id}/log")
        assert await reader.look(*paths) == [200, 200]
        await until(lambda: not owing(empty), "nothing is owed")
    assert left() == set()


async def test_a_store_that_is_in_use_is_not_restored(product: House):
    identity = Place(product.folder, product.mongodb, product.valkey, product.environ)
    (before,) = identity.all_of("store")

    worked = await asyncio.to_thread(deskwire, product.environ, "restored")

    assert worked.returncode == 1
    assert "The store is in use" in worked.stderr
    assert identity.all_of("store") == [before]


async def test_nodes_without_a_worker_are_noticed_too(empty: Place):
    with node_on(empty):
        done = await asyncio.to_thread(empty.run, "restored")

    assert done.returncode == 1
    assert "nodes listen in the Redis" in done.stderr


def owing(place: Place) -> list[str]:
    return [commit["_id"] for commit in place.all_of("log") if commit["pending"]]


def counted(place: Place) -> dict[str, int]:
    """The numbers by status that the wallboard shows."""
    found = place.all_of("counters", _id="wallboard")
    values = dict(found[0]["values"]) if found else {}
    return {
        name: values[f"tickets.{name}"] for name in ("open", "in_progress", "pending") if values
    }


def recount(place: Place) -> dict[str, int]:
    statuses = Counter(each["state"]["status"] for each in place.all_of("tickets"))
    return {name: statuses[name] for name in COUNTED}


async def until(holds: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(HEAL_SECONDS):
        while not await asyncio.to_thread(holds):
            print("waiting:", what)
            await asyncio.sleep(0.2)

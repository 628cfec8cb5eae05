"""Words that were redacted or deleted are nowhere: not in a store, a file, a log or a replay."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from bson import encode
from pymongo import AsyncMongoClient
from redis.asyncio import Redis

from tests.attacks.conftest import People
from tests.attacks.witness import Witness
from tests.house import House

GONE_SECONDS = 15.0


class Words:
    """Texts that stand nowhere else, by the place they were put."""

    def __init__(self, *places: str) -> None:
        self.of = {place: f"zq{uuid4().hex}" for place in places}

    def __getitem__(self, place: str) -> str:
        return self.of[place]

    def within(self, *texts: bytes) -> set[str]:
        return {place for place, word in self.of.items() for t in texts if word.encode() in t}


async def test_redacted_words_are_nowhere(product: House, people: People):
    client, agent, chief = [await people.known(n) for n in ("client", "agent", "supervisor")]
    words = Words("reply", "edited", "again", "file", "bytes", "note", "note's file", "mailed")
    # Given a client's reply to a closed ticket, with a file and edited twice, a note, and an
    # answer that was mailed
    closed = await client.command("ticket.open", title="It stopped", body="Since noon.")
    for status in ("resolved", "closed"):
        ticket_id = closed["result"]["ticket_id"]
        await chief.command("ticket.set_status", ticket_id=ticket_id, status=status)
    file_id = await client.upload(f"{words['file']}.txt", words["bytes"])
    body = {"body": words["reply"], "attachments": [file_id]}
    said = (await client.command("ticket.reply", ticket_id=ticket_id, **body))["result"]
    ticket_id = said["ticket_id"]
    for place in ("edited", "again"):
        await client.command("ticket.edit_message", **said, body=words[place])
    note_file = await agent.upload("note.txt", words["note's file"])
    note = {"visibility": "private", "attachments": [note_file]}
    noted = await agent.say(ticket_id, words["note"], **note)
    answered = await agent.say(ticket_id, words["mailed"])
    await until_mailed(product, words["mailed"])
    rooms = (f"ticket:{ticket_id}", f"ticket:{ticket_id}:staff")
    await client.listen(rooms[0])
    await agent.listen(rooms[1])
    assert words.within(*await stored(product)) == set(words.of)

    # When all are redacted
    for message_id in (said["message_id"], noted, answered):
        await chief.command("ticket.redact_message", ticket_id=ticket_id, message_id=message_id)

    # Then they are in no store and no file, and whoever reads the ticket gets none of them
    await until_gone(product, words)
    await expect_unread(people, "client", words, rooms[0])
    await expect_unread(people, "agent", words, rooms[1])


async def test_a_deleted_tickets_words_are_nowhere(product: House, people: People):
    chief, client = await people.known("supervisor"), await people.guest()
    said = ("title", "new title", "body", "reason", "tag", "field", "note", "file", "bytes")
    words = Words(*said, "mailed")
    # Given a guest's ticket that shows in lists, and its requester who then signed up and is mailed
    opened = await client.command("ticket.open", title=words["title"], body=words["body"])
    ticket_id = opened["result"]["ticket_id"]
    await client.listen(f"user:{client.user['contact_id']}")
    await until_listed(client, words["title"])
    await client.sign_up()
    file_id = await client.upload(f"{words['file']}.txt", words["bytes"])
    await client.command("ticket.reply", ticket_id=ticket_id, body="See.", attachments=[file_id])
    status = {"status": "pending", "reason": words["reason"]}
    await chief.command("ticket.set_status", ticket_id=ticket_id, **status)
    await chief.command(
        "ticket.update",
        ticket_id=ticket_id,
        title=words["new title"],
        tags=[words["tag"]],
        fields={"why": words["field"]},
    )
    await chief.say(ticket_id, words["note"], visibility="private")
    await chief.say(ticket_id, words["mailed"])
    await until_mailed(product, words["mailed"])
    assert words.within(*await stored(product)) == set(words.of)

    # When it is deleted
    await chief.command("ticket.delete", ticket_id=ticket_id)

    # Then none of it is left
    await until_gone(product, words)
    assert set(await chief.look(f"/api/tickets/{ticket_id}/log")) == {404}
    await expect_unread(people, "supervisor", words, "wallboard")


async def expect_unread(people: People, name: str, words: Words, room: str) -> None:
    """Whoever joins, replays and reads anew on every node is sent none of the words."""
    reader: Witness = await people.known(name)
    await reader.listen(room)
    paths = ["/api/tickets"]
    if room.startswith("ticket:"):
        ticket = f"/api/tickets/{room.split(':')[1]}"
        paths += [ticket, f"{ticket}/log", f"{ticket}/messages"]
    assert set(await reader.look(*paths)) == {200}
    assert words.within(bytes(reader.heard)) == set()


async def until_listed(client: Witness, title: str) -> None:
    async with asyncio.timeout(GONE_SECONDS):
        while title.encode() not in client.heard:  # noqa: ASYNC110 - the sockets fill it
            await asyncio.sleep(0.05)


async def until_mailed(product: House, word: str) -> None:
    """A letter says a word, as the demo keeps it."""
    async with (
        asyncio.timeout(GONE_SECONDS),
        AsyncMongoClient[dict[str, Any]](product.mongodb.url) as client,
    ):
        letters = client["deskwire"]["letters"]
        while not await letters.count_documents({"text": {"$regex": word}}):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def until_gone(product: House, words: Words) -> None:
    """The stores are empty of the words in time, and so are their files once compacted."""
    async with asyncio.timeout(GONE_SECONDS):
        while left := words.within(*await stored(product)):
            print("still stored:", left)
            await asyncio.sleep(0.2)
        await compact(product)
        while left := [p for p in files_of(product.folder) if words.within(read(p))]:
            print("still in files:", left)
            await asyncio.sleep(0.2)


async def stored(product: House) -> list[bytes]:
    """Everything in every collection and every key, and every uploaded file."""
    async with AsyncMongoClient[dict[str, Any]](product.mongodb.url) as client:
        documents = [
            encode(document)
            for database in await client.list_database_names()
            for name in await client[database].list_collection_names()
            async for document in client[database][name].find()
        ]
    async with Redis.from_url(product.valkey.url) as redis:
        dumped = [await dump(redis, key) async for key in redis.scan_iter()]
    uploads = [read(path) for path in files_of(product.folder / "data")]
    return [*documents, *dumped, *uploads]


async def dump(redis: Redis, key: bytes) -> bytes:
    """A key's whole content, whatever its type."""
    readers: dict[bytes, Any] = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"stream": redis.xrange,
        b"none": redis.get,  # It ran out meanwhile.
    }
    return repr(await readers[await redis.type(key)](key)).encode()


async def compact(product: House) -> None:
    """Have both stores write their files anew, as the housekeeping of a deployment does."""
    async with AsyncMongoClient[dict[str, Any]](product.mongodb.url) as client:
        await client["deskwire"].command("compact", "log")
    async with Redis.from_url(product.valkey.url) as redis:
        await redis.config_set("aof-use-rdb-preamble", "no")  # Which would be compressed.
        await redis.bgrewriteaof()


def files_of(folder: Path) -> Iterable[Path]:
    """Every file below a folder: data, uploads, and the logs of all processes."""
    return (path for path in folder.rglob("*") if path.is_file())


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # A store took it away meanwhile.
        return b""

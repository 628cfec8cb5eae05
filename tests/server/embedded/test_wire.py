"""Bytes that are wrong hurt nobody but their sender."""

import os
import random
import resource
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import bson
import pytest

from tests.server.embedded.conftest import StoreProcess
from tests.server.embedded.rawclient import RawClient, message

PING = {"ping": 1, "$db": "admin"}


@pytest.fixture
def raw(shared_store: StoreProcess):
    with RawClient(shared_store.socket) as client:
        yield client


@pytest.fixture
def bystander(shared_store: StoreProcess):
    """Another client, whose requests must go on being answered."""
    with RawClient(shared_store.socket) as client:
        yield client
        assert client.command(PING)["ok"] == 1.0


def frame(opcode: int, payload: bytes, length: int | None = None) -> bytes:
    return (
        struct.pack("<iiii", 16 + len(payload) if length is None else length, 1, 0, opcode)
        + payload
    )


WRONG_FRAMES = {
    "an http request": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a length of nothing": frame(2013, b"", length=0),
    "a negative length": frame(2013, b"", length=-5),
    "a length beyond 48 MB": frame(2013, b"", length=48_000_001),
    "an unknown opcode": frame(2012, b"\x00" * 20),
    "an unknown flag": frame(2013, struct.pack("<i", 1 << 5) + b"\x00" + bson.encode(PING)),
    "a checksum": frame(2013, struct.pack("<i", 1) + b"\x00" + bson.encode(PING) + b"\x00" * 4),
    "no body": frame(2013, struct.pack("<i", 0)),
    "two bodies": frame(2013, struct.pack("<i", 0) + (b"\x00" + bson.encode(PING)) * 2),
    "an unknown section": frame(2013, struct.pack("<i", 0) + b"\x07" + bson.encode(PING)),
    "a section longer than its message": frame(
        2013, struct.pack("<i", 0) + b"\x00" + struct.pack("<i", 500) + b"\x00"
    ),
    "a sequence without a name": frame(
        2013, struct.pack("<i", 0) + b"\x01" + struct.pack("<i", 8) + b"abcd"
    ),
    "a document longer than its sequence": frame(
        2013,
        struct.pack("<i", 0)
        + b"\x01"
        + struct.pack("<i", 12)
        + b"a\x00"
        + struct.pack("<i", 99)
        + b"xx",
    ),
    "an old query": frame(2004, struct.pack("<i", 0) + b"a.b\x00" + b"\x00" * 8 + bson.encode({})),
}


@pytest.mark.parametrize("what", WRONG_FRAMES)
def test_a_wrong_frame_closes_its_connection_only(raw, bystander, what):
    raw.send(WRONG_FRAMES[what])

    assert raw.is_closed()


def test_wrong_bson_in_a_sound_frame_is_an_error_and_the_connection_stays(raw):
    body = bytearray(bson.encode({"ping": 1, "$db": "admin"}))
    body[4] = 0x7E  # No type that BSON knows.
    raw.send(frame(2013, b"\x00\x00\x00\x00\x00" + bytes(body)))

    assert raw.receive()["code"] == 22
    assert raw.command(PING)["ok"] == 1.0


def test_an_answer_of_several_messages_is_refused(raw):
    body = b"\x00" + bson.encode({"find": "t", "$db": "raw"})
    raw.send(frame(2013, struct.pack("<i", 1 << 16) + body))

    assert raw.receive()["code"] == 238
    assert raw.command(PING)["ok"] == 1.0


def test_half_a_message_waits_for_its_other_half(raw, bystander):
    data = message(PING)
    for byte in range(len(data)):
        raw.send(data[byte : byte + 1])

    assert raw.receive()["ok"] == 1.0


def test_half_a_message_and_then_the_end_is_harmless(raw, bystander):
    raw.send(message(PING)[:-1])
    raw.socket.close()


def test_several_messages_at_once_are_answered_in_order(raw):
    raw.send(
        b"".join(message({"find": f"none{n}", "$db": "raw"}) + message(PING) for n in range(3))
    )

    assert ["cursor" in raw.receive() for _ in range(6)] == [True, False] * 3


def test_random_bytes_never_stop_the_store(shared_store, bystander):
    rng = random.Random(3)
    for _ in range(100):
        data = bytearray(
            message({"find": "things", "filter": {"a": [1, {"b": None}]}, "$db": "raw"})
        )
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(4, len(data))] = rng.randrange(256)
        with RawClient(shared_store.socket) as client:
            client.send(bytes(data) + os.urandom(20))
    assert bystander.command(PING)["ok"] == 1.0


def nested(levels: int) -> dict:
    document: dict = {}
    for _ in range(levels):
        document = {"a": document}
    return document


def test_five_hundred_levels_are_refused(raw):
    inner = b"\x05\x00\x00\x00\x00"
    for _ in range(500):
        inner = struct.pack("<i", len(inner) + 8) + b"\x03a\x00" + inner + b"\x00"
    payload = b"\x00\x00\x00\x00\x00" + bson.encode({"insert": "deep", "$db": "raw"})
    sequence = b"documents\x00" + inner
    payload += b"\x01" + struct.pack("<i", len(sequence) + 4) + sequence
    raw.send(frame(2013, payload))

    (error,) = raw.receive()["writeErrors"]
    assert error["code"] == 15


def deep(make: Callable[[Any], Any], levels: int = 500) -> Any:
    """Something within itself, many times."""
    found: Any = {"a": 1}
    for _ in range(levels):
        found = make(found)
    return found


DEEP: dict[str, dict[str, Any]] = {
    "a filter": {"find": "t", "filter": deep(lambda inner: {"$and": [inner]})},
    "a value": {"find": "t", "filter": {"a": deep(lambda inner: {"b": inner})}},
    "an element": {"find": "t", "filter": deep(lambda inner: {"a": {"$elemMatch": inner}})},
    "an expression": {
        "aggregate": "t",
        "pipeline": [{"$group": {"_id": deep(lambda inner: {"$and": [inner]})}}],
        "cursor": {},
    },
    "a sort": {"find": "t", "sort": {".".join("a" * 500): 1}},
    "a change": {
        "findAndModify": "t",
        "query": {"_id": 1},
        "update": {"$set": {"a": deep(lambda inner: [inner])}},
        "upsert": True,
    },
    "a path of changes": {
        "findAndModify": "t",
        "query": {"_id": 1},
        "update": {"$set": {".".join("a" * 150): 1}},
        "upsert": True,
    },
    "a statement": {
        "delete": "t",
        "deletes": [{"q": deep(lambda inner: {"$or": [inner]}), "limit": 1}],
    },
}


@pytest.fixture
def deep_stack():
    """Our own driver may go deeper than the store's."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("deep_stack")
@pytest.mark.parametrize("what", DEEP)
def test_five_hundred_levels_of_anything_are_an_answer(raw, bystander, what):
    reply = raw.command(DEEP[what])

    (error,) = reply.get("writeErrors", [reply])
    assert error.get("code", 0) in (0, 15, 22, 238)
    assert raw.command(PING)["ok"] == 1.0


def test_a_document_of_60_mb_closes_its_connection_only(raw, bystander):
    data = message({"insert": "large", "$db": "raw"}, {"documents": [{"text": "x" * 60_000_000}]})

    with suppress(ConnectionError):  # It may be closed before the last byte is sent.
        raw.send(data)

    assert raw.is_closed()
    assert bystander.command({"find": "large"})["cursor"]["firstBatch"] == []


def test_a_hundred_levels_are_stored(raw):
    reply = raw.command({"insert": "deep", "documents": [{"_id": "deep", **nested(98)}]})

    assert reply == {"n": 1, "ok": 1.0}


def test_a_document_beyond_16_mb_is_refused_and_the_next_one_stored(raw):
    large = {"_id": 1, "text": "x" * (16 * 1024 * 1024)}
    reply = raw.command({"insert": "large", "ordered": False}, {"documents": [large, {"_id": 2}]})

    assert [error["code"] for error in reply["writeErrors"]] == [10334]
    assert reply["n"] == 1


def test_a_message_of_48_mb_is_taken(raw):
    documents = [{"_id": n, "text": "x" * 15_900_000} for n in range(3)]

    assert raw.command({"insert": "huge"}, {"documents": documents})["n"] == 3
    reply = raw.command({"find": "huge"})
    assert len(reply["cursor"]["firstBatch"]) == 1, "a reply stays under 16 MB"
    assert raw.command({"drop": "huge"})["ok"] == 1.0


def resident_bytes(store: StoreProcess) -> int:
    """What a store holds of the machine's memory."""
    process = (store.folder / "lock").read_text()
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def test_a_client_that_never_reads_hurts_nobody_and_is_not_stored_for(shared_store, bystander):
    with RawClient(shared_store.socket) as mute:
        mute.command({"insert": "big", "documents": [{"_id": 0, "text": "x" * 4_000_000}]})
        before = resident_bytes(shared_store)
        for _ in range(100):
            mute.send(message({"find": "big", "$db": "raw"}))
        for _ in range(20):
            assert bystander.command(PING)["ok"] == 1.0
        assert resident_bytes(shared_store) - before < 100_000_000, "the answers are 400 MB"


def test_a_socket_that_dies_while_its_reply_is_written_is_harmless(shared_store, bystander):
    for _ in range(20):
        with RawClient(shared_store.socket) as dying:
            dying.send(message({"find": "big", "$db": "raw"}))


def test_an_unacknowledged_write_gets_no_reply(raw):
    body = bson.encode({"insert": "quiet", "documents": [{"_id": 1}], "$db": "raw"})
    raw.send(frame(2013, struct.pack("<i", 2) + b"\x00" + body))

    assert raw.command({"find": "none"})["cursor"]["firstBatch"] == []
    assert raw.command({"find": "quiet"})["cursor"]["firstBatch"] == [{"_id": 1}]


def test_references_keep_their_order_and_are_no_objects_of_the_driver(raw):
    document = {"_id": 1, "link": {"$id": 5, "$ref": "cats"}}
    raw.command({"insert": "links", "documents": [document]})
    raw.command({"update": "links", "updates": [{"q": {}, "u": {"$set": {"n": 1}}}]})

    raw.send(message({"find": "links", "$db": "raw"}))
    head = raw._exactly(16)
    data = raw._exactly(struct.unpack_from("<i", head)[0] - 16)
    assert data.index(b"$id\x00") < data.index(b"$ref\x00")

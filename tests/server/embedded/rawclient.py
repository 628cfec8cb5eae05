"""A client of a few lines: exact bytes out, one reply back."""

from __future__ import annotations

import socket
import struct
from itertools import count
from pathlib import Path
from typing import Any

import bson

_ids = count(1)


def message(body: dict[str, Any], sequences: dict[str, list[Any]] | None = None) -> bytes:
    """The bytes of an OP_MSG request."""
    payload = b"\x00\x00\x00\x00\x00" + bson.encode(body)
    for name, documents in (sequences or {}).items():
        raw = name.encode() + b"\x00" + b"".join(map(bson.encode, documents))
        payload += b"\x01" + struct.pack("<i", len(raw) + 4) + raw
    return struct.pack("<iiii", 16 + len(payload), next(_ids), 0, 2013) + payload


class RawClient:
    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def command(
        self, body: dict[str, Any], sequences: dict[str, list[Any]] | None = None
    ) -> dict[str, Any]:
        self.send(message({**body, "$db": body.get("$db", "raw")}, sequences))
        reply = self.receive()
        assert reply is not None, "the store closed the connection"
        return reply

    def receive(self) -> dict[str, Any] | None:
        """The next reply; None if the store has closed the connection."""
        head = self._exactly(16)
        if head is None:
            return None
        (length,) = struct.unpack_from("<i", head)
        body = self._exactly(length - 16)
        return None if body is None else bson.decode(body[5:])

    def is_closed(self) -> bool:
        """Wait for the store to close the connection."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def _exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            try:
                part = self.socket.recv(size - len(data))
            except ConnectionError:
                return None
            if not part:
                return None
            data += part
        return data

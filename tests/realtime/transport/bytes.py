"""A client's frames by hand, sound and unsound, and a socket to send them over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import cycle

from tests.realtime.nodes import DEADLINE

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\x37\xfa\x21\x3d"

Frame = tuple[int, bytes]


def masked(
    payload: bytes | str,
    opcode: int = 1,
    *,
    fin: bool = True,
    reserved: int = 0,
    mask: bytes | None = MASK,
    length: bytes | None = None,
) -> bytes:
    """A client's frame; `length` stands in place of the right one."""
    data = payload.encode() if isinstance(payload, str) else payload
    size = len(data)
    if length is None and size < 126:
        length = bytes((size,))
    elif length is None and size < 65_536:
        length = b"\x7e" + size.to_bytes(2, "big")
    elif length is None:
        length = b"\x7f" + size.to_bytes(8, "big")
    if mask is not None:
        length = bytes((length[0] | 0x80,)) + length[1:]
        data = mask + bytes(byte ^ part for byte, part in zip(data, cycle(mask), strict=False))
    return bytes((fin << 7 | reserved << 4 | opcode,)) + length + data


class RawSocket:
    """A WebSocket spoken by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *frames: bytes | str) -> None:
        """Send frames, and texts in frames of their own, in one piece."""
        self.writer.write(b"".join(masked(f) if isinstance(f, str) else f for f in frames))

    async def frame(self) -> Frame:
        """The server's next frame, as (opcode, payload)."""
        async with asyncio.timeout(DEADLINE):
            first, size = await self.reader.readexactly(2)
            assert first & 0x80
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return first & 0x0F, await self.reader.readexactly(size)

    async def text(self) -> str:
        opcode, payload = await self.frame()
        assert opcode == 1, payload
        return payload.decode()

    async def closed(self) -> int:
        """The code that the server closes with, after whatever it says before."""
        while True:
            opcode, payload = await self.frame()
            if opcode == 8:
                return int.from_bytes(payload[:2], "big")

    async def ended(self) -> None:
        """Wait until the server has closed the connection, whatever it says before."""
        async with asyncio.timeout(DEADLINE):
            try:
                while await self.reader.read(65_536):
                    pass
            except ConnectionError:
                pass


@asynccontextmanager
async def connected(
    address: str, path: str = "/engine.io/?EIO=4&transport=websocket", *headers: str
) -> AsyncGenerator[RawSocket]:
    """Shake hands; who is refused gets a ConnectionRefusedError with the answer's head."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    asked = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    writer.write(("\r\n".join(asked) + "\r\n\r\n").encode())
    try:
        async with asyncio.timeout(DEADLINE):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if not head.startswith("HTTP/1.1 101 "):
            raise ConnectionRefusedError(head)
        yield RawSocket(reader, writer)
    finally:
        writer.close()

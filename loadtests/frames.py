"""WebSocket frames as a client writes and reads them: text, and no more of RFC 6455 than that."""

from __future__ import annotations

MASK = bytes.fromhex("5a17c3e9")
"""One mask for all frames: the receiver has the same work with it as with a fresh one."""

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class ProtocolError(Exception):
    """A server sent what this client does not read."""


def text(payload: bytes) -> bytes:
    """A whole text message of a client, masked."""
    return frame(TEXT, payload)


def frame(opcode: int, payload: bytes) -> bytes:
    """One final frame of a client, masked."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 65_536:
        head = bytes((0x80 | opcode, 0x80 | 126)) + size.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, 0x80 | 127)) + size.to_bytes(8)
    mask = (MASK * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload) ^ int.from_bytes(mask)
    return head + MASK + masked.to_bytes(size)


class Frames:
    """Cuts a server's bytes into frames; what is not whole yet is kept for the next bytes."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The frames that are whole now, each as (opcode, payload).

        Raises ProtocolError for a fragment, a mask or a reserved bit.
        """
        if self._rest:
            data = self._rest + data
        frames: list[tuple[int, bytes]] = []
        at, end = 0, len(data)
        while end - at >= 2:
            first, size = data[at], data[at + 1]
            start = at + 2
            if size >= 126:
                wide = 2 if size == 126 else 8
                if size > 127:
                    raise ProtocolError("a server's frame is masked")
                start += wide
                if start > end:
                    break
                size = int.from_bytes(data[at + 2 : start])
            if first & 0xF0 != 0x80:
                raise ProtocolError(f"no whole frame begins with {first:#x}")
            if start + size > end:
                break
            frames.append((first & 0x0F, data[start : start + size]))
            at = start + size
        self._rest = data[at:]
        return frames

"""What nobody should send, made of what clients do send: handshakes, frames, packets, events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from uuid import UUID

import orjson

from tests.realtime.transport.bytes import KEY, masked

EVENTS = ("command", "join", "leave", "renew", "time", "signal", "mark")
WORDS = (
    "",
    "x",
    "typing",
    "viewing",
    "ticket.reply",
    "ticket.open",
    "private",
    "é😀\u0000",
    "x" * 300,
)
HEADERS = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    f"Sec-WebSocket-Key: {KEY}",
    "Sec-WebSocket-Version: 13",
)
ODD_HEADERS = (
    "Sec-WebSocket-Key: short",
    "Sec-WebSocket-Version: 12",
    "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
    "Sec-WebSocket-Protocol: chat, ,",
    "Origin: https://elsewhere.test",
    "Cookie: " + "a" * 2_000,
    "X-Forwarded-For: , ,127.0.0.1",
    "Content-Length: 5",
    "Upgrade: h2c",
    "Ünï: cödé",
)
QUERIES = (
    "EIO=4&transport=websocket",
    "EIO=3&transport=websocket",
    "EIO=4&transport=polling",
    "EIO=4&transport=websocket&sid={sid}",
    "EIO=4&transport=polling&sid={sid}",
    "EIO=4&transport=websocket&sid=nobody",
    "EIO=4&transport=%00&j=x",
    "transport=polling&transport=websocket",
    "EIO=4&EIO=&%%%&&==",
    "",
)


class Noise:
    """The same for the same seed. `rooms` and `tickets` exist, `token` lets somebody in."""

    def __init__(self, seed: str, token: str, rooms: Sequence[str], tickets: Sequence[str]) -> None:
        self.dice = Random(seed)
        self._token = token
        self._rooms = rooms
        self._tickets = tickets
        self._wild = self.dice.choice((0.0, 0.1, 1.0))

    # Handshakes.

    def request(self, sid: str = "nobody") -> bytes:
        """A request, mostly one to upgrade, mostly with something wrong."""
        dice = self.dice
        method = dice.choice(("GET", "GET", "GET", "POST", "OPTIONS", "PUT", "get"))
        path = dice.choice(("/socket.io/", "/socket.io/", "/socket.io", "/", "//socket.io/%2e/"))
        query = dice.choice(QUERIES).format(sid=sid)
        headers = [each for each in HEADERS if dice.random() < 0.9]
        headers += dice.sample(ODD_HEADERS, dice.choice((0, 0, 1, 2)))
        dice.shuffle(headers)
        lines = [f"{method} {path}?{query} HTTP/1.1", "Host: 127.0.0.1", *headers]
        return self.damaged("\r\n".join(lines).encode() + b"\r\n\r\n", 0.2)

    # Packets.

    def packets(self) -> Iterator[str | bytes]:
        """What a session says, in Engine.IO's packets."""
        dice = self.dice
        if dice.random() < 0.9:
            yield self.connect()
        for _ in range(dice.randrange(1, 25)):
            yield self.packet() if self._slips(0.3) else self.event()

    def connect(self) -> str:
        auth: Any = {"token": self._token, "protocol": 1}
        if self._slips(0.1):
            auth = self.value()
        namespace = self.dice.choice(("/,", "/admin,", "/?a=1,")) if self._slips(0.2) else ""
        return "40" + namespace + _json(auth)

    def packet(self) -> str | bytes:
        dice = self.dice
        roll = dice.random()
        if roll < 0.3:
            return self.damaged(self.event().encode(), 1.0).decode("utf-8", "replace")
        if roll < 0.5:
            return dice.randbytes(dice.choice((0, 1, 10, 5_000)))
        kind = dice.choice(
            ("0", "1", "2", "3", "4", "4", "4", "4", "5", "6", "7", "2probe", "b", "")
        )
        socket = dice.choice(("", "0", "1", "2", "3", "4", "5", "6", "9"))
        namespace = dice.choice(("", "", "/,", "/admin,", "/", "/?,"))
        number = dice.choice(("", "1", "0", "99999999999999999999", "-1", "1-", "999999-", "51-"))
        data = _json(self.value()) if dice.random() < 0.7 else ""
        return kind + socket + number + namespace + data

    def event(self) -> str:
        dice = self.dice
        name = dice.choice(tuple(EVENTS))
        said: list[Any] = [name, self.payload(name)]
        if self._slips(0.2):
            said = [dice.choice((*EVENTS, "disconnect", "fly", "", 5)), *said[dice.randrange(3) :]]
        return "42" + dice.choice(("", "1", "77")) + _json(said)

    def payload(self, event: str) -> Any:
        """What belongs to an event, mostly."""
        dice = self.dice
        shape = self._sound(event)
        if self._slips(0.3):
            shape = self._sound(dice.choice(tuple(EVENTS)))
        if shape and self._slips(0.3):
            shape[dice.choice(list(shape))] = self.value()
        if self._slips(0.2):
            shape[self.word()] = self.value()
        return self.value() if self._slips(0.1) else shape

    def _sound(self, event: str) -> dict[str, Any]:
        dice, room = self.dice, self.dice.choice((*self._rooms, "wallboard", "attic"))
        ticket = dice.choice(self._tickets)
        match event:
            case "join" if dice.random() < 0.3:
                cursor = {"epoch": self.word(), "after": abs(self.number()) % 2**53}
                return {"rooms": [{"room": room, **cursor}, {"room": room}]}
            case "join":
                return {"rooms": [{"room": each} for each in self._rooms]}
            case "leave":
                return {"rooms": [room]}
            case "signal":
                kind = dice.choice(("typing", "viewing"))
                return {"room": room, "type": kind, "active": dice.random() < 0.6}
            case "mark":
                return {"ticket_id": ticket, "read": abs(self.number()) % 2**53}
            case "renew":
                return {"token": self._token}
            case "command":
                said = {"body": self.word(), "visibility": dice.choice(("public", "private"))}
                head = {"type": "ticket.reply", "command_id": str(UUID(int=dice.getrandbits(128)))}
                return {**head, "ticket_id": ticket, **said}
            case _:
                return {}

    def _slips(self, chance: float) -> bool:
        """Whether something is wrong here; some sessions are sound, and some are nothing but."""
        return self.dice.random() < chance * self._wild

    def value(self, depth: int = 0) -> Any:
        """Any JSON."""
        dice = self.dice
        if depth < 3 and dice.random() < 0.4:
            many = dice.randrange(4)
            if dice.random() < 0.5:
                return [self.value(depth + 1) for _ in range(many)]
            return {self.word(): self.value(depth + 1) for _ in range(many)}
        return dice.choice((None, True, False, self.number(), self.word(), dice.random()))

    def word(self) -> str:
        return self.dice.choice((*WORDS, *self._rooms))

    def number(self) -> int:
        return self.dice.choice((0, 1, 2, -1, 255, 2**31, 2**53, -(2**63)))

    # Frames.

    def frames(self, packet: str | bytes) -> bytes:
        """A packet in a frame or several, with or without faults, and what may be between."""
        dice = self.dice
        data, opcode = (packet.encode(), 1) if isinstance(packet, str) else (packet, 2)
        if len(data) > 1 and dice.random() < 0.1:  # Which is sound.
            cut = dice.randrange(len(data))
            between = masked(dice.randbytes(dice.randrange(126)), dice.choice((9, 10)))
            framed = masked(data[:cut], opcode, fin=False) + between + masked(data[cut:], 0)
        else:
            framed = masked(data, opcode)
        if self._slips(0.05):
            framed += masked(dice.randbytes(dice.randrange(130)), dice.choice((0, 3, 8, 9, 10, 11)))
        return self.damaged(framed, 0.1 * self._wild)

    # Damage.

    def damaged(self, data: bytes, chance: float) -> bytes:
        dice = self.dice
        if not data or dice.random() >= chance:
            return data
        broken = bytearray(data)
        for _ in range(dice.randrange(1, 4)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        return bytes(broken[: dice.randrange(len(broken)) + 1] if dice.random() < 0.3 else broken)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The same bytes, as the network might cut them."""
        while data:
            size = self.dice.choice((1, 7, 100, 10_000, len(data)))
            yield data[:size]
            data = data[size:]


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()

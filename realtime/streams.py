"""Text that grows in a room while somebody writes it for the machine: the assistant's answers.

Who writes says a piece at a time, and now and then the whole, so that a node that begins to listen,
or has lost a piece, has it all within a moment. A node keeps what its members have seen, tells who
joins, and ends it for good where an envelope says that people go on or that the text is there.
Nothing of it is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple, cast

import orjson

from domain.assistant.state import AssistantLevel
from domain.audience import staff_room, ticket_room
from realtime.bus import Bus, Kind
from realtime.options import Options
from realtime.order import Parcel
from realtime.room import Room
from realtime.rooms import Rooms
from realtime.wire import dump

TYPE = "assistant.delta"
TICK = 1.0


class Birth(NamedTuple):
    """Which text it is: the seq of the message that it is about, and how often it was begun."""

    about_seq: int
    generation: int


@dataclass
class Text:
    """What the members of a room have seen. One that has ended is remembered for a while, so that
    late pieces of it are known as such."""

    room: Room
    birth: Birth
    until: float
    level: AssistantLevel | None = None
    text: str = ""
    ended: bool = False


class Speech:
    """A text that this process writes. `ended` is set where a person went first, and `level` by
    who writes, before the first word: its readers are told what it is made by."""

    def __init__(self, streams: Streams, ticket_id: str, birth: Birth) -> None:
        self.ended = asyncio.Event()
        self.level: AssistantLevel | None = None
        self.ticket_id = ticket_id
        self._birth = birth
        self._streams = streams
        self._text = ""
        self._whole_at = 0.0

    def say(self, text: str) -> None:
        """Go on with the text; never waits."""
        index, self._text = len(self._text), self._text + text
        now = monotonic()
        if now - self._whole_at >= self._streams.whole_every:
            index, text, self._whole_at = 0, self._text, now
        self._tell(index, text)

    def take_back(self) -> None:
        """It comes to nothing: nobody is to go on seeing it."""
        self._tell(0, "", done=True)

    def _tell(self, index: int, text: str, *, done: bool = False) -> None:
        piece = {"index": index, "text": text, "done": done, "level": self.level}
        said = {**self._birth._asdict(), **piece}
        self._streams.publish(self.ticket_id, said)


class Streams:
    """All texts that grow in the rooms of this node."""

    def __init__(self, rooms: Rooms, bus: Bus, options: Options) -> None:
        self._rooms = rooms
        self._bus = bus
        self._lasts = options.stream_for
        self.whole_every = options.stream_whole_every
        self._texts: dict[str, Text] = {}
        self._some = asyncio.Event()
        """Set while there are texts."""
        self._speeches: dict[str, list[Speech]] = {}

    # Writing.

    async def listen(self, speech: Speech) -> None:
        """Hear of what ends a text; without Redis nobody does, and nobody sees it either."""
        await self._bus.subscribe(ticket_room(speech.ticket_id))

    @contextmanager
    def speak(self, ticket_id: str, birth: Birth) -> Generator[Speech]:
        """Write a text for a ticket's members. A later birth takes the place of an earlier one."""
        room, speech = ticket_room(ticket_id), Speech(self, ticket_id, birth)
        self._speeches.setdefault(room, []).append(speech)
        try:
            yield speech
        finally:
            self._speeches[room].remove(speech)
            if not self._speeches[room]:
                del self._speeches[room]
                if self._rooms.get(room) is None:
                    self._bus.unsubscribe(room)

    def publish(self, ticket_id: str, said: dict[str, Any]) -> None:
        """To the members on this node, and to other nodes."""
        for room in (ticket_room(ticket_id), staff_room(ticket_id)):
            self._hear(room, said)
            self._bus.publish(room, Kind.STREAM, dump(said))

    def overhear(self, room: str, json: bytes) -> None:
        """An envelope that another process published: it may end what is written here."""
        if (speeches := self._speeches.get(room)) and _ends(json):
            for speech in speeches:
                speech.ended.set()

    # Reading.

    def receive(self, room: str, json: bytes) -> None:
        """A piece that another process wrote."""
        self._hear(room, cast("dict[str, Any]", orjson.loads(json)))

    def _hear(self, name: str, said: dict[str, Any]) -> None:
        room = self._rooms.get(name)
        if room is None:
            return
        birth = Birth(said["about_seq"], said["generation"])
        index, more, text = said["index"], said["text"], self._text_in(room)
        if text is None or birth > text.birth:
            if index:
                return  # Its beginning is missing; the whole comes in a moment.
            # A worker of an older release says no level.
            text = self._texts[name] = Text(room, birth, 0.0, said.get("level"))
            self._some.set()
            room.heard = self._delivered
        elif birth < text.birth or text.ended:
            return
        text.until = monotonic() + self._lasts
        if said["done"]:
            self._end(room, text)
            return
        known = len(text.text)
        if index <= known < index + len(more):
            added = more[known - index :]
            self._show(room, text, added)
            text.text += added

    def told(self, room: Room) -> list[bytes]:
        """What who joins must know: the text so far."""
        text = self._text_in(room)
        if text is None or text.ended or not text.text:
            return []
        whole = {"index": 0, "text": text.text, "done": False, "level": text.level}
        return [dump({"type": TYPE, **text.birth._asdict(), **whole})]

    def _text_in(self, room: Room) -> Text | None:
        """What grows in a room; not what grew there before this node stopped to listen."""
        text = self._texts.get(room.name)
        return text if text is not None and text.room is room else None

    def _show(self, room: Room, text: Text, added: str, *, done: bool = False) -> None:
        index = 0 if done else units(text.text)
        piece = {"index": index, "text": added, "done": done, "level": text.level}
        signal = {"room": room.name, "type": TYPE, **text.birth._asdict(), **piece}
        room.tell("signal", dump(signal))

    def _end(self, room: Room, text: Text) -> None:
        """Take away what members see of it, where the room's events do not."""
        text.ended = True
        self._show(room, text, "", done=True)

    def _delivered(self, room: Room, parcel: Parcel) -> None:
        """What members were told in the room ends the text there: they take it away themselves."""
        text = self._text_in(room)
        if text is not None and not text.ended and _ends(parcel.json):
            text.ended = True

    # Time.

    async def run(self) -> None:
        """Take away what nobody goes on with."""
        while True:
            await self._some.wait()
            await asyncio.sleep(TICK)
            self.sweep(monotonic())

    def sweep(self, now: float) -> None:
        for name, text in list(self._texts.items()):
            room = self._rooms.get(name)
            if room is not text.room or (text.ended and text.until < now):
                del self._texts[name]
                text.room.heard = None
            elif text.until < now:
                self._end(text.room, text)
                text.until = now + self._lasts
        if not self._texts:
            self._some.clear()


def units(text: str) -> int:
    """How long a text is for clients, whose strings are UTF-16."""
    return len(text) + sum(char > "\uffff" for char in text)


def _ends(json: bytes) -> bool:
    """Whether an envelope says that the text is there, or that nobody waits for it any more."""
    events = cast("dict[str, Any]", orjson.loads(json))["events"]
    return any(_is_an_end(event) for event in events)


def _is_an_end(event: dict[str, Any]) -> bool:
    match event["type"]:
        case "message.posted":
            return event["visibility"] == "public"
        case "ticket.status_changed":
            return event["status"] in ("resolved", "closed")
        case "assistant.handed_over" | "ticket.deleted":
            return True
        case _:
            return False

"""What is for staff only, and a look at every byte that others are sent for any of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

SHORTEST = 8
"""Shorter texts stand in too much that has nothing to do with them."""
AROUND = 80
"""Characters of what was sent that a leak shows on each side."""

NOTE, EDIT = "ticket.reply", "ticket.edit_message"


class Leaked(AssertionError):
    """Somebody who is not staff was sent what is for staff only."""


@dataclass
class Person:
    """Somebody at the other end; whoever they are, until they have logged in."""

    name: str = "a stranger"
    staff: bool = False

    def __str__(self) -> str:
        return self.name


class Leak(NamedTuple):
    """One private text in one packet or answer."""

    place: str
    text: str
    recipient: Person
    where: str
    excerpt: str

    def __str__(self) -> str:
        return (
            f"{self.place} {self.text!r} reached {self.recipient} in {self.where}: {self.excerpt}"
        )


class Watch:
    """Of one test: the texts that were hidden, those that were said, and what leaked.

    `counts` go on from test to test: `packets`, `answers` and `letters` that were sent to others
    than staff, and the private `texts`.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(packets=0, answers=0, letters=0, texts=0)
        self._hidden: dict[str, tuple[str, str]] = {}
        self._said: set[str] = set()
        self._notes: set[str] = set()
        self._files: dict[str, str] = {}
        self._leaks: list[Leak] = []

    # What is private.

    def hide(self, place: str, text: str) -> None:
        """From now on nobody but staff may be sent this text, however it is escaped."""
        if len(text) < SHORTEST or text in self._hidden:
            return
        self.counts["texts"] += 1
        plain, ascii_only = orjson.dumps(text).decode()[1:-1], json.dumps(text)[1:-1]
        for spelt in {text, plain, ascii_only, quote(text)}:
            self._hidden[spelt] = (place, text)

    def say(self, text: str) -> None:
        """This was said in public too, and whatever is part of it."""
        if len(text) >= SHORTEST:
            self._said.add(text)

    def asked(self, command: dict[str, Any], *, by_staff: bool) -> None:
        """Look at a command before it is carried out: what of it is private, what is not."""
        parts = self._private_parts(command) if by_staff else ()
        hidden = {text: place for place, text in parts if isinstance(text, str)}
        for text, place in hidden.items():
            with suppress(TypeError):  # What is no valid text is refused.
                self.hide(place, text)
        for text in _texts_of(command):
            if text not in hidden:
                self.say(text)
        if not _is_note(command):
            for file_id in command.get("attachments") or ():
                self.say(self._files.get(file_id, ""))

    def answered(self, command: dict[str, Any], result: dict[str, Any]) -> None:
        """Remember the message of a note: its id and whatever it says later are private too."""
        if _is_note(command) and "message_id" in result:
            self._notes.add(result["message_id"])
            self.hide("the id of a note", result["message_id"])

    def stored(self, file_id: str, name: str) -> None:
        """A file has this name, which is as private as the message that will name it."""
        self._files[file_id] = name

    def _private_parts(self, command: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        kind, noun = command["type"], command["type"].partition(".")[0]
        if _is_note(command):
            yield "a note", command.get("body")
            for file_id in command.get("attachments") or ():
                yield "the id of a note's file", file_id
                yield "the name of a note's file", self._files.get(file_id)
        elif kind == EDIT and command.get("message_id") in self._notes:
            yield "an edited note", command.get("body")
        elif noun == "ticket":
            for text in _texts_of(command.get("tags")):
                yield "a tag", text
            for text in _texts_of(command.get("fields")):
                yield "a field", text
        elif noun == "contact":
            yield "the notes on a contact", command.get("notes")
        elif noun in ("team", "skill"):
            yield f"the name of a {noun}", command.get("name")

    # What leaves.

    def sent(self, kind: str, data: str, recipient: Person, where: str, asked: str = "") -> None:
        """Look through what somebody is sent, unless they are staff; `kind` is what is counted.

        `asked` is what they sent themselves, of which the answer may hold all.
        """
        if recipient.staff:
            return
        self.counts[kind] += 1
        for spelt, (place, text) in self._hidden.items():
            if (at := data.find(spelt)) >= 0 and spelt not in asked:
                room = re.search(r'"room":"([^"]+)"', data)
                excerpt = data[max(0, at - AROUND) : at + len(spelt) + AROUND]
                place_of = f"{where} of {room[1]}" if room else where
                self._leaks.append(Leak(place, text, recipient, place_of, excerpt))

    def judge(self) -> None:
        """Raise Leaked for what is private and was never said in public; each leak once.

        Who turned out to be staff since, as their log-in was answered, was sent their own.
        """
        leaks = [
            leak
            for leak in self._leaks
            if not leak.recipient.staff and not self._was_said(leak.text)
        ]
        self._leaks.clear()
        if leaks:
            raise Leaked("\n".join(map(str, leaks[:10])))

    def forget(self) -> None:
        """Begin anew, as each test does."""
        self._leaks.clear()
        self._hidden.clear()
        self._said.clear()

    def _was_said(self, text: str) -> bool:
        return any(text in said for said in self._said)


WATCH = Watch()
"""The one of this process; every test begins it anew."""


def _is_note(command: dict[str, Any]) -> bool:
    return command.get("type") == NOTE and command.get("visibility") == "private"


def _texts_of(value: Any) -> Iterator[str]:
    """Every text in something that came as JSON, keys of fields included."""
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield key
                yield from _texts_of(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts_of(inner)
        case _:
            pass

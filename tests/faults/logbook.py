"""The log as it stands in the database: what everybody should have, found without the product."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pymongo import AsyncMongoClient

from tests.faults.member import Followed, Member

Entry = dict[str, Any]


@dataclass
class Judged:
    """What members have, against the log; all but `received` must be 0."""

    received: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    altered: int = 0
    """Envelopes that say something else than the log does."""

    def add(self, other: Judged) -> None:
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)

    @property
    def faultless(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order or self.altered)


class Logbook:
    """Every commit of every ticket, in order."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_ticket: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(entries, key=lambda entry: entry["_id"]):
            kind, _, ticket = entry["stream"].partition(":")
            if kind == "ticket":
                self.by_ticket[ticket].append(entry)

    @classmethod
    async def read(cls, url: str) -> Logbook:
        async with AsyncMongoClient[Entry](url) as mongo:
            return cls(await mongo["deskwire"]["log"].find({}).to_list())

    def room(self, name: str) -> Iterator[tuple[int, list[Any]]]:
        """The seqs of which a durable room sees something, with the events that it sees."""
        for entry in self.by_ticket[name.split(":")[1]]:
            pairs = zip(entry["events"], entry["audience"], strict=True)
            if seen := [event for event, rooms in pairs if name in rooms]:
                yield entry["seq"], seen

    def commands(self, ticket: str) -> Counter[str]:
        """How often each command stands in a ticket's log."""
        return Counter(entry["command_id"] for entry in self.by_ticket[ticket])

    def judge(self, members: Iterable[Member]) -> Judged:
        """Compare what members got since they joined with what was there to get."""
        rooms: dict[str, dict[int, list[Any]]] = {}
        sound: set[int] = set()
        """Envelopes that were compared already: they are one object for all who have them."""
        total = Judged()
        for member in members:
            for name, followed in member.rooms.items():
                if name not in rooms:
                    rooms[name] = dict(self.room(name))
                total.add(judge(followed, rooms[name], sound))
        return total


def judge(followed: Followed, logged: dict[int, list[Any]], sound: set[int]) -> Judged:
    """What a member has of a room, against the events of each seq of it."""
    due = [seq for seq in logged if seq > followed.since]
    got = [envelope["seq"] for envelope in followed.envelopes]
    judged = Judged(received=len(got))
    if got != due:
        judged.lost = len(set(due) - set(got))
        judged.doubled = len(got) - len(set(got))
        judged.out_of_order = sum(later <= sooner for sooner, later in pairwise(got))
    for envelope in followed.envelopes:
        if id(envelope) not in sound:
            if envelope["events"] == logged.get(envelope["seq"]):
                sound.add(id(envelope))
            else:
                judged.altered += 1
    return judged

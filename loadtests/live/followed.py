"""What a user of a load test has of one room, by the rules of the wire, and how it is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

Envelope = Mapping[str, Any]


class Took(StrEnum):
    """What became of an envelope."""

    NEW = "new"
    KNOWN = "known"
    """A repeat, which the wire allows: it is dropped."""
    EARLY = "early"
    """Something before it is missing; the node may still bring that."""
    FOREIGN = "foreign"
    """Of another epoch, or for somebody who is not in the room."""


class Got(NamedTuple):
    """An envelope that was taken, as much of it as is compared."""

    seq: int
    command_id: str
    message_ids: tuple[str, ...]

    @classmethod
    def of(cls, envelope: Envelope) -> Got:
        posted = (each for each in envelope["events"] if each["type"] == "message.posted")
        ids = tuple(each["message_id"] for each in posted)
        return cls(envelope["seq"], envelope["command_id"], ids)


class Verdict(NamedTuple):
    """What a comparison with the log found."""

    compared: int = 0
    """Messages that had to be here."""
    lost: int = 0
    """Acknowledged and not in the log, or in the log and never delivered."""
    doubled: int = 0
    """More than once in the log, or delivered as new more than once."""
    strange: int = 0
    """Delivered, and not in the log."""


@dataclass
class Followed:
    """A room: its cursor, what was taken since the last snapshot, and what came too early."""

    name: str
    epoch: str | None = None
    seq: int | None = None
    since: int = 0
    """The seq of the last snapshot: what is beyond it must have come as envelopes."""
    snapshots: int = 0
    got: list[Got] = field(default_factory=list[Got])
    early: dict[int, Envelope] = field(default_factory=dict[int, Envelope])
    rows: dict[str, tuple[int, Any]] = field(default_factory=dict[str, tuple[int, Any]])
    """Of a feed: by ticket, the newest seq and row; None where it left."""

    @property
    def is_feed(self) -> bool:
        return not self.name.startswith("ticket:")

    def cursor(self) -> dict[str, Any]:
        """What a join names it by."""
        if self.seq is None:
            return {"room": self.name}
        return {"room": self.name, "epoch": self.epoch, "after": self.seq}

    def take(self, envelope: Envelope) -> list[Envelope]:
        """The envelopes that are new with this one, in order; it is kept where it is early."""
        outcome = self._take(envelope)
        if outcome is Took.EARLY:
            self.early[envelope["prev"]] = envelope
            return []
        if outcome is not Took.NEW:
            return []
        taken = [envelope]
        while self.early:
            waiting = self.early.pop(min(self.early))
            if self._take(waiting) is Took.NEW:
                taken.append(waiting)
            elif waiting["prev"] > (self.seq or 0):
                self.early[waiting["prev"]] = waiting
                break
        return taken

    def _take(self, envelope: Envelope) -> Took:
        if self.seq is None or envelope["epoch"] != self.epoch:
            return Took.FOREIGN
        if envelope["seq"] <= self.seq:
            return Took.KNOWN
        if envelope["prev"] > self.seq:
            return Took.EARLY
        self.seq = envelope["seq"]
        if self.is_feed:
            self._fold(envelope["events"])
        else:
            self.got.append(Got.of(envelope))
        return Took.NEW

    def enter(self, answer: Mapping[str, Any]) -> list[Envelope]:
        """Take the answer to a join; what was new in it. Raises HoleError."""
        if (snapshot := answer["snapshot"]) is not None:
            self.snapshots += 1
            self.epoch, self.seq, self.since = answer["epoch"], answer["seq"], answer["seq"]
            self.got.clear()
            self.early.clear()
            self._fold(snapshot.get("rows", ()))
        taken = [new for envelope in answer["envelopes"] for new in self.take(envelope)]
        if self.early or self.seq is None or (self.seq < answer["seq"] and not answer["more"]):
            raise HoleError(f"{self.name} was answered up to {answer['seq']}, but has {self.seq}")
        return taken

    def _fold(self, items: Iterable[Mapping[str, Any]]) -> None:
        for item in items:
            if item.get("type", "feed.row") == "feed.row":
                ticket, seq = item["ticket_id"], item["seq"]
                if seq >= self.rows.get(ticket, (0, None))[0]:
                    self.rows[ticket] = (seq, item["row"])

    def behind(self, log: Sequence[Envelope]) -> bool:
        """Whether the log has something that must have come and has not yet."""
        had = {each.seq for each in self.got}
        return any(each["seq"] > self.since and each["seq"] not in had for each in log)

    def compare(self, log: Sequence[Envelope], acknowledged: Iterable[str]) -> Verdict:
        """Judge a ticket's room by the log from the first join on, and by what was said here
        and acknowledged, as message ids."""
        logged = [Got.of(each) for each in log]
        ids = Counter(each for entry in logged for each in entry.message_ids)
        doubled = sum(times - 1 for times in ids.values())
        doubled += sum(times - 1 for times in Counter(e.command_id for e in logged).values())
        here = Counter(each for entry in self.got for each in entry.message_ids)
        doubled += sum(times - 1 for times in here.values())
        due = {e.seq: e.message_ids for e in logged if e.seq > self.since}
        had = {each.seq for each in self.got}
        newest = logged[-1].seq if logged else 0
        lost = sum(1 for each in acknowledged if each not in ids)
        lost += sum(1 for seq in due if seq not in had)
        strange = sum(1 for seq in had if seq <= newest and seq not in due)
        return Verdict(sum(len(each) for each in due.values()), lost, doubled, strange)


class HoleError(Exception):
    """The server answered with a part: something between was left out."""

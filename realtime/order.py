"""A room's one cursor on this node: envelopes come in any order and go out in the log's."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from domain import access
from domain.message import Envelope

MAX_EARLY = 1_000


WIPES = frozenset({"message.redacted", "ticket.deleted"})
"""Events after which texts that were delivered before must not be kept anywhere."""


class Parcel(NamedTuple):
    """An envelope's bytes on the wire, encoded once for every recipient and node, and as much of
    it as a room must know: thousands are remembered, and this holds nothing that could be garbage.

    `wipes` says whether one of its events does, `turns` has those that change access.
    """

    epoch: str
    seq: int
    prev: int
    json: bytes
    wipes: bool
    turns: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, envelope: Envelope) -> Parcel:
        # The fields as they stand; pydantic's own encoder takes six times as long.
        fields = envelope.__dict__
        json = orjson.dumps(fields, default=vars)
        # A copy of its own size: orjson's bytes hold on to the space it wrote them in, so that
        # each one remembered took 4,200 bytes of memory, and now 770.
        return cls._of(fields, bytes(memoryview(json)))

    @classmethod
    def load(cls, json: bytes) -> Parcel:
        """Raises ValueError for what is no envelope."""
        try:
            return cls._of(orjson.loads(json), json)
        except (TypeError, KeyError) as error:
            raise ValueError(f"no envelope: {error!r}") from None

    @classmethod
    def _of(cls, envelope: Mapping[str, Any], json: bytes) -> Parcel:
        wipes, turns = False, ()
        for event in envelope["events"]:
            if event["type"] in WIPES:
                wipes = True
            if access.changes_access(event["type"]):
                turns = (*turns, event)
        return cls(envelope["epoch"], envelope["seq"], envelope["prev"], json, wipes, turns)


class BrokenChainError(Exception):
    """What the store says cannot follow what was delivered: the room must be entered anew."""


class Order:
    """Delivers each envelope once, after exactly the one that its `prev` names.

    `head` is the seq of the last one delivered, `upto` the newest seq heard of: while it is
    above the head there is a gap, which either the missing envelopes or a read of the store
    closes.
    """

    __slots__ = ("_bytes", "_early", "_max_bytes", "_max_recent", "_recent", "head", "upto")

    def __init__(self, max_recent: int, max_bytes: int) -> None:
        self.head = 0
        self.upto = 0
        self._early: dict[int, Parcel] = {}  # By prev.
        self._recent: deque[Parcel] = deque()
        self._bytes = 0
        self._max_recent = max_recent
        self._max_bytes = max_bytes

    @property
    def behind(self) -> bool:
        """Whether something is known to be missing."""
        return self.upto > self.head

    def start(self, head: int, recent: Sequence[Parcel]) -> list[Parcel]:
        """Begin at a head; `recent` are envelopes up to it. Returns what was held and is due."""
        self.head = head
        self.forget_recent()
        for parcel in recent:
            self._remember(parcel)
        return self._due()

    def hold(self, parcel: Parcel) -> None:
        """Keep what is not due yet; beyond a bound only its seq, the store has the rest."""
        self.upto = max(self.upto, parcel.seq)
        if len(self._early) >= MAX_EARLY:
            self._early.clear()
        self._early[parcel.prev] = parcel

    def offer(self, parcel: Parcel) -> list[Parcel]:
        """Take one envelope; returns those that are due now, in order."""
        if parcel.seq <= self.head:
            return []  # A duplicate.
        if parcel.prev == self.head and not self._early:
            self._advance(parcel)
            return [parcel]
        self.hold(parcel)
        return self._due()

    def fill(self, read: Sequence[Parcel]) -> list[Parcel]:
        """Take what the store says comes after the head, then what was held.

        Raises BrokenChainError where the store's chain does not pass through the head.
        """
        due: list[Parcel] = []
        for parcel in read:
            if parcel.seq <= self.head:
                continue
            if parcel.prev != self.head:
                if not due:
                    raise BrokenChainError(f"{parcel.prev} is not {self.head}")
                break
            self._advance(parcel)
            due.append(parcel)
        return due + self._due()

    def since(self, after: int) -> list[Parcel] | None:
        """The recent envelopes after a cursor; None where they are not all remembered."""
        if after == self.head:
            return []
        if after > self.head or not self._recent or self._recent[0].prev > after:
            return None
        return [parcel for parcel in self._recent if parcel.seq > after]

    def floor(self, seq: int) -> int | None:
        """The greatest seq of this room that is not above `seq`; None where not remembered."""
        if seq >= self.head:
            return self.head
        for parcel in reversed(self._recent):
            if parcel.prev <= seq:
                return parcel.prev
        return None

    def forget(self) -> None:
        """Let go of every text: what is needed again is read from the store."""
        self.forget_recent()
        self._early.clear()

    def forget_recent(self) -> None:
        """Let go of what was delivered, and keep what is held."""
        self._recent.clear()
        self._bytes = 0

    def _due(self) -> list[Parcel]:
        due: list[Parcel] = []
        while (parcel := self._early.pop(self.head, None)) is not None:
            self._advance(parcel)
            due.append(parcel)
        if self._early:
            self._early = {prev: p for prev, p in self._early.items() if prev > self.head}
        return due

    def _advance(self, parcel: Parcel) -> None:
        self.head = head = parcel.seq
        if head > self.upto:
            self.upto = head
        self._remember(parcel)

    def _remember(self, parcel: Parcel) -> None:
        self._recent.append(parcel)
        self._bytes += len(parcel.json)
        while len(self._recent) > self._max_recent or self._bytes > self._max_bytes:
            self._bytes -= len(self._recent.popleft().json)

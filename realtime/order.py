"""A room's one cursor on this node: envelopes come in any order and go out in the log's."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from domain import access
from domain.message import Envelope

MAX_EARLY = 1_000


WIPES = frozenset({"message.redacted", "ticket.deleted"})
"""Events after which texts that were delivered before must not be kept anywhere."""


class Parcel(NamedTuple):
    """An envelope with its bytes on the wire, encoded once for every recipient and node.

    `wipes` and `changes_access` say whether one of its events does.
    """

    envelope: Envelope
    json: bytes
    wipes: bool
    changes_access: bool

    @classmethod
    def of(cls, envelope: Envelope) -> Parcel:
        # The fields as they stand; pydantic's own encoder takes six times as long.
        return cls._of(envelope, orjson.dumps(envelope.__dict__, default=vars))

    @classmethod
    def load(cls, json: bytes) -> Parcel:
        """Raises ValueError for what is no envelope."""
        return cls._of(Envelope.model_validate(orjson.loads(json)), json)

    @classmethod
    def _of(cls, envelope: Envelope, json: bytes) -> Parcel:
        types = [event["type"] for event in envelope.events]
        return cls(
            envelope,
            json,
            not WIPES.isdisjoint(types),
            any(map(access.changes_access, types)),
        )


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
        envelope = parcel.envelope
        self.upto = max(self.upto, envelope.seq)
        if len(self._early) >= MAX_EARLY:
            self._early.clear()
        self._early[envelope.prev] = parcel

    def offer(self, parcel: Parcel) -> list[Parcel]:
        """Take one envelope; returns those that are due now, in order."""
        envelope = parcel.envelope
        if envelope.seq <= self.head:
            return []  # A duplicate.
        if envelope.prev == self.head and not self._early:
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
            envelope = parcel.envelope
            if envelope.seq <= self.head:
                continue
            if envelope.prev != self.head:
                if not due:
                    raise BrokenChainError(f"{envelope.room}: {envelope.prev} is not {self.head}")
                break
            self._advance(parcel)
            due.append(parcel)
        return due + self._due()

    def since(self, after: int) -> list[Parcel] | None:
        """The recent envelopes after a cursor; None where they are not all remembered."""
        if after == self.head:
            return []
        if after > self.head or not self._recent or self._recent[0].envelope.prev > after:
            return None
        return [parcel for parcel in self._recent if parcel.envelope.seq > after]

    def floor(self, seq: int) -> int | None:
        """The greatest seq of this room that is not above `seq`; None where not remembered."""
        if seq >= self.head:
            return self.head
        for parcel in reversed(self._recent):
            if parcel.envelope.prev <= seq:
                return parcel.envelope.prev
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
        self.head = head = parcel.envelope.seq
        if head > self.upto:
            self.upto = head
        self._remember(parcel)

    def _remember(self, parcel: Parcel) -> None:
        self._recent.append(parcel)
        self._bytes += len(parcel.json)
        while len(self._recent) > self._max_recent or self._bytes > self._max_bytes:
            self._bytes -= len(self._recent.popleft().json)

"""Who types and who views in a room: by person, over all their sockets and all nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import orjson

Tell = Callable[["Doing", bool, "Said"], None]
"""What began, or ended where the flag is false."""


class Doing(NamedTuple):
    """Something that somebody does in a room: `type` is the signal's, `kind` the person's."""

    type: str
    kind: str
    person: str

    @property
    def told(self) -> dict[str, Any]:
        return {"type": self.type, "from": {"kind": self.kind, "id": self.person}}


class Origin(NamedTuple):
    """A socket of this node, and the room in which it said what it does."""

    sid: str
    room: str


class Said(NamedTuple):
    """How a change came about: the socket that said so, and what its user had seen."""

    sid: str | None = None
    base_seq: int = 0


NOBODY = Said()


class Company:
    """What everybody does in one room, each until it is taken back or runs out.

    `spread` is told what begins and ends on this node, which is for the other nodes to know;
    `show` what begins and ends altogether: the second device of a person changes nothing, nor
    does the end of one of two.
    """

    __slots__ = ("_elsewhere", "_here", "_show", "_spread", "_told")

    def __init__(self, spread: Tell, show: Tell) -> None:
        self._here: dict[Doing, dict[Origin, float]] = {}
        self._elsewhere: dict[Doing, dict[str, float]] = {}
        self._spread = spread
        self._show = show
        self._told: bytes | None = None

    @property
    def told(self) -> bytes:
        """Everything that is done, as a JSON array: encoded once for all who join meanwhile."""
        if self._told is None:
            self._told = orjson.dumps([doing.told for doing in self])
        return self._told

    def __iter__(self) -> Iterator[Doing]:
        return iter(self._here.keys() | self._elsewhere.keys())

    def __contains__(self, doing: object) -> bool:
        return doing in self._here or doing in self._elsewhere

    @property
    def empty(self) -> bool:
        return not (self._here or self._elsewhere)

    @property
    def here(self) -> list[Doing]:
        """What is done through this node."""
        return list(self._here)

    # On this node.

    def say(self, doing: Doing, origin: Origin, until: float, base_seq: int = 0) -> None:
        """A socket says what it does, for the first time or again."""
        origins = self._here.get(doing)
        if origins is not None:
            origins[origin] = until
            return
        self._here[doing] = {origin: until}
        said = Said(origin.sid, base_seq)
        self._spread(doing, True, said)
        if doing not in self._elsewhere:
            self._change(doing, True, said)

    def end(self, doing: Doing, origin: Origin, said: Said = NOBODY) -> None:
        """A socket does it no more."""
        origins = self._here.get(doing)
        if origins is None or origins.pop(origin, None) is None or origins:
            return
        del self._here[doing]
        self._spread(doing, False, said)
        if doing not in self._elsewhere:
            self._change(doing, False, said)

    def leave(self, origin: Origin) -> None:
        """A socket is no longer in the room in which it said something."""
        for doing in self.here:
            self.end(doing, origin)

    # On other nodes.

    def hear(self, doing: Doing, node: str, until: float, base_seq: int = 0) -> None:
        """Another node says that something is done there."""
        known = doing in self
        self._elsewhere.setdefault(doing, {})[node] = until
        if not known:
            self._change(doing, True, Said(None, base_seq))

    def hear_end(self, doing: Doing, node: str, base_seq: int = 0) -> None:
        nodes = self._elsewhere.get(doing)
        if nodes is None or nodes.pop(node, None) is None or nodes:
            return
        del self._elsewhere[doing]
        if doing not in self._here:
            self._change(doing, False, Said(None, base_seq))

    def hear_all(self, doings: Iterable[Doing], node: str, until: float) -> None:
        """Another node says everything that is done there."""
        there = set(doings)
        for doing in there:
            self.hear(doing, node, until)
        for doing in [each for each in self._elsewhere if each not in there]:
            self.hear_end(doing, node)

    def forget_others(self) -> None:
        """What other nodes said is not known any more; they are asked anew."""
        for doing, nodes in list(self._elsewhere.items()):
            for node in list(nodes):
                self.hear_end(doing, node)

    def _change(self, doing: Doing, active: bool, said: Said) -> None:
        self._told = None
        self._show(doing, active, said)

    # Time.

    def run_out(self, now: float) -> None:
        """End what nobody said again in time: a client that forgot, a node that died."""
        for doing, origins in list(self._here.items()):
            for origin in [each for each, until in origins.items() if until <= now]:
                self.end(doing, origin)
        for doing, nodes in list(self._elsewhere.items()):
            for node in [each for each, until in nodes.items() if until <= now]:
                self.hear_end(doing, node)

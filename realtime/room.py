"""A room on this node: its cursor, its members here, and how a gap is closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import monotonic

import orjson

from domain import access, audience
from domain.access import Actor, Belonging
from domain.errors import NotFound
from domain.ports import Marker
from realtime.connection import Connection
from realtime.fanout import RESYNC, Fanout
from realtime.options import Options
from realtime.order import BrokenChainError, Order, Parcel
from realtime.source import Source, View

log = logging.getLogger(__name__)

GAP_TRIES = 12


class Room:
    """Strictly ordered delivery to the members on this node.

    Not `started` until a join has read it: until then it only holds what arrives.
    """

    def __init__(self, name: str, source: Source, fanout: Fanout, options: Options) -> None:
        self.name = name
        self.room = audience.parse_room(name)
        self.source = source
        self.members: dict[str, Connection] = {}
        self.epoch: str | None = None
        self.belonging: Belonging | None = None
        self.order = Order(options.recent_envelopes, options.recent_bytes)
        self.generation = 0
        self.visitors = 0
        """Joins under way, which keep the room open."""
        self.untrodden = True
        """Nobody was ever let in."""
        self.markers: dict[str, Marker] = {}
        """By person, in the seqs that members know; complete once `marked`."""
        self.marked = False
        self.checked_at = 0.0
        """When its head was last compared with the source's, by the monotonic clock."""
        self.looked = 0
        """Up to which seq its stream holds nothing more that it could see."""
        self.asked = False
        """Whether other nodes were asked what is done here."""
        self.heard: Callable[[Room, Parcel], None] | None = None
        """Told of what is delivered, while a text grows here."""
        self.left: Callable[[Room, Connection], None] | None = None
        """Told of members who leave, once somebody does something of the moment here."""
        self.empty_since: float | None = monotonic()
        self._fanout = fanout
        self._options = options
        self._wiped_at = 0
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def head(self) -> int:
        return self.order.head

    # Envelopes come in.

    def receive(self, parcel: Parcel) -> None:
        """Take an envelope from this node or another one, whenever it comes."""
        if parcel.wipes:
            self._wipe(parcel.seq)
            self.order.forget()
        if self.epoch is None:
            self.order.hold(parcel)
        elif parcel.epoch != self.epoch:
            self.dismiss(RESYNC)
        else:
            self._deliver(self.order.offer(parcel))
            self._mind_the_gap()

    def hear_of(self, head: int, at: float) -> None:
        """Learn that the source was at `head` at a moment; what does not arrive is read."""
        if self.epoch is not None:
            self.checked_at = max(self.checked_at, at)
            self.order.upto = max(self.order.upto, head)
            self._mind_the_gap()

    # A join reads, catches up and enters.

    async def catch_up(self, view: View) -> None:
        """Bring the room to what a join has read, for all members."""
        if view.generation != self.generation:
            return  # The read is void; the join reads again.
        if self.epoch != view.epoch:
            self._start(view)
            return
        self._take(view.envelopes)
        if view.seq > self.head:
            self.order.upto = max(self.order.upto, view.seq)
            await asyncio.shield(self._close_gap())
        if view.seq == self.head:
            self.belonging = view.belonging
        self.checked_at = monotonic()

    def top_up(self, view: View) -> list[Parcel] | None:
        """What leads from a read to the cursor; None where it must be read again."""
        if view.generation != self.generation or view.epoch != self.epoch:
            return None
        parcels = self.order.since(view.seq)
        if parcels is None or any(parcel.turns for parcel in parcels):
            return None
        return parcels

    def recall(self, actor: Actor, after: int | None, epoch: str | None) -> View | None:
        """Answer a resuming join from memory; None where the source must be asked."""
        if after is None or epoch != self.epoch or self.epoch is None:
            return None
        parcels = self.order.since(after)
        if parcels is None or not access.may_stay(actor, self.room, self.belonging):
            return None
        return View(self.epoch, self.head, None, None, parcels, False, self.generation)

    def enter(self, connection: Connection) -> None:
        """Add a member, in the loop step in which its join is answered."""
        self.members[connection.sid] = connection
        connection.rooms[self.name] = self
        self.empty_since = None

    def leave(self, connection: Connection) -> None:
        connection.rooms.pop(self.name, None)
        self.members.pop(connection.sid, None)
        if not self.members:
            self.empty_since = monotonic()
        if self.left is not None:
            self.left(self, connection)

    def judge(self, connection: Connection) -> None:
        """Put a member out who may no longer be here."""
        if not access.may_stay(connection.actor, self.room, self.belonging):
            self._put_out([connection], "forbidden")

    def dismiss(self, reason: str) -> None:
        """Put everybody out, to join anew; the room starts over."""
        self._put_out(list(self.members.values()), reason)
        self.stop()
        self.epoch = None
        self.belonging = None
        self.looked = 0
        self.markers, self.marked = {}, False
        self.generation += 1
        self._wiped_at = 0
        self.order = Order(self._options.recent_envelopes, self._options.recent_bytes)

    def stop(self) -> None:
        """Cancel what is under way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._closing is not None and self._closing is not asyncio.current_task():
            self._closing.cancel()

    def tell(self, event: str, payload: bytes, but: str | None = None) -> None:
        """Send something that is not of the log to the members."""
        self._fanout.emit(event, payload, [sid for sid in self.members if sid != but], self.name)

    # In order, to the members.

    def _start(self, view: View) -> None:
        if self.epoch is not None:
            self.dismiss(RESYNC)
        self.epoch = view.epoch
        self.belonging = view.belonging
        self.checked_at = monotonic()
        self._deliver(self.order.start(view.seq, _memorable(view)))
        self._mind_the_gap()

    def _take(self, read: Sequence[Parcel]) -> None:
        """Use what a join happened to read, as far as it continues the head."""
        for parcel in read:
            if parcel.prev == self.head:
                self._deliver(self.order.fill([parcel]))

    def _deliver(self, due: Sequence[Parcel]) -> None:
        for parcel in due:
            if self.belonging is not None and parcel.turns:
                self._follow_access(parcel)
            self._fanout.emit("event", parcel.json, self.members.keys(), self.name)
            if self.heard is not None:
                self.heard(self, parcel)
            if parcel.wipes:
                self._wipe(parcel.seq)
                self.order.forget_recent()

    def _wipe(self, seq: int) -> None:
        """Void the reads that began before a wiping envelope was known, received or read."""
        if seq > self._wiped_at:
            self._wiped_at = seq
            self.generation += 1

    def _follow_access(self, parcel: Parcel) -> None:
        """Who loses access by an envelope gets `left` in its place."""
        belonging = self.belonging
        assert belonging is not None
        for event in parcel.turns:
            belonging = access.belonging_after(belonging, event)
        self.belonging = belonging
        losers = [
            member
            for member in self.members.values()
            if not access.may_stay(member.actor, self.room, belonging)
        ]
        self._put_out(losers, "gone" if belonging.gone else "forbidden")

    def _put_out(self, members: list[Connection], reason: str) -> None:
        if not members:
            return
        for member in members:
            self.leave(member)
        payload = orjson.dumps({"room": self.name, "reason": reason})
        self._fanout.emit("left", payload, [member.sid for member in members], self.name)

    # A gap is waited on for a moment, then read once for all.

    def _mind_the_gap(self) -> None:
        if not self.order.behind:
            return
        idle = self._timer is None and self._closing is None
        if idle and self.epoch is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._options.hold, self._held_long_enough)

    def _held_long_enough(self) -> None:
        self._timer = None
        if self.order.behind:
            self._close_gap()

    def _close_gap(self) -> asyncio.Task[None]:
        if self._closing is None:
            self._closing = asyncio.create_task(self._read_gap())
            self._closing.add_done_callback(self._gap_closed)
        return self._closing

    def _gap_closed(self, closing: asyncio.Task[None]) -> None:
        self._closing = None
        if not closing.cancelled() and closing.exception() is not None:
            log.error("gap of %s was not closed", self.name, exc_info=closing.exception())
        self._mind_the_gap()

    async def _read_gap(self) -> None:
        for attempt in range(GAP_TRIES):
            if not self.order.behind or self.epoch is None:
                return
            generation, head = self.generation, self.head
            try:
                parcels = await self.source.gap(self)
            except NotFound:
                return self.dismiss(RESYNC)
            except Exception as error:  # The store may be away; it is asked again.
                log.warning("gap of %s could not be read: %r", self.name, error)
                parcels = []
            if generation != self.generation:
                continue  # A redaction came meanwhile: what was read may hold its text.
            if parcels is None:
                return self.dismiss(RESYNC)
            try:
                self._deliver(self.order.fill(parcels))
            except BrokenChainError as error:
                log.warning("%s starts over: %s", self.name, error)
                return self.dismiss(RESYNC)
            if self.head == head:
                await asyncio.sleep(min(2.0, 0.05 * 2**attempt))
        self.order.upto = self.head  # Not to be had; the next sweep hears of it again.


def _memorable(view: View) -> Sequence[Parcel]:
    """The envelopes of a read that may be remembered: all, or those after a wiping one."""
    parcels = list(view.envelopes)
    if not parcels or parcels[-1].seq != view.seq:
        return ()
    last = max((at for at, parcel in enumerate(parcels) if parcel.wipes), default=-1)
    return parcels[last + 1 :]

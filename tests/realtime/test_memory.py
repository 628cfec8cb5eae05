"""The door's ports in memory do what the ports ask."""

from __future__ import annotations

from uuid import uuid4

import pytest

from domain.audience import agent_room, staff_room
from domain.errors import NotFound, Unauthenticated
from domain.message import ActorRef
from domain.ports import Marker, Newer
from realtime.memory import Anybody, MemoryLog, MemoryMarkers, NoFeeds

ROOM = staff_room(str(uuid4()))
ADA = ActorRef(kind="agent", id=str(uuid4()))
SAID = {"type": "message.posted", "v": 1, "body": "hello"}


def a_log(length: int) -> MemoryLog:
    log = MemoryLog()
    for _ in range(length):
        log.append(ROOM, ADA, str(uuid4()), SAID)
    return log


async def test_whoever_has_a_cursor_gets_what_follows_it_and_others_need_a_snapshot():
    log = a_log(3)

    known = await log.read_room(ROOM, 1, log.epoch)
    assert [(each.seq, each.prev) for each in known.envelopes or ()] == [(2, 1), (3, 2)]
    for after, epoch in ((None, None), (1, "another"), (4, log.epoch)):
        assert (await log.read_room(ROOM, after, epoch)).envelopes is None
    assert (await log.snapshot(ROOM)).seq == 3


async def test_gaps_and_heads_are_known():
    log = a_log(5)

    assert [each.seq for each in await log.read_gap(ROOM, 1, 3)] == [2, 3]
    other = agent_room(ADA.id)
    assert await log.newer({ROOM: 4, other: 0}) == {ROOM: Newer(5, 5)}


async def test_a_repeated_command_says_nothing_twice():
    log = MemoryLog()
    first = log.append(ROOM, ADA, "once", SAID)

    assert log.append(ROOM, ADA, "once", SAID) is first
    assert (await log.snapshot(ROOM)).seq == 1


async def test_what_can_be_no_room_is_not_found():
    with pytest.raises(NotFound):
        await MemoryLog().snapshot("attic")


async def test_markers_only_move_up():
    markers, person = MemoryMarkers(), str(uuid4())
    await markers.advance([Marker("t", person, "agent", 3, 1), Marker("t", person, "agent", 2, 2)])

    assert await markers.of(["t"]) == [Marker("t", person, "agent", 3, 2)]
    assert await markers.of(["u"]) == []


async def test_whoever_says_who_they_are_is_let_in():
    anybody = Anybody()
    session = await anybody.authenticate(ADA.id)

    assert session.actor.ref == ADA
    assert await anybody.recheck([session]) == {session.id: session}
    with pytest.raises(Unauthenticated):
        await anybody.authenticate("")
    assert await NoFeeds().feed_snapshot("wallboard") == {"rows": [], "counters": [], "agents": []}

"""One emit, framed once, to every member of both kinds, in order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import integers, just, lists, one_of

from realtime.fanout import LEAST, MOST, SMALL, TURN, Pace, Round, SocketFanout
from realtime.transport.engine import Outbox, Polling
from realtime.transport.frames import BINARY, frame
from realtime.transport.server import Server
from realtime.transport.websocket import WebSocket
from tests.realtime.nodes import until
from tests.realtime.transport.paper import PaperTransport

AT_FIRST = Pace().sockets


class Crowd:
    """Sockets on paper in the namespace `/` of a server."""

    def __init__(self, cap: int = 1_000_000) -> None:
        self.server = Server()
        self.server.eio.outbox_bytes = cap
        self.over: list[str] = []
        self.fanout = SocketFanout(self.server, cap, self.over.append)

    async def enter(self, eio_sid: str, session: Any) -> str:
        session.sid = eio_sid
        self.server.eio.sockets[eio_sid] = session
        sid = await self.server.manager.pre_connect(eio_sid, "/")
        assert sid is not None
        await self.server.manager.connect(sid, "/")
        return sid

    async def sockets(self, count: int) -> dict[str, PaperTransport]:
        found: dict[str, PaperTransport] = {}
        for number in range(count):
            transport = PaperTransport()
            socket = WebSocket(self.server.eio, transport, set(), "here")
            found[await self.enter(f"socket {number}", socket)] = transport
        return found

    async def poller(self) -> tuple[str, Outbox]:
        session = Polling(self.server.eio, "poller", "here")
        return await self.enter("poller", session), session.queue


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


async def test_everybody_is_written_the_same_bytes(crowd: Crowd):
    sockets = await crowd.sockets(3)
    sid, queue = await crowd.poller()
    crowd.fanout.emit("event", b'{"seq":1}', [*sockets, sid])
    await asyncio.sleep(0)

    (first,), *others = (transport.written for transport in sockets.values())
    assert first == frame(b'42["event",{"seq":1}]')
    assert all(other[0] is first for other in others)
    assert queue.get_nowait().encode() == '42["event",{"seq":1}]'


async def test_an_answer_goes_out_in_this_step_to_either_kind(crowd: Crowd):
    sockets = await crowd.sockets(1)
    poller, queue = await crowd.poller()
    for sid in [*sockets, poller]:
        crowd.fanout.ack(sid, 7, b'{"ok":true}')
    await asyncio.sleep(0)

    assert [t.written for t in sockets.values()] == [[frame(b'437[{"ok":true}]')]]
    assert queue.get_nowait().encode() == '437[{"ok":true}]'


async def test_what_a_socket_is_told_in_one_step_is_one_write_in_the_order_of_the_telling(
    crowd: Crowd,
):
    sockets = await crowd.sockets(3)
    asker, *_ = sockets
    crowd.fanout.emit("event", b"1", list(sockets), "room")
    crowd.fanout.ack(asker, 7, b"2")
    crowd.fanout.emit("event", b"3", list(sockets)[1:], "other room")
    assert not any(transport.written for transport in sockets.values())
    await asyncio.sleep(0)

    one, two, three = frame(b'42["event",1]'), frame(b"437[2]"), frame(b'42["event",3]')
    first, *others = (transport.written for transport in sockets.values())
    assert first == [one + two]
    assert others == [[one + three]] * 2


async def test_who_is_closed_in_the_step_hears_what_was_said_before(crowd: Crowd):
    [(sid, transport)] = (await crowd.sockets(1)).items()
    crowd.fanout.emit("event", b"1", [sid], "room")
    crowd.fanout.close(sid, b"{}")
    crowd.fanout.emit("event", b"2", [sid], "room")
    await asyncio.sleep(0)

    first, last = transport.written
    assert first == frame(b'42["event",1]')
    assert last.startswith(frame(b'42["closing",{}]') + b"\x88")


async def test_a_turn_of_a_large_room_goes_behind_what_was_said_in_the_step(crowd: Crowd):
    sockets = await crowd.sockets(SMALL + 1)
    asker, *_ = sockets
    crowd.fanout.emit("event", b"1", list(sockets), "room")
    crowd.fanout.ack(asker, 7, b"2")
    await until(lambda: all(transport.written for transport in sockets.values()))

    one, two = frame(b'42["event",1]'), frame(b"437[2]")
    assert [transport.written for transport in sockets.values()] == [
        [two + one],
        *[[one]] * SMALL,
    ]


async def test_python_socketios_own_emit_frames_once_too(crowd: Crowd):
    sockets = await crowd.sockets(3)
    sid, queue = await crowd.poller()
    manager = crowd.server.manager
    for each in (*sockets, sid):
        await manager.enter_room(each, "/", "room")
    await crowd.server.emit("event", {"seq": 1}, room="room", skip_sid=list(sockets)[2])
    await asyncio.sleep(0)

    first, second, skipped = (transport.written for transport in sockets.values())
    assert first == second == [frame(b'42["event",{"seq":1}]')]
    assert first[0] is second[0]
    assert skipped == []
    assert [packet.encode() for packet in queue.drop()] == ['42["event",{"seq":1}]']


async def test_python_socketios_own_emit_sends_what_is_binary_its_own_way(crowd: Crowd):
    sockets = await crowd.sockets(1)
    await crowd.server.emit("event", b"12")
    await asyncio.sleep(0)

    [[written]] = (transport.written for transport in sockets.values())
    assert written.endswith(frame(b"12", BINARY))


async def test_a_large_room_takes_turns_with_the_loop_and_keeps_its_order(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("realtime.fanout.thread_time", lambda: 0.0)  # However slow this machine is.
    sockets = await crowd.sockets(2 * AT_FIRST + 1)
    members = dict.fromkeys(sockets)
    crowd.fanout.emit("event", b"1", members.keys(), "room")
    written = [transport.written for transport in sockets.values()]
    await asyncio.sleep(0)
    assert sum(map(len, written)) == AT_FIRST

    crowd.fanout.emit("event", b"2", list(sockets)[:2], "room")
    crowd.fanout.emit("event", b"3", list(sockets)[-1:], "other room")
    members.clear()  # Who leaves now was a member when it was said.
    await until(lambda: len(written[0]) == 2)

    one, two, three = (frame(b'42["event",%d]' % number) for number in (1, 2, 3))
    assert written[:2] == [[one, two]] * 2
    assert written[2:-1] == [[one]] * (2 * AT_FIRST - 2)
    assert written[-1] == [three + one]


async def test_what_is_said_to_the_same_members_in_one_step_is_written_once(crowd: Crowd):
    sockets = await crowd.sockets(SMALL + 1)
    sid, queue = await crowd.poller()
    members = [*sockets, sid]
    for number in (b"1", b"2"):
        crowd.fanout.emit("event", number, members, "room")
    crowd.fanout.emit("event", b"3", members[1:], "room")
    await asyncio.sleep(0)

    one, two, three = (frame(b'42["event",%d]' % number) for number in (1, 2, 3))
    first, *others = (transport.written for transport in sockets.values())
    assert first == [one + two]
    assert others == [[one + two, three]] * SMALL
    assert [packet.encode() for packet in queue.drop()] == [
        f'42["event",{number}]' for number in (1, 2, 3)
    ]


async def test_what_is_said_while_others_were_told_is_one_write_for_the_rest(crowd: Crowd):
    sockets = await crowd.sockets(AT_FIRST + 1)
    crowd.fanout.emit("event", b"1", list(sockets), "room")
    await asyncio.sleep(0)
    crowd.fanout.emit("event", b"2", list(sockets), "room")
    written = [transport.written for transport in sockets.values()]
    await until(lambda: len(written[0]) == 2)

    one, two = (frame(b'42["event",%d]' % number) for number in (1, 2))
    assert written == [*[[one, two]] * AT_FIRST, [one + two]]


@given(
    members=integers(1, 7),
    steps=lists(one_of(just("say"), integers(1, 9)), max_size=40),
)
def test_everybody_of_a_round_hears_everything_once_and_in_order(
    members: int, steps: list[str | int]
):
    names = [f"member {number}" for number in range(members)]
    heard: dict[str, bytes] = dict.fromkeys(names, b"")
    round_, said = Round(names), 0

    def take(most: int) -> bool:
        if (found := round_.take(most)) is None:
            return False
        assert 0 < len(found[1]) <= most
        for name in found[1]:
            heard[name] += found[0].frame
        return True

    for step in steps:
        if step == "say":
            round_.add(b"%d" % said)
            said += 1
        else:
            take(int(step))
    while take(3):
        pass

    everything = b"".join(frame(b"%d" % number) for number in range(said))
    assert heard == dict.fromkeys(names, everything)


def test_a_turn_is_as_long_as_the_loop_may_be_kept():
    pace = Pace()
    pace.took(TURN * 0.75)
    assert pace.sockets == AT_FIRST

    for _ in range(20):
        pace.took(TURN / 4)
    assert pace.sockets == MOST

    pace.took(TURN * 4)
    assert pace.sockets == MOST // 2

    for _ in range(20):
        pace.took(TURN * 4)
    assert pace.sockets == LEAST


async def test_a_slow_reader_is_told_of_once_it_is_over_its_cap_and_others_go_on():
    crowd = Crowd(cap=100)
    sockets = await crowd.sockets(2)
    slow, quick = sockets
    crowd.server.manager.websockets[slow].pause_writing()
    for _ in range(4):
        crowd.fanout.emit("event", b'"%s"' % (b"x" * 60), list(sockets))
        await asyncio.sleep(0)

    assert crowd.over == [slow, slow]
    assert sockets[slow].written == []
    assert len(sockets[quick].written) == 4


async def test_what_waits_for_the_slow_is_not_copied_for_each(crowd: Crowd):
    sids = list(await crowd.sockets(2))
    websockets = [crowd.server.manager.websockets[sid] for sid in sids]
    for websocket in websockets:
        websocket.pause_writing()
    crowd.fanout.emit("event", b"1", sids)
    for websocket in websockets:
        websocket.resume_writing()

    first, second = (websocket.transport for websocket in websockets)
    assert isinstance(first, PaperTransport)
    assert isinstance(second, PaperTransport)
    assert first.written[0] is second.written[0]


async def test_who_is_closed_hears_why_and_nothing_more(crowd: Crowd):
    sockets = await crowd.sockets(1)
    (sid,) = sockets
    crowd.fanout.close(sid, b'{"reason":"restart"}')
    crowd.fanout.emit("event", b"1", [sid])

    (last,) = sockets[sid].written
    assert last.startswith(frame(b'42["closing",{"reason":"restart"}]') + b"\x88")
    assert not crowd.fanout.alive(sid)
    await asyncio.sleep(0)


async def test_nobody_is_written_to_who_is_not_there(crowd: Crowd):
    crowd.fanout.emit("event", b"1", ["nobody"])
    crowd.fanout.ack("nobody", 1, b"1")
    crowd.fanout.close("nobody", b"{}")

    assert not crowd.fanout.alive("nobody")


async def test_who_leaves_leaves_their_own_rooms_without_a_look_at_others(crowd: Crowd):
    members: Any = crowd.server.manager
    one, other = await crowd.sockets(2)
    for room in range(50):
        await members.enter_room(one, "/", f"room {room}")
    await members.enter_room(other, "/", "room 7")
    looked = _Counting(members.rooms["/"])
    members.rooms["/"] = looked
    await members.disconnect(other, "/")

    assert looked.reads <= 10
    assert sorted(members.get_rooms(one, "/")) == sorted([one, *(f"room {n}" for n in range(50))])
    assert dict(members.get_participants("/", "room 7")) == {one: "socket 0"}
    assert dict(members.get_participants("/", one)) == {one: "socket 0"}
    assert dict(members.get_participants("/", [one, "room 7", "room 8"])) == {one: "socket 0"}
    assert dict(members.get_participants("/", other)) == {}
    assert not members.is_connected(other, "/")


class _Counting(dict[Any, Any]):
    """Counts how many rooms are looked at."""

    reads = 0

    def __getitem__(self, room: Any) -> Any:
        self.reads += 1
        return super().__getitem__(room)

    def copy(self) -> Any:
        raise AssertionError("all rooms were looked through")

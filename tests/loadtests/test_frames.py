"""The load generator's codec: what a server reads of it, and what it reads of a server."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from loadtests.frames import PING, TEXT, Frames, ProtocolError, frame, text


def read(data: bytes) -> Frame:
    """How another implementation reads a client's frame."""
    reader = StreamReader()
    reader.feed_data(data)
    parsing = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    return done.value.value


def written(opcode: Opcode, payload: bytes, **flags: bool) -> bytes:
    """How another implementation writes a server's frame."""
    return Frame(opcode, payload, **flags).serialize(mask=False)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_another_implementation_reads_what_is_written(size: int):
    payload = bytes(at % 251 for at in range(size))

    seen = read(text(payload))

    assert (seen.opcode, seen.data, seen.fin) == (Opcode.TEXT, payload, True)
    assert read(frame(PING, b"abc")).opcode is Opcode.PING


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_what_another_implementation_writes_is_read(size: int):
    payload = b"x" * size

    assert Frames().feed(written(Opcode.TEXT, payload)) == [(TEXT, payload)]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1_000])
def test_frames_may_be_cut_anywhere(step: int):
    sent = [b"", b"one", b"t" * 126, b"u" * 70_000, b"last"]
    data = b"".join(written(Opcode.TEXT, payload) for payload in sent)
    frames, seen = Frames(), list[tuple[int, bytes]]()

    for at in range(0, len(data), step):
        seen += frames.feed(data[at : at + step])

    assert seen == [(TEXT, payload) for payload in sent]


@pytest.mark.parametrize(
    "data",
    [
        written(Opcode.TEXT, b"part", fin=False),
        b"\xc1\x00",
        text(b"masked"),
    ],
    ids=["fragment", "reserved bit", "mask"],
)
def test_what_no_server_here_sends_is_an_error(data: bytes):
    with pytest.raises(ProtocolError):
        Frames().feed(data)

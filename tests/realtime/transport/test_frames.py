"""RFC 6455, case by case and against another implementation of it."""

from __future__ import annotations

import random
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from realtime.transport.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Message,
    Parser,
    Violation,
    close_frame,
    frame,
    unmask,
)
from tests.realtime.transport.bytes import masked

LIMIT = 1_000


def read(*pieces: bytes, limit: int = LIMIT) -> list[Message]:
    """What a parser makes of bytes that come in these pieces."""
    parser, found = Parser(limit), list[Message]()
    for piece in pieces:
        parser.feed(piece)
        while (message := parser.next()) is not None:
            found.append(message)
    return [message for message in found if message[0] != CONTINUATION]


def violated(*pieces: bytes, limit: int = LIMIT) -> int:
    with pytest.raises(Violation) as caught:
        read(*pieces, limit=limit)
    return caught.value.code


# Messages.


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_001])
def test_a_message_of_any_length_is_read(size: int):
    text = ("abcdefg" * (size // 7 + 1))[:size]

    assert read(masked(text), limit=100_000) == [(TEXT, text)]


def test_messages_that_come_together_are_read_one_after_the_other():
    assert read(masked("a") + masked(b"b", BINARY) + masked("c")) == [
        (TEXT, "a"),
        (BINARY, b"b"),
        (TEXT, "c"),
    ]


def test_bytes_that_come_one_by_one_are_put_together():
    sent = masked("first") + masked("x" * 300) + masked("", PING)

    assert read(*(bytes((byte,)) for byte in sent)) == [
        (TEXT, "first"),
        (TEXT, "x" * 300),
        (PING, b""),
    ]


def test_parts_are_put_together_with_control_frames_between_them():
    sent = (
        masked("He", fin=False)
        + masked(b"?", PING)
        + masked("l", CONTINUATION, fin=False)
        + masked(b"", PONG)
        + masked("lo", CONTINUATION)
    )

    assert read(sent) == [(PING, b"?"), (PONG, b""), (TEXT, "Hello")]


def test_a_character_may_be_cut_in_two_by_frames():
    euro = "€".encode()

    assert read(masked(euro[:1], fin=False), masked(euro[1:], CONTINUATION)) == [(TEXT, "€")]


def test_binary_parts_need_not_be_text():
    assert read(masked(b"\xff", BINARY, fin=False), masked(b"\xfe", CONTINUATION)) == [
        (BINARY, b"\xff\xfe")
    ]


def test_a_close_may_say_nothing_or_a_code_or_a_reason_too():
    assert read(masked(b"", CLOSE)) == [(CLOSE, b"")]
    assert read(masked(b"\x03\xe8", CLOSE)) == [(CLOSE, b"\x03\xe8")]
    assert read(masked(b"\x0f\xa0bye", CLOSE)) == [(CLOSE, b"\x0f\xa0bye")]


# Violations.


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(masked("a", mask=None), 1002, id="not masked"),
        pytest.param(masked("a", reserved=4), 1002, id="RSV1"),
        pytest.param(masked("a", reserved=2), 1002, id="RSV2"),
        pytest.param(masked("a", reserved=1), 1002, id="RSV3"),
        *(pytest.param(masked("a", op), 1002, id=f"opcode {op}") for op in (3, 7, 11, 15)),
        pytest.param(masked("a", CONTINUATION), 1002, id="a continuation of nothing"),
        pytest.param(masked("a", fin=False) + masked("b"), 1002, id="a message within a message"),
        pytest.param(masked("", PING, fin=False), 1002, id="a ping in parts"),
        pytest.param(masked("x" * 126, PING), 1002, id="a long ping"),
        pytest.param(masked("x" * 126, CLOSE), 1002, id="a long close"),
        pytest.param(masked("x" * 5, length=b"\x7e\x00\x05"), 1002, id="5 in two bytes"),
        pytest.param(
            masked("x" * 5, length=b"\x7f" + (5).to_bytes(8, "big")), 1002, id="5 in eight"
        ),
        pytest.param(
            masked("", length=b"\x7f" + (1 << 63).to_bytes(8, "big")), 1002, id="a negative length"
        ),
        pytest.param(masked(b"\xff"), 1007, id="not UTF-8"),
        pytest.param(masked("€".encode()[:2]), 1007, id="half a character"),
        pytest.param(masked(b"\xed\xa0\x80"), 1007, id="a surrogate"),
        pytest.param(masked(b"\x03", CLOSE), 1002, id="half a close code"),
        *(
            pytest.param(masked(code.to_bytes(2, "big"), CLOSE), 1002, id=f"close code {code}")
            for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000)
        ),
        pytest.param(masked(b"\x03\xe8\xff", CLOSE), 1007, id="a close reason not UTF-8"),
    ],
)
def test_what_the_protocol_forbids_fails_the_connection(sent: bytes, code: int):
    assert violated(sent) == code
    assert violated(*(bytes((byte,)) for byte in sent)) == code


def test_parts_that_are_no_text_together_fail_the_connection():
    assert violated(masked("a", fin=False) + masked(b"\xff", CONTINUATION)) == 1007


def test_what_is_too_long_is_refused_by_its_head_alone():
    assert violated(masked("x" * 1_001)[:4] + b"mask") == 1009
    head = b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"mask"
    assert violated(head) == 1009


def test_parts_are_too_long_together():
    parts = [masked("x" * 600, fin=False), masked("x" * 401, CONTINUATION)]

    assert violated(*parts) == 1009


def test_a_control_frame_between_long_parts_is_not_counted():
    sent = [masked("x" * 1_000, fin=False), masked("y" * 100, PING), masked("", CONTINUATION)]

    assert read(*sent) == [(PING, b"y" * 100), (TEXT, "x" * 1_000)]


def test_messages_before_a_violation_are_heard():
    parser = Parser(LIMIT)
    parser.feed(masked("a") + masked("b", reserved=1))

    assert parser.next() == (TEXT, "a")
    with pytest.raises(Violation):
        parser.next()


# Against another implementation.


@given(payload=st.binary(max_size=300), mask=st.binary(min_size=4, max_size=4))
def test_taking_a_mask_off_twice_changes_nothing(payload: bytes, mask: bytes):
    assert unmask(unmask(payload, mask), mask) == payload
    assert unmask(payload, mask) == bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


@given(
    messages=st.lists(st.one_of(st.text(max_size=200), st.binary(max_size=200)), max_size=8),
    cuts=st.lists(st.integers(0, 2_000), max_size=12),
    parts=st.integers(1, 5),
    masks=st.binary(min_size=4, max_size=4),
)
def test_any_messages_in_any_parts_and_pieces_are_read_as_they_were_sent(
    messages: list[str | bytes], cuts: list[int], parts: int, masks: bytes
):
    sent = b"".join(_in_parts(message, parts, masks) for message in messages)
    edges = sorted({min(cut, len(sent)) for cut in cuts} | {0, len(sent)})
    pieces = [sent[a:b] for a, b in pairwise(edges)]

    assert [data for _, data in read(*pieces, limit=10_000)] == messages


def _in_parts(message: str | bytes, parts: int, mask: bytes) -> bytes:
    data = message.encode() if isinstance(message, str) else message
    opcode = TEXT if isinstance(message, str) else BINARY
    size = -(-len(data) // parts) or 1
    chunks = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    return b"".join(
        masked(chunk, CONTINUATION if at else opcode, fin=at == len(chunks) - 1, mask=mask)
        for at, chunk in enumerate(chunks)
    )


@given(payload=st.binary(max_size=70_000), opcode=st.sampled_from([TEXT, BINARY]))
def test_a_servers_frame_is_what_others_write(payload: bytes, opcode: int):
    theirs = TheirFrame(Opcode(opcode), payload)

    assert frame(payload, opcode) == theirs.serialize(mask=False)


@given(code=st.integers(1000, 4999), reason=st.text(max_size=200))
def test_a_close_frame_is_short_and_says_its_code(code: int, reason: str):
    stream = StreamReader()
    stream.feed_data(close_frame(code, reason))
    parsing = TheirFrame.parse(stream.read_exact, mask=False, max_size=125)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    data = bytes(done.value.value.data)

    assert int.from_bytes(data[:2], "big") == code
    assert reason.startswith(data[2:].decode())


# Fuzz.


@given(noise=st.binary(max_size=2_000), cut=st.integers(0, 2_000))
def test_noise_is_read_or_refused_and_the_same_in_pieces(noise: bytes, cut: int):
    assert _outcome(noise) == _outcome(noise[:cut], noise[cut:])


@pytest.mark.parametrize("seed", range(20))
def test_sound_frames_with_broken_bytes_do_no_harm(seed: int):
    dice = random.Random(seed)
    for _ in range(200):
        size = dice.choice([0, 1, 5, 125, 126, 300])
        opcode = dice.choice([0, 1, 2, 8, 9, 10])
        sent = bytearray(masked(dice.randbytes(size), opcode, fin=dice.random() < 0.8) * 3)
        for _ in range(dice.randrange(4)):
            sent[dice.randrange(len(sent))] = dice.randrange(256)
        cut = dice.randrange(len(sent))

        assert _outcome(bytes(sent)) == _outcome(bytes(sent[:cut]), bytes(sent[cut:]))


def test_a_parser_keeps_nothing_between_messages():
    parser = Parser(10_000_000)
    long = masked("x" * 100_000)
    pieces = [long[:50_000], long[50_000:], masked("y" * 1_000, fin=False), masked("z", 0)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            for piece in pieces:
                parser.feed(piece)
                while parser.next() is not None:
                    pass
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert kept < 10_000


def _outcome(*pieces: bytes) -> tuple[list[Message], int]:
    """Everything that was understood, and what the connection failed with."""
    parser, found = Parser(LIMIT), list[Message]()
    for piece in pieces:
        parser.feed(piece)
        try:
            while (message := parser.next()) is not None:
                found.append(message)
        except Violation as violation:
            return found, violation.code
    return found, 0

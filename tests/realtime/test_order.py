"""Whatever order envelopes come in, members see the log's."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.message import ActorKind, ActorRef, Envelope
from loadtests.processes import PROC, resident_bytes
from realtime.order import BrokenChainError, Order, Parcel

SOMEBODY = ActorRef(kind=ActorKind.SYSTEM, id="test")


def parcel(prev: int, seq: int, text: str = "") -> Parcel:
    events = [{"type": "message.posted", "body": text}]
    return Parcel.of(
        Envelope(
            room="room",
            epoch="e",
            seq=seq,
            prev=prev,
            at=0,
            actor=SOMEBODY,
            command_id="c",
            events=events,
        )
    )


def chain(*seqs: int) -> list[Parcel]:
    """A room's log, from the first seq of which on."""
    return [parcel(prev, seq) for prev, seq in zip((0, *seqs), seqs, strict=False)]


def seqs(parcels: list[Parcel]) -> list[int]:
    return [each.seq for each in parcels]


def order(max_recent: int = 100, max_bytes: int = 10**6) -> Order:
    return Order(max_recent, max_bytes)


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=30),
    st.data(),
)
def test_any_arrival_with_losses_and_repeats_comes_out_as_the_log(
    steps: list[int], data: st.DataObject
):
    log = chain(*(sum(steps[: at + 1]) for at in range(len(steps))))
    start = data.draw(st.integers(0, len(log)), label="already delivered")
    arrivals = data.draw(st.lists(st.sampled_from(log), max_size=60), label="arrivals")
    reads = data.draw(st.sets(st.integers(0, 60)), label="reads after these arrivals")
    subject, delivered = order(max_recent=4), log[:start]
    subject.start(log[start - 1].seq if start else 0, [])

    for at, arriving in enumerate(arrivals):
        delivered += subject.offer(arriving)
        if at in reads and subject.behind:
            gap = [p for p in log if subject.head < p.seq <= subject.upto]
            delivered += subject.fill(gap)
        assert seqs(delivered) == seqs(log)[: len(delivered)]
        remembered = subject.since(subject.head)
        assert remembered == []
    subject.upto = max(subject.upto, log[-1].seq)
    delivered += subject.fill([p for p in log if p.seq > subject.head])

    assert seqs(delivered) == seqs(log)
    assert not subject.behind


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(0, 90), st.data())
def test_what_is_remembered_is_exactly_what_follows_a_cursor(
    steps: list[int], after: int, data: st.DataObject
):
    log = chain(*(sum(steps[: at + 1]) for at in range(len(steps))))
    kept = data.draw(st.integers(0, 20))
    subject = order(max_recent=kept)
    subject.start(0, [])
    for each in log:
        subject.offer(each)

    remembered = subject.since(after)

    follows = [each for each in log if each.seq > after]
    if remembered is not None:
        assert remembered == follows
    elif after <= subject.head:
        assert len(follows) > kept
    below = max((seq for seq in (0, *seqs(log)) if seq <= after), default=0)
    assert subject.floor(after) in (below, None)


def test_eight_before_seven_waits_for_seven():
    subject = order()
    subject.start(6, [])

    assert subject.offer(parcel(7, 8)) == []
    assert subject.behind
    assert seqs(subject.offer(parcel(6, 7))) == [7, 8]
    assert not subject.behind


def test_what_was_held_before_the_start_is_delivered_after_it():
    subject = order()
    subject.hold(parcel(5, 6))
    subject.hold(parcel(6, 7))
    subject.hold(parcel(3, 4))

    assert seqs(subject.start(5, [])) == [6, 7]
    assert not subject.behind


def test_a_store_that_does_not_lead_on_from_the_head_is_not_believed():
    subject = order()
    subject.start(6, [])
    subject.upto = 9

    with pytest.raises(BrokenChainError):
        subject.fill([parcel(5, 8), parcel(8, 9)])
    assert subject.head == 6


def test_memory_is_bounded_by_count_and_by_bytes():
    counted, weighed = order(max_recent=3), order(max_bytes=1_000)
    for subject in (counted, weighed):
        subject.start(0, [])
        for seq in range(1, 11):
            subject.offer(parcel(seq - 1, seq, "x" * 300))

    assert seqs(counted.since(7) or []) == [8, 9, 10]
    assert counted.since(6) is None
    assert seqs(weighed.since(9) or []) == [10]
    assert weighed.since(5) is None


@pytest.mark.skipif(not PROC.exists(), reason="only Linux tells what a process holds")
def test_an_envelope_that_is_remembered_holds_little_more_than_its_own_bytes():
    texts = [parcel(n, n + 1, "x" * 500) for n in range(1_000)]  # What Python needs once.
    before = resident_bytes(os.getpid())

    texts += [parcel(n, n + 1, "x" * 500) for n in range(10_000)]

    held = (resident_bytes(os.getpid()) - before) / 10_000
    assert held < 2 * len(texts[-1].json)


def test_a_flood_of_early_envelopes_is_not_kept_but_not_forgotten():
    subject = order()
    subject.start(0, [])
    for seq in range(2, 3_000):
        subject.offer(parcel(seq - 1, seq))

    assert subject.behind
    assert subject.upto == 2_999
    assert len(subject.fill(chain(*range(1, 3_000)))) == 2_999


def test_forgetting_keeps_the_place():
    subject = order()
    subject.start(2, chain(1, 2))
    subject.offer(parcel(3, 4, "private"))
    subject.forget()

    assert subject.since(1) is None
    assert subject.behind
    assert subject.upto == 4

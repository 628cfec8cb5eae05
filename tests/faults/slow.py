"""A client that stops reading while much is said, and what becomes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.faults.crowd import Crowd
from tests.faults.member import Member
from tests.waiting import until

BODY = "🐌" * 49_000
"""Some 196 kB; few are enough, for it is not the talk that is tried here."""
SPEAKERS = 2
KERNEL_BYTES = 64 * 1024
PATIENCE_BYTES = 4_300_000
"""What a node lets wait for a socket, and a little more."""
SEND_BUFFER = 4_194_304
"""What the kernel holds for it at the most, where it does not tell."""
WITHIN = 60.0


async def stop_reading(crowd: Crowd) -> str:
    """Somebody enters every room, and one more in which much is said, and reads nothing until
    the node must have lost its patience; then they read on."""
    slow, witness = crowd.extra("agent", 0), crowd.extra("agent2", 0)
    slow.receive_buffer = KERNEL_BYTES
    ticket = await crowd.open_ticket("A long story")
    loud = f"ticket:{ticket}:staff"
    await slow.enter(loud, *(f"ticket:{each}:staff" for each in crowd.tickets))
    await witness.enter(loud)
    ended = len(slow.closings)
    connection = slow.connection
    connection.stop_reading()

    async def speak(speaker: Member) -> None:
        await speaker.enter()
        while not hushed.is_set():
            said = {"type": "ticket.reply", "ticket_id": ticket, "body": BODY}
            assert (await speaker.send(said))["ok"]

    def overflowed() -> bool:
        said = len(BODY.encode()) * len(witness.rooms[loud].envelopes)
        return said > PATIENCE_BYTES + queued(*connection.ends)

    hushed = asyncio.Event()
    speakers = [asyncio.create_task(speak(crowd.extra("supervisor", 1))) for _ in range(SPEAKERS)]
    try:
        await until(overflowed, "the node has lost its patience", WITHIN)
        connection.go_on_reading()
        async with asyncio.timeout(WITHIN):
            await connection.gone.wait()
            await slow.ready()
    finally:
        hushed.set()
        await asyncio.gather(*speakers)
    reason, code = slow.closings[ended]
    told = f"closed with {reason or 'nothing'!r} and {code}"
    assert reason in ("resync", ""), told  # On a busy machine the last words are too late for us.
    return told


def queued(server: tuple[str, int], client: tuple[str, int]) -> int:
    """How many bytes the kernel holds on the way from a server's port to a client's."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        return SEND_BUFFER
    ends = [f"{port:04X}" for _, port in (server, client)]
    waiting = 0
    for line in table.read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        pair, (unsent, unread) = [local[-4:], remote[-4:]], queues.split(":")
        if pair == ends:
            waiting += int(unsent, 16)
        elif pair == ends[::-1]:
            waiting += int(unread, 16)
    return waiting

"""Everybody is cut off and comes back at once, while a few who stayed go on talking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count
from math import ceil
from time import perf_counter
from typing import Any

from domain.audience import staff_room
from loadtests.crowd import Client, Refused, leave
from loadtests.scenarios import Load, LostError, Measured, Servers, rest, uid

ROOMS_EACH = 3
MEMBERS = 12
"""How many of those who come back are in each room."""
STAYERS = 20
PAUSE = 0.05
"""Seconds between two commands of somebody who stayed."""

_numbers = count(1)

Cursor = Mapping[str, Any]


async def reconnect_storm(servers: Servers, load: Load) -> Measured:
    """The 99th of a hundred answers to those who stayed, in milliseconds; the generator's own
    delay is in it. Raises LostError where a room was not resumed up to its head."""
    tickets = [uid(f"ticket {n}") for n in range(load.people * ROOMS_EACH // MEMBERS)]
    everybody = await servers.enter(load.people)
    cursors = [
        [{"room": staff_room(tickets[(place + n) % len(tickets)])} for n in range(ROOMS_EACH)]
        for place in range(load.people)
    ]
    before = [
        _cursors_of(await _join(client, rooms))
        for client, rooms in zip(everybody, cursors, strict=True)
    ]
    stayers = await servers.enter(STAYERS, load.people)
    leave(everybody)
    await rest(servers)
    heads = {staff_room(ticket): await _say(stayers[0], ticket) for ticket in tickets}

    answered, delays = list[float](), list[float]()
    talk = [asyncio.create_task(_watch_oneself(delays))]
    talk += [
        asyncio.create_task(_talk(stayer, uid(f"other {n}"), answered))
        for n, stayer in enumerate(stayers)
    ]
    began, spent = perf_counter(), servers.cpu()
    back = await servers.enter(load.people, at_once=load.people)
    joined = await asyncio.gather(*(_join(c, r) for c, r in zip(back, before, strict=True)))
    took, spent = perf_counter() - began, servers.cpu() - spent
    for each in talk:
        each.cancel()
    lost = sum(not _resumed(room, heads) for rooms in joined for room in rooms)
    if lost:
        raise LostError(f"{lost} of {load.people * ROOMS_EACH} rooms were not resumed")
    facts = {
        "seconds": took,
        "cpu": spent,
        "answers": len(answered),
        "longest": max(answered),
        "generator's own delay": _p99(delays),
    }
    return Measured(_p99(answered) * 1_000, facts)


def _p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[ceil(len(seconds) * 0.99) - 1]


async def _join(client: Client, rooms: Sequence[Cursor]) -> list[dict[str, Any]]:
    """Join, again after a while where too many do."""
    while True:
        try:
            return (await client.ask("join", {"rooms": rooms}))["rooms"]
        except Refused as refused:
            error = refused.args[0]["error"]
            if not error["retryable"]:
                raise
            await asyncio.sleep(error["fields"]["retry_after"])


def _cursors_of(joined: Sequence[Mapping[str, Any]]) -> list[Cursor]:
    return [{"room": room["room"], "epoch": room["epoch"], "after": room["seq"]} for room in joined]


def _resumed(room: Mapping[str, Any], heads: Mapping[str, int]) -> bool:
    """Whether what was said meanwhile is there: as envelopes, or in a snapshot."""
    if room["seq"] != heads[room["room"]] or room["more"]:
        return False
    return room["snapshot"] is not None or room["envelopes"][-1]["seq"] == room["seq"]


async def _say(client: Client, ticket: str) -> int:
    note = {
        "type": "ticket.reply",
        "ticket_id": ticket,
        "command_id": f"00000000-0000-4000-9000-{next(_numbers):012x}",
        "visibility": "private",
        "body": "While you were away.",
    }
    return (await client.ask("command", note))["seq"]


async def _watch_oneself(delays: list[float]) -> None:
    while True:
        began = perf_counter()
        await asyncio.sleep(0.01)
        delays.append(perf_counter() - began - 0.01)


async def _talk(client: Client, ticket: str, answered: list[float]) -> None:
    while True:
        asked = perf_counter()
        await _say(client, ticket)
        answered.append(perf_counter() - asked)
        await asyncio.sleep(PAUSE)

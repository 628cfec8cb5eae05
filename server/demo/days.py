"""A later start: what was left open is worked off in its time, and a new day's tickets come in.

Nothing is touched in which a real person had a hand, nor what they opened themselves.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from domain.errors import DomainError
from domain.message import Command, Id, Millis
from domain.ticket.commands import AssignTicket, Reply, SetStatus
from domain.ticket.state import Status
from server.composition import Parts
from server.demo.content import load_lines
from server.demo.marks import demo_id
from server.demo.month import HOUR, MINUTE, month
from server.demo.notes import Batch
from server.demo.places import Company
from server.demo.shapes import Language, Story
from server.demo.stage import Stage
from server.demo.touched import ACTIVE, untouched
from server.store.connect import Raw

logger = logging.getLogger(__name__)

STALE: Millis = 20 * HOUR
"""After so long the newest tickets look old."""
OF_TODAY: Millis = 30 * HOUR
"""The stories that were of today when they were told are told again on another day."""
EXCHANGES = 60


def day_of(now: Millis) -> str:
    """The key of a batch of that day."""
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%dT%H")


def todays(stories: Sequence[Story], now: Millis, exchanges: int) -> list[Story]:
    """What comes in on a later day."""
    written = [story for story in stories if story.opened < OF_TODAY]
    return [*written, *month(now, exchanges, days=1, seed="today", beside=written)]


async def work_off(parts: Parts, stage: Stage, company: Company, batch: Batch) -> int:
    """Have what is open of earlier days answered and resolved by its agents; how many were.

    It happened between its last word and now, so that it was resolved in its time.
    """
    left = await untouched(
        parts.store,
        {"state.status": {"$in": ACTIVE}, "state.staff.at": {"$lt": batch.now - STALE}},
    )
    for header in left:
        try:
            async with stage.held([f"ticket:{header['_id']}"], batch.now):
                for command, who, at in _ending(header, company, batch):
                    await stage.send(command, stage.actor(who), at)
                await stage.close_quiet(header["_id"], batch.now)
        except (DomainError, KeyError) as error:
            logger.warning("ticket %s stays open: %s", header["_id"], error)
    return len(left)


def _ending(header: Raw, company: Company, batch: Batch) -> Iterator[tuple[Command, str, Millis]]:
    """Take it where it is nobody's, answer, and resolve it."""
    state, ticket_id = header["state"], header["_id"]
    chance = random.Random(f"{batch.key}:{ticket_id}")
    last = state["staff"]["at"]
    at = last + chance.randrange(1 * HOUR, max(2 * HOUR, min(16 * HOUR, batch.now - last - HOUR)))
    agents = {user_id: key for key, user_id in company.cast.agents.items()}
    who = agents.get(state["owner_id"])

    def named(act: str) -> dict[str, str]:
        return {"command_id": demo_id(batch.key, ticket_id, act), "ticket_id": ticket_id}

    if who is None:
        teams = {team_id: key for key, team_id in company.cast.teams.items()}
        team = teams[state["team_id"]]
        able = [e for e in company.cast.house.agents if team in e.teams and e.role == "agent"]
        who = chance.choice(able).key
        given = {**named("assign"), "agent_id": company.cast.agents[who]}
        yield AssignTicket.model_validate(given), who, at
    customers = company.cast.customers
    spoken: dict[Id, Language] = {
        customers[each.key]: each.language for each in company.cast.house.customers
    }
    words = chance.choice(load_lines().closings[spoken[state["requester_id"]]])
    yield Reply.model_validate({**named("reply"), "body": words}), who, at + 5 * MINUTE
    status = {**named("status"), "status": Status.RESOLVED}
    yield SetStatus.model_validate(status), who, at + 9 * MINUTE

"""Simulated agents look after who waits: a visitor whom nobody real answers, and old tickets."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import uuid4

import pytest

from domain.access import Actor
from domain.catalog import parse_command
from domain.message import ActorKind
from domain.ticket.commands import OpenTicket
from server.composition import Parts, compose
from server.demo.answering import AFTER, Answering
from server.demo.backlog import PATIENCE, Backlog
from server.demo.content import load_articles, load_lines
from server.demo.marks import fresh_id
from server.demo.member import Member
from server.demo.places import Company, move_in, write_articles
from server.settings import Settings
from server.store.connect import Store
from server.store.messages import Messages
from tests.server.house import FixedClock


@pytest.fixture
async def parts(settings: Settings, store: Store) -> AsyncGenerator[Parts]:
    async with compose(settings) as parts:
        yield parts


@dataclass
class Colleague:
    """An agent without a socket, who types at once; somebody real may speak `meanwhile`."""

    parts: Parts
    actor: Actor
    meanwhile: bool = False
    read_so_far: list[str] = field(default_factory=list[str])
    interrupted: Callable[[], None] | None = None

    @property
    def id(self) -> str:
        return self.actor.id

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        asked = parse_command({"type": kind, "command_id": fresh_id(), **fields})
        return (await self.parts.dispatch.dispatch(asked, self.actor)).result

    async def join(self, room: str, interrupted: Callable[[], None]) -> None:
        self.interrupted = interrupted

    async def leave(self, room: str) -> None: ...

    async def type(self, room: str, seconds: float) -> None:
        if self.meanwhile and self.interrupted:
            self.interrupted()

    async def read(self, ticket_id: str, room: str) -> None:
        self.read_so_far.append(ticket_id)


async def asked(
    parts: Parts,
    company: Company,
    customer: str,
    command_id: str,
    title: str = "Where is it?",
    body: str = "It should be here.",
) -> str:
    opened = OpenTicket(
        command_id=command_id,
        title=title,
        body=body,
        inbox_id=company.cast.inboxes["shop"],
    )
    return (await parts.dispatch.dispatch(opened, company.actors[customer])).result["ticket_id"]


async def said_by_agents(parts: Parts, ticket_id: str) -> list[str]:
    messages = await Messages(parts.store).of_ticket(ticket_id)
    return [each.body for each in messages if each.author.kind is ActorKind.AGENT]


def later(parts: Parts, by: int) -> Parts:
    return replace(parts, clock=FixedClock(parts.clock.now() + by))


@pytest.mark.parametrize("who", ["client", "carmen"], ids=["the portal's", "a shop's visitor"])
async def test_whoever_asks_and_is_alone_hears_something_once_and_is_read(parts: Parts, who: str):
    company = await move_in(parts)
    colleague = Colleague(parts, company.actors["aoife"])
    ticket_id = await asked(parts, company, who, str(uuid4()))

    async def look(after: int) -> list[str]:
        members = [cast("Member", colleague)]
        there = later(parts, after)
        await Answering(
            there, company.cast, lambda _team, _language: members, random.Random(1)
        ).look()
        return await said_by_agents(parts, ticket_id)

    assert await look(AFTER - 5_000) == []
    (words,) = await look(AFTER + 5_000)
    assert words in load_lines().lone["en"].first
    assert colleague.read_so_far == [ticket_id]
    assert await look(AFTER + 10_000) == [words]


async def test_who_was_to_answer_says_nothing_once_somebody_real_spoke(parts: Parts):
    company = await move_in(parts)
    ticket_id = await asked(parts, company, "client", str(uuid4()))
    members = [cast("Member", Colleague(parts, company.actors["aoife"], meanwhile=True))]

    there = later(parts, AFTER + 5_000)
    await Answering(there, company.cast, lambda _team, _language: members, random.Random(1)).look()

    assert await said_by_agents(parts, ticket_id) == []


async def test_where_an_article_fits_the_question_it_is_offered(parts: Parts):
    company = await move_in(parts)
    articles = [each for each in load_articles() if each.slug == "stuck-or-split-zip"]
    await write_articles(parts, company, articles)
    about = {"title": "My zip is stuck", "body": "The slider of the door splits behind itself."}
    ticket_id = await asked(parts, company, "client", str(uuid4()), **about)
    members = [cast("Member", Colleague(parts, company.actors["aoife"]))]

    there = later(parts, AFTER + 5_000)
    await Answering(there, company.cast, lambda _team, _language: members, random.Random(1)).look()

    (words,) = await said_by_agents(parts, ticket_id)
    assert f"[First aid for a zip]({parts.settings.public_url}/help/" in words
    assert "five minutes before you send it in" in words


async def test_what_simulated_people_ask_is_left_to_those_who_talk_with_them(parts: Parts):
    company = await move_in(parts)
    ticket_id = await asked(parts, company, "carmen", fresh_id())
    members = [cast("Member", Colleague(parts, company.actors["aoife"]))]

    there = later(parts, AFTER + 5_000)
    await Answering(there, company.cast, lambda _team, _language: members, random.Random(1)).look()

    assert await said_by_agents(parts, ticket_id) == []


async def test_what_waits_for_long_is_taken_but_nothing_of_a_real_person(parts: Parts):
    company = await move_in(parts)
    colleague = Colleague(parts, company.actors["aoife"])
    real = await asked(parts, company, "client", str(uuid4()))
    told = await asked(parts, company, "carmen", fresh_id())

    async def look(after: int) -> list[str]:
        members = [cast("Member", colleague)]
        there = later(parts, after)
        await Backlog(
            there, company.cast, lambda _team, _language: members, random.Random(1)
        ).look()
        return await said_by_agents(parts, told)

    assert await look(PATIENCE - 60_000) == []
    (words,) = await look(PATIENCE + 60_000)
    assert words in load_lines().lone["en"].first
    header = await parts.store.database["tickets"].find_one({"_id": told})
    assert header is not None
    assert header["state"]["owner_id"] == colleague.id
    await look(PATIENCE + 120_000)
    assert await said_by_agents(parts, real) == []

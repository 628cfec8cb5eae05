"""What simulated agents do with tickets that they are offered."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable
from typing import Any, cast
from uuid import uuid4

import pytest

from domain.audience import agent_room
from domain.catalog import parse_command
from domain.message import ActorKind
from domain.people.state import Routing
from domain.process import MACHINE
from domain.routing.commands import DeclineOffer, OfferTicket
from domain.routing.events import Ended
from domain.ticket.commands import AssignTicket, OpenTicket, Reply
from domain.workforce.commands import Release
from domain.workforce.state import MISSED_MOST
from realtime.presence import KEY, tell
from server.composition import Parts, compose
from server.demo import offers
from server.demo.content import load_company, load_lines
from server.demo.desk import Desk, Takers
from server.demo.marks import fresh_id
from server.demo.member import Envelope, Member
from server.demo.offers import Answers
from server.demo.places import Company, move_in
from server.jobs.routing import ROUTER
from server.settings import Settings
from server.store.agents import load_agents
from server.store.connect import Store
from server.store.messages import Messages

ACCEPTS, DECLINES, DOES_NOT_LOOK = 0.1, 0.8, 0.95
RESERVED = {"type": "agent.reserved"}
EXPIRED = {"type": "agent.released", "outcome": "expired"}


class Chance(random.Random):
    """One that always draws the same."""

    def __init__(self, drawn: float) -> None:
        super().__init__(1)
        self._drawn = drawn

    def random(self) -> float:
        return self._drawn


class Colleague:
    """An agent without a socket, who types at once and is told what happens in the store."""

    def __init__(self, parts: Parts, company: Company, key: str) -> None:
        self._parts, self.actor = parts, company.actors[key]
        self.id, self.key = self.actor.id, key
        self.hears: dict[str, Callable[[Envelope], None] | None] = {}

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        asked = parse_command({"type": kind, "command_id": fresh_id(), **fields})
        return (await self._parts.dispatch.dispatch(asked, self.actor)).result

    async def join(
        self, room: str, heard: Callable[[Envelope], None] | None = None
    ) -> dict[str, Any]:
        self.hears[room] = heard
        return {}

    async def leave(self, room: str) -> None: ...

    async def type(self, room: str, seconds: float) -> None: ...

    async def read(self, ticket_id: str, room: str) -> None: ...


class Billing:
    """The team whose tickets are offered, and one of those who work there."""

    def __init__(self, parts: Parts, company: Company, drawn: float, who: str = "yara") -> None:
        self.parts, self.company, self.takers = parts, company, Takers()
        self.colleague = Colleague(parts, company, who)
        (person,) = (each for each in load_company().agents if each.key == who)
        self.desk = Desk(cast("Member", self.colleague), person, on_shift=True)
        self.answers = Answers(parts, company.cast, self.desk, self.takers, Chance(drawn))

    async def begin(self) -> Billing:
        """They are on shift, and connected as the watch would find it."""
        database = self.parts.store.database
        always = {"$set": {"state.shifts": []}, "$inc": {"version": 1}}
        await database["users"].update_one({"_id": self.colleague.id}, always)
        told: dict[str, Any] = {"rooms": [], "seq": 1, "load": 0, "capacity": 24, "since": 5}
        there = {"_id": self.colleague.id, **told, "state": "online"}
        await database["attendance"].replace_one({"_id": self.colleague.id}, there, upsert=True)
        return self

    async def asked(self, command_id: str, title: str = "Charged two times") -> str:
        category = self.company.cast.categories["payments"]
        opened = OpenTicket(
            command_id=command_id,
            title=title,
            body="Please have a look.",
            category=category,
            inbox_id=self.company.cast.inboxes["shop"],
        )
        client = self.company.actors["marek"]
        return (await self.parts.dispatch.dispatch(opened, client)).result["ticket_id"]

    async def offer(self, ticket_id: str) -> None:
        """Offer it to them, and let them answer."""
        offered = OfferTicket(
            command_id=f"route:ticket:{ticket_id}:{uuid4().int}",
            ticket_id=ticket_id,
            agent_id=self.colleague.id,
            seconds=30,
        )
        await self.parts.dispatch.dispatch(offered, ROUTER)
        await self.told(ticket_id)

    async def told(self, ticket_id: str, event: dict[str, str] = RESERVED) -> None:
        """They hear of what they are given or offered no more, and do what they do."""
        await self.answers.begin()
        heard = self.colleague.hears[agent_room(self.colleague.id)]
        assert heard
        heard({"events": [{**event, "ticket_id": ticket_id}]})
        await self.answers.next()

    async def miss(self, ticket_id: str) -> None:
        """An offer of it runs out."""
        released = Release(
            command_id=fresh_id(),
            agent_id=self.colleague.id,
            ticket_id=ticket_id,
            reservation=fresh_id(),
            outcome=Ended.EXPIRED,
        )
        await self.parts.dispatch.dispatch(released, MACHINE)

    async def missed(self) -> int:
        return (await load_agents(self.parts.store, [self.colleague.id]))[self.colleague.id].missed

    async def state(self, ticket_id: str) -> dict[str, Any]:
        found = await self.parts.store.database["tickets"].find_one({"_id": ticket_id})
        assert found
        return found["state"]

    async def said(self, ticket_id: str) -> list[str]:
        messages = await Messages(self.parts.store).of_ticket(ticket_id)
        return [each.body for each in messages if each.author.kind is ActorKind.AGENT]


@pytest.fixture
async def parts(settings: Settings, store: Store) -> AsyncGenerator[Parts]:
    async with compose(settings) as parts:
        yield parts


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "THINKS", (0.0, 0.0))


async def test_who_accepts_has_it_and_says_so_to_whom_nobody_talks_with(parts: Parts):
    billing = await Billing(parts, await move_in(parts), ACCEPTS).begin()
    ticket_id = await billing.asked(fresh_id())

    await billing.offer(ticket_id)

    assert (await billing.state(ticket_id))["owner_id"] == billing.colleague.id
    (words,) = await billing.said(ticket_id)
    assert words in load_lines().lone["en"].first


async def test_who_accepts_what_a_conversation_is_about_leaves_the_words_to_it(parts: Parts):
    billing = await Billing(parts, await move_in(parts), ACCEPTS).begin()
    ticket_id = await billing.asked(fresh_id())

    with billing.takers.talking(ticket_id) as accepted:
        await billing.offer(ticket_id)

    assert accepted.result() is billing.desk
    assert await billing.said(ticket_id) == []


async def test_who_declines_takes_it_when_they_are_asked_again(parts: Parts):
    billing = await Billing(parts, await move_in(parts), DECLINES).begin()
    ticket_id = await billing.asked(fresh_id())

    await billing.offer(ticket_id)
    assert (await billing.state(ticket_id))["private"]["passed"] == [billing.colleague.id]

    await billing.offer(ticket_id)
    assert (await billing.state(ticket_id))["owner_id"] == billing.colleague.id


async def test_who_does_not_look_lets_it_run_out(parts: Parts):
    billing = await Billing(parts, await move_in(parts), DOES_NOT_LOOK).begin()
    ticket_id = await billing.asked(fresh_id())

    await billing.offer(ticket_id)

    state = await billing.state(ticket_id)
    assert state["private"]["offer"]["agent_id"] == billing.colleague.id
    assert state["owner_id"] is None


async def test_who_saw_too_many_too_late_says_that_they_are_here(parts: Parts):
    billing = await Billing(parts, await move_in(parts), DOES_NOT_LOOK).begin()
    ticket_id = await billing.asked(fresh_id())
    for _ in range(MISSED_MOST):
        await billing.miss(ticket_id)
    assert await billing.missed() == MISSED_MOST

    await billing.told(ticket_id, EXPIRED)

    assert await billing.missed() == 0


async def test_a_foreign_one_is_left_to_others_first(parts: Parts):
    billing = await Billing(parts, await move_in(parts), ACCEPTS).begin()
    ticket_id = await billing.asked(fresh_id(), "¿Por qué me han cobrado dos veces?")

    await billing.offer(ticket_id)

    state = await billing.state(ticket_id)
    assert (state["owner_id"], state["private"]["passed"]) == (None, [billing.colleague.id])


async def test_a_real_persons_is_left_to_a_real_agent_whose_page_is_open(parts: Parts):
    company = await move_in(parts)
    billing = await Billing(parts, company, ACCEPTS).begin()
    ticket_id = await billing.asked(str(uuid4()))
    await tell(parts.redis, [company.cast.agents["agent"]])

    await billing.offer(ticket_id)
    await billing.offer(ticket_id)

    state = await billing.state(ticket_id)
    assert (state["owner_id"], state["private"]["passed"]) == (None, [billing.colleague.id])


async def test_a_real_persons_is_taken_where_nobody_real_is_there_and_not_spoken_in(parts: Parts):
    await parts.redis.delete(KEY)  # Whom other tests told of.
    billing = await Billing(parts, await move_in(parts), ACCEPTS).begin()
    ticket_id = await billing.asked(str(uuid4()))

    await billing.offer(ticket_id)

    assert (await billing.state(ticket_id))["owner_id"] == billing.colleague.id
    assert await billing.said(ticket_id) == []


async def test_where_a_real_agent_took_part_it_is_theirs_though_they_are_gone(parts: Parts):
    await parts.redis.delete(KEY)
    company = await move_in(parts)
    billing = await Billing(parts, company, ACCEPTS).begin()
    ticket_id = await billing.asked(fresh_id())
    said = Reply(command_id=str(uuid4()), ticket_id=ticket_id, body="I look into it.")
    await parts.dispatch.dispatch(said, company.actors["agent2"])

    await billing.offer(ticket_id)

    assert (await billing.state(ticket_id))["owner_id"] is None


async def test_what_was_given_by_hand_is_no_offer(parts: Parts):
    billing = await Billing(parts, await move_in(parts), DECLINES).begin()
    ticket_id = await billing.asked(fresh_id())
    given = {"ticket_id": ticket_id, "agent_id": billing.colleague.id}
    by_hand = AssignTicket.model_validate({"command_id": fresh_id(), **given})
    await parts.dispatch.dispatch(by_hand, billing.colleague.actor)

    await billing.told(ticket_id)

    assert (await billing.state(ticket_id))["owner_id"] == billing.colleague.id


async def test_what_a_colleague_was_offered_meanwhile_is_theirs(parts: Parts):
    company = await move_in(parts)
    billing = await Billing(parts, company, ACCEPTS).begin()
    other = await Billing(parts, company, DOES_NOT_LOOK, "ines").begin()
    ticket_id = await billing.asked(fresh_id())
    await other.offer(ticket_id)
    declined = DeclineOffer(command_id=fresh_id(), ticket_id=ticket_id)
    await parts.dispatch.dispatch(declined, billing.colleague.actor)

    await billing.told(ticket_id)

    assert (await billing.state(ticket_id))["private"]["offer"]["agent_id"] == other.colleague.id


def test_the_team_that_is_routed_has_somebody_whom_visitors_may_be_but_no_supervisor():
    house = load_company()
    (team,) = (each for each in house.teams if each.routing is Routing.OFFER)
    named = {key for each in house.categories if each.team == team.key for key in each.members}

    assert team.key == "billing"
    assert "agent2" in named
    assert not named & {"agent", "supervisor"}

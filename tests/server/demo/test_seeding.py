"""The demo's company and its month in a real store: whole, twice, cut off, on a later day."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import Millis
from domain.people.commands import DeleteUser, UpdateUser
from domain.people.state import Team, User
from domain.ticket.commands import OpenTicket, Reply
from server.auth.actors import fetch_standings
from server.composition import Parts, compose
from server.demo.content import load_articles, load_company, load_stories
from server.demo.marks import is_demos
from server.demo.people import LOG_INS, log_ins
from server.demo.places import MOVER, move_in
from server.demo.seeding import Extent, seed
from server.demo.shapes import Story
from server.demo.stage import TOLD
from server.settings import Settings
from server.store.connect import Raw, open_store
from server.store.documents import fetch
from server.store.models import StoreIdentity, TicketHeader
from server.store.people import fetch_user_by_email
from tests import seed as small
from tests.processes import kill_group, leashed
from tests.server.demo.telling import Shortened, all_there_is, few, story
from tests.server.house import FixedClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
IDENTITY = StoreIdentity.Settings.name
Contents = dict[str, list[Raw]]
"""The documents of a store, by collection."""
TELL_FEW = """
from server.composition import compose
from server.demo.places import MOVER
from server.demo.seeding import seed
from server.start import start
from tests import seed as small
from tests.server.demo.telling import few

async def run(settings):
    async with compose(settings) as parts:
        await seed(parts, extent=few())

start(run)
"""


@asynccontextmanager
async def store_of_its_own(
    mongodb_url: str, redis_url: str, folder: Path, contents: Contents | None = None
) -> AsyncGenerator[Parts]:
    """A store with nothing in it, or with the `contents` of another."""
    given: dict[str, Any] = {"mode": "demo", "mongodb_url": mongodb_url, "redis_url": redis_url}
    settings = Settings(
        secret_key="a secret that only the tests know " + "x" * 32,
        database=f"test_{uuid4().hex}",
        data_dir=folder,
        **given,
    )
    if contents:
        await fill(settings, contents)
    async with compose(settings) as parts:
        yield parts
        await parts.store.client.drop_database(settings.database)


async def fill(settings: Settings, contents: Contents) -> None:
    store = await open_store(settings)
    for collection, documents in contents.items():
        await store.database[collection].insert_many(documents)
    await store.close()


async def contents_of(parts: Parts) -> Contents:
    """All but the store's identity."""
    names = set(await parts.store.database.list_collection_names()) - {IDENTITY}
    found = {name: await all_of(parts, name) for name in names}
    return {name: documents for name, documents in found.items() if documents}


@pytest_asyncio.fixture(loop_scope="module")
async def parts(mongodb_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[Parts]:
    async with store_of_its_own(mongodb_url, redis_url, tmp_path) as parts:
        yield parts


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def few_told(
    mongodb_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Contents:
    """A store's contents after a few stories were told; told once, and copied."""
    folder = tmp_path_factory.mktemp("few")
    async with store_of_its_own(mongodb_url, redis_url, folder) as parts:
        await seed(parts, extent=few())
        return await contents_of(parts)


@pytest_asyncio.fixture(loop_scope="module")
async def company(
    mongodb_url: str, redis_url: str, tmp_path: Path, few_told: Contents
) -> AsyncGenerator[Parts]:
    """A few stories were told just now."""
    async with store_of_its_own(mongodb_url, redis_url, tmp_path, few_told) as parts:
        yield parts


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(Shortened(*all_there_is()), id="shortened"),
        pytest.param(all_there_is(), id="all of it", marks=pytest.mark.long),
    ],
)
def extent(request: pytest.FixtureRequest) -> Extent:
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(
    mongodb_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory, extent: Extent
) -> AsyncGenerator[Parts]:
    """What `make demo` puts in, in its two steps."""
    folder = tmp_path_factory.mktemp("whole")
    async with store_of_its_own(mongodb_url, redis_url, folder) as parts:
        assert 20 <= await seed(parts, first=True, extent=extent) <= 40
        await seed(parts, extent=extent)
        yield parts


async def all_of(parts: Parts, collection: str) -> list[Raw]:
    return await parts.store.database[collection].find({}).to_list()


async def log_of(parts: Parts) -> dict[str, list[str]]:
    """The commits of each stream."""
    streams: dict[str, list[str]] = {}
    for commit in await all_of(parts, "log"):
        streams.setdefault(commit["stream"], []).append(commit["command_id"])
    return streams


def stories_of(tickets: list[Raw]) -> dict[str, tuple[str, int]]:
    """By number: how a ticket stands, and how much was said in it."""
    return {
        each["state"]["title"]: (each["state"]["status"], each["state"]["staff"]["messages"])
        for each in tickets
    }


def final_title(told: Story) -> str:
    """What it is called in the end."""
    return next((step.title for step in reversed(told.steps) if step.title), told.title)


async def test_the_month_is_there_with_every_story_and_article(whole: Parts, extent: Extent):
    tickets = await all_of(whole, "tickets")
    titles = {each["state"]["title"] for each in tickets}

    assert len(tickets) >= (140 if isinstance(extent, Shortened) else 300)
    assert {final_title(each) for each in load_stories()} <= titles
    assert len(await all_of(whole, "articles")) == len(load_articles()) == 73
    assert {each["state"]["status"] for each in tickets} == {
        *("open", "in_progress", "pending", "resolved", "closed"),
    }


async def test_numbers_rise_with_the_time_of_opening(whole: Parts):
    tickets = await all_of(whole, "tickets")
    opened = [e["state"] for e in tickets if e["state"]["follow_up_of"] is None]
    by_time = sorted(opened, key=lambda state: state["opened_at"])

    assert [each["number"] for each in by_time] == sorted(each["number"] for each in opened)


async def test_nothing_happened_later_than_now_or_in_one_moment(whole: Parts):
    now = whole.clock.now()
    times = [commit["at"] for commit in await all_of(whole, "log")]

    assert max(times) < now
    assert min(times) < now - 25 * DAY
    assert len({at // DAY for at in times}) > 25


async def test_who_waits_has_waited_for_minutes_and_nobody_is_full(whole: Parts):
    now = whole.clock.now()
    states = [each["state"] for each in await all_of(whole, "tickets")]
    waiting = [e for e in states if e["status"] == "open" and e["owner_id"] is None]
    agent = await fetch_user_by_email(whole.store, "agent@demo.test")
    assert agent is not None
    held = {e["_id"]: e["state"]["held"].values() for e in await all_of(whole, "agents")}

    assert len(waiting) >= 4
    assert all(now - each["opened_at"] < 30 * MINUTE for each in waiting)
    assert len(held[agent.id]) >= 2
    for each in held.values():
        assert sum(one["weight"] for one in each) < agent.capacity


async def test_what_was_resolved_long_ago_was_closed_then(whole: Parts, extent: Extent):
    now = whole.clock.now()
    quiet = whole.settings.quiet_after + HOUR  # Telling all of it takes its time.
    states = [each["state"] for each in await all_of(whole, "tickets")]

    assert not [e for e in states if e["status"] == "resolved" and now - e["status_at"] > quiet]
    long_ago = [e for e in states if now - e["status_at"] > 14 * DAY]
    assert len(long_ago) > (10 if isinstance(extent, Shortened) else 50)


@pytest.mark.parametrize("work", TOLD)
async def test_nobody_is_told_any_more_of_what_is_long_ago(whole: Parts, work: str):
    now = whole.clock.now()
    owed = [each for each in await all_of(whole, "log") if work in each["pending"]]

    assert owed
    assert all(now - commit["at"] < TOLD[work] + HOUR for commit in owed)


async def test_promises_were_missed_when_they_were_and_not_while_they_are_told(whole: Parts):
    now = whole.clock.now()
    log = await all_of(whole, "log")
    ticks = [each["at"] for each in log if each["command_id"].startswith("sla_tick:")]
    slas = [each["state"]["private"]["sla"] for each in await all_of(whole, "tickets")]
    due: list[Millis] = [sla["wake_at"] for sla in slas if sla and "wake_at" in sla]

    assert len({at // DAY for at in ticks}) > 10
    assert all(at > now - HOUR for at in due)


async def test_what_is_old_was_read_and_what_is_new_waits_to_be(whole: Parts):
    now = whole.clock.now()
    user = await fetch_user_by_email(whole.store, "agent@demo.test")
    assert user is not None
    read = {
        marker["ticket_id"]: marker["read"]
        for marker in await all_of(whole, "markers")
        if marker["person"] == user.id
    }
    behind: list[Millis] = []
    for ticket in await all_of(whole, "tickets"):
        staff = ticket["state"]["staff"]
        if ticket["state"]["follow_up_of"] is None and read.get(ticket["_id"], 0) < staff["head"]:
            behind.append(now - staff["at"])

    assert behind
    assert max(behind) < DAY


async def test_billing_is_routed_and_says_why_of_what_was_taken_before(whole: Parts):
    teams = {each["state"]["name"]: each for each in await all_of(whole, "teams")}
    assert {name: each["state"]["routing"] for name, each in teams.items()} == {
        "Orders & Returns": "manual",
        "Billing": "offer",
        "Technical": "manual",
    }

    billing = teams["Billing"]["_id"]
    tickets = [each["state"] for each in await all_of(whole, "tickets")]
    routed = [each for each in tickets if each["private"].get("why")]
    assert len(routed) >= 10
    for each in routed:
        why = each["private"]["why"]
        assert each["team_id"] == billing
        assert each["opened_at"] < why["at"] < each["staff"]["at"] + 1
        assert why["candidates"][0]["agent_id"] == why["agent_id"]
        assert len(why["candidates"]) > 3
    assert sum(each["private"]["why"]["agent_id"] == each["owner_id"] for each in routed) >= 8


async def test_offers_of_before_were_accepted_and_declined_by_who_was_on_shift(whole: Parts):
    ends: Counter[str] = Counter()
    for commit in await all_of(whole, "log"):
        for event in commit["events"]:
            if event["type"] == "ticket.offer_ended":
                ends[event["outcome"]] += 1

    assert ends["accepted"] >= 8
    assert ends["declined"] >= 1
    assert ends.keys() <= {"accepted", "declined", "withdrawn"}


async def test_a_second_run_changes_nothing(whole: Parts, extent: Extent):
    before = await log_of(whole)
    users = await all_of(whole, "users")

    assert await seed(whole, first=True, extent=extent) == 0
    assert await seed(whole, extent=extent) == 0

    assert await log_of(whole) == before
    assert await all_of(whole, "users") == users


async def test_what_is_asked_in_the_portal_goes_to_a_team_that_somebody_is_in(whole: Parts):
    inbox = await fetch(whole.store, Inbox, DEFAULT_INBOX_ID)
    agent = await fetch_user_by_email(whole.store, "agent@demo.test")

    assert inbox
    assert agent
    team = await fetch(whole.store, Team, inbox.team_id)
    assert team
    assert agent.id in team.member_ids


async def test_everybody_can_log_in(whole: Parts):
    for person in log_ins():
        user = await fetch_user_by_email(whole.store, person.email)
        assert user is not None
        assert (user.name, user.role) == (person.name, person.role)
    assert len(await all_of(whole, "users")) >= len(LOG_INS) + 10


async def test_a_killed_run_is_finished_by_the_next(parts: Parts, few_told: Contents):
    environ = {**os.environ, **parts.settings.to_environ()}
    killed = leashed([sys.executable, "-c", TELL_FEW], env=environ)
    try:
        async with asyncio.timeout(60):
            while await parts.store.database["tickets"].count_documents({}) < 3:
                assert killed.poll() is None, "it ended before it could be killed"
                await asyncio.sleep(0.01)
    finally:
        kill_group(killed)
    cut_off = len(await all_of(parts, "log"))

    await seed(parts, extent=few())

    assert stories_of(await all_of(parts, "tickets")) == stories_of(few_told["tickets"])
    assert len(await all_of(parts, "log")) == len(few_told["log"]) > cut_off


async def test_a_ticket_is_listed_when_it_is_told_and_not_before(parts: Parts):
    seen: dict[str, set[int]] = {}
    telling = asyncio.create_task(seed(parts, extent=few()))
    while not telling.done():
        async for header in parts.store[TicketHeader].find({"listed": True}, {"seq": 1}):
            seen.setdefault(header["_id"], set()).add(header["seq"])
        await asyncio.sleep(0)
    await telling

    told = {each["_id"]: each["seq"] for each in await all_of(parts, "tickets")}
    assert seen
    assert seen == {ticket_id: {told[ticket_id]} for ticket_id in seen}
    assert all(each["listed"] for each in await all_of(parts, "tickets"))


async def test_what_an_earlier_release_put_in_stays_and_its_people_join_in(parts: Parts):
    await small.seed(parts)
    before = {each["_id"]: each["state"] for each in await all_of(parts, "tickets")}
    users = {each["state"]["email"]: each["_id"] for each in await all_of(parts, "users")}

    await seed(parts, extent=few())

    after = {each["_id"]: each["state"] for each in await all_of(parts, "tickets")}
    assert {one: after[one] for one in before} == before
    assert len(after) >= len(before) + len(few().stories)
    for person in log_ins():
        user = await fetch_user_by_email(parts.store, person.email)
        assert user is not None
        assert user.id == users[person.email]
    assert (await actor_of(parts, "agent")).team_ids >= {
        each["_id"]
        for each in await all_of(parts, "teams")
        if each["state"]["name"] in ("Technical", "Orders & Returns")
    }


class TestLaterStart:
    """Two days after everything was told, with a visitor who did something meanwhile."""

    async def test_what_was_open_is_worked_off_and_a_new_day_comes_in(self, company: Parts):
        before = {each["_id"]: each["state"] for each in await all_of(company, "tickets")}
        later = company.clock.now() + 2 * DAY

        told = await seed(at(company, later), extent=few(3))

        after = {each["_id"]: each["state"] for each in await all_of(company, "tickets")}
        left = [
            one for one in before if before[one]["status"] in ("open", "in_progress", "pending")
        ]
        assert left
        for one in left:
            assert after[one]["status"] == "resolved"
            assert before[one]["staff"]["at"] < after[one]["status_at"] < later - HOUR
        fresh = [after[one] for one in after.keys() - before.keys()]
        assert len(fresh) == told >= 4
        assert all(later - DAY - 6 * HOUR < each["opened_at"] < later for each in fresh)
        assert min(each["number"] for each in fresh) > max(e["number"] for e in before.values())

        again = await log_of(company)
        assert await seed(at(company, later + HOUR), extent=few(3)) == 0
        assert await log_of(company) == again

    async def test_what_a_person_did_or_opened_stays_as_they_left_it(self, company: Parts):
        agent, client = [await actor_of(company, who) for who in ("agent", "client")]
        mine = await ticket_called(company, "swift-stolen-this-morning")
        said = Reply(command_id=str(uuid4()), ticket_id=mine, body="I am on it.")
        await company.dispatch.dispatch(said, agent)
        opened = OpenTicket(command_id=str(uuid4()), title="My own", body="Please help.")
        own = (await company.dispatch.dispatch(opened, client)).result["ticket_id"]
        before = await log_of(company)

        await seed(at(company, company.clock.now() + 3 * DAY), extent=few())

        after = await log_of(company)
        for ticket_id in (mine, own):
            assert after[f"ticket:{ticket_id}"] == before[f"ticket:{ticket_id}"]
        other = f"ticket:{await ticket_called(company, 'zip-again')}"
        assert len(after[other]) > len(before[other])
        assert all(map(is_demos, after[other]))

    async def test_whoever_was_erased_meanwhile_is_missed_and_nobody_else(self, company: Parts):
        for who in ("client@demo.test", "emeka.okonkwo@fernhill.test"):
            user = await fetch_user_by_email(company.store, who)
            assert user is not None
            gone = DeleteUser(command_id=str(uuid4()), user_id=user.id)
            await company.dispatch.dispatch(gone, MOVER)

        await seed(at(company, company.clock.now() + 2 * DAY), extent=few(3))

        users = {each["state"].get("email") for each in await all_of(company, "users")}
        assert not users & {"client@demo.test", "emeka.okonkwo@fernhill.test"}
        titles = [each["state"]["title"] for each in await all_of(company, "tickets")]
        assert titles.count(story("swift-stolen-this-morning").title) == 2
        assert titles.count(story("half-of-the-order").title) == 1

    async def test_who_was_put_in_before_there_were_shifts_gets_them_unless_changed_since(
        self, company: Parts
    ):
        # Given people of an earlier release, of whom somebody changed one
        without = {"$unset": {"state.zone": "", "state.shifts": ""}}
        await company.store.database["users"].update_many({}, without)
        await self._update(company, BRAM, name="Bram the Second")
        assert (await user_of(company, SAM)).shifts == ()

        # When the demo starts again
        await move_in(company)

        # Then the others have the company's hours, and stay without if somebody takes them away
        house = {each.email: each for each in load_company().agents}
        sam, bram = [await user_of(company, email) for email in (SAM, BRAM)]
        assert (sam.zone, sam.shifts) == (house[sam.email].zone, house[sam.email].shifts)
        assert (bram.zone, bram.shifts) == ("UTC", ())
        await self._update(company, SAM, shifts=())
        await move_in(company)
        assert (await user_of(company, SAM)).shifts == ()

    async def _update(self, parts: Parts, email: str, **fields: Any) -> None:
        user = await user_of(parts, email)
        change = UpdateUser(command_id=str(uuid4()), user_id=user.id, **fields)
        await parts.dispatch.dispatch(change, MOVER)


SAM, BRAM = "agent@demo.test", "bram.dewit@fernhill.test"


async def user_of(parts: Parts, email: str) -> User:
    user = await fetch_user_by_email(parts.store, email)
    assert user is not None
    return user


def at(parts: Parts, now: Millis) -> Parts:
    return replace(parts, clock=FixedClock(now))


async def actor_of(parts: Parts, who: str) -> Any:
    user = await fetch_user_by_email(parts.store, f"{who}@demo.test")
    assert user is not None
    return (await fetch_standings(parts.store, [user.id]))[user.id].actor


async def ticket_called(parts: Parts, slug: str) -> str:
    """The oldest ticket that a story was told in."""
    found = parts.store.database["tickets"].find({"state.title": story(slug).title})
    return (await found.sort("state.opened_at", 1).to_list())[0]["_id"]


async def test_what_is_promised_is_mostly_kept_and_sometimes_not(whole: Parts):
    """What nobody ticked yet is late where its moment is past."""
    now = whole.clock.now()
    active = {"state.status": {"$in": ["open", "in_progress", "pending"]}, "listed": True}
    standing: Counter[str] = Counter()
    async for raw in whole.store[TicketHeader].find(active):
        sla = raw["state"]["private"]["sla"]
        assert sla is not None, "everything is promised something"
        owed = [clock for clock in sla["clocks"] if clock["met_at"] is None]
        late = any(each["breached_at"] or (each["due_at"] or now) < now for each in owed)
        risky = any((each["wake_at"] or now) < now for each in owed)
        standing["late" if late else "at risk" if risky else "fine"] += 1
    assert standing["fine"] > standing["at risk"] + standing["late"]

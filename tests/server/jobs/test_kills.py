"""A node killed after any step leaves nothing that a sweep does not make good."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import orjson
import pytest

from domain.access import Actor
from domain.audience import staff_room, team_room
from domain.message import Command
from domain.ticket.commands import AssignTicket, DeleteTicket, RedactMessage
from domain.ticket.state import Message
from domain.workforce.state import Agent
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.settings import Settings
from server.store.feed_source import StoreFeedSource
from server.store.models import LogEntry
from server.store.streams import Streams
from tests.processes import Program, module
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket, reply
from tests.server.jobs.conftest import Work
from tests.server.jobs.test_reactors import rows_of
from tests.server.store.test_projection import documents, fold_log

KILLED = 137
LATER = 5_000
"""Milliseconds after which what was left behind is swept."""


@dataclass
class Killed:
    """What became of the process that carried out a command."""

    code: int
    acknowledged: bool


async def carry_out(command: Command, actor: Actor, settings: Settings, fault: str) -> Killed:
    given = {
        "settings": settings.model_dump(mode="json"),
        "command": orjson.dumps(
            {**command.model_dump(mode="json", exclude_unset=True), "type": command.type}
        ).decode(),
        "actor": actor.model_dump_json(),
    }
    command_line = module("tests.server.jobs.victim", orjson.dumps(given).decode())
    victim = Program("victim", command_line, settings.data_dir / "victim.log")
    victim.begin(DESKWIRE_FAULT=fault)
    code = await asyncio.to_thread(victim.end)
    return Killed(code, "acknowledged" in victim.printed())


@pytest.fixture
async def ticket_id(dispatcher: Dispatcher, house: House, heard: Heard) -> str:
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    await dispatcher.close()
    return opened.result["ticket_id"]


async def assert_whole(
    ticket_id: str, house: House, feeds: RedisFeeds, clock: FixedClock, work: Work
) -> None:
    """Documents equal the log, lists equal the documents, and nothing is owed."""
    standing, messages = await fold_log(house.store, f"ticket:{ticket_id}")
    header, kept = await documents(house.store, ticket_id)
    assert header == standing.state.model_dump(mode="json")
    assert kept == messages
    room = team_room(house.team.id)
    fresh = (await StoreFeedSource(house.store).feed_snapshot(room))["rows"]
    assert await rows_of(feeds, room) == {each["ticket_id"]: each for each in fresh}
    assert await house.store[LogEntry].count_documents({"pending.0": {"$exists": True}}) == 0


@pytest.mark.parametrize(
    ("fault", "acknowledged"),
    [
        ("after_commit", False),
        ("after_publish", False),
        ("after_project", False),
        ("after_strike", True),
        ("after_react", True),
    ],
)
async def test_a_reply_cut_off_after_a_step_is_made_good_by_one_sweep(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    settings: Settings,
    heard: Heard,
    feeds: RedisFeeds,
    clock: FixedClock,
    ticket_id: str,
    fault: str,
    acknowledged: bool,
):
    command = reply(ticket_id, "Heard by all.")
    heard.envelopes.clear()

    killed = await carry_out(command, house.agent, settings, fault)
    clock.time += LATER
    await work.sweeper.sweep()

    assert killed == Killed(KILLED, acknowledged)
    await assert_whole(ticket_id, house, feeds, clock, work)
    told = [envelope.seq for envelope in heard.of(staff_room(ticket_id))]
    assert told == ([] if acknowledged else [2])  # Struck with the publication that was made.
    again = await dispatcher.dispatch(command, house.agent)
    assert again.seq == 2


@pytest.mark.parametrize("fault", ["after_commit", "after_empty", "after_project"])
@pytest.mark.parametrize("how", ["redact", "delete"])
async def test_words_that_had_to_go_are_gone_after_one_sweep(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    settings: Settings,
    heard: Heard,
    feeds: RedisFeeds,
    clock: FixedClock,
    ticket_id: str,
    fault: str,
    how: str,
):
    said = await dispatcher.dispatch(reply(ticket_id, "unutterable"), house.agent)
    await dispatcher.close()
    heard.envelopes.clear()
    command = (
        RedactMessage(
            command_id=new_id(), ticket_id=ticket_id, message_id=said.result["message_id"]
        )
        if how == "redact"
        else DeleteTicket(command_id=new_id(), ticket_id=ticket_id)
    )

    killed = await carry_out(command, house.supervisor, settings, fault)
    clock.time += LATER
    await work.sweeper.sweep()

    assert killed == Killed(KILLED, False)
    assert "unutterable" not in str(await house.store[LogEntry].find().to_list())
    _, kept = await documents(house.store, ticket_id)
    assert isinstance(kept[said.result["message_id"]], Message)
    assert kept[said.result["message_id"]].body == ""
    assert [each.seq for each in heard.of(staff_room(ticket_id))] == [3]
    assert await house.store[LogEntry].count_documents({"pending.0": {"$exists": True}}) == 0


@pytest.mark.parametrize(
    "fault",
    ["after_commit:1", "after_project:1", "after_commit:2", "after_step:1", "after_commit:3"],
)
async def test_an_assignment_cut_off_anywhere_ends_with_one_owner_who_holds_it_once(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    settings: Settings,
    feeds: RedisFeeds,
    clock: FixedClock,
    ticket_id: str,
    fault: str,
):
    command = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)

    killed = await carry_out(command, house.supervisor, settings, fault)
    held = (await Streams(house.store).headers.load(f"agent:{house.agent.id}")).state
    assert isinstance(held, Agent)
    assert held.load == 2  # It errs towards full.
    for _ in range(2):
        clock.time += LATER
        await work.sweeper.sweep()
        await dispatcher.close()

    assert killed.code == KILLED
    await assert_whole(ticket_id, house, feeds, clock, work)
    header, _ = await documents(house.store, ticket_id)
    assert header["owner_id"] == house.agent.id
    agent = (await Streams(house.store).headers.load(f"agent:{house.agent.id}")).state
    assert isinstance(agent, Agent)
    assert {key: each.confirmed for key, each in agent.held.items()} == {command.command_id: True}
    again = await dispatcher.dispatch(command, house.supervisor)
    assert again.seq == 2

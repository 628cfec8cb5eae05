"""What a backup holds of a log that is being written to."""

from __future__ import annotations

from pathlib import Path

import bson

from domain.ticket.commands import AssignTicket
from server.backup.archive import checked_archive
from server.backup.taking import take_backup
from server.dispatch.dispatcher import Dispatcher
from server.settings import Settings
from server.store.commits import step_work
from server.store.connect import Raw, Store
from server.store.models import LogEntry
from tests.server.dispatch.conftest import clock, dispatcher, heard, house
from tests.server.house import House, new_id, open_ticket

__all__ = ["clock", "dispatcher", "heard", "house"]


async def backed_up(store: Store, settings: Settings, folder: Path) -> list[Raw]:
    """The log as it stands in a fresh backup."""
    place = folder / "desk.zip"
    await take_backup(store, settings, place, print, force=True)
    with checked_archive(place, print) as archive, archive.member("collections/log.bson") as log:
        return bson.decode_all(log.read())


async def test_commits_owe_their_steps_again_which_may_have_been_struck_meanwhile(
    store: Store, settings: Settings, dispatcher: Dispatcher, house: House, tmp_path: Path
):
    # Given an assignment that came to its end, dated as what is made during the backup
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    assign = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
    await dispatcher.dispatch(assign, house.supervisor)
    await dispatcher.close()
    stored = await store[LogEntry].find({}, sort=[("_id", 1)]).to_list()
    assert not any(work.startswith("step:") for each in stored for work in each["pending"])

    # When it is backed up
    log = await backed_up(store, settings, tmp_path)

    # Then nothing is missing, however late it is dated, and each step is owed again
    assert [each["_id"] for each in log] == [each["_id"] for each in stored]
    steps = {
        each["_id"]: {step_work(s["command"]["command_id"]) for s in each["steps"]} for each in log
    }
    assert sum(map(len, steps.values())) >= 2
    for each in log:
        assert {work for work in each["pending"] if work.startswith("step:")} == steps[each["_id"]]


async def test_commits_from_before_the_backup_owe_what_they_owed(
    store: Store, settings: Settings, dispatcher: Dispatcher, house: House, tmp_path: Path
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    assign = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
    await dispatcher.dispatch(assign, house.supervisor)
    await dispatcher.close()
    long_ago = {"$set": {"at": 1_600_000_000_000, "pending": []}}
    await store[LogEntry].update_many({}, long_ago)

    log = await backed_up(store, settings, tmp_path)

    assert len(log) >= 3
    assert [each["pending"] for each in log] == [[] for _ in log]

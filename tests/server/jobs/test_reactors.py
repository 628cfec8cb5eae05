"""Rows, counters and erasure follow from commits, and equal a recount."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from domain.audience import WALLBOARD, team_room, user_room
from domain.contact.state import Contact
from domain.ports import FeedItem
from domain.ticket.commands import AssignTicket, DeleteTicket, RedactMessage, SetStatus
from domain.ticket.state import Status
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.jobs import counting
from server.jobs.counting import Counting, Usual, pause_after
from server.jobs.reactors.rows import Rows
from server.store.attachments import AttachmentFolder, StoredFile
from server.store.commits import PROJECT, PUBLISH, commit_id
from server.store.connect import Store
from server.store.counters import Counters, count_team
from server.store.documents import kind_of
from server.store.feed_source import StoreFeedSource
from server.store.leases import Leases
from server.store.models import LogEntry, TicketHeader
from server.store.past import STEP, past_name
from tests.server.house import FixedClock, House, new_id, open_ticket, reply
from tests.server.jobs.conftest import Work


async def events_of(feeds: RedisFeeds, room: str) -> list[dict[str, Any]]:
    _, _, envelopes = await feeds.read(room, 0)
    return [event for raw in envelopes for event in orjson.loads(raw)["events"]]


async def rows_of(feeds: RedisFeeds, room: str) -> dict[str, dict[str, Any]]:
    """What a member would hold who folded the room's whole history."""
    rows: dict[str, dict[str, Any]] = {}
    for event in await events_of(feeds, room):
        if event["type"] == "feed.row":
            rows[event["ticket_id"]] = {name: event[name] for name in ("ticket_id", "seq", "row")}
    return {key: entry for key, entry in rows.items() if entry["row"] is not None}


async def counters_of(feeds: RedisFeeds, room: str) -> dict[str, int]:
    return {
        event["name"]: event["value"]
        for event in await events_of(feeds, room)
        if event["type"] == "feed.counter"
    }


async def opened(dispatcher: Dispatcher, house: House, **fields: Any) -> str:
    return (await dispatcher.dispatch(open_ticket(**fields), house.client)).result["ticket_id"]


async def react(work: Work, *ticket_ids: str) -> None:
    await work.reactions.react([f"ticket:{each}" for each in ticket_ids])


def give(ticket_id: str, **fields: Any) -> AssignTicket:
    given = {"command_id": new_id(), "ticket_id": ticket_id, "agent_id": None, **fields}
    return AssignTicket.model_validate(given)


async def test_folding_a_rooms_history_gives_what_who_enters_it_is_shown(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds
):
    # Given tickets that came, moved, were given away, closed and deleted
    ids = [await opened(dispatcher, house, title=f"t{n}") for n in range(5)]
    await react(work, *ids)
    commands = [
        give(ids[0], agent_id=house.agent.id),
        give(ids[1], team_id=house.other_team.id),
        SetStatus(command_id=new_id(), ticket_id=ids[2], status=Status.RESOLVED),
        SetStatus(command_id=new_id(), ticket_id=ids[2], status=Status.CLOSED),
        DeleteTicket(command_id=new_id(), ticket_id=ids[3]),
        give(ids[0], agent_id=house.agent2.id),
        reply(ids[4], "A note.", visibility="private"),
    ]
    for command in commands:
        await dispatcher.dispatch(command, house.supervisor)
        await react(work, *ids)

    # Then every list is what the documents say
    source = StoreFeedSource(house.store)
    people = (house.agent, house.agent2, house.client, house.stranger)
    rooms = [team_room(house.team.id), team_room(house.other_team.id)]
    for room in (*rooms, *(user_room(each.id) for each in people)):
        fresh = (await source.feed_snapshot(room))["rows"]
        folded = await rows_of(feeds, room)
        if room in (team_room(house.team.id), user_room(house.client.id)):
            # The deletion forgot the history: what came after it is all that is left.
            folded = {**{each["ticket_id"]: each for each in fresh}, **folded}
        assert folded == {each["ticket_id"]: each for each in fresh}, room


async def test_a_ticket_that_moves_leaves_the_list_that_it_was_in(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds
):
    ticket_id = await opened(dispatcher, house)
    await react(work, ticket_id)
    await dispatcher.dispatch(give(ticket_id, team_id=house.other_team.id), house.supervisor)
    await react(work, ticket_id)

    left = (await events_of(feeds, team_room(house.team.id)))[-1]
    came = (await events_of(feeds, team_room(house.other_team.id)))[-1]
    assert (left["row"], left["seq"]) == (None, 2)
    assert (came["row"]["team_id"], came["seq"]) == (house.other_team.id, 2)


async def test_who_enters_a_list_before_a_ticket_is_stored_in_it_is_told_of_it_later(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds, clock: FixedClock
):
    # Given a node that died after a commit, before the ticket's header was moved on
    ticket_id = await opened(dispatcher, house)
    await react(work, ticket_id)
    headers, log = house.store[TicketHeader], house.store[LogEntry]
    before = await headers.find_one({"_id": ticket_id})
    assert before is not None
    await dispatcher.dispatch(give(ticket_id, team_id=house.other_team.id), house.supervisor)
    await dispatcher.close()
    await headers.replace_one({"_id": ticket_id}, before)
    await log.update_one(
        {"_id": commit_id(f"ticket:{ticket_id}", 2)},
        {"$set": {"pending": [PROJECT, PUBLISH, "react:rows", "react:counters"]}},
    )

    # When the reactors are sooner than the sweeper, and somebody enters the list after them
    await react(work, ticket_id)
    room = team_room(house.other_team.id)
    _, offset, _ = await feeds.read(room, None)
    snapshot = await StoreFeedSource(house.store).feed_snapshot(room)
    assert snapshot["rows"] == []
    clock.time += 3_001
    await work.sweeper.sweep()

    # Then they hear of it, and nothing is owed any more
    _, _, envelopes = await feeds.read(room, offset)
    told = [event for raw in envelopes for event in orjson.loads(raw)["events"]]
    assert [event["ticket_id"] for event in told if event["type"] == "feed.row"] == [ticket_id]
    assert await log.count_documents({"pending.0": {"$exists": True}}) == 0


async def test_a_private_note_sends_nothing_to_the_client(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds
):
    ticket_id = await opened(dispatcher, house)
    await react(work, ticket_id)
    before = await events_of(feeds, user_room(house.client.id))
    await dispatcher.dispatch(reply(ticket_id, "Hm.", visibility="private"), house.agent)
    await react(work, ticket_id)

    assert await events_of(feeds, user_room(house.client.id)) == before
    assert len(await events_of(feeds, team_room(house.team.id))) == 2


async def test_a_reactor_that_wakes_up_late_changes_nothing(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds
):
    # Given a reactor that read the ticket in its first team and fell asleep
    ticket_id = await opened(dispatcher, house)
    stream = f"ticket:{ticket_id}"
    commits = await work.streams.journal.owed_by([stream])
    asleep: list[list[FeedItem]] = []

    class Sleeping(RedisFeeds):
        async def write(self, items: Any) -> None:
            asleep.append(list(items))

    sleeper = Rows(house.store, work.streams.headers, Sleeping(feeds._redis))  # pyright: ignore
    await sleeper({stream: commits})
    await dispatcher.dispatch(give(ticket_id, team_id=house.other_team.id), house.supervisor)
    await react(work, ticket_id)

    # When it wakes up
    await feeds.write(asleep[0])

    # Then the row does not come back
    assert await rows_of(feeds, team_room(house.team.id)) == {}
    assert set(await rows_of(feeds, team_room(house.other_team.id))) == {ticket_id}


async def test_a_ticket_that_moves_while_its_row_is_written_is_written_anew(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds
):
    ticket_id = await opened(dispatcher, house)
    stream = f"ticket:{ticket_id}"
    commits = await work.streams.journal.owed_by([stream])
    moved: list[bool] = []

    class Moving(RedisFeeds):
        async def write(self, items: Any) -> None:
            await super().write(items)
            if not moved:
                moved.append(True)
                move = give(ticket_id, team_id=house.other_team.id)
                await dispatcher.dispatch(move, house.supervisor)

    await Rows(house.store, work.streams.headers, Moving(feeds._redis))({stream: commits})  # pyright: ignore

    assert await rows_of(feeds, team_room(house.team.id)) == {}
    assert set(await rows_of(feeds, team_room(house.other_team.id))) == {ticket_id}


async def test_counters_follow_and_equal_a_recount(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds, clock: FixedClock
):
    ids = [await opened(dispatcher, house) for _ in range(4)]
    await dispatcher.dispatch(give(ids[0], agent_id=house.agent.id), house.supervisor)
    await dispatcher.dispatch(give(ids[1], team_id=house.other_team.id), house.supervisor)
    await dispatcher.dispatch(
        SetStatus(command_id=new_id(), ticket_id=ids[2], status=Status.RESOLVED), house.agent
    )
    await react(work, *ids)

    await work.counting.count()

    for team in (house.team, house.other_team):
        recount = await count_team(house.store, team.id, clock.now())
        assert await counters_of(feeds, team_room(team.id)) == recount
    wallboard = await counters_of(feeds, WALLBOARD)
    assert (wallboard["tickets.open"], wallboard["tickets.resolved"]) == (3, 1)
    kept = (await StoreFeedSource(house.store).feed_snapshot(WALLBOARD))["counters"]
    assert {each["name"]: each["value"] for each in kept} == wallboard


async def test_only_numbers_that_changed_are_told_again(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds
):
    ticket_id = await opened(dispatcher, house)
    await react(work, ticket_id)
    await work.counting.count()
    before = len(await events_of(feeds, WALLBOARD))

    await dispatcher.dispatch(give(ticket_id, agent_id=house.agent.id), house.supervisor)
    await react(work, ticket_id)
    await work.counting.count()

    news = (await events_of(feeds, WALLBOARD))[before:]
    assert {event["name"]: event["value"] for event in news} == {
        "tickets.unassigned": 0,
        "oldest_wait_at": 0,
    }


async def test_what_reactors_did_is_struck_and_what_failed_stays_owed(
    dispatcher: Dispatcher, house: House, work: Work, monkeypatch: pytest.MonkeyPatch
):
    ticket_id = await opened(dispatcher, house)
    await dispatcher.close()

    async def fail(*_: Any) -> None:
        raise OSError("Redis is away")

    with monkeypatch.context() as broken:
        broken.setattr(RedisFeeds, "write", fail)
        await react(work, ticket_id)
    (entry,) = await house.store[LogEntry].find().to_list()
    assert entry["pending"] == ["react:rows"]

    await react(work, ticket_id)
    (entry,) = await house.store[LogEntry].find().to_list()
    assert entry["pending"] == []


async def upload(store: Store, folder: AttachmentFolder, house: House, clock: FixedClock) -> str:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"what nobody must read"

    draft = await folder.receive(chunks())
    file = StoredFile(
        id=new_id(),
        uploader=house.client.id,
        name="secret.txt",
        media_type="text/plain",
        size=draft.size,
        digest=draft.digest,
        at=clock.now(),
    )
    await folder.keep(draft, file)
    return file.id


@pytest.mark.parametrize("how", ["redact", "delete"])
async def test_redacted_and_deleted_words_take_their_files_along(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    clock: FixedClock,
    tmp_path: Path,
    how: str,
):
    folder = AttachmentFolder(tmp_path)
    file_id = await upload(house.store, folder, house, clock)
    ticket_id = await opened(dispatcher, house)
    said = await dispatcher.dispatch(reply(ticket_id, "See.", attachments=[file_id]), house.client)
    assert folder.path_of(file_id).exists()
    target = {"command_id": new_id(), "ticket_id": ticket_id}
    gone = (
        RedactMessage(**target, message_id=said.result["message_id"])
        if how == "redact"
        else DeleteTicket(**target)
    )
    await dispatcher.dispatch(gone, house.supervisor)

    await react(work, ticket_id)

    assert not folder.path_of(file_id).exists()
    assert await house.store[StoredFile].count_documents({}) == 0


async def test_a_deleted_tickets_title_is_in_no_feed_any_more(
    dispatcher: Dispatcher, house: House, work: Work, redis: Redis
):
    ticket_id = await opened(dispatcher, house, title="unutterable")
    await dispatcher.dispatch(give(ticket_id, agent_id=house.agent.id), house.supervisor)
    await dispatcher.dispatch(give(ticket_id, team_id=house.other_team.id), house.supervisor)
    await react(work, ticket_id)
    assert await holds(redis, b"unutterable")

    await dispatcher.dispatch(
        DeleteTicket(command_id=new_id(), ticket_id=ticket_id), house.supervisor
    )
    await react(work, ticket_id)

    assert not await holds(redis, b"unutterable")


async def test_a_deleted_tickets_title_is_in_no_list_from_before_a_merge(
    dispatcher: Dispatcher, house: House, work: Work, redis: Redis
):
    # Given a ticket that its requester had before they were merged into somebody
    ticket_id = await opened(dispatcher, house, title="unutterable")
    await react(work, ticket_id)
    contacts = house.store[kind_of(Contact).model]
    merged = {"$set": {"state.merged_into": house.stranger.id}}
    await contacts.update_one({"_id": house.client.id}, merged)
    await dispatcher.dispatch(give(ticket_id, agent_id=house.agent.id), house.supervisor)
    await react(work, ticket_id)

    await dispatcher.dispatch(
        DeleteTicket(command_id=new_id(), ticket_id=ticket_id), house.supervisor
    )
    await react(work, ticket_id)

    assert not await holds(redis, b"unutterable")


async def holds(redis: Redis, word: bytes) -> bool:
    """Whether anything in Redis has a word in it."""
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        if kind == b"zset" and any(word in each for each in await redis.zrange(key, 0, -1)):
            return True
        if kind == b"hash" and any(word in each for each in (await redis.hgetall(key)).values()):
            return True
    return False


async def test_a_new_day_begins_without_any_commit(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    feeds: RedisFeeds,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(counting, "RECOUNT_SECONDS", 0.0)
    monkeypatch.setattr(counting, "RECOUNT_SHARE", 0)
    ticket_id = await opened(dispatcher, house)
    await react(work, ticket_id)
    await work.counting.count()
    assert (await counters_of(feeds, WALLBOARD))["tickets.opened_today"] == 1

    clock.time += 24 * 3600 * 1000
    await work.counting.count()

    assert (await counters_of(feeds, WALLBOARD))["tickets.opened_today"] == 0


def test_a_round_that_waited_for_a_store_delays_no_other():
    usual = Usual()
    assert [usual.of(took) for took in (0.02, 30.0, 0.03, 2.0, 2.0)] == [0.02, 0.02, 0.03, 0.03, 2]


@pytest.mark.parametrize(("took", "pause"), [(0.01, 0.5), (0.2, 2.0), (3.0, 5.0)])
def test_who_counts_for_long_pauses_for_longer_and_never_for_ten_seconds(took: float, pause: float):
    assert pause_after(took) == pause


async def test_numbers_that_could_not_be_told_are_told_in_the_next_round(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    feeds: RedisFeeds,
    monkeypatch: pytest.MonkeyPatch,
):
    await react(work, await opened(dispatcher, house))
    await work.counting.count()
    await react(work, await opened(dispatcher, house))

    async def away(_items: Sequence[FeedItem]) -> None:
        raise ConnectionError("Redis is away")

    with monkeypatch.context() as while_away:
        while_away.setattr(feeds, "write", away)
        with pytest.raises(ConnectionError):
            await work.counting.count()
    await work.counting.count()

    for room in (WALLBOARD, team_room(house.team.id)):
        assert (await counters_of(feeds, room))["tickets.open"] == 2


async def test_a_second_worker_does_not_count_while_the_first_does_and_goes_on_after_it(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds, clock: FixedClock
):
    leases = Leases(house.store, clock)
    second = Counting(house.store, Counters(house.store), leases, feeds, clock)
    await react(work, await opened(dispatcher, house))
    await work.counting.count()
    await react(work, await opened(dispatcher, house))

    await second.count()
    assert (await counters_of(feeds, WALLBOARD))["tickets.open"] == 1
    clock.time += counting.LEASE_MS + 1
    await second.count()
    assert (await counters_of(feeds, WALLBOARD))["tickets.open"] == 2


async def test_the_last_hour_goes_on_where_another_worker_left_it(
    dispatcher: Dispatcher, house: House, work: Work, feeds: RedisFeeds, clock: FixedClock
):
    leases = Leases(house.store, clock)
    second = Counting(house.store, Counters(house.store), leases, feeds, clock)
    began = clock.time = clock.time - clock.time % STEP + STEP
    await react(work, await opened(dispatcher, house))
    await work.counting.count()
    clock.time += STEP
    await react(work, await opened(dispatcher, house))

    await second.count()

    told = await counters_of(feeds, WALLBOARD)
    then = [told[past_name("tickets.open", moment)] for moment in (began, began + STEP)]
    assert then == [1, 2]

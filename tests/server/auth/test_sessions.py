"""Who is behind a token: cached, rechecked in few queries, never older than a change here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from pymongo import AsyncMongoClient, monitoring
from redis.asyncio import Redis

from domain.access import Permission, Scope
from domain.contact.commands import BlockContact, DeleteContact, MergeContact
from domain.contact.state import Contact
from domain.errors import Unauthenticated
from domain.people.commands import (
    AddMember,
    CreateTeam,
    DeleteUser,
    RemoveMember,
    UpdateRole,
    UpdateUser,
)
from domain.people.state import Role
from domain.process import MACHINE
from server.auth.passwords import Passwords
from server.auth.sessions import FRESH_MS
from server.settings import Settings
from server.store.connect import DURABLE, MAJORITY, Raw, Store
from server.store.defaults import default_id, ensure_defaults
from server.store.documents import fetch_by_key
from tests.server.auth.conftest import HERE, Door, open_door
from tests.server.dispatch.papers import new_id
from tests.server.house import FixedClock, keep


class Commands(monitoring.CommandListener):
    """Counts the reads that a client sends."""

    def __init__(self) -> None:
        self.reads = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.reads += event.command_name in ("find", "aggregate", "getMore")

    def succeeded(self, event: object) -> None:
        """Only what was sent counts."""

    def failed(self, event: object) -> None:
        """Only what was sent counts."""


@pytest.fixture
async def counted(
    settings: Settings,
    store: Store,
    clock: FixedClock,
    redis: Redis,
    passwords: Passwords,
) -> AsyncGenerator[tuple[Door, Commands]]:
    """A node whose reads are counted."""
    await ensure_defaults(store)
    commands = Commands()
    client = AsyncMongoClient[Raw](settings.mongodb_url, event_listeners=[commands])
    database = client.get_database(settings.database, read_concern=MAJORITY, write_concern=DURABLE)
    own = Store(client, database, store.epoch)
    yield open_door(own, settings, clock, redis, passwords), commands
    await own.close()


async def test_a_token_that_was_just_seen_costs_no_read(counted: tuple[Door, Commands]):
    door, commands = counted
    grant = await door.login((await door.user()).email)
    await door.sessions.authenticate(grant.access_token)
    before = commands.reads
    for _ in range(10):
        await door.sessions.authenticate(grant.access_token)
    assert commands.reads == before
    door.clock.time += FRESH_MS + 1
    await door.sessions.authenticate(grant.access_token)
    assert commands.reads > before


async def test_many_are_rechecked_in_as_many_reads_as_one(counted: tuple[Door, Commands]):
    door, commands = counted
    grants = [await door.login((await door.user()).email) for _ in range(3)]
    grants += [await door.signup(f"{new_id()}@x.test") for _ in range(3)]
    sessions = [await door.sessions.authenticate(grant.access_token) for grant in grants]
    sessions += [
        await door.sessions.authenticate((await door.auth.guest(HERE)).access_token)
        for _ in range(3)
    ]
    before = commands.reads
    await door.sessions.recheck(sessions[:1] + sessions[3:4] + sessions[6:7])
    few = commands.reads - before
    present = await door.sessions.recheck(sessions)
    assert commands.reads - before == 2 * few
    assert present == {session.id: session for session in sessions}


async def test_many_who_come_in_at_once_are_read_together(counted: tuple[Door, Commands]):
    door, commands = counted
    grants = [await door.login((await door.user()).email) for _ in range(5)]
    before = commands.reads
    await asyncio.gather(*(door.sessions.authenticate(grant.access_token) for grant in grants))
    assert commands.reads - before <= 4


async def test_a_session_that_was_ended_on_another_node_is_gone_at_the_recheck(
    door: Door, other_door: Door
):
    grant = await door.login((await door.user()).email)
    session = await other_door.sessions.authenticate(grant.access_token)
    await door.auth.logout(grant.access_token)
    assert await other_door.sessions.recheck([session]) == {session.id: None}
    with pytest.raises(Unauthenticated):
        await other_door.sessions.authenticate(grant.access_token)


async def test_no_node_believes_an_ended_session_for_longer_than_it_says(
    door: Door, other_door: Door
):
    grant = await door.login((await door.user()).email)
    await other_door.sessions.authenticate(grant.access_token)
    await door.auth.logout(grant.access_token)
    door.clock.time += FRESH_MS + 1
    with pytest.raises(Unauthenticated):
        await other_door.sessions.authenticate(grant.access_token)


async def test_every_change_of_access_changes_the_version_and_what_the_actor_may(
    door: Door, other_door: Door
):
    user = await door.user("agent")
    grant = await door.login(user.email)
    agent = await fetch_by_key(door.store, Role, "agent")
    assert agent is not None
    team = CreateTeam(command_id=new_id(), name="Second")
    team_id = (await door.documents.dispatch(team, MACHINE)).result["team_id"]
    changes = [
        AddMember(command_id=new_id(), team_id=team_id, user_id=user.id),
        RemoveMember(command_id=new_id(), team_id=default_id("team"), user_id=user.id),
        UpdateUser(command_id=new_id(), user_id=user.id, role="supervisor"),
        UpdateUser(command_id=new_id(), user_id=user.id, role="agent"),
        UpdateRole(
            command_id=new_id(),
            role_id=agent.id,
            permissions={Permission.TICKET_READ: Scope.OWN},
        ),
    ]
    session = await other_door.sessions.authenticate(grant.access_token)
    seen = {session.access_version}
    for change in changes:
        await door.documents.dispatch(change, MACHINE)
        (session_after,) = (await other_door.sessions.recheck([session])).values()
        assert session_after is not None
        assert session_after.access_version not in seen
        seen.add(session_after.access_version)
        here = await door.sessions.authenticate(grant.access_token)
        assert here.access_version == session_after.access_version
        session = session_after
    assert session.actor.team_ids == {team_id}
    assert session.actor.permissions == {Permission.TICKET_READ: Scope.OWN}


async def test_a_change_here_is_seen_here_at_once_and_kicked(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    await door.sessions.authenticate(grant.access_token)
    promote = UpdateUser(command_id=new_id(), user_id=user.id, role="supervisor")
    await door.documents.dispatch(promote, MACHINE)
    assert (await door.actor(grant.access_token)).role == "supervisor"
    assert door.kicks.who == [user.id]


@pytest.mark.parametrize("erase", [False, True])
async def test_who_is_put_out_or_erased_is_out(door: Door, other_door: Door, erase: bool):
    user = await door.user("agent")
    grant = await door.login(user.email)
    session = await other_door.sessions.authenticate(grant.access_token)
    command = (
        DeleteUser(command_id=new_id(), user_id=user.id)
        if erase
        else UpdateUser(command_id=new_id(), user_id=user.id, active=False)
    )
    await door.documents.dispatch(command, MACHINE)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    assert await other_door.sessions.recheck([session]) == {session.id: None}
    assert user.id in door.kicks.who


async def test_who_must_change_their_password_meanwhile_loses_their_sockets(door: Door):
    user = await door.user("agent")
    grant = await door.login(user.email)
    session = await door.sessions.authenticate(grant.access_token)
    demand = UpdateUser(command_id=new_id(), user_id=user.id, must_change_password=True)
    await door.documents.dispatch(demand, MACHINE)
    assert await door.sessions.recheck([session]) == {session.id: None}


async def test_a_client_acts_as_the_survivor_with_all_that_was_merged(door: Door):
    grant = await door.signup()
    own = (await door.actor(grant.access_token)).id
    old, last = (
        Contact(id=new_id(), name="Old"),
        Contact(id=new_id(), name="Last", company_id=new_id()),
    )
    await keep(door.store, old)
    await keep(door.store, last)
    for source, into in ((old.id, own), (own, last.id)):
        merge = MergeContact(command_id=new_id(), contact_id=source, into_id=into)
        await door.documents.dispatch(merge, MACHINE)
    actor = await door.actor(grant.access_token)
    assert actor.id == last.id
    assert set(actor.contact_ids) == {own, old.id, last.id}
    assert actor.identities == {own, old.id, last.id}
    assert actor.company_id == last.company_id
    assert own in door.kicks.who


async def test_a_guest_is_a_client_with_nothing_but_a_contact(door: Door):
    grant = await door.auth.guest(HERE, "Gus")
    assert grant.refresh_token is None
    assert (grant.user.name, grant.user.email, grant.user.guest) == ("Gus", None, True)
    session = await door.sessions.authenticate(grant.access_token)
    assert session.id == f"guest:{grant.user.contact_id}"
    assert session.actor.guest
    assert session.actor.user_id is None
    assert session.actor.contact_ids == (grant.user.contact_id,)
    assert session.actor.permissions[Permission.TICKET_OPEN] is Scope.OWN
    assert await door.sessions.recheck([session]) == {session.id: session}


async def test_a_guest_who_is_erased_is_out_and_a_blocked_one_still_reads(door: Door):
    grant = await door.auth.guest(HERE)
    session = await door.sessions.authenticate(grant.access_token)
    assert grant.user.contact_id
    block = BlockContact(command_id=new_id(), contact_id=grant.user.contact_id)
    await door.documents.dispatch(block, MACHINE)
    assert await door.sessions.authenticate(grant.access_token)
    erase = DeleteContact(command_id=new_id(), contact_id=grant.user.contact_id)
    await door.documents.dispatch(erase, MACHINE)
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)
    assert await door.sessions.recheck([session]) == {session.id: None}


async def test_a_token_is_good_for_no_longer_than_it_says(door: Door):
    grant = await door.login((await door.user()).email)
    session = await door.sessions.authenticate(grant.access_token)
    assert session.expires_at == door.clock.now() + door.settings.access_token_seconds * 1_000
    door.clock.time = session.expires_at
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(grant.access_token)


async def test_what_is_read_while_something_changes_is_not_kept(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    user = await door.user("agent")
    grant = await door.login(user.email)
    reading, changed = asyncio.Event(), asyncio.Event()
    read_all = door.sessions._read_all

    async def slow(session_ids: list[str]):
        entries = await read_all(session_ids)
        reading.set()
        await changed.wait()
        return entries

    with monkeypatch.context() as patched:
        patched.setattr(door.sessions, "_read_all", slow)
        first = asyncio.create_task(door.sessions.authenticate(grant.access_token))
        await reading.wait()
        promote = UpdateUser(command_id=new_id(), user_id=user.id, role="supervisor")
        await door.documents.dispatch(promote, MACHINE)
        changed.set()
        await first
    assert (await door.actor(grant.access_token)).role == "supervisor"

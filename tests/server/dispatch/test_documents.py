"""A command to a plain document: carried out once, however often and wherever it is asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.access import Actor
from domain.contact.commands import CreateContact, UpdateContact
from domain.contact.state import Contact
from domain.errors import CommandIdReused, Conflict, Forbidden, NotFound, NotUnique, Retryable
from domain.inbox.commands import CreateInbox
from domain.people.commands import (
    CreateRole,
    CreateSkill,
    CreateTeam,
    DeleteSkill,
    DeleteTeam,
    UpdateSkill,
    UpdateTeam,
    UpdateUser,
)
from domain.people.state import Skill, Team, User
from server.dispatch.alone import Alone
from server.dispatch.documents import DocumentDispatch
from server.store.audit import REPEATED_WITHIN_SECONDS, CommandResult
from server.store.connect import Store
from server.store.defaults import default_id, ensure_defaults
from server.store.documents import count, fetch, find
from server.store.kinds import KINDS
from tests.server.dispatch.conftest import SECRET
from tests.server.dispatch.papers import a_user, admin, make_team, make_user, new_id
from tests.server.house import FixedClock, client_of


@pytest.fixture
async def documents(store: Store, clock: FixedClock) -> DocumentDispatch:
    await ensure_defaults(store)
    return DocumentDispatch(store, clock, SECRET)


@pytest.fixture
async def other_node(store: Store, clock: FixedClock) -> DocumentDispatch:
    return DocumentDispatch(store, clock, SECRET)


async def test_a_document_is_made_and_its_version_answered(
    store: Store, documents: DocumentDispatch
):
    command = CreateSkill(command_id=new_id(), name="TLS")
    outcome = await documents.dispatch(command, admin())
    skill = await fetch(store, Skill, outcome.result["skill_id"])
    assert skill == Skill(id=outcome.result["skill_id"], version=1, name="TLS")
    assert outcome.seq == outcome.result["version"] == 1


@pytest.mark.parametrize("swept", [False, True])
async def test_a_repeat_gets_the_first_answer_even_after_later_changes(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch, swept: bool
):
    actor = admin()
    create = CreateSkill(command_id=new_id(), name="TLS")
    first = await documents.dispatch(create, actor)
    skill_id = first.result["skill_id"]
    update = UpdateSkill(command_id=new_id(), skill_id=skill_id, name="TLS 1.3")
    second = await documents.dispatch(update, actor)
    if swept:
        assert await documents.sweep() >= 1
    assert await other_node.dispatch(create, actor) == first
    assert await other_node.dispatch(update, actor) == second
    skill = await fetch(store, Skill, skill_id)
    assert skill is not None
    assert (skill.name, skill.version) == ("TLS 1.3", 2)


@pytest.mark.parametrize("swept", [False, True])
async def test_a_repeat_after_the_deletion_neither_fails_nor_makes_it_anew(
    store: Store, documents: DocumentDispatch, swept: bool
):
    actor = admin()
    create = CreateSkill(command_id=new_id(), name="TLS")
    first = await documents.dispatch(create, actor)
    delete = DeleteSkill(command_id=new_id(), skill_id=first.result["skill_id"])
    gone = await documents.dispatch(delete, actor)
    if swept:
        await documents.sweep()
    assert await documents.dispatch(create, actor) == first
    assert await documents.dispatch(delete, actor) == gone
    assert await fetch(store, Skill, first.result["skill_id"]) is None
    kept = await store[KINDS["skill"].model].count_documents({})
    assert kept == (0 if swept else 1)


async def test_an_answer_is_dropped_once_nobody_repeats_any_more(
    store: Store, documents: DocumentDispatch
):
    old = CreateSkill(command_id=new_id(), name="TLS")
    fresh = CreateSkill(command_id=new_id(), name="LAN")
    for command in (old, fresh):
        await documents.dispatch(command, admin())
    await documents.sweep()
    results = store[CommandResult]
    first = {"_id": {"$regex": f"{old.command_id}$"}}
    long_ago = datetime.now(UTC) - timedelta(seconds=REPEATED_WITHIN_SECONDS + 60)

    await results.update_one(first, {"$set": {"filed": long_ago}})
    await store.client.admin.command({"setParameter": 1, "ttlMonitorSleepSecs": 1})

    async with asyncio.timeout(20.0):
        while await results.find_one(first):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.1)
    assert await results.count_documents({"_id": {"$regex": f"{fresh.command_id}$"}}) == 1
    await store.client.admin.command({"setParameter": 1, "ttlMonitorSleepSecs": 60})


async def test_what_is_deleted_frees_its_name_at_once(store: Store, documents: DocumentDispatch):
    first = await make_team(documents, "Second line")
    delete = DeleteTeam(command_id=new_id(), team_id=first.result["team_id"])
    await documents.dispatch(delete, admin())
    again = await make_team(documents, "Second line")
    assert again.result["team_id"] != first.result["team_id"]
    rename = UpdateTeam(command_id=new_id(), team_id=first.result["team_id"], name="x")
    with pytest.raises(NotFound):
        await documents.dispatch(rename, admin())


async def test_a_command_id_serves_once_whoever_uses_it_for_something_else(
    documents: DocumentDispatch,
):
    actor = admin()
    create = CreateSkill(command_id=new_id(), name="TLS")
    skill_id = (await documents.dispatch(create, actor)).result["skill_id"]
    with pytest.raises(CommandIdReused):
        await documents.dispatch(create.model_copy(update={"name": "LAN"}), actor)
    update = UpdateSkill(command_id=new_id(), skill_id=skill_id, name="LAN")
    await documents.dispatch(update, actor)
    with pytest.raises(CommandIdReused):
        await documents.dispatch(update, admin())
    await documents.sweep()
    with pytest.raises(CommandIdReused):
        await documents.dispatch(update, admin())
    with pytest.raises(CommandIdReused):
        await documents.dispatch(update.model_copy(update={"name": "WAN"}), actor)


async def test_digests_say_nothing_to_who_has_not_the_secret(
    store: Store, clock: FixedClock, documents: DocumentDispatch
):
    create, actor = CreateSkill(command_id=new_id(), name="TLS"), admin()
    await documents.dispatch(create, actor)
    stranger = DocumentDispatch(store, clock, b"another secret")
    with pytest.raises(CommandIdReused):
        await stranger.dispatch(create, actor)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: CreateTeam(command_id=new_id(), name="SUPPORT"), "name"),
        (
            lambda: CreateRole(
                command_id=new_id(), name="agent", title="x", staff=True, permissions={}
            ),
            "name",
        ),
        (
            lambda: CreateInbox(command_id=new_id(), name="support", team_id=default_id("team")),
            "name",
        ),
    ],
)
async def test_a_name_that_is_taken_is_refused_by_its_field(
    documents: DocumentDispatch, make: Any, field: str
):
    with pytest.raises(NotUnique) as refused:
        await documents.dispatch(make(), admin())
    assert list(refused.value.fields) == [field]


async def test_an_address_that_is_taken_is_refused_by_its_field(documents: DocumentDispatch):
    await documents.dispatch(a_user(email="ada@x.test"), admin())
    with pytest.raises(NotUnique) as refused:
        await documents.dispatch(a_user(email="ADA@x.test"), admin())
    assert refused.value.fields == {"email": "taken"}

    def inbox(name: str) -> CreateInbox:
        return CreateInbox(
            command_id=new_id(), name=name, team_id=default_id("team"), address="in@x.test"
        )

    await documents.dispatch(inbox("one"), admin())
    with pytest.raises(NotUnique) as refused:
        await documents.dispatch(inbox("two"), admin())
    assert refused.value.fields == {"address": "taken"}


async def test_many_inboxes_may_have_no_address(store: Store, documents: DocumentDispatch):
    for name in ("one", "two"):
        command = CreateInbox(command_id=new_id(), name=name, team_id=default_id("team"))
        await documents.dispatch(command, admin())
    assert await count(store, KINDS["inbox"].state, {"state.address": None}) == 3


async def test_a_refused_command_leaves_nothing_and_may_be_tried_again(
    store: Store, documents: DocumentDispatch
):
    taken = await make_team(documents, "First")
    command, actor = CreateTeam(command_id=new_id(), name="first"), admin()
    with pytest.raises(NotUnique):
        await documents.dispatch(command, actor)
    rename = UpdateTeam(command_id=new_id(), team_id=taken.result["team_id"], name="Second")
    await documents.dispatch(rename, admin())
    assert (await documents.dispatch(command, actor)).seq == 1


async def test_of_two_with_one_address_at_once_one_is_refused(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    outcomes = await asyncio.gather(
        documents.dispatch(a_user("client", email="ada@x.test"), admin()),
        other_node.dispatch(a_user("client", email="ada@x.test"), admin()),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in refused] == [NotUnique]
    assert await count(store, User, {"state.email": "ada@x.test"}) == 1


async def test_the_same_command_on_two_nodes_at_once_is_carried_out_once(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    actor = admin()
    create = CreateContact(command_id=new_id(), name="Cleo")
    first, again = await asyncio.gather(
        documents.dispatch(create, actor), other_node.dispatch(create, actor)
    )
    assert first == again
    update = UpdateContact(command_id=new_id(), contact_id=first.result["contact_id"], name="Clea")
    answers = await asyncio.gather(
        *(node.dispatch(update, actor) for node in (documents, other_node) * 3)
    )
    assert {answer.seq for answer in answers} == {2}
    await documents.sweep()
    assert await store[CommandResult].count_documents({}) == 2


async def test_who_changes_an_old_version_is_refused(documents: DocumentDispatch):
    team_id = (await make_team(documents, "First")).result["team_id"]
    rename = UpdateTeam(command_id=new_id(), team_id=team_id, version=1, name="One")
    await documents.dispatch(rename, admin())
    late = UpdateTeam(command_id=new_id(), team_id=team_id, version=1, name="Two")
    with pytest.raises(Conflict) as refused:
        await documents.dispatch(late, admin())
    assert refused.value.fields == {"version": 2}


async def test_of_two_updates_of_one_version_at_once_one_is_refused(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    created = await documents.dispatch(CreateContact(command_id=new_id(), name="a"), admin())
    contact_id = created.result["contact_id"]
    outcomes = await asyncio.gather(
        *(
            node.dispatch(
                UpdateContact(command_id=new_id(), contact_id=contact_id, version=1, name=name),
                admin(),
            )
            for node, name in ((documents, "b"), (other_node, "c"))
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Outcome"]


async def test_updates_at_once_that_name_no_version_are_all_carried_out(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    created = await documents.dispatch(CreateContact(command_id=new_id(), name="a"), admin())
    contact_id = created.result["contact_id"]
    fields: list[dict[str, Any]] = [{"name": "b"}, {"notes": "n"}, {"emails": ("x@x.test",)}]
    await asyncio.gather(
        *(
            node.dispatch(
                UpdateContact(command_id=new_id(), contact_id=contact_id, **each), admin()
            )
            for node, each in zip((documents, other_node, documents), fields, strict=True)
        )
    )
    contact = await fetch(store, Contact, contact_id)
    assert contact is not None
    assert (contact.name, contact.notes, len(contact.addresses)) == ("b", "n", 1)
    assert contact.version == 4


async def test_an_update_that_changes_nothing_keeps_its_version_and_can_be_repeated(
    store: Store, documents: DocumentDispatch
):
    team_id = (await make_team(documents, "First")).result["team_id"]
    same, actor = UpdateTeam(command_id=new_id(), team_id=team_id, name="First"), admin()
    outcome = await documents.dispatch(same, actor)
    assert outcome.seq == 1
    rename = UpdateTeam(command_id=new_id(), team_id=team_id, name="Second")
    await documents.dispatch(rename, admin())
    assert await documents.dispatch(same, actor) == outcome
    team = await fetch(store, Team, team_id)
    assert team is not None
    assert team.name == "Second"


async def test_what_the_rules_refuse_is_not_kept(store: Store, documents: DocumentDispatch):
    nobody = Actor(kind=admin().kind, id=new_id())
    with pytest.raises(Forbidden):
        await documents.dispatch(CreateSkill(command_id=new_id(), name="TLS"), nobody)
    assert await find(store, Skill) == []


async def fail(store: Store, times: int, **data: object) -> None:
    """Have the store fail the next writes to skills."""
    await store.client.admin.command(
        {
            "configureFailPoint": "failCommand",
            "mode": {"times": times},
            "data": {"namespace": f"{store.database.name}.skills", **data},
        }
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"closeConnection": True},
        {"closeConnectionAfter": True},
        {"writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}},
    ],
)
async def test_a_lost_answer_is_looked_up_and_nothing_is_done_twice(
    store: Store, documents: DocumentDispatch, fault: dict[str, Any]
):
    await fail(store, 2, failCommands=["insert", "update"], **fault)
    outcome = await documents.dispatch(CreateSkill(command_id=new_id(), name="TLS"), admin())
    skill_id = outcome.result["skill_id"]
    await fail(store, 2, failCommands=["insert", "update"], **fault)
    update = UpdateSkill(command_id=new_id(), skill_id=skill_id, name="LAN")
    assert (await documents.dispatch(update, admin())).seq == 2
    raw = await store[KINDS["skill"].model].find_one({"_id": skill_id})
    assert raw is not None
    assert (raw["version"], len(raw["pending"])) == (2, 2)


async def test_a_store_that_stays_away_is_retryable_and_the_repeat_settles_it(
    store: Store, documents: DocumentDispatch
):
    command, actor = CreateSkill(command_id=new_id(), name="TLS"), admin()
    await fail(store, 100, failCommands=["insert"], errorCode=50)
    with pytest.raises(Retryable):
        await documents.dispatch(command, actor)
    await store.client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
    assert (await documents.dispatch(command, actor)).seq == 1


async def test_listeners_hear_of_every_change(store: Store, documents: DocumentDispatch):
    heard: list[tuple[str, str]] = []
    documents.listen(lambda made: heard.append((made.command.type, made.id)))
    user = await make_user(documents, store, "agent")
    rename = UpdateUser(command_id=new_id(), user_id=user.id, name="Eve")
    await documents.dispatch(rename, admin())
    assert heard == [
        ("user.create", user.id),
        ("team.add_member", default_id("team")),
        ("contact.register", user.contact_id),
        ("user.update", user.id),
    ]


async def test_a_client_is_refused_without_waiting_for_a_turn(
    documents: DocumentDispatch, store: Store, clock: FixedClock
):
    # Given somebody who holds the turn and does not come to an end
    async with Alone(store, clock, "documents").turn(), asyncio.timeout(2.0):
        command = CreateTeam(command_id=new_id(), name="Mine")
        with pytest.raises(Forbidden):
            await documents.dispatch(command, client_of(Contact(id=new_id(), name="Cleo")))

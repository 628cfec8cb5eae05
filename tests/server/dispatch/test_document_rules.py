"""Rules that look at more than one document, also where two nodes act at once."""

from __future__ import annotations

import asyncio

import pytest

from domain.access import DEFAULT_ROLES
from domain.contact.commands import CreateContact, DeleteContact, MergeContact
from domain.contact.state import Contact
from domain.errors import Conflict, DomainError, Invalid
from domain.inbox.commands import CreateCategory, DeleteCategory, DeleteInbox
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox
from domain.message import Id
from domain.people.commands import (
    CreateRole,
    CreateSkill,
    DeleteRole,
    DeleteSkill,
    DeleteTeam,
    DeleteUser,
    UpdateRole,
    UpdateUser,
)
from domain.people.state import Role, Team, User
from domain.people.users import contact_of, is_erased
from domain.ticket.commands import OpenTicket
from server.dispatch.debts import Debts
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.store.audit import AuditEntry
from server.store.connect import Store
from server.store.contacts import names_of, survivor_of, survivors_of
from server.store.defaults import default_id, ensure_defaults
from server.store.documents import fetch, fetch_by_key, fetch_many, find
from server.store.kinds import KINDS
from server.store.people import teams_of
from tests.server.dispatch.conftest import SECRET
from tests.server.dispatch.papers import a_user, admin, everything, make_team, make_user, new_id
from tests.server.house import FixedClock


@pytest.fixture
async def documents(store: Store, clock: FixedClock) -> DocumentDispatch:
    await ensure_defaults(store)
    return DocumentDispatch(store, clock, SECRET)


@pytest.fixture
async def other_node(store: Store, clock: FixedClock) -> DocumentDispatch:
    return DocumentDispatch(store, clock, SECRET)


async def a_contact(documents: DocumentDispatch, name: str = "Cleo", **fields: object) -> Id:
    command = CreateContact.model_validate({"command_id": new_id(), "name": name, **fields})
    return (await documents.dispatch(command, admin())).result["contact_id"]


def merge(source: Id, into: Id) -> MergeContact:
    return MergeContact(command_id=new_id(), contact_id=source, into_id=into)


async def the(store: Store, contact_id: Id) -> Contact:
    contact = await fetch(store, Contact, contact_id)
    assert contact is not None
    return contact


# Defaults.


async def test_two_nodes_that_start_at_once_make_the_defaults_once(store: Store):
    await asyncio.gather(*(ensure_defaults(store) for _ in range(4)))
    roles = {role.name: role for role in await find(store, Role)}
    assert {name: role.permissions for name, role in roles.items()} == DEFAULT_ROLES
    assert [role.name for role in roles.values() if not role.staff] == ["client"]
    (team,) = await find(store, Team)
    (inbox,) = await find(store, Inbox)
    assert (inbox.id, inbox.team_id) == (DEFAULT_INBOX_ID, team.id)


async def test_what_an_admin_changed_survives_the_next_start(
    store: Store, documents: DocumentDispatch
):
    client = await fetch_by_key(store, Role, "client")
    assert client is not None
    less = UpdateRole(command_id=new_id(), role_id=client.id, permissions={})
    await documents.dispatch(less, admin())
    await ensure_defaults(store)
    again = await fetch(store, Role, client.id)
    assert again is not None
    assert again.permissions == {}


# The last admin.


async def test_two_admins_who_demote_each_other_at_once_leave_one(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    ada, eve = [await make_user(documents, store, "admin") for _ in range(2)]
    outcomes = await asyncio.gather(
        documents.dispatch(
            UpdateUser(command_id=new_id(), user_id=eve.id, role="agent"), admin(ada.id)
        ),
        other_node.dispatch(
            UpdateUser(command_id=new_id(), user_id=ada.id, active=False), admin(eve.id)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Outcome"]
    left = [user for user in await find(store, User) if user.role == "admin" and user.active]
    assert len(left) == 1


# What is in use.


async def test_a_role_is_not_deleted_while_somebody_gets_it(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    for _ in range(3):
        create = CreateRole(
            command_id=new_id(), name="editor", title="Editor", staff=True, permissions={}
        )
        role_id = (await documents.dispatch(create, admin())).result["role_id"]
        user = a_user("editor")
        outcomes = await asyncio.gather(
            documents.dispatch(DeleteRole(command_id=new_id(), role_id=role_id), admin()),
            other_node.dispatch(user, admin()),
            return_exceptions=True,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert [type(error) for error in refused] in ([Conflict], [Invalid])
        role = await fetch(store, Role, role_id)
        holders = [user for user in await find(store, User) if user.role == "editor"]
        assert (role is not None) == bool(holders)
        for holder in holders:
            change = UpdateUser(command_id=new_id(), user_id=holder.id, role="agent")
            await documents.dispatch(change, admin())
            await documents.dispatch(DeleteRole(command_id=new_id(), role_id=role_id), admin())


async def test_a_team_that_an_inbox_a_category_or_a_ticket_needs_says_so(
    store: Store, documents: DocumentDispatch, clock: FixedClock
):
    team_id = default_id("team")
    create = CreateCategory(command_id=new_id(), name="Billing", team_id=team_id)
    category_id = (await documents.dispatch(create, admin())).result["category_id"]
    with pytest.raises(Conflict) as refused:
        await documents.dispatch(DeleteTeam(command_id=new_id(), team_id=team_id), admin())
    assert refused.value.fields["needed_by"] == ["the inbox 'Support'", "the category 'Billing'"]
    other = (await make_team(documents, "Other")).result["team_id"]
    await documents.dispatch(DeleteTeam(command_id=new_id(), team_id=other), admin())
    assert await fetch(store, Team, other) is None
    assert await fetch(store, Category, category_id) is not None


async def test_a_category_and_an_inbox_stay_while_open_tickets_name_them(
    store: Store, documents: DocumentDispatch, clock: FixedClock
):
    create = CreateCategory(command_id=new_id(), name="Billing")
    category_id = (await documents.dispatch(create, admin())).result["category_id"]
    contact_id = await a_contact(documents)
    dispatcher = Dispatcher(store, clock, Silent(), SECRET, documents=documents)
    ticket = OpenTicket(
        command_id=new_id(),
        title="A bill",
        body="It is wrong.",
        category=category_id,
        requester_id=contact_id,
    )
    await dispatcher.dispatch(ticket, admin())
    await dispatcher.close()
    delete = DeleteCategory(command_id=new_id(), category_id=category_id)
    with pytest.raises(Conflict, match="1 open ticket"):
        await documents.dispatch(delete, admin())
    with pytest.raises(Conflict):
        await documents.dispatch(
            DeleteInbox(command_id=new_id(), inbox_id=DEFAULT_INBOX_ID), admin()
        )


class Silent:
    """A publisher to nobody."""

    def publish(self, envelopes: object) -> None:
        """Nobody listens."""


async def test_a_skill_that_somebody_has_stays(store: Store, documents: DocumentDispatch):
    create = CreateSkill(command_id=new_id(), name="TLS")
    skill_id = (await documents.dispatch(create, admin())).result["skill_id"]
    await make_user(documents, store, "agent", skills=[{"skill_id": skill_id}])
    with pytest.raises(Conflict, match="1 have it"):
        await documents.dispatch(DeleteSkill(command_id=new_id(), skill_id=skill_id), admin())


# Steps.


async def test_staff_join_the_default_inboxs_team_unless_they_are_given_one(
    store: Store, documents: DocumentDispatch
):
    other = (await make_team(documents, "Other")).result["team_id"]
    ada = await make_user(documents, store, "agent")
    eve = await make_user(documents, store, "agent", team_ids=[other])
    teams = await teams_of(store, (ada.id, eve.id))
    assert [team.id for team in teams[ada.id]] == [default_id("team")]
    assert [team.id for team in teams[eve.id]] == [other]


async def test_a_client_gets_a_contact_and_erasing_them_erases_it(
    store: Store, documents: DocumentDispatch
):
    user = await make_user(documents, store, "client", email="cleo@secret.test", name="Cleo Q")
    contact = await the(store, contact_of(user.id))
    assert (contact.user_id, contact.name, contact.guest) == (user.id, "Cleo Q", False)
    assert [(each.email, each.verified) for each in contact.addresses] == [
        ("cleo@secret.test", False)
    ]
    await documents.dispatch(DeleteUser(command_id=new_id(), user_id=user.id), admin())
    await documents.sweep()
    erased = await fetch(store, User, user.id)
    assert erased is not None
    assert is_erased(erased)
    kept = str(await everything(store))
    assert "cleo@secret.test" not in kept
    assert "Cleo Q" not in kept


async def test_who_is_erased_leaves_their_teams(store: Store, documents: DocumentDispatch):
    user = await make_user(documents, store, "agent")
    await documents.dispatch(DeleteUser(command_id=new_id(), user_id=user.id), admin())
    assert (await teams_of(store, (user.id,)))[user.id] == []


async def test_a_step_that_a_crash_left_behind_is_swept(
    store: Store,
    documents: DocumentDispatch,
    other_node: DocumentDispatch,
    monkeypatch: pytest.MonkeyPatch,
):
    source, into = await a_contact(documents), await a_contact(documents)

    async def crash(*_: object) -> None:
        return

    with monkeypatch.context() as patched:
        patched.setattr(Debts, "try_to_pay", crash)
        await documents.dispatch(merge(source, into), admin())
    assert (await the(store, into)).aliases == ()
    await other_node.sweep()
    assert (await the(store, into)).aliases == (source,)
    assert await other_node.sweep() == 0  # What the step itself owed was paid at once.


async def test_a_step_that_is_refused_keeps_nothing_waiting(
    store: Store, documents: DocumentDispatch, monkeypatch: pytest.MonkeyPatch
):
    team = (await make_team(documents, "Short-lived")).result["team_id"]

    async def crash(*_: object) -> None:
        return

    with monkeypatch.context() as patched:
        patched.setattr(Debts, "try_to_pay", crash)
        user = await make_user(documents, store, "agent", team_ids=[team])
    await documents.dispatch(DeleteTeam(command_id=new_id(), team_id=team), admin())
    await documents.sweep()
    assert await documents.sweep() == 0
    assert (await teams_of(store, (user.id,)))[user.id] == []


# Merges.


async def test_a_chain_of_merges_ends_with_everybody_at_the_last(
    store: Store, documents: DocumentDispatch
):
    a, b, c, d = [await a_contact(documents, name) for name in "abcd"]
    await documents.dispatch(merge(a, b), admin())
    await documents.dispatch(merge(d, c), admin())
    await documents.dispatch(merge(b, c), admin())
    assert set((await the(store, c)).aliases) == {a, b, d}
    for each in (a, b, c, d):
        survivor = await survivor_of(store, each)
        assert survivor is not None
        assert survivor.id == c
    alone = await survivors_of(store, (a,))
    assert [survivor.id for survivor in alone.values()] == [c]
    survivors = await survivors_of(store, (a, b, c, d, new_id()))
    assert {each: survivor.id for each, survivor in survivors.items()} == dict.fromkeys(
        (a, b, c, d), c
    )


async def test_two_who_are_merged_into_each_other_at_once_do_not_both_vanish(
    store: Store, documents: DocumentDispatch, other_node: DocumentDispatch
):
    a, b = await a_contact(documents), await a_contact(documents)
    outcomes = await asyncio.gather(
        documents.dispatch(merge(a, b), admin()),
        other_node.dispatch(merge(b, a), admin()),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Outcome"]
    survivor = await survivor_of(store, a)
    assert survivor is not None
    assert {survivor.id, *survivor.aliases} == {a, b}


async def test_a_merge_is_repeated_without_effect(store: Store, documents: DocumentDispatch):
    a, b = await a_contact(documents), await a_contact(documents, emails=["b@x.test"])
    command, actor = merge(a, b), admin()
    first = await documents.dispatch(command, actor)
    await documents.sweep()
    assert await documents.dispatch(command, actor) == first
    assert (await the(store, b)).aliases == (a,)


async def test_erasing_a_survivor_erases_whom_it_absorbed(
    store: Store, documents: DocumentDispatch
):
    a = await a_contact(documents, "Alias Q", emails=["alias@secret.test"])
    b = await a_contact(documents, "Survivor Q")
    await documents.dispatch(merge(a, b), admin())
    await documents.dispatch(DeleteContact(command_id=new_id(), contact_id=b), admin())
    await documents.sweep()
    kept = str(await everything(store))
    assert "alias@secret.test" not in kept
    assert "Alias Q" not in kept
    assert (await the(store, b)).aliases == (a,)


async def test_names_are_those_of_users_and_of_contacts(store: Store, documents: DocumentDispatch):
    ada = await make_user(documents, store, "agent", name="Ada")
    carl = await make_user(documents, store, "client", name="Carl")
    cleo = await a_contact(documents, "Cleo")
    assert await names_of(store, (ada.id, carl.id, cleo, new_id())) == {
        ada.id: {"name": "Ada", "kind": "agent"},
        carl.id: {"name": "Carl", "kind": "client"},
        cleo: {"name": "Cleo", "kind": "client"},
    }


# The audit log.


async def test_every_change_has_one_audit_entry_that_says_who_and_what(
    store: Store, documents: DocumentDispatch, clock: FixedClock
):
    actor = admin()
    off = {"date": "2026-12-24", "note": "Surgery, Q"}
    user = a_user("agent", email="ada@secret.test", name="Ada Q", exceptions=[off])
    user_id = (await documents.dispatch(user, actor)).result["user_id"]
    clock.time += 1_000
    await documents.dispatch(
        UpdateUser(command_id=new_id(), user_id=user_id, role="supervisor", name="Eve Q"), actor
    )
    await documents.dispatch(UpdateUser(command_id=new_id(), user_id=user_id), actor)
    await documents.sweep()
    await documents.sweep()
    entries = await store[AuditEntry].find({"document": f"user:{user_id}"}).sort("at").to_list()
    assert [entry["type"] for entry in entries] == ["user.create", "user.update"]
    created, updated = entries
    assert created["actor"] == {"kind": "agent", "id": actor.id}
    assert created["changes"]["role"] == [None, "agent"]
    assert updated["changes"] == {"role": ["agent", "supervisor"], "name": None}
    assert (updated["at"] - created["at"], updated["version"]) == (1_000, 2)
    assert "Q" not in str(entries)
    assert "secret.test" not in str(entries)


async def test_the_audit_log_folds_to_the_documents(store: Store, documents: DocumentDispatch):
    role = CreateRole(
        command_id=new_id(),
        name="editor",
        title="Editor",
        staff=True,
        permissions={"ticket.read": "all"},
    )
    role_id = (await documents.dispatch(role, admin())).result["role_id"]
    for fields in ({"title": "E"}, {"permissions": {"ticket.read": "team"}}, {"title": "F"}):
        change = {"command_id": new_id(), "role_id": role_id, **fields}
        await documents.dispatch(UpdateRole.model_validate(change), admin())
    await documents.sweep()
    folded: dict[str, object] = {}
    async for entry in store[AuditEntry].find({"document": f"role:{role_id}"}).sort("version"):
        for field, (before, after) in entry["changes"].items():
            assert folded.get(field) == before
            folded[field] = after
    kept = (await fetch_many(store, Role, (role_id,)))[role_id]
    assert folded == kept.model_dump(mode="json", exclude={"id", "version"})


async def test_nothing_is_owed_after_a_sweep(store: Store, documents: DocumentDispatch):
    await make_user(documents, store, "client")
    await make_user(documents, store, "agent")
    with pytest.raises(DomainError):
        await make_team(documents, "Support")
    while await documents.sweep():
        pass
    for kind in KINDS.values():
        assert await store[kind.model].count_documents({"pending": {"$ne": []}}) == 0

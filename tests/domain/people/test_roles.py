"""What roles may hold, and who may change them."""

from __future__ import annotations

import pytest

from domain.access import DEFAULT_ROLES, Permission, Scope
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.people.commands import CreateRole, DeleteRole, UpdateRole
from domain.people.decide import decide
from domain.people.facts import Facts
from domain.people.state import Role
from tests.domain.people.house import NOW, ROLES, new_id, personnel, staff


def create(**fields: object) -> CreateRole:
    given = {
        "command_id": new_id(),
        "name": "editor",
        "title": "Editor",
        "staff": True,
        "permissions": {"ticket.read": "all"},
    }
    return CreateRole.model_validate(given | fields)


def update(role: Role, **fields: object) -> UpdateRole:
    return UpdateRole.model_validate({"command_id": new_id(), "role_id": role.id, **fields})


def delete(role: Role) -> DeleteRole:
    return DeleteRole(command_id=new_id(), role_id=role.id)


CUSTOM = Role(
    id=new_id(),
    version=1,
    name="editor",
    title="Editor",
    staff=True,
    permissions={Permission.TICKET_READ: Scope.ALL},
)


def test_an_admin_makes_a_role():
    role = decide(None, create(), staff(), NOW, Facts())
    assert isinstance(role, Role)
    assert (role.name, role.staff) == ("editor", True)
    assert role.permissions == {Permission.TICKET_READ: Scope.ALL}


@pytest.mark.parametrize("command", [create(), update(CUSTOM), delete(CUSTOM)])
def test_roles_are_for_who_may_manage_people(command: CreateRole | UpdateRole | DeleteRole):
    before = None if isinstance(command, CreateRole) else CUSTOM
    with pytest.raises(Forbidden):
        decide(before, command, staff("supervisor"), NOW, Facts())


def test_nobody_makes_a_role_that_may_more_than_they():
    with pytest.raises(Forbidden, match=r"ticket\.read"):
        decide(None, create(), personnel(), NOW, Facts())
    with pytest.raises(Forbidden, match=r"ticket\.read"):
        decide(None, create(), personnel(ticket__read=Scope.TEAM), NOW, Facts())
    assert decide(None, create(), personnel(ticket__read=Scope.ALL), NOW, Facts())


def test_nobody_takes_from_a_role_that_may_more_than_they():
    for command in (update(ROLES["admin"], title="x"), delete(CUSTOM)):
        before = ROLES["admin"] if isinstance(command, UpdateRole) else CUSTOM
        with pytest.raises(Forbidden, match="more than you have"):
            decide(before, command, personnel(), NOW, Facts())


def test_a_role_takes_new_permissions():
    command = update(CUSTOM, permissions={"ticket.read": "team"})
    after = decide(CUSTOM, command, staff(), NOW, Facts())
    assert isinstance(after, Role)
    assert after.permissions == {Permission.TICKET_READ: Scope.TEAM}
    assert after.title == "Editor"


@pytest.mark.parametrize("scope", [None, "own", "team"])
def test_the_admin_role_keeps_people_manage_for_all(scope: str | None):
    permissions = {str(name): "all" for name in DEFAULT_ROLES["admin"]}
    permissions = {k: v for k, v in permissions.items() if k != "people.manage"}
    if scope:
        permissions["people.manage"] = scope
    command = update(ROLES["admin"], permissions=permissions)
    with pytest.raises(Conflict, match=r"people\.manage"):
        decide(ROLES["admin"], command, staff(), NOW, Facts())


def test_the_admin_role_may_lose_anything_else():
    command = update(ROLES["admin"], permissions={"people.manage": "all"})
    assert decide(ROLES["admin"], command, staff(), NOW, Facts())


@pytest.mark.parametrize("name", sorted(DEFAULT_ROLES))
def test_a_built_in_role_cannot_be_deleted(name: str):
    with pytest.raises(Conflict, match="four roles"):
        decide(ROLES[name], delete(ROLES[name]), staff(), NOW, Facts())


def test_a_role_in_use_cannot_be_deleted_and_says_by_how_many():
    with pytest.raises(Conflict, match="3 have it") as refused:
        decide(CUSTOM, delete(CUSTOM), staff(), NOW, Facts(holders=3))
    assert refused.value.fields == {"holders": 3}
    assert decide(CUSTOM, delete(CUSTOM), staff(), NOW, Facts()) is None


@pytest.mark.parametrize(
    "permissions",
    [
        {"ticket.note": "own"},
        {"people.manage": "all"},
        {"ticket.read": "team"},
        {"ticket.read": "all"},
    ],
)
def test_a_clients_role_stays_a_clients(permissions: dict[str, str]):
    with pytest.raises(Invalid) as refused:
        decide(None, create(staff=False, permissions=permissions), staff(), NOW, Facts())
    assert list(refused.value.fields) == [f"permissions.{next(iter(permissions))}"]


def test_a_clients_role_may_share_the_companys_tickets():
    command = create(staff=False, permissions={"ticket.read": "company", "catalog.read": "all"})
    assert decide(None, command, staff(), NOW, Facts())


def test_a_role_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        decide(None, update(CUSTOM), staff(), NOW, Facts())

"""What admins do with users: make, look at, change, hand out passwords, erase."""

from __future__ import annotations

from typing import Any

from domain.access import Actor, Permission
from domain.document import Version, require
from domain.errors import NotFound
from domain.message import Id, Record
from domain.people.commands import CreateUser, DeleteUser, Skills, TeamIds, UpdateUser
from domain.people.shifts import Exceptions, Shifts, Zone
from domain.people.state import CLIENT, Capacity, Email, Languages, Name, RoleName, User
from domain.ports import Dispatch
from server.auth.accounts import Accounts
from server.auth.answers import UserChanged, UserInfo, UserPage
from server.auth.families import Families
from server.store.connect import Store
from server.store.documents import fetch, page
from server.store.people import teams_of


class NewUser(Record):
    """Without a password one is made up, which must be changed at the first log-in."""

    email: Email
    name: Name
    role: RoleName = CLIENT
    skills: Skills = ()
    capacity: Capacity = 200
    zone: Zone = "UTC"
    shifts: Shifts = ()
    languages: Languages = ()
    exceptions: Exceptions = ()
    breaks: Shifts = ()
    team_ids: TeamIds = ()
    password: str | None = None


class UserChange(Record):
    """What is not named stays. `team_ids` are all teams the user shall be in afterwards."""

    user_id: Id
    version: Version | None = None
    email: Email | None = None
    name: Name | None = None
    role: RoleName | None = None
    skills: Skills | None = None
    capacity: Capacity | None = None
    zone: Zone | None = None
    shifts: Shifts | None = None
    languages: Languages | None = None
    exceptions: Exceptions | None = None
    breaks: Shifts | None = None
    deputy_id: Id | None = None
    active: bool | None = None
    team_ids: TeamIds | None = None
    reset_password: bool = False


class Administration:
    """Commands to users with what hangs on them: teams, passwords, sessions."""

    def __init__(
        self, store: Store, dispatch: Dispatch, accounts: Accounts, families: Families
    ) -> None:
        self._store = store
        self._dispatch = dispatch
        self._accounts = accounts
        self._families = families

    async def list_users(self, actor: Actor, after: Id | None = None, limit: int = 100) -> UserPage:
        """The next users after an id; raises Forbidden."""
        require(actor, Permission.PEOPLE_MANAGE)
        users = await page(self._store, User, after, limit)
        teams = await teams_of(self._store, (user.id for user in users))
        infos = [
            UserInfo(user=user, team_ids=tuple(team.id for team in teams[user.id]))
            for user in users
        ]
        last = users[-1].id if len(users) == limit else None
        return UserPage(users=tuple(infos), next=last)

    async def create_user(self, actor: Actor, command_id: Id, new: NewUser) -> UserChanged:
        """Make a user; who gives no password gets a temporary one to hand over."""
        require(actor, Permission.PEOPLE_MANAGE)
        command = CreateUser(command_id=command_id, **_named(new, "password"))
        temporary = None
        if new.password is None:
            user_id = command.document_id(actor.id)
            temporary = self._accounts.temporary_password(user_id, command_id)
        user = await self._accounts.create(command, actor, new.password or temporary or "")
        return await self._changed(user.id, temporary)

    async def update_user(self, actor: Actor, command_id: Id, change: UserChange) -> UserChanged:
        """Change a user and what hangs on them; raises DomainError.

        Who is put out, or whose password is taken away, is logged out everywhere.
        """
        fields = _named(change, "reset_password")
        if change.reset_password:
            fields["must_change_password"] = True
        await self._dispatch.dispatch(UpdateUser(command_id=command_id, **fields), actor)
        temporary = None
        if change.reset_password:
            temporary, now = await self._accounts.reset(change.user_id, command_id)
            if now:
                await self._families.end_all(change.user_id, "the password was reset")
        changed = await self._changed(change.user_id, temporary)
        if not changed.user.active:
            await self._families.end_all(change.user_id, "the account was closed")
        return changed

    async def delete_user(self, actor: Actor, command_id: Id, user_id: Id) -> None:
        """Erase a user, and end all their sessions; raises DomainError."""
        await self._dispatch.dispatch(DeleteUser(command_id=command_id, user_id=user_id), actor)
        await self._accounts.forget(user_id)
        await self._families.end_all(user_id, "the account was erased")

    async def _changed(self, user_id: Id, temporary: str | None) -> UserChanged:
        user = await fetch(self._store, User, user_id)
        if user is None:
            raise NotFound("There is no such user.")
        teams = (await teams_of(self._store, (user_id,)))[user_id]
        return UserChanged(
            user=user,
            team_ids=tuple(team.id for team in teams),
            temporary_password=temporary,
        )


def _named(given: Record, *besides: str) -> dict[str, Any]:
    return {name: getattr(given, name) for name in given.model_fields_set - {*besides}}

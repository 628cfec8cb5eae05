"""Making, changing and erasing users, with what hangs on them: teams, passwords, sessions."""

from __future__ import annotations

from pydantic import BaseModel

from server.auth.administration import NewUser, UserChange
from server.auth.answers import UserChanged
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.reading import parse


@operation(
    "POST",
    "/api/users",
    "Make a user; without a password a temporary one is answered",
    takes=NewUser,
    answers=UserChanged,
    status=201,
)
async def create_user(call: Call, given: NewUser) -> UserChanged:
    return await call.parts.auth.create_user(call.actor, call.command_id, given)


@operation(
    "PUT",
    "/api/users/{id}",
    "Change a user, their teams or password",
    takes=asked(UserChange, "user_id"),
    answers=UserChanged,
)
async def update_user(call: Call, given: BaseModel) -> UserChanged:
    named = given.model_dump(exclude_unset=True)
    change = parse(UserChange, {**named, "user_id": call.id()})
    return await call.parts.auth.update_user(call.actor, call.command_id, change)


@operation("DELETE", "/api/users/{id}", "Erase a user")
async def delete_user(call: Call) -> None:
    await call.parts.auth.delete_user(call.actor, call.command_id, call.id())


@operation(
    "POST",
    "/api/auth/update-user",
    "Change a user, their teams or password",
    takes=UserChange,
    answers=UserChanged,
)
async def update_log_in(call: Call, change: UserChange) -> UserChanged:
    return await call.parts.auth.update_user(call.actor, call.command_id, change)


OPERATIONS = (create_user, update_user, delete_user, update_log_in)

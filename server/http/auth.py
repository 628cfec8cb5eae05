"""Coming in and going out: sign-up, log-in, renewal, passwords, sessions."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from domain.errors import Unauthenticated
from domain.message import Record
from server.auth.answers import Grant, Me, SessionInfo, UserPage
from server.auth.families import Where
from server.http.operation import Call, Who, operation
from server.http.paging import PageQuery

Text = Annotated[str, Field(max_length=1_000)]
Token = Annotated[str, Field(max_length=4_096)]


class SignUp(Record):
    """With a guest's token their tickets come along; so do those of somebody without a log-in who
    proved this very address, with the access token of their session."""

    email: Text
    name: Text
    password: Text
    guest_token: Token | None = None


class LogIn(Record):
    """With a guest's token their tickets come along; so do those of somebody without a log-in who
    proved this very address, with the access token of their session."""

    email: Text
    password: Text
    guest_token: Token | None = None


class Refresh(Record):
    refresh_token: Token


class LogOut(Record):
    """The refresh token ends the session where the access token has run out."""

    refresh_token: Token | None = None


class NewPassword(Record):
    current: Text
    new: Text


class Visitor(Record):
    name: Text | None = None


class FirstAdmin(Record):
    """`token` is what the set-up link ends with."""

    token: Token
    email: Text
    name: Text
    password: Text


class SessionList(BaseModel):
    items: tuple[SessionInfo, ...]


def where_of(call: Call) -> Where:
    """Where a request came from, for the list of one's sessions."""
    return Where(call.address, call.request.headers.get("user-agent", ""))


@operation(
    "POST",
    "/api/auth/signup",
    "Make oneself a client's account",
    takes=SignUp,
    answers=Grant,
    status=201,
    who=Who.ANYBODY,
)
async def signup(call: Call, given: SignUp) -> Grant:
    return await call.parts.auth.signup(
        email=given.email,
        name=given.name,
        password=given.password,
        command_id=call.command_id,
        where=where_of(call),
        guest_token=given.guest_token,
    )


@operation("POST", "/api/auth/login", "Log in", takes=LogIn, answers=Grant, who=Who.ANYBODY)
async def login(call: Call, given: LogIn) -> Grant:
    return await call.parts.auth.login(
        email=given.email,
        password=given.password,
        where=where_of(call),
        guest_token=given.guest_token,
    )


@operation(
    "POST",
    "/api/auth/refresh",
    "Trade a refresh token for new tokens",
    takes=Refresh,
    answers=Grant,
    who=Who.ANYBODY,
)
async def refresh(call: Call, given: Refresh) -> Grant:
    return await call.parts.auth.refresh(given.refresh_token)


@operation(
    "POST", "/api/auth/logout", "End the session and close its sockets", takes=LogOut, who=Who.TOKEN
)
async def logout(call: Call, given: LogOut) -> None:
    try:
        await call.parts.auth.logout(call.token)
    except Unauthenticated:
        if given.refresh_token is None:
            raise
        grant = await call.parts.auth.refresh(given.refresh_token)
        await call.parts.auth.logout(grant.access_token)


@operation("GET", "/api/auth/me", "Who I am and what I may", answers=Me, who=Who.TOKEN)
async def me(call: Call) -> Me:
    return await call.parts.auth.me(call.token)


@operation(
    "POST", "/api/auth/password", "Choose another password", takes=NewPassword, who=Who.TOKEN
)
async def change_password(call: Call, given: NewPassword) -> None:
    await call.parts.auth.change_password(
        call.token, current=given.current, new=given.new, where=where_of(call)
    )


@operation("GET", "/api/auth/sessions", "My own sessions", answers=SessionList)
async def list_sessions(call: Call) -> SessionList:
    return SessionList(items=tuple(await call.parts.auth.sessions(call.token)))


@operation("DELETE", "/api/auth/sessions/{id}", "End one of my sessions")
async def end_session(call: Call) -> None:
    await call.parts.auth.end_session(call.token, call.id())


@operation(
    "POST",
    "/api/auth/guest",
    "Come in without an account",
    takes=Visitor,
    answers=Grant,
    status=201,
    who=Who.ANYBODY,
)
async def welcome_guest(call: Call, given: Visitor) -> Grant:
    return await call.parts.auth.guest(where_of(call), given.name)


@operation(
    "POST",
    "/api/auth/setup",
    "Make the first admin, with the set-up link",
    takes=FirstAdmin,
    answers=Grant,
    status=201,
    who=Who.ANYBODY,
)
async def set_up(call: Call, given: FirstAdmin) -> Grant:
    return await call.parts.auth.setup(
        token=given.token,
        email=given.email,
        name=given.name,
        password=given.password,
        where=where_of(call),
    )


@operation(
    "GET", "/api/auth/users", "List users with their teams", takes=PageQuery, answers=UserPage
)
async def list_log_ins(call: Call, query: PageQuery) -> UserPage:
    return await call.parts.auth.list_users(call.actor, query.after, query.limit)


OPERATIONS = (
    signup,
    login,
    refresh,
    logout,
    me,
    change_password,
    list_sessions,
    end_session,
    welcome_guest,
    set_up,
    list_log_ins,
)

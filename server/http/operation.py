"""One method of one path: what it takes and gives, and how a request comes to its handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, overload
from uuid import UUID, uuid4

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.access import Actor
from domain.catalog import parse_command
from domain.errors import Invalid, NotFound, Unauthenticated
from domain.ports import Outcome, Session
from server.composition import Parts
from server.http.answers import Json
from server.http.rates import Rates
from server.http.reading import read_body, read_query

COMMAND_HEADER = "Idempotency-Key"


class Who(StrEnum):
    """Who may ask: somebody with a session; also who must change their password first, whose
    handler looks at the token itself; anybody at all; or anybody, and who has a session as
    themselves."""

    SESSION = "session"
    TOKEN = "token"
    ANYBODY = "anybody"
    READER = "reader"


class Call:
    """One request: who asks, what is joined, and what goes into the answer's headers."""

    def __init__(self, request: Request, parts: Parts, session: Session | None) -> None:
        self.request = request
        self.parts = parts
        self.headers: dict[str, str] = {}
        self._session = session
        self._command_id: str | None = None

    @property
    def session(self) -> Session:
        """The asker's session; another operation has none."""
        assert self._session, "only an operation for a session has one"
        return self._session

    @property
    def stranger(self) -> bool:
        """Whether nobody knows who asks: there is no session, and so no actor."""
        return self._session is None

    @property
    def actor(self) -> Actor:
        return self.session.actor

    @property
    def token(self) -> str:
        """The token that came with the request; raises Unauthenticated without one."""
        return _bearer(self.request)

    @property
    def address(self) -> str:
        """Where the request came from, as the trusted proxies say."""
        return address_of(self.request)

    def id(self, name: str = "id") -> str:
        """The id in the path; raises NotFound for what cannot be one."""
        try:
            return str(UUID(self.request.path_params[name]))
        except ValueError:
            raise NotFound("There is no such thing.") from None

    @property
    def command_id(self) -> str:
        """The `Idempotency-Key`, or an id made here; the answer names it.

        Raises Invalid for one that is no UUID, as the machine's own are.
        """
        if self._command_id is None:
            given = self.request.headers.get(COMMAND_HEADER)
            try:
                self._command_id = str(UUID(given)) if given is not None else str(uuid4())
            except ValueError:
                raise Invalid(
                    f"`{COMMAND_HEADER}` must be a UUID.", fields={COMMAND_HEADER: "not a UUID"}
                ) from None
            self.headers[COMMAND_HEADER] = self._command_id
        return self._command_id

    async def command(
        self, type_: str, given: BaseModel | None = None, /, **fields: str
    ) -> Outcome:
        """Dispatch a command made of what was given; what was not named stays unnamed."""
        named = given.model_dump(mode="json", exclude_unset=True) if given else {}
        command = parse_command({**named, **fields, "type": type_, "command_id": self.command_id})
        return await self.parts.dispatch.dispatch(command, self.actor)


Given = TypeVar("Given", bound=BaseModel)
Answered = BaseModel | Response | None
Handler = Callable[[Call], Awaitable[Answered]]
HandlerOf = Callable[[Call, Given], Awaitable[Answered]]


@dataclass(frozen=True)
class Operation:
    """A handler with what OpenAPI says of it.

    `takes` is read from the query of a GET and from the body of anything else; `answers` is what
    the handler returns, None for no content or for what is not JSON; `uploads` marks a multipart
    body.
    """

    method: str
    path: str
    summary: str
    handle: Callable[..., Awaitable[Answered]]
    takes: type[BaseModel] | None
    answers: type[BaseModel] | None
    status: int
    who: Who
    media_type: str
    uploads: bool

    async def run(self, request: Request, parts: Parts, rates: Rates) -> Response:
        """Find out who asks, read what is given, and encode what the handler answers."""
        session = await self._admit(request, parts, rates)
        call = Call(request, parts, session)
        if self.takes is None:
            answer = await self.handle(call)
        elif self.method == "GET":
            answer = await self.handle(call, read_query(request, self.takes))
        else:
            answer = await self.handle(call, await read_body(request, self.takes))
        response = self._encode(answer)
        response.headers.update(call.headers)
        return response

    async def _admit(self, request: Request, parts: Parts, rates: Rates) -> Session | None:
        """The asker's session, where one is needed; raises RateLimited."""
        if self.who is Who.READER and "authorization" not in request.headers:
            rates.admit_stranger(address_of(request))
            return None
        if self.who not in (Who.SESSION, Who.READER):
            if self.method != "GET":
                rates.admit_stranger(address_of(request))
            return None
        try:
            session = await parts.sessions.authenticate(_bearer(request))
        except Unauthenticated:
            rates.admit_stranger(address_of(request))
            raise
        if self.method != "GET":
            rates.admit_change(session.actor)
        elif self.takes and "q" in self.takes.model_fields and request.query_params.get("q"):
            rates.admit_search(session.actor)
        else:
            rates.admit_read(session.actor)
        return session

    def _encode(self, answer: Answered) -> Response:
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return Response(status_code=204)
        return Json(answer.model_dump_json(), self.status)


@overload
def operation(
    method: str,
    path: str,
    summary: str,
    *,
    answers: type[BaseModel] | None = None,
    status: int = 200,
    who: Who = Who.SESSION,
    media_type: str = "application/json",
    uploads: bool = False,
) -> Callable[[Handler], Operation]: ...


@overload
def operation(
    method: str,
    path: str,
    summary: str,
    *,
    takes: type[Given],
    answers: type[BaseModel] | None = None,
    status: int = 200,
    who: Who = Who.SESSION,
    media_type: str = "application/json",
) -> Callable[[HandlerOf[Given]], Operation]: ...


def operation(
    method: str,
    path: str,
    summary: str,
    *,
    takes: type[BaseModel] | None = None,
    answers: type[BaseModel] | None = None,
    status: int = 200,
    who: Who = Who.SESSION,
    media_type: str = "application/json",
    uploads: bool = False,
) -> Callable[[Callable[..., Awaitable[Answered]]], Operation]:
    """Make a handler an operation; see Operation for what each word means."""

    def make(handle: Callable[..., Awaitable[Answered]]) -> Operation:
        return Operation(
            method, path, summary, handle, takes, answers, status, who, media_type, uploads
        )

    return make


def routes_of(operations: Iterable[Operation], parts: Parts, rates: Rates) -> list[Route]:
    """One route a path, which refuses the methods it does not have."""
    by_path: dict[str, dict[str, Operation]] = {}
    for each in operations:
        by_path.setdefault(each.path, {})[each.method] = each
    return [_route(path, methods, parts, rates) for path, methods in by_path.items()]


def _route(path: str, methods: dict[str, Operation], parts: Parts, rates: Rates) -> Route:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await methods[method].run(request, parts, rates)

    return Route(path, answer, methods=list(methods))


def address_of(request: Request) -> str:
    """Where a request came from, as the trusted proxies say."""
    return request.client.host if request.client else "unknown"


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Log in first: send `Authorization: Bearer <access token>`.")
    return token.strip()

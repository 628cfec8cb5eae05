"""Which answer each exception becomes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pymongo.errors import ConnectionFailure, ExecutionTimeout, WriteConcernError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import DomainError, Invalid, NotFound, Retryable
from server.http.answers import refusal
from server.http.reading import WrongMediaType


async def refuse(_request: Request, error: Exception) -> Response:
    """A refusal of the rules, or of the way it was asked."""
    assert isinstance(error, DomainError)
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE if isinstance(error, WrongMediaType) else None
    return refusal(error, status)


async def refuse_request(request: Request, error: Exception) -> Response:
    """No such path, or not with this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return refusal(NotFound(f"There is no {request.url.path[:200]}."))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        message = f"{request.method} is not possible on {request.url.path[:200]}."
        return refusal(Invalid(message), error.status_code, error.headers)
    return refusal(Invalid(error.detail), error.status_code, error.headers)


async def out_of_reach(_request: Request, _error: Exception) -> Response:
    """A store does not answer: the same request may be sent again."""
    return refusal(Retryable("A store is out of reach; try again.", fields={"retry_after": 1}))


HANDLERS: dict[Any, Any] = {
    DomainError: refuse,
    HTTPException: refuse_request,
    **dict.fromkeys(
        (
            *(ConnectionFailure, ExecutionTimeout, WriteConcernError),
            *(RedisConnectionError, RedisTimeoutError),
        ),
        out_of_reach,
    ),
}

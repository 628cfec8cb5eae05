"""What comes in: a JSON body or a query, bounded, read into a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar, cast

import orjson
from pydantic import BaseModel, BeforeValidator, ValidationError
from starlette.requests import Request

from domain.errors import Code, DomainError, Invalid

JSON_MAX_BYTES = 1024 * 1024
"""A message of 50,000 characters fits even where every one of them is escaped."""

Model = TypeVar("Model", bound=BaseModel)


def _split(value: object) -> object:
    """`a,b` or several of the same name in a query are many."""
    values = cast("list[object]", value if isinstance(value, list) else [value])
    return [part for each in values for part in str(each).split(",") if part]


CommaSeparated = BeforeValidator(_split)


class TooLarge(DomainError):
    """A body beyond its limit; it was not read to its end."""

    code = Code.TOO_LARGE

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The body is larger than the {limit:,} bytes allowed here.", fields={"limit": limit}
        )


class WrongMediaType(DomainError):
    """The body is not of the kind that is read here; answered with 415."""

    code = Code.INVALID


async def bounded(request: Request, limit: int, told: int | None = None) -> AsyncIterator[bytes]:
    """The chunks of a body; raises TooLarge before more than the limit was taken in.

    `told` is the limit that a refusal names, where the asker knows it by another number.
    """
    refusal = TooLarge(limit if told is None else told)
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise refusal
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > limit:
            raise refusal
        yield chunk


async def read_body(request: Request, model: type[Model]) -> Model:
    """Read a JSON object into a model; an empty body counts as an empty object.

    Raises TooLarge, WrongMediaType or Invalid.
    """
    body = b"".join([chunk async for chunk in bounded(request, JSON_MAX_BYTES)])
    if not body:
        return parse(model, {})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise WrongMediaType("The body must be JSON: send `Content-Type: application/json`.")
    try:
        data: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The body is not JSON: {error}.") from None
    if not isinstance(data, dict):
        raise Invalid("The body must be a JSON object.")
    return parse(model, cast("dict[str, Any]", data))


def read_query(request: Request, model: type[Model]) -> Model:
    """Read the query string into a model; raises Invalid."""
    query = request.query_params
    given = {name: query.getlist(name) for name in query}
    return parse(model, {name: many if len(many) > 1 else many[0] for name, many in given.items()})


def parse(model: type[Model], data: dict[str, Any]) -> Model:
    """Raises Invalid with a message for each wrong field, by its dotted path."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refuse_fields(error) from None


def refuse_fields(error: ValidationError) -> Invalid:
    """What is wrong with each field, without repeating what was sent."""
    fields = {
        ".".join(map(str, detail["loc"])): detail["msg"]
        for detail in error.errors(include_url=False, include_context=False, include_input=False)
    }
    name, message = next(iter(fields.items()))
    return Invalid(f"{name}: {message}" if name else message, fields=fields)

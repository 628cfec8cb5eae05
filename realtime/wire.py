"""What comes up the wire, checked, and what goes down it.

Down go `event` (an envelope), `signal`, `left {room, reason}` (the socket is no longer in that
room; reason `resync` asks to join again), `access {version}` (what it may has changed) and `closing
{reason}` just before this end closes: `resync` (join again from your cursors), `expired`, `ended`
(log in again), `restart`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.errors import Code, DomainError, Invalid
from domain.knowledge.state import Language

PROTOCOL = 1

Shape = TypeVar("Shape", bound=BaseModel)

Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
RoomName = Annotated[str, Field(min_length=1, max_length=200)]
Token = Annotated[str, Field(max_length=8_192)]


class Up(BaseModel):
    """A payload from a client: nothing is converted, nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Hello(Up):
    """Socket.IO's `auth`. What a later client adds is ignored."""

    model_config = ConfigDict(extra="ignore")

    token: Token = ""
    protocol: int


class Cursor(Up):
    """A room to join; with `epoch` and `after`, from where it was seen last."""

    room: RoomName
    epoch: Annotated[str, Field(max_length=100)] | None = None
    after: Seq | None = None


class Join(Up):
    rooms: Annotated[list[Cursor], Field(min_length=1, max_length=50)]


class Leave(Up):
    rooms: Annotated[list[RoomName], Field(min_length=1, max_length=50)]


class Renew(Up):
    """A fresh token for a connection that lives on."""

    token: Token


class Time(Up):
    """A question for the server's clock."""


class Search(Up):
    """A question for the articles, or its beginning."""

    q: Annotated[str, Field(max_length=500)]
    language: Language | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class Signal(Up):
    """Something of the moment. From staff, `private` keeps it among staff."""

    room: RoomName
    type: Literal["typing", "viewing"]
    active: bool = True
    visibility: Literal["public", "private"] = "public"
    base_seq: Seq | None = None


class Mark(Up):
    """How far the sender got in a ticket, as seqs of the room they are in."""

    ticket_id: Annotated[str, Field(max_length=50)]
    delivered: Seq = 0
    read: Seq = 0


def read(shape: type[Shape], data: Any) -> Shape:  # noqa: ANN401 - anything may come
    """Check a payload; raises Invalid with a message per field."""
    if not isinstance(data, dict):
        raise Invalid("The payload must be an object.")
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        wrong = {
            ".".join(str(part) for part in detail["loc"]): detail["msg"]
            for detail in error.errors(include_url=False, include_context=False)
        }
        field, problem = next(iter(wrong.items()))
        raise Invalid(f"{field}: {problem}", fields=wrong) from None


def refusal(error: DomainError) -> dict[str, Any]:
    """The negative acknowledgement."""
    return {"ok": False, "error": error.as_dict()}


def dump(value: Any) -> bytes:  # noqa: ANN401 - anything that JSON can say
    """Encode for the wire; ready JSON may be embedded as `orjson.Fragment`."""
    return orjson.dumps(value)


def upgrade_required() -> DomainError:
    return DomainError(
        "This page is older than the server; load it anew.", code=Code.UPGRADE_REQUIRED
    )

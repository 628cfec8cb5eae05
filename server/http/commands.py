"""Any command, as it would be sent over a socket."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.catalog import parse_command
from domain.errors import Invalid
from server.http.operation import COMMAND_HEADER, Call, operation


class AnyCommand(BaseModel):
    """`type` and what belongs to it; the schemas of all commands are in the contracts.

    `command_id` may stand here or in the Idempotency-Key header.
    """

    model_config = ConfigDict(extra="allow")

    type: str


class Done(BaseModel):
    """What a socket's acknowledgement says: the head of the sender's audience, and the result."""

    ok: bool = True
    seq: int
    result: dict[str, Any]


@operation("POST", "/api/commands", "Send any command", takes=AnyCommand, answers=Done)
async def send_command(call: Call, given: AnyCommand) -> Done:
    fields = given.model_dump()
    if COMMAND_HEADER not in call.request.headers:
        fields.setdefault("command_id", call.command_id)
    elif fields.setdefault("command_id", call.command_id) != call.command_id:
        raise Invalid(f"`command_id` and `{COMMAND_HEADER}` differ: send one of them.")
    command = parse_command(fields)
    outcome = await call.parts.dispatch.dispatch(command, call.actor)
    return Done(seq=outcome.seq, result=outcome.result)


OPERATIONS = (send_command,)

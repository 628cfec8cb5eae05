"""Request bodies made of commands: what a person names beside the path and the headers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, create_model

from domain.message import Record

SAID_ELSEWHERE = frozenset({"type", "command_id"})


def asked(
    command: type[BaseModel], *without: str, base: type[BaseModel] = Record
) -> type[BaseModel]:
    """The fields of a command as a model of their own; `without` are said by the path."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in command.model_fields.items()
        if name not in SAID_ELSEWHERE and name not in without
    }
    name = f"{command.__name__}Body"
    return create_model(name, __base__=base, __doc__=command.__doc__, **fields)

"""One JSON Schema of everything on the wire, named and without repetition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, cast, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from domain import catalog, errors, wire
from domain.message import Command, Envelope, Event
from realtime import wire as sent

Schema = dict[str, Any]

REF = "#/$defs/"

RECEIVED: tuple[type[BaseModel], ...] = (
    Envelope,
    wire.JoinAnswer,
    wire.Done,
    wire.Refused,
    wire.Accepted,
    wire.Renewed,
    wire.TimeTold,
    wire.Found,
    wire.Marked,
    wire.Left,
    wire.AccessChanged,
    wire.Closing,
    wire.TicketOpenedResult,
    wire.RepliedResult,
)
"""What the server sends beside events; each brings along what it is made of."""

SENT: tuple[type[BaseModel], ...] = (
    sent.Hello,
    sent.Join,
    sent.Leave,
    sent.Renew,
    sent.Time,
    sent.Search,
    sent.Signal,
    sent.Mark,
)
"""What clients send beside commands."""

UNIONS: dict[str, tuple[str, Any]] = {
    "TicketCommand": ("What a person may ask of a ticket.", catalog.PersonsTicketCommand),
    "AgentCommand": (
        "What a person may ask of an agent's stream.",
        catalog.PersonsAgentCommand,
    ),
    "DocumentCommand": (
        "What a person may ask of a plain document.",
        catalog.PersonsDocumentCommand,
    ),
    "TicketEvent": ("What can happen to a ticket.", catalog.TicketEvent),
    "AgentEvent": ("What can happen to an agent's load, status and breaks.", catalog.AgentEvent),
    "FeedEvent": ("What a feed room shows anew.", wire.FeedEvent),
    "HeardSignal": ("What is of the moment: carried, never stored.", wire.HeardSignal),
}
"""The unions that are told apart by `type`."""


VALUES: tuple[type[StrEnum], ...] = (errors.Flaw,)
"""What stands in places that take anything."""


class Untitled(GenerateJsonSchema):
    """Without a title on every field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 - pydantic's own
        return False


def members(union: Any) -> tuple[type[BaseModel], ...]:  # noqa: ANN401 - a union is no type
    """The models of a union."""
    return cast("tuple[type[BaseModel], ...]", get_args(union))


def commands() -> tuple[type[Command], ...]:
    """Every command that a door accepts."""
    unions = (
        catalog.PersonsTicketCommand,
        catalog.PersonsAgentCommand,
        catalog.PersonsDocumentCommand,
    )
    return cast("tuple[type[Command], ...]", tuple(each for u in unions for each in members(u)))


def events() -> tuple[type[Event], ...]:
    """Every event of a logged stream."""
    unions = (catalog.TicketEvent, catalog.AgentEvent)
    return cast("tuple[type[Event], ...]", tuple(each for u in unions for each in members(u)))


def definitions() -> dict[str, Schema]:
    """Every schema by name, sorted: commands as they are written, all else as it is read."""
    heard = (*events(), *members(wire.FeedEvent), *members(wire.HeardSignal), *RECEIVED)
    read = _generate(heard, "serialization")
    written = _generate((*commands(), *SENT), "validation")
    clashing = {name for name in written if name in read and written[name] != read[name]}
    renamed = {name: f"{name}Input" for name in clashing}
    for name, schema in written.items():
        read[renamed.get(name, name)] = cast("Schema", _renamed(schema, renamed))
    for name, (description, union) in UNIONS.items():
        read[name] = _union(description, members(union))
    for values in VALUES:
        read[values.__name__] = _tidy(TypeAdapter(values).json_schema(schema_generator=Untitled))
    return {name: read[name] for name in sorted(read)}


def schema() -> Schema:
    """The whole as one JSON Schema document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Deskwire's wire, protocol 1",
        "$defs": definitions(),
    }


def types_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The values of `type` that a model stands for: one `noun.verb`, or a signal's words."""
    return get_args(model.model_fields["type"].annotation)


def _generate(models: Iterable[type[BaseModel]], mode: JsonSchemaMode) -> dict[str, Schema]:
    _, generated = models_json_schema(
        [(model, mode) for model in models],
        ref_template=f"{REF}{{model}}",
        schema_generator=Untitled,
    )
    return {name: _tidy(each) for name, each in generated["$defs"].items()}


def _tidy(schema: Schema) -> Schema:
    """Without the name again; words in one line; `type` is never left out."""
    schema.pop("title", None)
    if "description" in schema:
        schema["description"] = re.sub(r"\s+", " ", schema["description"]).strip()
    constant = schema.get("properties", {}).get("type", {})
    if "const" in constant:
        constant.pop("default", None)
        required = schema.setdefault("required", [])
        schema["required"] = ["type", *(name for name in required if name != "type")]
    return schema


def _union(description: str, models: tuple[type[BaseModel], ...]) -> Schema:
    mapping = {kind: f"{REF}{model.__name__}" for model in models for kind in types_of(model)}
    return {
        "description": description,
        "oneOf": [{"$ref": target} for target in dict.fromkeys(mapping.values())],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }


def _renamed(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        return {key: _renamed(part, names) for key, part in parts.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in cast("list[Any]", value)]
    if isinstance(value, str) and value.startswith(REF):
        name = value.removeprefix(REF)
        return REF + names.get(name, name)
    return value

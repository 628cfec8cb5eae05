"""TypeScript types from the JSON Schema: readonly interfaces, unions told apart by `type`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from server.contracts.definitions import REF, Schema

_HEAD = """\
// Written by `make contracts` from domain/catalog.py and domain/wire.py: change those instead.

/** A UUID in its canonical lower-case form. */
export type Id = string;

/** A moment in UTC milliseconds since 1970. */
export type Millis = number;
"""

_FORMATS = {"uuid": "Id", "utc-millis": "Millis"}
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def typescript(definitions: dict[str, Schema]) -> str:
    """One module of types, in the order of the definitions."""
    return "\n".join((_HEAD, *(_declaration(*each) for each in definitions.items())))


def _declaration(name: str, schema: Schema) -> str:
    if schema.get("properties"):
        fields = "".join(_fields(schema))
        return f"{_comment(schema)}export interface {name} {{\n{fields}}}\n"
    if schema.get("type") == "object":
        return f"{_comment(schema)}export type {name} = Record<string, never>;\n"
    return f"{_comment(schema)}export type {name} ={_alternatives(schema)};\n"


def _fields(schema: Schema) -> Iterable[str]:
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        mark = "" if name in required else "?"
        yield f"  readonly {name}{mark}: {_type(field)};\n"


def _alternatives(schema: Schema) -> str:
    """A declared union, one alternative a line where there are many."""
    types = _type(schema).split(" | ")
    if len(types) < 6:
        return " " + " | ".join(types)
    return "".join(f"\n  | {each}" for each in types)


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return schema["$ref"].removeprefix(REF)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(_type(each) for each in schema[union]))
    return _plain(schema)


def _plain(schema: Schema) -> str:
    match schema.get("type"):
        case "array" if "prefixItems" in schema:
            return f"readonly [{', '.join(map(_type, schema['prefixItems']))}]"
        case "array":
            return f"readonly {_grouped(_type(schema['items']))}[]"
        case "object":
            return f"Readonly<Record<string, {_values(schema)}>>"
        case "null":
            return "null"
        case None:
            return "unknown"
        case kind:
            return _FORMATS.get(schema.get("format", ""), _SCALARS[kind])


def _values(schema: Schema) -> str:
    patterns: dict[str, Any] = schema.get("patternProperties", {})
    values = next(iter(patterns.values()), schema.get("additionalProperties", True))
    return "unknown" if values is True else _type(values)


def _grouped(type_: str) -> str:
    return f"({type_})" if " | " in type_ or type_.startswith("readonly ") else type_


def _comment(schema: Schema) -> str:
    words = schema.get("description")
    return f"/** {words} */\n" if words else ""

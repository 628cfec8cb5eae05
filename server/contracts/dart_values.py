"""How a value of a JSON Schema is named, read and written in Dart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from server.contracts.definitions import REF, Schema

Expression = Callable[[str], str]
"""From a Dart expression to the one that converts it."""

_SCALARS = {"string": "String", "integer": "int", "number": "num", "boolean": "bool"}
_FORMATS = {"uuid": "Id", "utc-millis": "Millis"}
_OBJECT = "Map<String, dynamic>"
_RESERVED = frozenset({"class", "default", "do", "for", "if", "in", "is", "new", "switch", "with"})


class Value(NamedTuple):
    """A Dart type, and how it comes from JSON and goes back; None where it stays as it is."""

    type: str
    reading: Expression | None = None
    writing: Expression | None = None

    def read(self, json: str) -> str:
        """The expression for this value, given the one for its JSON."""
        if self.reading is not None:
            return self.reading(json)
        return json if self.type == "Object?" else f"{json} as {self.type}"

    def write(self, value: str) -> str:
        """The expression for its JSON, given the one for this value."""
        return self.writing(value) if self.writing is not None else value

    def nullable(self) -> Value:
        """The same, or null."""
        if self.type.endswith("?"):
            return self
        reading = _made_of(self.reading, lambda of: lambda x: f"{x} == null ? null : {of(x)}")
        writing = _made_of(self.writing, lambda of: lambda x: _unless_null(x, of))
        return Value(f"{self.type}?", reading, writing)


def camel(name: str) -> str:
    """A Dart name for a wire name."""
    first, *rest = re.split(r"[._]", name)
    joined = first + "".join(part.capitalize() for part in rest)
    return f"{joined}_" if joined in _RESERVED else joined


def value_of(schema: Schema, definitions: dict[str, Schema]) -> Value:
    """How a field of this schema is held."""
    if "$ref" in schema:
        return _named(schema["$ref"].removeprefix(REF), definitions)
    if "anyOf" in schema:
        return _any_of(schema["anyOf"], definitions)
    if "enum" in schema:
        return Value("String")
    match schema.get("type"):
        case "array":
            # Dart has no lists of a fixed length; those of ours are of one kind.
            return _list(value_of(schema.get("items") or schema["prefixItems"][0], definitions))
        case "object":
            return _map(schema, definitions)
        case str() as kind:
            return Value(_FORMATS.get(schema.get("format", ""), _SCALARS[kind]))
        case _:
            return Value("Object?")


def _named(name: str, definitions: dict[str, Schema]) -> Value:
    cast = "" if "enum" in definitions[name] else f" as {_OBJECT}"

    def reading(json: str) -> str:
        return f"{name}.fromJson({json}{cast})"

    return Value(name, reading, _to_json)


def _any_of(among: list[Schema], definitions: dict[str, Schema]) -> Value:
    some = [each for each in among if each.get("type") != "null"]
    if len(some) == 1:
        only = value_of(some[0], definitions)
    else:  # Told apart by what is in them, which is for their reader to do.
        only = Value(_OBJECT if all("$ref" in each for each in some) else "Object?")
    return only.nullable() if len(some) < len(among) else only


def _list(item: Value) -> Value:
    def reading(json: str) -> str:
        return f"[for (final each in {json} as List<dynamic>) {item.read('each')}]"

    writing = _made_of(item.writing, lambda of: lambda x: f"[for (final each in {x}) {of('each')}]")
    return Value(f"List<{item.type}>", reading, writing)


def _map(schema: Schema, definitions: dict[str, Schema]) -> Value:
    patterns: dict[str, Any] = schema.get("patternProperties", {})
    values = next(iter(patterns.values()), schema.get("additionalProperties", True))
    if values is True:
        return Value(_OBJECT)
    item = value_of(values, definitions)

    def reading(json: str) -> str:
        return _entries(f"({json} as {_OBJECT})", item.read("entry.value"))

    writing = _made_of(item.writing, lambda of: lambda x: _entries(x, of("entry.value")))
    return Value(f"Map<String, {item.type}>", reading, writing)


def _made_of(
    inner: Expression | None, outer: Callable[[Expression], Expression]
) -> Expression | None:
    """What converts a whole by what converts its parts; None where nothing need be converted."""
    return None if inner is None else outer(inner)


def _to_json(value: str) -> str:
    return f"{value}.toJson()"


def _entries(map_: str, value: str) -> str:
    return f"{{for (final entry in {map_}.entries) entry.key: {value}}}"


def _unless_null(value: str, writing: Expression) -> str:
    if writing is _to_json:
        return f"{value}?.toJson()"
    return f"{value} == null ? null : {writing(f'{value}!')}"

"""Dart classes from the JSON Schema: sealed unions that outlive events they do not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from server.contracts.dart_values import Value, camel, value_of
from server.contracts.definitions import REF, Schema

_HEAD = """\
// Written by `make contracts` from domain/catalog.py and domain/wire.py: change those instead.

/// A UUID in its canonical lower-case form.
typedef Id = String;

/// A moment in UTC milliseconds since 1970.
typedef Millis = int;

/// A field that an update names; with null it is emptied.
final class Given<T> {
  const Given(this.value);

  final T value;
}
"""


class Field(NamedTuple):
    """A field of a class: as it is held, and as it is where it is there.

    `given` ones tell being left out from being null.
    """

    wire: str
    name: str
    value: Value
    present: Value
    required: bool
    given: bool
    constant: str | None


def dart(definitions: dict[str, Schema]) -> str:
    """One library, in the order of the definitions."""
    unions: dict[str, list[str]] = {}
    for name, schema in definitions.items():
        for member in schema.get("oneOf", ()):
            unions.setdefault(member["$ref"].removeprefix(REF), []).append(name)
    parts = [_HEAD]
    for name, schema in definitions.items():
        words = schema.get("description")
        comment = f"/// {words}\n" if words else ""
        if "enum" in schema:
            parts.append(comment + _enum(name, schema))
        elif "oneOf" in schema:
            parts.append(comment + _union(name, schema))
        else:
            fields = list(_fields(schema, definitions))
            parts.append(comment + _class(name, fields, unions.get(name, [])))
    return "\n".join(parts)


def _enum(name: str, schema: Schema) -> str:
    values = "".join(f"  {camel(value)}('{value}'),\n" for value in schema["enum"])
    return (
        f"enum {name} {{\n{values}"
        "\n  /// One that only a newer release knows.\n"
        "  unknown('');\n\n"
        f"  const {name}(this.wire);\n\n"
        "  final String wire;\n\n"
        f"  static {name} fromJson(Object? value) =>\n"
        "      values.firstWhere((each) => each.wire == value, orElse: () => unknown);\n\n"
        "  String toJson() => wire;\n"
        "}\n"
    )


def _union(name: str, schema: Schema) -> str:
    mapping: dict[str, str] = schema["discriminator"]["mapping"]
    cases = "".join(
        f"    '{kind}' => {target.removeprefix(REF)}.fromJson(json),\n"
        for kind, target in mapping.items()
    )
    return (
        f"sealed class {name} {{\n"
        f"  factory {name}.fromJson(Map<String, dynamic> json) => switch (json['type']) {{\n"
        f"{cases}"
        f"    _ => Unknown{name}(json),\n"
        "  };\n\n"
        "  Map<String, dynamic> toJson();\n"
        "}\n\n"
        "/// One that only a newer release knows.\n"
        f"final class Unknown{name} implements {name} {{\n"
        f"  const Unknown{name}(this.json);\n\n"
        "  final Map<String, dynamic> json;\n\n"
        "  @override\n"
        "  Map<String, dynamic> toJson() => json;\n"
        "}\n"
    )


def _fields(schema: Schema, definitions: dict[str, Schema]) -> Iterable[Field]:
    required = schema.get("required", ())
    properties: dict[str, Schema] = schema.get("properties", {})
    updates = str(properties.get("type", {}).get("const", "")).endswith(".update")
    for wire, field in properties.items():
        value = value_of(field, definitions)
        present = _without_null(field, definitions)
        needed = wire in required
        given = updates and not needed and value.type.endswith("?")
        constant = _literal(field["const"]) if "const" in field else None
        if not needed and not given:
            value = value.nullable()
        yield Field(wire, camel(wire), value, present, needed, given, constant)


def _without_null(schema: Schema, definitions: dict[str, Schema]) -> Value:
    some = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return value_of(some[0] if len(some) == 1 else schema, definitions)


def _class(name: str, fields: list[Field], unions: list[str]) -> str:
    held = [field for field in fields if field.constant is None]
    above = f" implements {', '.join(unions)}" if unions else ""
    return (
        f"final class {name}{above} {{\n"
        f"{_constructor(name, held)}\n"
        f"{_from_json(name, held)}\n"
        f"{''.join(_declared(field) for field in fields)}\n"
        f"{_to_json(fields, overrides=bool(unions))}"
        "}\n"
    )


def _constructor(name: str, held: list[Field]) -> str:
    if not held:
        return f"  const {name}();\n"
    parameters = "".join(
        f"    {'required ' if field.required else ''}this.{field.name},\n" for field in held
    )
    return f"  const {name}({{\n{parameters}  }});\n"


def _from_json(name: str, held: list[Field]) -> str:
    head = f"  factory {name}.fromJson(Map<String, dynamic> json) =>"
    if not held:
        return f"{head} const {name}();\n"
    arguments = "".join(f"    {field.name}: {_read(field)},\n" for field in held)
    return f"{head} {name}(\n{arguments}  );\n"


def _read(field: Field) -> str:
    value = field.value.read(f"json['{field.wire}']")
    if field.given:
        return f"json.containsKey('{field.wire}') ? Given({value}) : null"
    return value


def _declared(field: Field) -> str:
    if field.constant is not None:
        kind = "String" if field.constant.startswith("'") else field.value.type
        return f"  {kind} get {field.name} => {field.constant};\n"
    kind = f"Given<{field.value.type}>?" if field.given else field.value.type
    return f"  final {kind} {field.name};\n"


def _to_json(fields: list[Field], *, overrides: bool) -> str:
    entries = "".join(f"    {_written(field)},\n" for field in fields)
    body = f"{{\n{entries}  }}" if entries else "{}"
    mark = "  @override\n" if overrides else ""
    return f"{mark}  Map<String, dynamic> toJson() => {body};\n"


def _written(field: Field) -> str:
    """A map entry; what is optional and not there is left out."""
    key = f"'{field.wire}'"
    if field.constant is not None or field.required:
        return f"{key}: {field.value.write(field.name)}"
    if field.given:
        return f"if ({field.name} case final given?) {key}: {field.value.write('given.value')}"
    return f"if ({field.name} case final value?) {key}: {field.present.write('value')}"


def _literal(value: Any) -> str:  # noqa: ANN401 - a constant of a schema
    return f"'{value}'" if isinstance(value, str) else str(value).lower()

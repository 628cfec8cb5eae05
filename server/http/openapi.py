"""What OpenAPI 3.1 says of the HTTP door, read off the operations themselves."""

from __future__ import annotations

import re
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from server.http.operation import COMMAND_HEADER, Operation, Who
from server.http.operations import OPERATIONS

SECURITY: dict[Who, list[dict[str, list[str]]]] = {
    Who.ANYBODY: [],
    Who.READER: [{}, {"token": []}],
}
"""What an operation asks for, where that is not a token."""

REF = "#/components/schemas/{model}"


class ErrorDetail(BaseModel):
    """`code` is for programs, `message` for people; `fields` has a message per wrong field."""

    code: str
    message: str
    fields: dict[str, Any]
    retryable: bool


class ErrorAnswer(BaseModel):
    """The shape of every refusal."""

    error: ErrorDetail


def paths() -> dict[str, Any]:
    """Every path with its methods; schemas are named as `schemas` names them."""
    named, definitions = _generate()
    described: dict[str, Any] = {}
    for each in OPERATIONS:
        described.setdefault(each.path, {})[each.method.lower()] = {
            "operationId": each.handle.__name__,
            "summary": each.summary,
            "parameters": _parameters(each, named, definitions),
            **_request_body(each, named),
            "responses": {
                str(_success(each)): _success_response(each, named),
                "default": {
                    "description": "A refusal",
                    "content": _json(named[ErrorAnswer, "serialization"]),
                },
            },
            "security": SECURITY.get(each.who, [{"token": []}]),
        }
    return described


def schemas() -> dict[str, Any]:
    """The schemas that the paths refer to, by name: OpenAPI's `components.schemas`."""
    return _generate()[1]


def security_schemes() -> dict[str, Any]:
    """OpenAPI's `components.securitySchemes`."""
    return {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}


class _Untitled(GenerateJsonSchema):
    """Without a title on every field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401
        return False


Named = dict[tuple[type[BaseModel], JsonSchemaMode], Any]


def _generate() -> tuple[Named, dict[str, Any]]:
    """A reference for each model as it is read or written, and what the references name."""
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
        (ErrorAnswer, "serialization"): None
    }
    for each in OPERATIONS:
        if each.takes:
            models[each.takes, "validation"] = None
        if each.answers:
            models[each.answers, "serialization"] = None
    named, definitions = models_json_schema(
        list(models), ref_template=REF, schema_generator=_Untitled
    )
    return cast("Named", named), definitions["$defs"]


def _request_body(each: Operation, named: Named) -> dict[str, Any]:
    if each.uploads:
        return {"requestBody": {"required": True, "content": _MULTIPART}}
    if each.takes is None or each.method == "GET":
        return {}
    required = any(field.is_required() for field in each.takes.model_fields.values())
    content = _json(named[each.takes, "validation"])
    return {"requestBody": {"required": required, "content": content}}


_MULTIPART: dict[str, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "contentMediaType": "*/*"}},
        }
    }
}


def _success(each: Operation) -> int:
    return 204 if each.answers is None and each.media_type == "application/json" else each.status


def _success_response(each: Operation, named: Named) -> dict[str, Any]:
    if each.answers:
        return {"description": "Done", "content": _json(named[each.answers, "serialization"])}
    if each.media_type != "application/json":
        return {"description": "Done", "content": {each.media_type: {}}}
    return {"description": "Done, and nothing to tell"}


def _json(schema: object) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _parameters(each: Operation, named: Named, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)", each.path)
    ]
    if each.method != "GET":
        return [*in_path, _COMMAND_HEADER]
    if each.takes is None:
        return in_path
    query = definitions[named[each.takes, "validation"]["$ref"].rpartition("/")[2]]
    needed = query.get("required", ())
    return in_path + [
        {"name": name, "in": "query", "required": name in needed, "schema": schema}
        for name, schema in query.get("properties", {}).items()
    ]


_COMMAND_HEADER = {
    "name": COMMAND_HEADER,
    "in": "header",
    "description": "A UUID; the same request with the same one is done once",
    "schema": {"type": "string", "format": "uuid"},
}

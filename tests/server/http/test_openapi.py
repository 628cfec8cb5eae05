"""What OpenAPI says is what the door does."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.routing import Route

from server.http.openapi import paths, schemas, security_schemes
from server.http.operation import Operation, Who, routes_of
from server.http.operations import OPERATIONS

NEEDED = {
    "/api/auth/signup": {"post"},
    "/api/auth/login": {"post"},
    "/api/auth/refresh": {"post"},
    "/api/auth/logout": {"post"},
    "/api/auth/me": {"get"},
    "/api/auth/users": {"get"},
    "/api/auth/update-user": {"post"},
    "/api/tickets": {"get", "post"},
    "/api/tickets/{id}": {"get", "put", "delete"},
    "/api/tickets/{id}/messages": {"get", "post"},
    "/api/tickets/{id}/log": {"get"},
    "/api/attachments": {"post"},
    "/api/attachments/{id}": {"get"},
    "/healthz": {"get"},
    "/readyz": {"get"},
    **{
        f"/api/{plural}{rest}": methods
        for plural in ("users", "roles", "teams", "skills", "categories", "contacts", "inboxes")
        for rest, methods in (("", {"get", "post"}), ("/{id}", {"get", "put", "delete"}))
    },
}
"""What the product is asked to have."""


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Each path's operations by their methods, as OpenAPI has them."""
    return paths()


def test_every_route_is_described_with_its_methods_and_nothing_else_is(
    described: dict[str, Any],
):
    nothing: Any = SimpleNamespace()
    routes: list[Route] = routes_of(OPERATIONS, nothing, nothing)

    served = {route.path: {each.lower() for each in route.methods or ()} for route in routes}

    methods_of = {path: set(methods) for path, methods in described.items()}
    assert {path: methods - {"head"} for path, methods in served.items()} == methods_of
    assert all(methods_of[path] >= methods for path, methods in NEEDED.items())


def test_every_operation_has_a_name_of_its_own_and_a_summary():
    names = [each.handle.__name__ for each in OPERATIONS]

    assert len(names) == len(set(names))
    assert all(each.summary and not each.summary.endswith(".") for each in OPERATIONS)


def test_every_reference_leads_to_a_schema(described: dict[str, Any]):
    defined = schemas()

    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps([described, defined])))

    assert named
    assert named <= set(defined)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.handle.__name__)
def test_parameters_body_and_security_are_those_of_the_operation(
    described: dict[str, Any], operation: Operation
):
    said = described[operation.path][operation.method.lower()]

    in_path = [each["name"] for each in said["parameters"] if each["in"] == "path"]
    in_query = [each["name"] for each in said["parameters"] if each["in"] == "query"]
    assert in_path == re.findall(r"{(\w+)}", operation.path)
    takes = list(operation.takes.model_fields) if operation.takes else []
    assert in_query == (takes if operation.method == "GET" else [])
    has_body = operation.uploads or (operation.method != "GET" and bool(takes))
    assert ("requestBody" in said) is has_body
    open_to = {Who.ANYBODY: [], Who.READER: [{}, {"token": []}]}
    assert said["security"] == open_to.get(operation.who, [{"token": []}])
    assert set(said["responses"]) > {"default"}


def test_the_token_is_a_bearer():
    assert security_schemes()["token"]["scheme"] == "bearer"

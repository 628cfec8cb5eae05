"""OpenAPI 3.1 of the HTTP door, as its operations describe themselves."""

from __future__ import annotations

from typing import Any

from server.http.openapi import paths, schemas, security_schemes


def openapi(version: str) -> dict[str, Any]:
    """The whole document; `version` is the product's."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Deskwire over HTTP",
            "version": version,
            "description": "The same commands as over the socket, through another door.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths(),
        "components": {"schemas": schemas(), "securitySchemes": security_schemes()},
    }

"""What goes back: JSON, and the one shape that every refusal has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from domain.errors import STATUS, DomainError


class Json(Response):
    """JSON that is encoded already."""

    media_type = "application/json"


def as_json(
    content: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None
) -> Json:
    """Encode plain data."""
    return Json(orjson.dumps(content), status, headers)


def refusal(
    error: DomainError, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Json:
    """{error: {code, message, fields, retryable}}; the status is its code's where none is given.

    `retry_after` in the fields is said as a header too.
    """
    more = dict(headers or {})
    if "retry_after" in error.fields:
        more["Retry-After"] = str(max(1, round(float(error.fields["retry_after"]))))
    if error.code.value == "unauthenticated":
        more["WWW-Authenticate"] = "Bearer"
    return as_json({"error": error.as_dict()}, status or STATUS[error.code], more)


def broken(trace: str) -> Json:
    """The answer when something failed that nobody foresaw; the log has it under `trace`."""
    content = {
        "code": "internal",
        "message": "Something went wrong on the server. It is logged under this trace id.",
        "fields": {"trace_id": trace},
        "retryable": False,
    }
    return as_json({"error": content}, 500)

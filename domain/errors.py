"""What can go wrong, in words a person understands and codes a program can act on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Every error code on the wire; its HTTP status is in `STATUS`."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    STALE = "stale"
    NOT_UNIQUE = "not_unique"
    COMMAND_ID_REUSED = "command_id_reused"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UPGRADE_REQUIRED = "upgrade_required"
    RETRYABLE = "retryable"


class Flaw(StrEnum):
    """What is wrong with a field that a refusal names; clients say it in their reader's words."""

    CIRCLE = "circle"
    ENDS_FIRST = "ends_first"
    MISSING = "missing"
    NEVER_OPEN = "never_open"
    NO_HOURS = "no_hours"
    NO_TARGET = "no_target"
    NO_TIME = "no_time"
    NOT_FOR_THIS = "not_for_this"
    NOT_STAFF = "not_staff"
    ONE_OF_TWO = "one_of_two"
    OVERLAP = "overlap"
    OVER_A_YEAR = "over_a_year"
    STRANGE_DATE = "strange_date"
    TAKEN = "taken"
    TOO_LONG = "too_long"
    TWICE = "twice"
    UNKNOWN = "unknown"


STATUS: dict[Code, int] = {
    Code.INVALID: 422,
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.CONFLICT: 409,
    Code.STALE: 409,
    Code.NOT_UNIQUE: 409,
    Code.COMMAND_ID_REUSED: 409,
    Code.TOO_LARGE: 413,
    Code.RATE_LIMITED: 429,
    Code.UPGRADE_REQUIRED: 426,
    Code.RETRYABLE: 503,
}


class DomainError(Exception):
    """A refusal: nothing was changed by what was asked.

    `fields` is JSON-able detail: for `invalid` a `Flaw` or a message per field name, for `stale`
    what was missed, for `rate_limited` and `retryable` `retry_after` in seconds.
    """

    code: Code = Code.INVALID

    def __init__(
        self, message: str, *, code: Code | None = None, fields: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields: dict[str, Any] = fields or {}

    @property
    def retryable(self) -> bool:
        """Whether the same command, with the same id, may succeed later."""
        return self.code in (Code.RETRYABLE, Code.RATE_LIMITED)

    def as_dict(self) -> dict[str, Any]:
        """Shape it as it goes over every wire: {code, message, fields, retryable}."""
        return {
            "code": self.code.value,
            "message": self.message,
            "fields": self.fields,
            "retryable": self.retryable,
        }


class Invalid(DomainError):
    code = Code.INVALID


class Unauthenticated(DomainError):
    code = Code.UNAUTHENTICATED


class Forbidden(DomainError):
    code = Code.FORBIDDEN


class NotFound(DomainError):
    """It is not there; also the answer about what the asker must not know to be there."""

    code = Code.NOT_FOUND


class Conflict(DomainError):
    """The present state does not allow it."""

    code = Code.CONFLICT


class Stale(DomainError):
    """Somebody said something that the sender has not seen; `fields.after` is what they saw."""

    code = Code.STALE


class NotUnique(DomainError):
    code = Code.NOT_UNIQUE


class CommandIdReused(DomainError):
    """The id was used before, by another actor or for something else."""

    code = Code.COMMAND_ID_REUSED


class RateLimited(DomainError):
    code = Code.RATE_LIMITED


class Retryable(DomainError):
    """Whether it happened may be unknown; the same command with the same id settles it."""

    code = Code.RETRYABLE

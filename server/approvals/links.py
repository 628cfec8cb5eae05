"""Links that let one person decide one thing once: signed, and good for some days.

Nothing is kept of them. What a link is for stands in it; whether it was used, stands in the
ticket: who decided is not asked any more.
"""

from __future__ import annotations

import jwt
from pydantic import ValidationError

from domain.errors import NotFound
from domain.message import Id, Millis, Record
from server.auth.keys import key_for
from server.auth.tokens import ALGORITHM

LINK_MS: Millis = 7 * 24 * 3_600_000
"""So long is a link good, from the letter on that it is in."""


class Link(Record):
    """What a link is for: one level of one round, which `asked_at` tells from others."""

    ticket_id: Id
    approver_id: Id
    level: int
    asked_at: Millis
    expires_at: Millis


class ApprovalLinks:
    """Makes and reads them, with a key of the deployment's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = key_for(secret, "approval links")

    def token(self, link: Link) -> str:
        """The same for the same link."""
        return jwt.encode(link.model_dump(), self._key, ALGORITHM)

    def read(self, token: str) -> Link:
        """Raises NotFound for what was not made here; whether it is too late, who reads it says."""
        try:
            return Link.model_validate(jwt.decode(token, self._key, algorithms=[ALGORITHM]))
        except (jwt.InvalidTokenError, ValidationError):
            raise NotFound("This link is not one of ours. Was it cut off in the mail?") from None

"""Log-ins as they are kept: password hashes, sessions, refresh tokens, the set-up link."""

from __future__ import annotations

from typing import ClassVar

from beanie import Document
from pymongo import ASCENDING, IndexModel

from domain.message import Millis


class Credential(Document):
    """A user's password hash; `_id` is the user's id. Never part of a user's document.

    `resets` names the commands that set a temporary one, so that none does so twice.
    """

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    hash: str
    changed_at: Millis
    resets: list[str]

    class Settings:
        name = "credentials"


class LogIn(Document):
    """A session with the family of its refresh tokens: one log-in of one user, or one proof of a
    contact, who needs no log-in. Older ones of users have no `contact_id`."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    user_id: str | None
    contact_id: str | None
    client: str
    address: str
    created_at: Millis
    used_at: Millis
    expires_at: Millis
    ended: str | None
    """Why it was ended before its time."""

    class Settings:
        name = "sessions"
        indexes: ClassVar = [
            IndexModel([("user_id", ASCENDING)]),
            IndexModel([("contact_id", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)]),
        ]


class RefreshToken(Document):
    """One of a session's refresh tokens; `_id` is its hash. It was used where `rotated_at` is."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    session_id: str
    expires_at: Millis
    rotated_at: Millis | None

    class Settings:
        name = "refresh_tokens"
        indexes: ClassVar = [IndexModel([("expires_at", ASCENDING)])]


class SetupToken(Document):
    """A link for the first admin; `_id` is its token's hash."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    at: Millis

    class Settings:
        name = "setup_tokens"


class Proof(Document):
    """What a guest does to prove an address: a code that was mailed, or a site's signature.

    The code stands nowhere: it follows from the id. `accepted_at` is when the proof was right.
    """

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    by: str
    """`code` or `signature`."""
    guest_id: str
    email: str
    created_at: Millis
    tries: int
    accepted_at: Millis | None

    class Settings:
        name = "proofs"
        indexes: ClassVar = [
            IndexModel([("guest_id", ASCENDING), ("created_at", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)]),
        ]

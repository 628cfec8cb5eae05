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
    """A session: one log-in of one user, and the family of its refresh tokens."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    user_id: str
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

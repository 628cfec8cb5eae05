"""Signed tokens: short ones for access, long ones for guests; and the opaque refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from enum import StrEnum
from typing import Any, NamedTuple

import jwt

from domain.errors import Unauthenticated
from domain.message import Millis
from domain.ports import Clock
from server.auth.keys import key_for

ISSUER = "deskwire"
ALGORITHM = "HS256"
LONGEST = 4_096


class TokenKind(StrEnum):
    """What a token is good for; it stands in the token as its audience."""

    ACCESS = "deskwire:access"
    GUEST = "deskwire:guest"


class Claims(NamedTuple):
    """What a token says. `subject` is a user's id, or the contact id of who has no log-in."""

    kind: TokenKind
    subject: str
    session_id: str
    expires_at: Millis


class Tokens:
    """Makes and reads tokens with keys of their own."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._signing = key_for(secret, "access tokens")
        self._chaining = key_for(secret, "refresh tokens")
        self._clock = clock

    def sign(self, kind: TokenKind, subject: str, session_id: str, seconds: int) -> str:
        """A token that is good for so many seconds from now."""
        now = self._clock.now() // 1_000
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": kind.value,
            "sub": subject,
            "sid": session_id,
            "iat": now,
            "exp": now + seconds,
        }
        return jwt.encode(claims, self._signing, ALGORITHM)

    def read(self, token: str, *kinds: TokenKind) -> Claims:
        """What a token of one of the kinds says; raises Unauthenticated for any other."""
        if not token or len(token) > LONGEST:
            raise Unauthenticated("Log in first.")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._signing,
                algorithms=[ALGORITHM],
                audience=[kind.value for kind in kinds],
                issuer=ISSUER,
                # Time is our clock's, checked below.
                options={
                    "require": ["exp", "iat", "sub", "sid", "aud", "iss"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "strict_aud": False,
                },
            )
            kind = TokenKind(claims["aud"])
            expires_at = int(claims["exp"]) * 1_000
        except (jwt.InvalidTokenError, ValueError, TypeError):
            raise Unauthenticated("This token is not one of ours: log in again.") from None
        if expires_at <= self._clock.now():
            raise Unauthenticated("This token has run out: refresh it, or log in again.")
        return Claims(kind, str(claims["sub"]), str(claims["sid"]), expires_at)

    def successor(self, token: str) -> str:
        """The refresh token that follows one, always the same, and guessed by nobody else."""
        return _text(hmac.new(self._chaining, token.encode(), hashlib.sha256).digest())


def opaque() -> str:
    """A new token of 256 random bits."""
    return _text(secrets.token_bytes(32))


def hash_of(token: str) -> str:
    """How an opaque token is kept: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

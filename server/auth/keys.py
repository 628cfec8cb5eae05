"""One key for each purpose, from the deployment's one secret."""

from __future__ import annotations

import hashlib
import hmac


def key_for(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes that says nothing about the keys of other purposes."""
    return hmac.new(secret, f"deskwire {purpose}".encode(), hashlib.sha256).digest()

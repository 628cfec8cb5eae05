"""Who we are to push services: a key, and a signed word to each that it was us (RFC 8292)."""

from __future__ import annotations

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from mobile_api.push.encryption import CURVE, point_of
from mobile_api.push.subscription import encode

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many keys the curve P-256 has, and one more."""
LIFETIME_SECONDS = 3_600


class Vapid:
    """The same `seed` of 32 bytes is the same key: browsers subscribe to `public_key`, and accept
    messages of no other. `contact` is a mailto: or https: address for who runs a push service."""

    def __init__(self, seed: bytes, contact: str) -> None:
        scalar = int.from_bytes(seed, "big") % (ORDER - 1) + 1
        self._key = ec.derive_private_key(scalar, CURVE)
        self._contact = contact
        self.public_key = encode(point_of(self._key))

    def authorization(self, endpoint: str, now_seconds: float) -> str:
        """The header `Authorization` for one push service."""
        claims = {
            "aud": str(URL(endpoint).origin()),
            "exp": int(now_seconds) + LIFETIME_SECONDS,
            "sub": self._contact,
        }
        return f"vapid t={jwt.encode(claims, self._key, 'ES256')}, k={self.public_key}"

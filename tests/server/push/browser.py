"""A browser with a subscription: it reads what was encrypted for it, by code of its own."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mobile_api.push.subscription import Keys, encode


class Browser:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        public = self._key.public_key()
        self._point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> Keys:
        return Keys(p256dh=encode(self._point), auth=encode(self._auth))

    def read(self, body: bytes) -> bytes:
        """The words of a push message; raises InvalidTag where it was for another."""
        salt, size, rest = body[:16], body[20], body[21:]
        sender, sealed = rest[:size], rest[size:]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), theirs)
        both = b"WebPush: info\0" + self._point + sender + b"\1"
        agreed = _hmac(salt, _hmac(_hmac(self._auth, shared), both))
        key = _hmac(agreed, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _hmac(agreed, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded.endswith(b"\2"), "the last record ends with its mark"
        return padded[:-1]


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()

"""Words that only one browser can read: RFC 8291, with the content coding aes128gcm (RFC 8188)."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mobile_api.push.subscription import Keys, decode

CURVE = ec.SECP256R1()
RECORD_BYTES = 4_096
"""What is sent is one record of at most so many: push services take no more."""
MOST_BYTES = RECORD_BYTES - 200
_LAST = b"\x02"


def encrypt(words: bytes, keys: Keys) -> bytes:
    """The body of a push message, with a key and a salt of its own.

    Raises ValueError where it is too long.
    """
    if len(words) > MOST_BYTES:
        raise ValueError(f"A push message holds {MOST_BYTES} bytes.")
    return seal(words, keys, ec.generate_private_key(CURVE), os.urandom(16))


def seal(words: bytes, keys: Keys, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """`encrypt` under a given key and salt, neither of which may ever be used again."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(keys.p256dh))
    our_point = point_of(ours)
    shared = ours.exchange(ec.ECDH(), theirs)
    both = b"WebPush: info\x00" + point_of(theirs) + our_point
    agreed = _derive(shared, decode(keys.auth), both, 32)
    key = _derive(agreed, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(agreed, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(our_point)]) + our_point
    return header + AESGCM(key).encrypt(nonce, words + _LAST, None)


def point_of(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a public key, as they are sent."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)

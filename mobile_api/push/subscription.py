"""Where a browser is told, as its PushManager hands it out (W3C PushSubscription)."""

from __future__ import annotations

import base64
import binascii
from ipaddress import ip_address
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AfterValidator, Field
from yarl import URL

from domain.message import Record

POINT_BYTES, AUTH_BYTES = 65, 16


def encode(data: bytes) -> str:
    """As the web writes bytes into JSON and headers: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of base64url, padded or not; raises ValueError."""
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None


def _require_endpoint(text: str) -> str:
    url = URL(text)
    if url.scheme != "https" or not url.host or url.user is not None:
        raise ValueError("The address of a push service begins with https://.")
    try:
        public = ip_address(url.host).is_global
    except ValueError:
        public = "." in url.host and not url.host.endswith((".local", ".localhost", ".internal"))
    if not public:
        raise ValueError("The address of a push service is on the open internet.")
    return text


def _require_point(text: str) -> str:
    point = decode(text)
    if len(point) != POINT_BYTES:
        raise ValueError("`p256dh` is a point of 65 bytes.")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)  # ValueError off the curve.
    return encode(point)


def _require_auth(text: str) -> str:
    secret = decode(text)
    if len(secret) != AUTH_BYTES:
        raise ValueError("`auth` is a secret of 16 bytes.")
    return encode(secret)


class Keys(Record):
    """The browser's: what is written to `p256dh`, with the secret `auth`, only it can read."""

    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_require_point)]
    auth: Annotated[str, Field(max_length=30), AfterValidator(_require_auth)]


class Subscription(Record):
    """`endpoint` is a secret too: who knows it may knock there.

    A name that leads to a private network is found out when it is looked up to be told.
    """

    endpoint: Annotated[str, Field(max_length=2_000), AfterValidator(_require_endpoint)]
    keys: Keys

"""What is pushed is written as the standards have it, and only where a browser may be."""

from __future__ import annotations

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from mobile_api.push.encryption import CURVE, MOST_BYTES, encrypt, seal
from mobile_api.push.subscription import Keys, Subscription, decode, encode
from mobile_api.push.vapid import ORDER, Vapid
from tests.server.push.browser import Browser

HERE = "https://push.example.test/send/abc"
GOOD = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoI"
    "Aiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def test_the_example_of_the_standard_comes_out_byte_by_byte():
    """RFC 8291, appendix A."""
    private = int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    ours = ec.derive_private_key(private, CURVE)
    salt = decode("DGv6ra1nlYgDCS1FRnbzlw")

    body = seal(b"When I grow up, I want to be a watermelon", Keys.model_validate(GOOD), ours, salt)

    assert encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc"
        "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV"
        "WGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_browser_reads_it_and_no_other_does():
    mine, other = Browser(), Browser()
    body = encrypt(b"It is offered to you.", mine.keys)
    assert mine.read(body) == b"It is offered to you."
    with pytest.raises(InvalidTag):
        other.read(body)


def test_the_same_words_never_look_the_same():
    browser = Browser()
    assert encrypt(b"Hello", browser.keys) != encrypt(b"Hello", browser.keys)


def test_too_many_words_are_refused():
    with pytest.raises(ValueError, match="holds"):
        encrypt(b"x" * (MOST_BYTES + 1), Browser().keys)


def test_the_same_secret_is_the_same_key_and_signs_for_one_service():
    one, same, other = (Vapid(seed * 32, "mailto:d@x.test") for seed in (b"a", b"a", b"b"))
    assert one.public_key == same.public_key != other.public_key
    assert len(decode(one.public_key)) == 65

    scheme, said = one.authorization(HERE, 1_000).split(" ", 1)
    token, key = (part.split("=", 1)[1] for part in said.split(", "))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(key))
    found = jwt.decode(
        token,
        public,
        ["ES256"],
        audience="https://push.example.test",
        options={"verify_exp": False},
    )
    assert scheme == "vapid"
    assert found == {"aud": "https://push.example.test", "exp": 4_600, "sub": "mailto:d@x.test"}


@pytest.mark.parametrize("seed", [b"\x00" * 32, b"\xff" * 32, (ORDER - 1).to_bytes(32, "big")])
def test_every_seed_makes_a_key(seed: bytes):
    assert len(decode(Vapid(seed, "mailto:d@x.test").public_key)) == 65


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.test/abc",
        "https://127.0.0.1/abc",
        "https://[::1]/abc",
        "https://10.1.2.3/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/abc",
        "https://mongo/abc",
        "https://printer.local/abc",
        "https://me:secret@push.example.test/abc",
        "file:///etc/passwd",
        "https:///abc",
        "https://push.example.test/" + "a" * 2_000,
    ],
)
def test_forged_endpoints_are_refused(endpoint: str):
    with pytest.raises(ValidationError):
        Subscription.model_validate({"endpoint": endpoint, "keys": GOOD})


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "A" * 10_000},
        {"auth": "A" * 10_000},
        {"p256dh": GOOD["auth"]},
        {"p256dh": encode(b"\x04" + b"\x01" * 64)},  # A point that is not on the curve.
        {"p256dh": "%%%"},
        {"auth": encode(b"short")},
        {"auth": ""},
    ],
)
def test_forged_keys_are_refused(keys: dict[str, str]):
    with pytest.raises(ValidationError):
        Subscription.model_validate({"endpoint": HERE, "keys": {**GOOD, **keys}})


def test_what_a_browser_hands_out_is_taken_padded_or_not():
    padded = {name: value + "=" * (-len(value) % 4) for name, value in GOOD.items()}
    plain = Subscription.model_validate({"endpoint": HERE, "keys": GOOD})
    assert Subscription.model_validate({"endpoint": HERE, "keys": padded}) == plain

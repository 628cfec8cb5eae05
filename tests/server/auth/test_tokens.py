"""Tokens: whatever is not exactly ours is worth nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from domain.errors import Unauthenticated
from server.auth.keys import key_for
from server.auth.tokens import ISSUER, TokenKind, Tokens, hash_of, opaque
from tests.server.house import FixedClock

SECRET = b"a secret that only the tests know"
USER, SESSION = "a user", "a session"
ACCESS = TokenKind.ACCESS


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def tokens(clock: FixedClock) -> Tokens:
    return Tokens(SECRET, clock)


def claims(clock: FixedClock, **fields: object) -> dict[str, Any]:
    now = clock.now() // 1_000
    given = {"iss": ISSUER, "aud": ACCESS.value, "sub": USER, "sid": SESSION, "iat": now}
    return given | {"exp": now + 60} | fields


def forge(payload: dict[str, Any], key: bytes | None = None, algorithm: str = "HS256") -> str:
    """A token with any content, under the real key unless another is given."""
    return jwt.encode(payload, key or key_for(SECRET, "access tokens"), algorithm)


def segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_a_token_says_who_which_session_and_until_when(tokens: Tokens, clock: FixedClock):
    read = tokens.read(tokens.sign(ACCESS, USER, SESSION, 600), ACCESS)
    assert read == (ACCESS, USER, SESSION, clock.now() + 600_000)


def test_a_forged_one_with_the_real_key_is_read(tokens: Tokens, clock: FixedClock):
    assert tokens.read(forge(claims(clock)), ACCESS).subject == USER


def test_it_is_good_until_it_runs_out_and_not_a_moment_longer(tokens: Tokens, clock: FixedClock):
    token = tokens.sign(ACCESS, USER, SESSION, 60)
    clock.time += 59_999
    assert tokens.read(token, ACCESS)
    clock.time += 1
    with pytest.raises(Unauthenticated, match="run out"):
        tokens.read(token, ACCESS)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_a_token_without_a_signature_is_refused(tokens: Tokens, clock: FixedClock, algorithm: str):
    head = segment({"alg": algorithm, "typ": "JWT"})
    body = segment(claims(clock))
    signature = tokens.sign(ACCESS, USER, SESSION, 60).rpartition(".")[2]
    for token in (f"{head}.{body}.", f"{head}.{body}", f"{head}.{body}.{signature}"):
        with pytest.raises(Unauthenticated):
            tokens.read(token, ACCESS)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_no_other_algorithm_is_taken_even_with_our_key(
    tokens: Tokens, clock: FixedClock, algorithm: str
):
    with pytest.raises(Unauthenticated):
        tokens.read(forge(claims(clock), b"k" * 64, algorithm), ACCESS)
    key = key_for(SECRET, "access tokens") * 2
    with pytest.raises(Unauthenticated):
        tokens.read(forge(claims(clock), key, algorithm), ACCESS)


def test_another_key_is_refused(tokens: Tokens, clock: FixedClock):
    for key in (b"k" * 32, key_for(SECRET, "refresh tokens"), SECRET):
        with pytest.raises(Unauthenticated):
            tokens.read(forge(claims(clock), key), ACCESS)


@pytest.mark.parametrize(
    "fields",
    [
        {"aud": TokenKind.GUEST.value},
        {"aud": "somebody else"},
        {"aud": [ACCESS.value, "somebody else"]},
        {"iss": "somebody else"},
        {"sub": 7},
        {"exp": "soon"},
        {"exp": None},
    ],
)
def test_what_was_meant_for_something_else_is_refused(
    tokens: Tokens, clock: FixedClock, fields: dict[str, object]
):
    with pytest.raises(Unauthenticated):
        tokens.read(forge(claims(clock, **fields)), ACCESS)


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "sid", "exp", "iat"])
def test_a_token_that_leaves_something_out_is_refused(
    tokens: Tokens, clock: FixedClock, missing: str
):
    payload = claims(clock)
    del payload[missing]
    with pytest.raises(Unauthenticated):
        tokens.read(forge(payload), ACCESS)


def test_a_changed_token_is_refused(tokens: Tokens, clock: FixedClock):
    head, _, signature = tokens.sign(ACCESS, USER, SESSION, 60).split(".")
    with pytest.raises(Unauthenticated):
        tokens.read(f"{head}.{segment(claims(clock, sub='an admin'))}.{signature}", ACCESS)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a" * 5_000, "\x00", "ä.ö.ü", "..", "\ud800"])
def test_garbage_is_refused(tokens: Tokens, token: str):
    with pytest.raises(Unauthenticated):
        tokens.read(token, ACCESS)


def test_a_refresh_token_is_no_access_token_and_has_one_successor(tokens: Tokens):
    token = opaque()
    with pytest.raises(Unauthenticated):
        tokens.read(token, ACCESS, TokenKind.GUEST)
    assert tokens.successor(token) == tokens.successor(token) != tokens.successor(opaque())
    assert Tokens(b"another secret", FixedClock()).successor(token) != tokens.successor(token)
    assert token not in hash_of(token)
    assert len({opaque() for _ in range(100)}) == 100

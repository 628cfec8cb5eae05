"""Passwords: slow for who guesses, the same for who is nobody, never on the loop."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from domain.errors import Invalid, RateLimited
from server.auth.passwords import MOST_WAITING, STANDARD, THREADS, Passwords, check_password
from tests.server.auth.conftest import QuickHasher


async def test_a_password_is_right_or_wrong(passwords: Passwords):
    kept = await passwords.hash("correct horse")
    assert (await passwords.verify(kept, "correct horse")).right
    assert not (await passwords.verify(kept, "correct horsf")).right
    assert not (await passwords.verify("no hash at all", "correct horse")).right
    assert "correct horse" not in kept


async def test_nobodys_password_is_never_right(passwords: Passwords):
    assert not (await passwords.verify(None, "nobody's password")).right


async def test_it_is_argon2id_with_at_least_the_recommended_memory():
    parameters = extract_parameters(STANDARD.hash("x"))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19_456
    assert parameters.time_cost >= 2


async def test_the_work_is_done_off_the_loop_and_is_the_same_for_nobody(
    passwords: Passwords, hasher: QuickHasher
):
    kept = await passwords.hash("correct horse")
    await passwords.verify(kept, "wrong one")
    for_somebody = hasher.work()
    await passwords.verify(None, "wrong one")
    assert hasher.work() == for_somebody
    assert len(for_somebody) == 1
    assert all(name.startswith("passwords") for name in hasher.threads)


async def test_a_hash_with_old_parameters_is_made_anew(passwords: Passwords, hasher: QuickHasher):
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("correct horse")
    verified = await passwords.verify(old, "correct horse")
    assert verified.right
    assert verified.rehashed is not None
    assert not hasher.check_needs_rehash(verified.rehashed)
    assert (await passwords.verify(verified.rehashed, "correct horse")) == (True, None)
    assert (await passwords.verify(old, "wrong one")) == (False, None)


async def test_too_many_at_once_are_told_to_come_again(passwords: Passwords):
    answers = await asyncio.gather(
        *(passwords.hash("correct horse") for _ in range(MOST_WAITING + 10)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, RateLimited)]
    assert len(refused) == 10
    assert all(error.fields["retry_after"] for error in refused)
    assert await passwords.hash("correct horse")
    assert THREADS < MOST_WAITING


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 257, "aaaaaaaaaa", "Cleo@x.test", "abcabcabc"]
)
def test_a_password_that_will_not_do_says_why(password: str):
    with pytest.raises(Invalid) as refused:
        check_password(password, "cleo@X.test")
    assert refused.value.fields["password"]


@pytest.mark.parametrize("password", ["deskwire-demo", "pässwörter", "x1y2z3a4", "🔑🔒🗝️🚪 eight"])
async def test_any_other_will_do(passwords: Passwords, password: str):
    check_password(password, "cleo@x.test")
    assert (await passwords.verify(await passwords.hash(password), password)).right


async def test_a_lone_surrogate_is_a_password_too(passwords: Passwords):
    assert (await passwords.verify(await passwords.hash("\ud800abcdefg"), "\ud800abcdefg")).right

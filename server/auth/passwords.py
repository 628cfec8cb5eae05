"""Passwords: argon2id, off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.errors import Invalid, RateLimited

THREADS = 2
MOST_WAITING = 64
SHORTEST = 8
LONGEST = 256
STANDARD = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
"""64 MiB and three passes: about 60 ms of one core."""

Answer = TypeVar("Answer")


class Verified(NamedTuple):
    """Whether a password was right, and if so its hash under today's parameters if that changed."""

    right: bool
    rehashed: str | None = None


def check_password(password: str, email: str) -> None:
    """Raise Invalid for a password that nobody should use."""
    problem = None
    if len(password) < SHORTEST:
        problem = f"it needs at least {SHORTEST} characters"
    elif len(password) > LONGEST:
        problem = f"it may have at most {LONGEST} characters"
    elif password.casefold() == email.casefold():
        problem = "it must not be your address"
    elif len(set(password)) < 4:
        problem = "it needs at least 4 different characters"
    if problem:
        raise Invalid(f"This password will not do: {problem}.", fields={"password": problem})


class Passwords:
    """Hashes and verifies in threads; more than 64 who wait are told to come again."""

    def __init__(self, hasher: PasswordHasher = STANDARD) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._busy = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        return await self._work(lambda: self._hasher.hash(_utf8(password)))

    async def verify(self, kept: str | None, password: str) -> Verified:
        """Compare with the hash that is kept; without one the work is the same, for nothing."""
        return await self._work(lambda: self._verify(kept, password))

    def _verify(self, kept: str | None, password: str) -> Verified:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("nobody's password")
        try:
            self._hasher.verify(kept or self._nobodys, _utf8(password))
        except (Argon2Error, InvalidHashError):
            return Verified(right=False)
        if kept is None:
            return Verified(right=False)
        if self._hasher.check_needs_rehash(kept):
            return Verified(right=True, rehashed=self._hasher.hash(_utf8(password)))
        return Verified(right=True)

    async def _work(self, work: Callable[[], Answer]) -> Answer:
        if self._busy >= MOST_WAITING:
            raise RateLimited("Too many people log in right now.", fields={"retry_after": 2})
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._busy -= 1

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _utf8(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")

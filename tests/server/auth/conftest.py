"""Log-ins over real stores, with hashes that are quick to compute and a clock that stands."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from redis.asyncio import Redis

from domain.access import Actor
from domain.people.commands import CreateUser
from domain.people.state import User
from domain.process import MACHINE
from server.auth.accounts import Accounts
from server.auth.answers import Grant
from server.auth.families import Where
from server.auth.login import Auth
from server.auth.passwords import Passwords
from server.auth.sessions import StoreSessions
from server.auth.throttle import Throttle
from server.dispatch.documents import DocumentDispatch
from server.settings import Settings
from server.store.connect import Store
from server.store.defaults import ensure_defaults
from tests.server.dispatch.papers import new_id
from tests.server.house import FixedClock


class QuickHasher(PasswordHasher):
    """Remembers what it was given to verify, and in which thread: the work that takes time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str] = []
        self.threads: set[str] = set()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.verified.append(str(hash))
        self.threads.add(threading.current_thread().name)
        return super().verify(hash, password)  # pyright: ignore[reportReturnType]

    def work(self) -> list[Parameters]:
        """The parameters of every hash that was computed since the last look."""
        done, self.verified = self.verified, []
        return [extract_parameters(hash) for hash in done]


PASSWORD = "correct horse"
HERE = Where("192.0.2.1", "a browser")


@dataclass
class Kicks:
    """Who was kicked, in order."""

    who: list[str] = field(default_factory=list[str])

    async def __call__(self, who: Iterable[str]) -> None:
        self.who.extend(who)


@dataclass
class Door:
    """One node's log-ins, and what tests do with them again and again."""

    store: Store
    settings: Settings
    clock: FixedClock
    documents: DocumentDispatch
    sessions: StoreSessions
    passwords: Passwords
    kicks: Kicks
    auth: Auth

    async def user(self, role: str = "agent", **fields: object) -> User:
        """Somebody whose password is `PASSWORD`."""
        secret = self.settings.secret_key.encode()
        accounts = Accounts(self.store, self.documents, self.passwords, self.clock, secret)
        command = CreateUser.model_validate(
            {
                "command_id": new_id(),
                "email": f"{new_id()}@x.test",
                "name": "Ada",
                "role": role,
                "must_change_password": False,
                **fields,
            }
        )
        user = await accounts.create(command, MACHINE, PASSWORD)
        self.kicks.who.clear()  # Who joins a team is looked at again.
        return user

    async def signup(self, email: str = "cleo@x.test", guest_token: str | None = None) -> Grant:
        return await self.auth.signup(
            email=email,
            name="Cleo",
            password=PASSWORD,
            command_id=new_id(),
            where=HERE,
            guest_token=guest_token,
        )

    async def login(
        self,
        email: str,
        password: str = PASSWORD,
        where: Where = HERE,
        guest_token: str | None = None,
    ) -> Grant:
        return await self.auth.login(
            email=email, password=password, where=where, guest_token=guest_token
        )

    async def actor(self, token: str) -> Actor:
        return (await self.sessions.authenticate(token)).actor


def open_door(
    store: Store, settings: Settings, clock: FixedClock, redis: Redis, passwords: Passwords
) -> Door:
    """A node over the store."""
    secret = settings.secret_key.encode()
    documents = DocumentDispatch(store, clock, secret)
    sessions = StoreSessions(store, secret, clock)
    kicks = Kicks()
    auth = Auth(
        store=store,
        settings=settings,
        clock=clock,
        throttle=Throttle(redis, clock),
        documents=documents,
        sessions=sessions,
        kick=kicks,
        passwords=passwords,
    )
    return Door(store, settings, clock, documents, sessions, passwords, kicks, auth)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def hasher() -> QuickHasher:
    return QuickHasher()


@pytest.fixture
def passwords(hasher: QuickHasher) -> Iterator[Passwords]:
    passwords = Passwords(hasher)
    yield passwords
    passwords.close()


@pytest.fixture
async def door(
    store: Store, settings: Settings, clock: FixedClock, redis: Redis, passwords: Passwords
) -> Door:
    await ensure_defaults(store)
    return open_door(store, settings, clock, redis, passwords)


@pytest.fixture
async def other_door(
    store: Store, settings: Settings, clock: FixedClock, redis: Redis, passwords: Passwords
) -> Door:
    """A second node."""
    return open_door(store, settings, clock, redis, passwords)

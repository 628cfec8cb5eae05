"""The whole product in processes of its own, and people who keep what they are sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack

import pytest

from tests.attacks.witness import Witness
from tests.house import House


@pytest.fixture(scope="package")
def product() -> Generator[House]:
    letters = {"DESKWIRE_MODE": "demo", "DESKWIRE_MAIL_DELAY_SECONDS": "0"}  # They are kept.
    with House(**letters) as product:
        yield product


class People:
    """Lets people in; all of them leave with the test."""

    def __init__(self, product: House, stack: AsyncExitStack):
        self._nodes = [node.url for node in product.nodes]
        self._stack = stack

    async def known(self, name: str) -> Witness:
        """Somebody of the demo."""
        return await self._somebody().log_in(f"{name}@demo.test")

    async def stranger(self) -> Witness:
        """A client who has just signed up."""
        who = self._somebody()
        await who.sign_up()
        return who

    async def guest(self) -> Witness:
        """A visitor without an account."""
        who = self._somebody()
        grant = await who.post("/api/auth/guest", {})
        who.token, who.user = grant["access_token"], grant["user"]
        return who

    def _somebody(self) -> Witness:
        who = Witness(self._nodes)
        self._stack.push_async_callback(who.leave)
        return who


@pytest.fixture
async def people(product: House) -> AsyncGenerator[People]:
    async with AsyncExitStack() as stack:
        yield People(product, stack)

"""An office whose agent has a phone, a push service, and a worker's hands that push to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from domain.access import Actor
from domain.notification.commands import SetPreferences
from domain.ports import Clock
from domain.routing.commands import OfferTicket
from domain.ticket.commands import AssignTicket
from realtime.cluster import AnyRedis
from server.jobs.effects import Performer
from server.jobs.routing import ROUTER
from server.notices.desk import PUSH
from server.push.notices import NoticePush
from server.push.service import PushService
from server.settings import Settings
from server.store.connect import Raw, Store
from server.store.devices import Device, Devices, device_id
from server.store.effects import Effects
from server.store.models import StoredAttendance, StoredEffect
from server.store.sessions import LogIn
from tests.server.house import new_id
from tests.server.jobs.conftest import clock, dispatcher, feeds, heard, house, work
from tests.server.mail.conftest import Office, office, server, settings
from tests.server.push.service import LocalPushService

__all__ = [
    "clock",
    "dispatcher",
    "feeds",
    "heard",
    "house",
    "office",
    "server",
    "settings",
    "work",
]


def pusher_of(settings: Settings, store: Store, clock: Clock, redis: AnyRedis) -> Performer:
    """A worker's hands, which may reach this machine."""
    service = PushService(settings, clock, permits=lambda address: address == "127.0.0.1")
    return Performer(Effects(store, clock), {PUSH: NoticePush(store, service, redis, clock).tell})


@dataclass
class Pocket:
    """The agent of the office, with a phone that the push service knows."""

    office: Office
    service: LocalPushService
    performer: Performer
    phone: Device

    @property
    def agent(self) -> Actor:
        return self.office.house.agent

    @property
    def devices(self) -> Devices:
        return Devices(self.office.house.store)

    async def has(self, name: str, who: Actor | None = None) -> Device:
        """Another browser of somebody, with a log-in of its own."""
        device = await browser(self.office, self.service, name, who or self.agent)
        return await self.devices.register(device)

    async def mine(self) -> list[Device]:
        return await self.devices.of(self.agent.id)

    async def wants(self, **fields: object) -> None:
        given = {"command_id": new_id(), **fields}
        await self.office.documents.dispatch(SetPreferences.model_validate(given), self.agent)

    async def assigned(self) -> str:
        """A ticket that the agent was given."""
        ticket_id = await self.office.open()
        command = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=self.agent.id)
        await self.office.act(command, self.office.house.supervisor)
        return ticket_id

    async def offered(self, seconds: int = 60) -> str:
        """A ticket that is offered to the agent, who is on the phone only."""
        told: dict[str, Any] = {"rooms": [], "seq": 1, "load": 0, "capacity": 9, "since": 5}
        await self.office.house.store[StoredAttendance].replace_one(
            {"_id": self.agent.id}, {**told, "state": "reachable"}, upsert=True
        )
        ticket_id = await self.office.open()
        command = OfferTicket(
            command_id=f"route:{new_id()}",
            ticket_id=ticket_id,
            agent_id=self.agent.id,
            seconds=seconds,
            candidates=(),
        )
        await self.office.act(command, ROUTER)
        return ticket_id

    async def later(self, seconds: int) -> None:
        """What is due in some time is performed."""
        self.office.clock.time += seconds * 1000
        await self.performer.perform_due()

    async def states(self) -> list[tuple[str, str | None]]:
        """How far each push is, and why."""
        owed: list[Raw] = (
            await self.office.house.store[StoredEffect].find({"kind": PUSH}).sort("_id").to_list()
        )
        return [(each["state"], each["reason"] or each["last_error"]) for each in owed]


async def browser(office: Office, service: LocalPushService, name: str, who: Actor) -> Device:
    """A browser in which somebody logged in."""
    now, session_id = office.clock.now(), str(uuid4())
    whose = {"_id": session_id, "user_id": who.id, "contact_id": None}
    until = {"expires_at": now + 30 * 86_400_000, "ended": None}
    where = {"client": "", "address": "", "created_at": now, "used_at": now}
    await office.house.store[LogIn].insert_one({**whose, **where, **until})
    endpoint, reader = service.subscribe(name)
    return Device(
        id=device_id(endpoint),
        user_id=who.id,
        session_id=session_id,
        endpoint=endpoint,
        **reader.keys.model_dump(),
        label=name,
        created_at=now,
        seen_at=now,
    )


@pytest.fixture
async def service() -> AsyncGenerator[LocalPushService]:
    service = LocalPushService()
    await service.start()
    yield service
    await service.close()


@pytest.fixture
async def pocket(office: Office, service: LocalPushService, redis: Redis) -> Pocket:
    performer = pusher_of(office.settings, office.house.store, office.clock, redis)
    phone = await browser(office, service, "phone", office.house.agent)
    await Devices(office.house.store).register(phone)
    return Pocket(office, service, performer, phone)

"""A house whose client has an address, a mail server, and a worker's parts that write to them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from domain.access import Actor
from domain.contact.state import Address, Contact
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.message import Command
from domain.ports import Clock, FeedItem
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.dispatch.drafting import TRIAGE
from server.jobs.effects import Performer
from server.mail.office import mail_kinds
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.notices.desk import NoticeDesk
from server.settings import Settings
from server.store.connect import Raw, Store
from server.store.documents import kind_of
from server.store.effects import Effects
from server.store.letters import Letters
from server.store.models import StoredEffect
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, House, client_of, keep, new_id, open_ticket, reply
from tests.server.jobs.conftest import Work, clock, dispatcher, feeds, heard, house, work
from tests.server.mail.mailserver import MailServer

__all__ = ["clock", "dispatcher", "feeds", "heard", "house", "work"]

ADDRESS = "cleo@client.test"


@pytest.fixture
async def server() -> AsyncGenerator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def settings(settings: Settings, server: MailServer) -> Settings:
    """Settings of a desk that sends its letters to the test's mail server."""
    sender = {"smtp_url": server.url, "mail_from": "desk@house.test"}
    return settings.model_copy(update=sender)


def performer_of(settings: Settings, store: Store, clock: Clock) -> Performer:
    """A worker's hands."""
    effects, board = Effects(store, clock), NoticeBoard(store, Nobody())
    taking_back = TakingBack(store, Letters(store), effects, board)
    desk = NoticeDesk(store, board, effects, settings)
    return Performer(effects, mail_kinds(settings, store, clock, taking_back, desk))


class Nobody:
    """Feeds that nobody follows."""

    async def write(self, items: Sequence[FeedItem]) -> None: ...

    async def forget(self, rooms: Iterable[str]) -> None: ...


@dataclass
class Office:
    """Whoever writes and whoever is written to, and what is owed between them."""

    house: House
    client: Actor
    contact: Contact
    clock: FixedClock
    settings: Settings
    dispatcher: Dispatcher
    documents: DocumentDispatch
    work: Work
    performer: Performer

    @property
    def effects(self) -> Effects:
        return Effects(self.house.store, self.clock)

    async def act(self, command: Command, actor: Actor) -> dict[str, Any]:
        """Carry out a command, and react to it."""
        outcome = await self.dispatcher.dispatch(command, actor)
        await self.dispatcher.close()
        ticket_id = outcome.result.get("ticket_id") or getattr(command, "ticket_id", "")
        await self.work.reactions.react([f"ticket:{ticket_id}"])
        return outcome.result

    async def open(self, **fields: Any) -> str:
        return (await self.act(open_ticket(**fields), self.client))["ticket_id"]

    async def opened(self, server: MailServer) -> str:
        """A ticket whose receipt has come, and is forgotten."""
        ticket_id = await self.open()
        await self.performer.perform_due()
        assert len(server.mails) == 1
        server.mails.clear()
        return ticket_id

    async def has(self, email: str, *, verified: bool) -> None:
        """Give the client an address behind the others they have, in the place of the same one."""
        contacts, this = self.house.store[kind_of(Contact).model], {"_id": self.contact.id}
        address = {"email": email, "verified": verified}
        await contacts.update_one(this, {"$pull": {"state.addresses": {"email": email}}})
        await contacts.update_one(this, {"$push": {"state.addresses": address}})

    async def answer(self, ticket_id: str, body: str, **fields: Any) -> str:
        """A message of staff; its id."""
        done = await self.act(reply(ticket_id, body, **fields), self.house.agent)
        return done["message_id"]

    async def later(self, seconds: int) -> None:
        """What is due in some time is performed."""
        self.clock.time += seconds * 1000
        await self.performer.perform_due()

    async def owed(self) -> list[Raw]:
        """Every effect that is no guess about a ticket, the oldest first."""
        every = await self.house.store[StoredEffect].find().sort("_id").to_list()
        return [each for each in every if each["kind"] != TRIAGE]

    async def states(self) -> list[tuple[str, str | None]]:
        """How far each effect of the newest kind is, and why."""
        owed = [each for each in await self.owed() if each["kind"] == "mail.reply"]
        return [(each["state"], each["reason"] or each["last_error"]) for each in owed]


@pytest.fixture
async def office(
    house: House,
    clock: FixedClock,
    settings: Settings,
    dispatcher: Dispatcher,
    work: Work,
    store: Store,
) -> Office:
    address = Address(email=ADDRESS, verified=True)
    contact = Contact(id=new_id(), name="Cleo", addresses=(address,))
    await keep(store, contact)
    await store[kind_of(Inbox).model].update_one(
        {"_id": DEFAULT_INBOX_ID}, {"$set": {"state.address": "help@house.test"}}
    )
    performer = performer_of(settings, store, clock)
    client = client_of(contact)
    documents = DocumentDispatch(store, clock, SECRET)
    return Office(house, client, contact, clock, settings, dispatcher, documents, work, performer)

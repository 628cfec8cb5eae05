"""What was taken back is not mailed, and what was kept of it goes too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.contact.commands import BlockContact, DeleteContact
from domain.ticket.commands import DeleteTicket, EditMessage, RedactMessage
from server.dispatch.documents import DocumentDispatch
from server.jobs.effects import Performer
from server.settings import Settings
from server.store.connect import Store
from server.store.letters import Letters
from server.store.models import StoredLetter
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, new_id
from tests.server.mail.conftest import Office, performer_of
from tests.server.mail.mailserver import MailServer, text_of

TakeBack = Callable[[Office, str, str], Awaitable[Any]]


async def redact(office: Office, ticket_id: str, message_id: str) -> None:
    command = RedactMessage(command_id=new_id(), ticket_id=ticket_id, message_id=message_id)
    await office.act(command, office.house.supervisor)


async def redact_only(office: Office, ticket_id: str, message_id: str) -> None:
    """No reactor has come to it yet."""
    command = RedactMessage(command_id=new_id(), ticket_id=ticket_id, message_id=message_id)
    await office.dispatcher.dispatch(command, office.house.supervisor)


async def delete(office: Office, ticket_id: str, _message_id: str) -> None:
    command = DeleteTicket(command_id=new_id(), ticket_id=ticket_id)
    await office.act(command, office.house.supervisor)


async def change(office: Office, command: BlockContact | DeleteContact) -> None:
    documents = DocumentDispatch(office.house.store, office.clock, SECRET)
    await documents.dispatch(command, office.house.supervisor)
    await documents.close()


async def block(office: Office, _ticket_id: str, _message_id: str) -> None:
    await change(office, BlockContact(command_id=new_id(), contact_id=office.contact.id))


async def erase(office: Office, _ticket_id: str, _message_id: str) -> None:
    await change(office, DeleteContact(command_id=new_id(), contact_id=office.contact.id))


@pytest.mark.parametrize("take_back", [redact, redact_only, delete, block, erase])
async def test_what_was_taken_back_is_not_mailed(
    office: Office, server: MailServer, take_back: TakeBack
):
    ticket_id = await office.opened(server)
    message_id = await office.answer(ticket_id, "Better unsaid.")
    await take_back(office, ticket_id, message_id)

    await office.later(60)

    assert server.mails == []
    ((state, _),) = await office.states()
    assert state == "dropped"


async def test_an_edited_reply_is_mailed_as_it_is_now(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    message_id = await office.answer(ticket_id, "Plug it out.")
    edit = EditMessage(
        command_id=new_id(), ticket_id=ticket_id, message_id=message_id, body="Unplug it."
    )
    await office.act(edit, office.house.agent)

    await office.later(60)

    (mail,) = server.mails
    assert "Unplug it." in text_of(mail)
    assert "Plug it out." not in text_of(mail)


@pytest.fixture
def drawer(office: Office, settings: Settings, store: Store, clock: FixedClock) -> Performer:
    """The hands of a demo without a mail server."""
    demo = settings.model_copy(update={"smtp_url": "", "mode": "demo"})
    return performer_of(demo, store, clock)


async def kept(office: Office) -> list[str]:
    letters = await Letters(office.house.store).page(None, 10)
    return [letter.text for letter in letters]


async def test_the_demo_keeps_its_letters_newest_first(office: Office, drawer: Performer):
    ticket_id = await office.open(title="A", body="It burns.")
    await drawer.perform_due()
    message_id = await office.answer(ticket_id, "Water!")
    office.clock.time += 60_000
    await drawer.perform_due()

    newest, oldest = await Letters(office.house.store).page(None, 10)

    assert (newest.to, newest.subject) == ("cleo@client.test", "Re: A [#1]")
    assert (newest.ticket_id, newest.messages) == (ticket_id, (message_id,))
    assert "Water!" in newest.text
    assert "Water!" in newest.html
    assert newest.message_id.endswith("@house.test>")
    assert await Letters(office.house.store).page(newest.id, 10) == [oldest]
    await Letters(office.house.store).tidy(office.clock.time + 8 * 24 * 3_600_000)
    assert await kept(office) == []


@pytest.mark.parametrize("take_back", [redact, delete, erase])
async def test_kept_letters_go_with_what_they_say(
    office: Office, drawer: Performer, take_back: TakeBack
):
    ticket_id = await office.open()
    await drawer.perform_due()
    message_id = await office.answer(ticket_id, "Better unsaid.")
    office.clock.time += 60_000
    await drawer.perform_due()
    assert len(await kept(office)) == 2

    await take_back(office, ticket_id, message_id)
    await drawer.perform_due()

    assert len(await kept(office)) == (1 if take_back is redact else 0)
    assert "Better unsaid." not in str(await office.house.store[StoredLetter].find().to_list())


async def test_a_letter_is_not_kept_whose_words_go_while_it_is_put_in(
    office: Office, drawer: Performer, monkeypatch: pytest.MonkeyPatch
):
    ticket_id = await office.open()
    await drawer.perform_due()
    message_id = await office.answer(ticket_id, "Better unsaid.")
    keep = Letters.keep

    async def keep_late(letters: Letters, letter: Any) -> None:
        await redact(office, ticket_id, message_id)  # All of it is over before the letter is in.
        await keep(letters, letter)

    monkeypatch.setattr(Letters, "keep", keep_late)
    office.clock.time += 60_000
    await drawer.perform_due()

    assert "Better unsaid." not in str(await kept(office))

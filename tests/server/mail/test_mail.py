"""Letters go out once each, in one thread, to those who did not read it anyway."""

from __future__ import annotations

import asyncio

import pytest

from domain.contact.state import Contact
from domain.inbox.state import DEFAULT_INBOX_ID, Inbox
from domain.ports import Marker
from domain.ticket.state import Visibility
from server.mail.reactor import MailReactor
from server.mail.tickets import MOST_UNPROVEN
from server.store.documents import kind_of
from server.store.markers import StoreMarkers
from tests.server.house import open_ticket, reply
from tests.server.mail.conftest import ADDRESS, Office, performer_of
from tests.server.mail.mailserver import MailServer, text_of


async def test_a_receipt_comes_at_once_and_a_reply_a_minute_later_in_the_same_thread(
    office: Office, server: MailServer
):
    ticket_id = await office.open(title="Printer on fire", body="It burns.")
    await office.performer.perform_due()
    (receipt,) = server.mails
    await office.answer(ticket_id, "Water is on its way & <b>hurries</b>.")
    await office.later(59)
    assert len(server.mails) == 1

    await office.later(1)
    _, answer = server.mails

    assert server.recipients == [ADDRESS, ADDRESS]
    assert answer["From"] == "Support <desk@house.test>"
    assert (answer["To"], answer["Reply-To"]) == (ADDRESS, "help@house.test")
    assert receipt["Subject"] == "Printer on fire [#1]"
    assert answer["Subject"] == "Re: Printer on fire [#1]"
    assert "It burns." in text_of(receipt)
    assert "ann wrote:\n\nWater is on its way & <b>hurries</b>." in text_of(answer)
    page = answer.get_body(("html",))
    assert page is not None
    assert "Water is on its way &amp; &lt;b&gt;hurries&lt;/b&gt;." in page.get_content()
    assert answer["Auto-Submitted"] == "auto-generated"
    assert answer["References"] == receipt["References"] == answer["In-Reply-To"]
    assert answer["Message-ID"] != receipt["Message-ID"]


async def test_replies_that_wait_together_come_in_one_letter(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    for body in ("First.", "Second."):
        await office.answer(ticket_id, body)
        office.clock.time += 10_000

    await office.later(40)
    await office.later(60)

    (letter,) = server.mails
    said = text_of(letter)
    assert said.index("First.") < said.index("Second.")
    assert await office.states() == [("done", None), ("done", None)]


async def test_nobody_is_mailed_a_note_or_their_own_words(office: Office, server: MailServer):
    ticket_id = await office.opened(server)

    await office.answer(ticket_id, "They are angry.", visibility=Visibility.PRIVATE)
    await office.act(reply(ticket_id, "Still burning."), office.client)
    await office.later(60)

    assert server.mails == []
    assert len(await office.owed()) == 1


async def test_a_reply_that_was_read_in_time_is_not_mailed(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    await office.answer(ticket_id, "Read at once.")
    marker = Marker(ticket_id, office.client.id, "client", delivered=2, read=2)
    await StoreMarkers(office.house.store).advance([marker])

    await office.later(60)

    assert server.mails == []
    assert await office.states() == [("dropped", "it was read in time")]


async def test_what_the_requester_answered_already_is_not_mailed(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    await office.answer(ticket_id, "Is it off?")
    await office.act(reply(ticket_id, "It is."), office.client)

    await office.later(60)

    assert server.mails == []
    assert await office.states() == [("dropped", "it was read in time")]


async def test_of_two_replies_only_the_unread_one_is_mailed(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    await office.answer(ticket_id, "Read.")
    await office.answer(ticket_id, "Unread.")
    marker = Marker(ticket_id, office.client.id, "client", delivered=3, read=2)
    await StoreMarkers(office.house.store).advance([marker])

    await office.later(60)

    (letter,) = server.mails
    assert "Unread." in text_of(letter)
    assert "Read." not in text_of(letter)


async def test_two_workers_send_each_letter_once(office: Office, server: MailServer):
    tickets = [await office.open(title=f"t{n}") for n in range(10)]
    other = performer_of(office.settings, office.house.store, office.clock)

    await asyncio.gather(
        *(performer.perform_due() for performer in (office.performer, other) for _ in range(3))
    )

    titles = sorted(mail["Subject"].split(" ")[0] for mail in server.mails)
    assert titles == [f"t{n}" for n in range(len(tickets))]


async def test_a_repeated_reaction_owes_no_second_letter(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    await office.house.store.database["log"].update_many({}, {"$set": {"pending": ["react:mail"]}})

    await office.work.reactions.react([f"ticket:{ticket_id}"])
    await office.later(60)

    assert server.mails == []


async def test_a_title_of_many_lines_adds_no_header(office: Office, server: MailServer):
    await office.open(title="Hello\r\nBcc: spy@evil.test\r\n\r\nBody\u2028end", body="x")
    await office.performer.perform_due()

    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: spy@evil.test Body end [#1]"
    assert server.recipients == [ADDRESS]


@pytest.mark.parametrize("ours", ["desk@house.test", "help@house.test"])
async def test_nobody_writes_to_our_own_addresses_for_ever(
    office: Office, server: MailServer, ours: str
):
    await office.house.store[kind_of(Contact).model].update_one(
        {"_id": office.contact.id}, {"$set": {"state.addresses.0.email": ours}}
    )

    await office.open()
    await office.later(60)

    assert server.mails == []
    assert [each["reason"] for each in await office.owed()] == ["it would come back to us"]


async def test_a_proven_address_is_written_to_before_others(office: Office, server: MailServer):
    await office.has(ADDRESS, verified=False)
    await office.has("proven@client.test", verified=True)

    await office.open()
    await office.later(0)

    assert server.recipients == ["proven@client.test"]


async def test_nobody_has_us_mail_words_of_theirs_to_an_address_that_is_not_theirs(
    office: Office, server: MailServer
):
    await office.has(ADDRESS, verified=False)

    await office.open(title="Cheap pills", body="Buy now.")
    await office.later(0)

    (receipt,) = server.mails
    assert receipt["Subject"] == "Your request [#1]"
    assert text_of(receipt) == "We have your request.\n"


async def test_an_address_that_nobody_proved_is_not_flooded(office: Office, server: MailServer):
    await office.has(ADDRESS, verified=False)

    for _ in range(MOST_UNPROVEN + 1):
        await office.open()
        office.clock.time += 1
        await office.later(0)

    assert len(server.mails) == MOST_UNPROVEN
    reasons = [each["reason"] for each in await office.owed() if each["state"] == "dropped"]
    assert reasons == ["too many to an address that nobody proved"]
    await office.later(3600)
    await office.open()
    await office.later(0)
    assert len(server.mails) == MOST_UNPROVEN + 1


async def test_what_staff_noted_for_a_caller_is_told_at_the_address_they_gave(
    office: Office, server: MailServer
):
    await office.has(ADDRESS, verified=False)

    noted = open_ticket(title="It rattles", requester_id=office.contact.id)
    await office.act(noted, office.house.agent)
    await office.later(0)

    (receipt,) = server.mails
    assert receipt["Subject"] == "It rattles [#1]"


async def test_a_receipt_says_what_the_inbox_says_and_signs(office: Office, server: MailServer):
    words = {"state.auto_reply": "We open at nine.", "state.signature": "Your desk"}
    await office.house.store[kind_of(Inbox).model].update_one(
        {"_id": DEFAULT_INBOX_ID}, {"$set": words}
    )

    await office.open(body="It burns.")
    await office.later(0)

    said = "We open at nine.\n\nCleo wrote:\n\nIt burns.\n\nYour desk\n"
    assert text_of(server.mails[0]) == said


async def test_in_production_without_a_mail_server_nothing_is_owed(office: Office):
    silent = office.settings.model_copy(update={"smtp_url": ""})
    streams = office.work.streams
    react = MailReactor(office.house.store, streams.headers, office.effects, silent)
    opened = await office.dispatcher.dispatch(open_ticket(), office.client)
    stream = f"ticket:{opened.result['ticket_id']}"

    done = await react({stream: await streams.journal.owed_by([stream])})

    assert set(done) == {stream}
    assert await office.owed() == []

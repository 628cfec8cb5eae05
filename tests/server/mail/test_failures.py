"""A letter survives mail servers and workers that fail, and ends dead where nothing helps."""

from __future__ import annotations

import asyncio

import pytest

from server.clock import SystemClock
from server.store.effects import DONE, LEASE_MS, MOST_TRIES, State, failed
from tests.processes import Program, module
from tests.server.mail.conftest import Office, performer_of
from tests.server.mail.mailserver import MailServer, text_of

KILLED = 137
HOURS = 3600


async def test_a_letter_waits_for_a_mail_server_that_is_away(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    await server.stop()
    await office.answer(ticket_id, "Soon.")
    await office.later(60)
    assert await office.states() == [
        ("owed", "the mail server cannot be reached (SMTPConnectError)")
    ]
    await server.start()

    await office.later(10)
    assert server.mails == []  # It is not tried every second.
    await office.later(30)

    assert len(server.mails) == 1
    assert await office.states() == [("done", None)]


async def test_a_refusal_for_now_is_tried_some_hours_and_then_dead(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    server.refusal = "450 try again later, cleo@client.test"
    await office.answer(ticket_id, "Soon.")

    waits: list[int] = []
    await office.later(60)
    while (await office.owed())[-1]["state"] == "owed":
        due_in = (await office.owed())[-1]["due_at"] - office.clock.time
        waits.append(due_in // 1000)
        await office.later(due_in // 1000 + 1)

    assert len(waits) == MOST_TRIES - 1
    assert 3 * HOURS < sum(waits) < 8 * HOURS
    assert sorted(waits[:-2]) == waits[:-2]
    assert await office.states() == [("dead", "the mail server refused it for now (450)")]


async def test_who_writes_much_while_the_mail_server_is_away_does_not_use_up_the_tries(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    await server.stop()
    said = [f"Line {number}." for number in range(MOST_TRIES + 4)]
    for body in said:
        await office.answer(ticket_id, body)
        await office.later(60)
    assert {state for state, _ in await office.states()} == {"owed"}

    await server.start()
    await office.later(HOURS)

    text = "".join(text_of(mail) for mail in server.mails)
    assert [body for body in said if body not in text] == []
    assert await office.states() == [("done", None)] * len(said)


async def test_one_that_kills_every_worker_does_not_take_the_others_of_its_ticket_along(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    await office.answer(ticket_id, "Deadly.")
    office.clock.time += 60_000
    for _ in range(MOST_TRIES):
        assert await office.effects.claim(["mail.reply"])
        office.clock.time += LEASE_MS
    await office.answer(ticket_id, "Harmless.")

    await office.later(60)

    (letter,) = server.mails
    assert "Harmless." in text_of(letter)
    assert sorted(await office.states()) == [("dead", "every try was cut off"), ("done", None)]


async def test_a_refusal_for_good_is_dead_at_once_and_sent_when_somebody_retries_it(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    server.refusal = "550 no such user cleo@client.test"
    await office.answer(ticket_id, "Soon.")
    await office.later(60)
    assert await office.states() == [("dead", "the mail server refused it for good (550)")]
    await office.later(24 * HOURS)
    assert server.mails == []
    server.refusal = None

    (dead,) = await office.effects.page(State.DEAD, None, 10)
    await office.effects.retry(dead.id)
    await office.later(0)

    assert len(server.mails) == 1
    assert await office.states() == [("done", None)]
    again = await office.effects.retry(dead.id)
    assert again is not None
    assert again.state is State.DONE


async def test_a_letter_whose_worker_is_killed_comes_again_under_the_same_message_id(
    office: Office, server: MailServer
):
    office.clock.time = SystemClock().now()
    await office.open()

    command = module("tests.server.mail.victim", _given(office))
    victim = Program("victim", command, office.settings.data_dir / "victim.log")
    victim.begin(DESKWIRE_FAULT="after_perform")
    assert await asyncio.to_thread(victim.end) == KILLED
    office.clock.time = SystemClock().now()
    await office.later(0)
    assert len(server.mails) == 1  # It is still the dead one's.
    await office.later(LEASE_MS // 1000 + 1)

    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    (effect,) = await office.owed()
    assert (effect["state"], effect["tries"]) == ("done", 2)


async def test_who_is_later_than_its_lease_does_not_overwrite_what_another_noted(office: Office):
    await office.open()
    effects = office.effects
    (late,) = await effects.claim(["mail.receipt"])
    office.clock.time += LEASE_MS
    (other,) = await effects.claim(["mail.receipt"])

    assert await effects.end(other, DONE)
    assert not await effects.end(late, failed("too late"))

    (effect,) = await office.owed()
    assert (effect["state"], effect["last_error"]) == ("done", None)


async def test_an_effect_that_kills_every_worker_is_dead_in_the_end(
    office: Office, server: MailServer
):
    await office.open()
    for _ in range(MOST_TRIES):
        assert await office.effects.claim(["mail.receipt"])
        office.clock.time += LEASE_MS

    await office.later(0)

    assert server.mails == []
    (effect,) = await office.owed()
    assert (effect["state"], effect["last_error"]) == ("dead", "every try was cut off")


async def test_nothing_is_owed_where_nothing_can_be_sent_and_letters_wait_for_a_way(
    office: Office, server: MailServer
):
    await office.open()
    without = office.settings.model_copy(update={"smtp_url": ""})
    performer = performer_of(without, office.house.store, office.clock)

    assert await performer.perform_due() == 0

    (effect,) = await office.owed()
    assert (effect["state"], effect["tries"]) == ("owed", 0)


@pytest.mark.parametrize("kept", [True, False])
async def test_what_ended_is_forgotten_after_a_while(
    office: Office, server: MailServer, kept: bool
):
    await office.opened(server)
    office.clock.time += (6 if kept else 8) * 24 * HOURS * 1000

    await office.effects.tidy()

    assert len(await office.owed()) == kept


def _given(office: Office) -> str:
    return office.settings.model_dump_json()

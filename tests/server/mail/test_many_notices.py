"""Everybody is told of everything, although workers and the mail server die in between."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import defaultdict
from collections.abc import AsyncGenerator

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.people.state import Team, User
from domain.ticket.state import Visibility
from server.store.documents import kind_of
from server.store.models import StoredNotice
from tests.processes import Program, module
from tests.server.house import keep, new_id, open_ticket, reply
from tests.server.mail.conftest import Office
from tests.server.mail.mailserver import MailServer

PEOPLE = 10
LATER = 3 * 3_600_000
"""Beyond every lease, and every pause between tries."""
FAULTS = ("after_react", "after_react:3", "after_perform:2", "after_perform:9")


OUTAGES = ("stopped", "killed before it had the mail", "killed before it said so")


class Cut(SMTP):
    """May be cut off once somebody begins to send it a mail."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.goes("killed before it had the mail"):
            await self.push("354 Go ahead")
            await self.event_handler.kill()
        else:
            await super().smtp_DATA(arg)


class Fragile(MailServer):
    """A mail server that goes away in the middle of its work: how, and after how many mails."""

    protocol = Cut
    how, ends_after = "", 0

    def goes(self, how: str) -> bool:
        """Whether it is to go now, if in this way."""
        return how == self.how and len(self.mails) >= self.ends_after

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        taken = await super().handle_DATA(_server, _session, envelope)
        if self.goes("stopped"):
            await self.stop()
        if self.goes("killed before it said so"):
            await self.kill()
        return taken


@pytest.fixture
async def server() -> AsyncGenerator[Fragile]:
    server = Fragile()
    await server.start()
    yield server
    await server.close()


@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.long)])
async def test_no_notice_is_missing_and_repeats_have_the_same_message_id(
    office: Office, server: Fragile, count: int
):
    # Given notes that mention ten people each, of which nobody was told yet
    people = await _people(office)
    for number in range(count // PEOPLE):
        opening = open_ticket(title=f"t{number}", requester_id=office.house.client.id)
        opened = await office.dispatcher.dispatch(opening, office.house.supervisor)
        note = reply(
            opened.result["ticket_id"],
            "Look.",
            visibility=Visibility.PRIVATE,
            mentions=tuple(user.id for user in people),
        )
        await office.dispatcher.dispatch(note, office.house.supervisor)
    await office.dispatcher.close()
    now = office.clock.time + 60_000

    # When workers are killed at every step, and in the middle of the mails; and the mail server too
    kills = 0
    for fault in FAULTS:
        kills += await _work(office, now, fault) == 137
        now += LATER
    outages = 0
    for how in OUTAGES:
        kills += await _kill_after(office, server, now, len(server.mails) + count // 20)
        now += LATER
        server.how, server.ends_after = how, len(server.mails) + count // 20
        await _work(office, now)
        outages += not server.listens
        server.how = ""
        await server.stop()
        await server.start()
        now += LATER
    assert (kills, outages) == (len(FAULTS) + len(OUTAGES), len(OUTAGES))
    while any(each["state"] == "owed" for each in await office.owed()):
        assert await _work(office, now) == 0
        now += LATER

    # Then each was told once in their room, and at least once by mail, always as the same letter
    assert await office.house.store[StoredNotice].count_documents({}) == count
    letters: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mail in server.mails:
        letters[mail["To"], mail["Subject"]].add(mail["Message-ID"])
    wanted = {
        (user.email, f"Re: t{n} [#{n + 1}]") for n in range(count // PEOPLE) for user in people
    }
    assert letters.keys() == wanted
    assert {len(ids) for ids in letters.values()} == {1}
    assert len(server.mails) > count, "What was taken, and not said so, was not sent again."
    assert {each["state"] for each in await office.owed()} == {"done"}
    print(f"{count} notices, {kills} kills, {len(server.mails) - count} letters came twice")


async def _people(office: Office) -> list[User]:
    users = [
        User(id=new_id(), email=f"p{n}@x.test", name=f"p{n}", role="agent") for n in range(PEOPLE)
    ]
    for user in users:
        await keep(office.house.store, user)
    await office.house.store[kind_of(Team).model].update_one(
        {"_id": office.house.team.id},
        {"$push": {"state.member_ids": {"$each": [user.id for user in users]}}},
    )
    return users


def _start(office: Office, now: int, fault: str = "") -> Program:
    given = (office.settings.model_dump_json(), str(now))
    log = office.settings.data_dir / "worker.log"
    worker = Program("worker", module("tests.server.mail.worker", *given), log)
    worker.begin(DESKWIRE_FAULT=fault)
    return worker


async def _work(office: Office, now: int, fault: str = "") -> int:
    """One worker's work at a moment; how it ended."""
    return await asyncio.to_thread(_start(office, now, fault).end)


async def _kill_after(office: Office, server: MailServer, now: int, mails: int) -> bool:
    """A worker is killed when the mail server has so many; whether it was still at work."""
    worker = _start(office, now)
    ended = asyncio.ensure_future(asyncio.to_thread(worker.end))
    while len(server.mails) < mails and not ended.done():
        server.arrived.clear()
        arrived = asyncio.ensure_future(server.arrived.wait())
        await asyncio.wait((ended, arrived), return_when=asyncio.FIRST_COMPLETED)
        arrived.cancel()
    if not ended.done():
        assert worker.process is not None
        os.kill(worker.process.pid, signal.SIGKILL)
    return await ended != 0

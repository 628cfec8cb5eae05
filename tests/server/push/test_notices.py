"""What concerns staff reaches their phone: once, in their language, and only while it is news."""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from domain.people.commands import UpdateUser
from domain.process import MACHINE
from domain.routing.commands import DeclineOffer
from domain.ticket.commands import DeleteTicket, RedactMessage
from domain.ticket.state import Visibility
from realtime.presence import tell
from server.addresses import is_public
from server.clock import SystemClock
from server.notices.board import NoticeBoard
from server.notices.desk import PUSH
from server.push.service import Answer, Push, PushService, vapid_of
from server.store.devices import FAILS_MOST, MOST, REACHES_MS
from server.store.effects import LEASE_MS
from server.store.models import StoredEffect
from server.store.sessions import LogIn
from tests.processes import Program, module
from tests.server.house import new_id, reply
from tests.server.mail.conftest import Nobody
from tests.server.push.conftest import Pocket

KILLED = 137
MINUTE, HOUR = 60, 3_600


async def test_who_is_given_a_ticket_is_told_on_their_phone(pocket: Pocket):
    ticket_id = await pocket.assigned()
    await pocket.later(0)

    (pushed,) = pocket.service.delivered
    assert pushed.words == {
        "title": "#1",
        "body": "sue assigned it to you.",
        "tag": pushed.headers["Topic"],
        "path": f"/console/t/{ticket_id}",
        "language": "en",
        "at": pocket.office.clock.now(),
    }
    assert pushed.key == vapid_of(pocket.office.settings).public_key
    assert pushed.claims["sub"] == "mailto:desk@house.test"
    now = pocket.office.clock.now() // 1_000
    assert now < pushed.claims["exp"] <= now + 24 * HOUR
    assert (pushed.headers["TTL"], pushed.headers["Urgency"]) == (str(4 * HOUR), "normal")
    assert pushed.headers["Content-Encoding"] == "aes128gcm"
    assert await pocket.states() == [("done", None)]
    assert [each.last_ok_at for each in await pocket.mine()] == [pocket.office.clock.now()]

    await pocket.later(HOUR)
    assert pocket.service.knocks == 1


async def test_in_spanish_for_who_wants_that_and_without_a_word_of_what_was_written(pocket: Pocket):
    await pocket.wants(language="es")
    ticket_id = await pocket.office.open(title="Printer on fire")
    named = {"visibility": Visibility.PRIVATE, "mentions": (pocket.agent.id,)}
    said = reply(ticket_id, "Our secret is 4711.", **named)
    await pocket.office.act(said, pocket.office.house.supervisor)
    await pocket.later(0)

    (pushed,) = pocket.service.delivered
    assert pushed.words["body"] == "sue le ha mencionado."
    assert "4711" not in str(pushed.words)
    assert "Printer" not in str(pushed.words)


async def test_each_device_is_told_and_other_people_s_are_not(pocket: Pocket):
    await pocket.has("laptop")
    await pocket.has("other", pocket.office.house.agent2)
    await pocket.assigned()
    await pocket.later(0)
    assert [each.words["title"] for each in pocket.service.delivered] == ["#1", "#1"]
    owed = await pocket.office.house.store[StoredEffect].find({"kind": PUSH}).to_list()
    devices = {each.id for each in await pocket.mine()}
    assert {each["about"]["device_id"] for each in owed} == devices


async def test_an_offer_is_urgent_and_is_worth_nothing_once_it_is_over(pocket: Pocket):
    ticket_id = await pocket.offered(seconds=90)
    await pocket.later(30)

    (pushed,) = pocket.service.delivered
    assert pushed.words["body"] == "It is offered to you."
    assert (pushed.headers["TTL"], pushed.headers["Urgency"]) == ("60", "high")

    decline = DeclineOffer(command_id=new_id(), ticket_id=ticket_id)
    await pocket.office.act(decline, pocket.agent)
    await pocket.offered(seconds=90)
    await pocket.later(91)
    assert pocket.service.knocks == 1
    assert set(await pocket.states()) == {
        ("done", None),
        ("dropped", "it is no news any more, or not theirs to see"),
    }


async def test_an_offer_that_was_declined_in_time_is_not_pushed(pocket: Pocket):
    ticket_id = await pocket.offered()
    await pocket.office.act(DeclineOffer(command_id=new_id(), ticket_id=ticket_id), pocket.agent)
    await pocket.later(0)
    assert pocket.service.knocks == 0
    assert await pocket.states() == [("dropped", "it was read in time")]


async def test_who_is_connected_sees_it_there_unless_they_leave(pocket: Pocket, redis: Redis):
    await tell(redis, (pocket.agent.id,))
    await pocket.assigned()
    await pocket.later(0)
    assert pocket.service.knocks == 0
    assert await pocket.states() == [("owed", None)]

    await redis.flushall()
    await pocket.later(MINUTE)
    assert pocket.service.knocks == 1


async def test_who_stays_connected_is_not_pushed_but_for_an_offer(pocket: Pocket, redis: Redis):
    await tell(redis, (pocket.agent.id,))
    await pocket.assigned()
    await pocket.offered(seconds=300)
    await pocket.later(0)
    assert [each.words["body"] for each in pocket.service.delivered] == ["It is offered to you."]
    await pocket.later(MINUTE)
    assert pocket.service.knocks == 1
    assert ("dropped", "they are there") in await pocket.states()


async def test_in_quiet_hours_nothing_rings_not_even_an_offer(pocket: Pocket):
    night = datetime(2026, 12, 2, 23, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    pocket.office.clock.time = int(night.timestamp() * 1000)
    await pocket.has("tonight")
    await pocket.wants(quiet={"start": "22:00", "end": "01:00"}, zone="Europe/Amsterdam")
    await pocket.assigned()
    await pocket.offered()
    await pocket.later(0)
    assert pocket.service.knocks == 0

    await pocket.later(2 * HOUR)

    # Twice the ticket, on two devices; of the offer, which is long over, nothing.
    bodies = [each.words["body"] for each in pocket.service.delivered]
    assert bodies == ["sue assigned it to you."] * 2


async def test_what_somebody_wants_not_to_be_pushed_is_not(pocket: Pocket):
    await pocket.wants(channels={"assigned": {"in_app": True, "mail": True, "push": False}})
    await pocket.assigned()
    await pocket.later(0)
    assert await pocket.states() == []


async def test_who_changes_their_mind_before_it_is_sent_is_heard(pocket: Pocket):
    await pocket.assigned()
    await pocket.wants(channels={"assigned": {"in_app": True, "mail": True, "push": False}})
    await pocket.later(0)
    assert pocket.service.knocks == 0
    assert await pocket.states() == [("dropped", "they want no push of this")]


async def test_what_was_chosen_before_there_was_push_leaves_it_as_for_everybody(pocket: Pocket):
    await pocket.wants(channels={"assigned": {"in_app": True, "mail": False}})
    await pocket.assigned()
    await pocket.later(0)
    assert pocket.service.knocks == 1


async def test_what_was_read_meanwhile_is_not_pushed(pocket: Pocket):
    await pocket.assigned()
    board = NoticeBoard(pocket.office.house.store, Nobody())
    await board.read([pocket.agent.id], {}, pocket.office.clock.now())
    await pocket.later(0)
    assert pocket.service.knocks == 0


async def test_of_what_is_gone_nothing_is_said(pocket: Pocket):
    ticket_id = await pocket.office.open()
    named = {"visibility": Visibility.PRIVATE, "mentions": (pocket.agent.id,)}
    said = await pocket.office.act(
        reply(ticket_id, "Look.", **named), pocket.office.house.supervisor
    )
    redact = RedactMessage(command_id=new_id(), ticket_id=ticket_id, message_id=said["message_id"])
    await pocket.office.act(redact, pocket.office.house.supervisor)
    deleted = await pocket.assigned()
    delete = DeleteTicket(command_id=new_id(), ticket_id=deleted)
    await pocket.office.act(delete, MACHINE)
    await pocket.later(0)
    assert pocket.service.knocks == 0


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(pocket: Pocket, status: int):
    pocket.service.answers = [status]
    await pocket.assigned()
    await pocket.later(0)
    assert await pocket.mine() == []
    assert await pocket.states() == [("dropped", f"the push service answered {status}")]
    await pocket.later(HOUR)
    assert pocket.service.knocks == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_push_service_that_is_away_is_asked_again(pocket: Pocket, status: int):
    pocket.service.answers = [status, status]
    await pocket.assigned()
    await pocket.later(0)
    assert await pocket.states() == [("owed", f"the push service answered {status}")]
    assert [each.failures for each in await pocket.mine()] == [1]
    await pocket.later(MINUTE)
    await pocket.later(3 * MINUTE)

    assert len(pocket.service.delivered) == 1
    assert await pocket.states() == [("done", None)]
    assert [each.failures for each in await pocket.mine()] == [0]


async def test_a_device_that_takes_nothing_has_its_own_tries(pocket: Pocket):
    await pocket.has("laptop")
    pocket.service.answers = [500]
    await pocket.assigned()
    await pocket.later(0)
    assert len(pocket.service.delivered) == 1
    await pocket.later(MINUTE)
    assert pocket.service.knocks == 3
    assert len(pocket.service.delivered) == 2


@pytest.mark.parametrize("status", [301, 400, 403, 413])
async def test_what_a_push_service_never_takes_is_dead(pocket: Pocket, status: int):
    pocket.service.answers = [status]
    await pocket.assigned()
    await pocket.later(0)
    assert await pocket.states() == [("dead", f"the push service answered {status}")]
    await pocket.later(HOUR)
    assert pocket.service.knocks == 1


async def test_a_worker_that_is_killed_after_it_pushed_repeats_the_same_name(pocket: Pocket):
    pocket.office.clock.time = SystemClock().now()
    await pocket.has("phone of today")
    await pocket.devices.remove(pocket.agent.id, pocket.phone.id)
    await pocket.assigned()

    given = pocket.office.settings.model_dump_json()
    log = pocket.office.settings.data_dir / "victim.log"
    victim = Program("victim", module("tests.server.push.victim", given), log)
    victim.begin(DESKWIRE_FAULT="after_perform")
    assert await asyncio.to_thread(victim.end) == KILLED
    pocket.office.clock.time = SystemClock().now()
    await pocket.later(0)
    assert len(pocket.service.delivered) == 1  # It is still the dead one's.
    await pocket.later(LEASE_MS // 1_000 + 1)

    first, second = pocket.service.delivered
    assert first.words == second.words  # The tag too: a screen shows the two as one.
    assert first.headers["Topic"] == second.headers["Topic"]
    assert await pocket.states() == [("done", None)]


async def test_a_device_ends_with_its_log_in_and_with_its_account(pocket: Pocket):
    await pocket.assigned()
    await pocket.office.house.store[LogIn].update_many({}, {"$set": {"ended": "logged out"}})
    await pocket.later(0)
    assert pocket.service.knocks == 0
    assert await pocket.states() == [("dropped", "the device is gone")]
    await pocket.devices.tidy(pocket.office.clock.now())
    assert await pocket.mine() == []


async def test_who_works_here_no_more_is_told_nothing(pocket: Pocket):
    await pocket.assigned()
    close = UpdateUser(command_id="close:1", user_id=pocket.agent.id, active=False)
    await pocket.office.documents.dispatch(close, MACHINE)
    await pocket.later(0)
    assert pocket.service.knocks == 0


async def test_an_address_that_leads_into_our_own_house_is_not_knocked_at(pocket: Pocket):
    careful = PushService(pocket.office.settings, pocket.office.clock, is_public)
    push = Push(b"{}", 60, "normal", "topic")
    assert (await careful.push(pocket.phone, push))[0] is Answer.GONE
    by_name = pocket.phone.endpoint.replace("127.0.0.1", "localhost")
    named = pocket.phone.model_copy(update={"endpoint": by_name})
    assert (await careful.push(named, push))[0] is Answer.GONE
    assert pocket.service.knocks == 0


async def test_who_is_reached(pocket: Pocket):
    now = pocket.office.clock.now()
    mine = frozenset({pocket.agent.id})
    assert await pocket.devices.reaching(now) == mine
    assert await pocket.devices.reaching(now + REACHES_MS + 1) == frozenset()
    await pocket.devices.accepted(pocket.phone, now + 5)
    assert await pocket.devices.reaching(now + REACHES_MS + 1) == mine
    for _ in range(FAILS_MOST):
        await pocket.devices.failed(pocket.phone)
    assert await pocket.devices.reaching(now) == frozenset()


async def test_whom_nobody_saw_for_longest_gives_way(pocket: Pocket):
    for number in range(MOST):
        pocket.office.clock.time += 1
        await pocket.has(f"browser {number}")
    labels = [each.label for each in await pocket.mine()]
    assert len(labels) == MOST
    assert "phone" not in labels

"""The code that is mailed: who has it holds the address, for a few minutes and a few tries."""

from __future__ import annotations

import asyncio
import logging

import pytest
from redis.asyncio import Redis

from domain.contact.commands import BlockContact, DeleteContact
from domain.errors import Conflict, Forbidden, Invalid, RateLimited, Unauthenticated
from domain.inbox.commands import UpdateInbox
from domain.inbox.state import DEFAULT_INBOX_ID
from domain.process import MACHINE
from server.auth.families import GRACE_MS, Where
from server.auth.identify import CODES_FROM_NETWORK, CODES_TO_ADDRESS
from server.auth.passwords import Passwords
from server.auth.proofs import CODE_MS, KEPT_MS, TRIES
from server.auth.tidy import tidy
from server.jobs.effects import Performer
from server.mail.office import mail_kinds
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.notices.desk import NoticeDesk
from server.settings import Settings
from server.store.effects import Effects
from server.store.letters import Letters
from server.store.models import StoredEffect
from server.store.sessions import Proof
from tests.server.auth.conftest import HERE, Door, open_door
from tests.server.auth.identifying import (
    EMAIL,
    code_for,
    contact_of,
    enter_code,
    known,
    vouch,
    wrong,
)
from tests.server.dispatch.papers import everything, new_id
from tests.server.mail.conftest import Nobody


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A desk whose letters are kept to be looked at."""
    return settings.model_copy(update={"mode": "demo"})


async def guest(door: Door) -> str:
    return (await door.auth.guest(HERE)).access_token


async def perform(door: Door) -> list[tuple[str, str]]:
    """Send what is owed; the letters that were kept: to whom, and what they say."""
    effects, letters = Effects(door.store, door.clock), Letters(door.store)
    board = NoticeBoard(door.store, Nobody())
    taking_back = TakingBack(door.store, letters, effects, board)
    desk = NoticeDesk(door.store, board, effects, door.settings)
    kinds = mail_kinds(door.settings, door.store, door.clock, taking_back, desk)
    await Performer(effects, kinds).perform_due()
    return [(letter.to, letter.text) for letter in await letters.page(None, 10)]


async def test_who_has_the_code_holds_the_address(door: Door):
    holder, token = await known(door), await guest(door)
    code = await code_for(door, token)
    grant = await enter_code(door, token, code)
    assert (await contact_of(door, grant)).id == holder.id
    with pytest.raises(Unauthenticated):
        await door.sessions.authenticate(token)


async def test_the_letter_says_the_code_and_goes_to_the_address_alone(door: Door):
    code = await code_for(door, await guest(door))
    ((to, text),) = await perform(door)
    assert to == EMAIL
    assert code in text
    assert [to for to, _ in await perform(door)] == [EMAIL]


async def test_the_code_stands_nowhere_and_is_not_logged(
    door: Door, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    token = await guest(door)
    code = await code_for(door, token)
    with pytest.raises(Invalid):
        await enter_code(door, token, wrong(code))
    kept = await everything(door.store)
    assert kept["proofs"]
    assert kept["effects"]
    assert f"'{code}'" not in str(kept)
    assert code not in caplog.text


async def test_a_code_that_was_used_or_ran_out_is_mailed_no_more(door: Door):
    token = await guest(door)
    await enter_code(door, token, await code_for(door, token))
    await code_for(door, await guest(door), "late@x.test")
    door.clock.time += CODE_MS
    assert await perform(door) == []


@pytest.mark.parametrize("whose", ["known", "unknown", "staff", "inbox"])
async def test_the_answer_says_nothing_and_only_clients_are_written_to(door: Door, whose: str):
    email = "somebody@x.test"
    if whose == "known":
        await known(door, email)
    elif whose == "staff":
        await door.user("agent", email=email)
    elif whose == "inbox":
        address = UpdateInbox(command_id=new_id(), inbox_id=DEFAULT_INBOX_ID, address=email)
        await door.documents.dispatch(address, MACHINE)
    token = await guest(door)
    await door.auth.identify.send_code(token, email, HERE)
    # As much is written down for each, so that the time it takes says nothing either.
    assert await door.store[StoredEffect].count_documents({}) == 1
    letters = await perform(door)
    assert len(letters) == (whose in ("known", "unknown"))
    with pytest.raises(Invalid, match="not the code"):
        await enter_code(door, token, "nobody", email)


async def test_a_wrong_code_can_be_tried_again_a_few_times(door: Door):
    token = await guest(door)
    code = await code_for(door, token)
    for turn in range(TRIES):
        with pytest.raises(Invalid, match="not the code"):
            await enter_code(door, token, wrong(code), where=Where(f"192.0.2.{turn}"))
    with pytest.raises(Invalid, match="Too many"):
        await enter_code(door, token, code, where=Where("192.0.2.99"))
    assert await enter_code(door, token, await code_for(door, token), where=Where("192.0.2.98"))


async def test_many_tries_at_once_are_as_many(door: Door, other_door: Door):
    token = await guest(door)
    code = await code_for(door, token)
    answers = await asyncio.gather(
        *(
            enter_code(node, token, wrong(code), where=Where(f"192.0.2.{turn}"))
            for turn, node in enumerate((door, other_door) * 10)
        ),
        return_exceptions=True,
    )
    looked_at = [
        each for each in answers if isinstance(each, Invalid) and "not the" in each.message
    ]
    assert len(looked_at) == TRIES


async def test_guessing_from_one_place_is_slowed_down(door: Door):
    token = await guest(door)
    code = await code_for(door, token)
    for _ in range(TRIES):
        with pytest.raises(Invalid):
            await enter_code(door, token, wrong(code))
    with pytest.raises(RateLimited):
        await enter_code(door, token, code)


async def test_a_code_runs_out(door: Door):
    token = await guest(door)
    code = await code_for(door, token)
    door.clock.time += CODE_MS
    with pytest.raises(Invalid, match="run out"):
        await enter_code(door, token, code)
    assert await enter_code(door, token, await code_for(door, token))


async def test_before_a_code_was_asked_for_there_is_none(door: Door):
    with pytest.raises(Invalid, match="Ask for a code"):
        await enter_code(door, await guest(door), "123456")


async def test_a_signature_lends_a_code_nothing(door: Door):
    token = await guest(door)
    await vouch(door, token)
    with pytest.raises(Invalid, match="Ask for a code"):
        await enter_code(door, token, "123456")


async def test_the_newest_code_counts(door: Door):
    token = await guest(door)
    first = await code_for(door, token)
    door.clock.time += 1
    second = await code_for(door, token)
    with pytest.raises(Invalid):
        await enter_code(door, token, first)
    assert await enter_code(door, token, second)


async def test_a_code_is_of_one_guest_and_one_address(door: Door):
    token, other = await guest(door), await guest(door)
    code = await code_for(door, token)
    with pytest.raises(Invalid, match="Ask for a code"):
        await enter_code(door, other, code)
    with pytest.raises(Invalid, match="Ask for a code"):
        await enter_code(door, token, code, "other@x.test")
    await door.auth.identify.send_code(other, EMAIL, HERE)
    with pytest.raises(Invalid, match="not the code"):
        await enter_code(door, other, code)
    assert await enter_code(door, token, code)


async def test_a_repeat_whose_answer_was_lost_gets_the_same_session(door: Door, other_door: Door):
    token = await guest(door)
    code = await code_for(door, token)
    first = await enter_code(door, token, code)
    door.clock.time += GRACE_MS
    again = await enter_code(other_door, token, code)
    assert again.refresh_token == first.refresh_token
    assert await door.sessions.authenticate(again.access_token)
    door.clock.time += 1
    with pytest.raises(Unauthenticated):
        await enter_code(door, token, code)


async def test_whoever_has_no_guests_token_gets_no_code(door: Door):
    account = await door.signup("other@x.test")
    used = await guest(door)
    await vouch(door, used, "used@x.test")
    for token in ("", "garbage", account.access_token, used):
        with pytest.raises(Unauthenticated):
            await door.auth.identify.send_code(token, EMAIL, HERE)


async def test_an_address_gets_a_few_letters_an_hour_whoever_asks(door: Door):
    for turn in range(CODES_TO_ADDRESS.many):
        await door.auth.identify.send_code(await guest(door), EMAIL, Where(f"192.0.2.{turn}"))
    with pytest.raises(RateLimited) as refused:
        await door.auth.identify.send_code(await guest(door), EMAIL, Where("192.0.2.99"))
    await door.auth.identify.send_code(await guest(door), "other@x.test", HERE)
    door.clock.time += refused.value.fields["retry_after"] * 1_000
    await door.auth.identify.send_code(await guest(door), EMAIL, HERE)


async def test_a_network_asks_for_so_many_codes_an_hour(door: Door):
    token = await guest(door)
    for turn in range(CODES_FROM_NETWORK.many):
        where = Where(f"2001:db8::{turn:x}")
        await door.auth.identify.send_code(token, f"{turn}@x.test", where)
    with pytest.raises(RateLimited):
        await door.auth.identify.send_code(token, "more@x.test", Where("2001:db8::ffff"))
    await door.auth.identify.send_code(token, "more@x.test", Where("2001:db8:0:1::1"))


async def test_where_no_mail_leaves_no_code_is_asked_for(
    door: Door, redis: Redis, passwords: Passwords
):
    settings = door.settings.model_copy(update={"mode": "production"})
    mute = open_door(door.store, settings, door.clock, redis, passwords)
    with pytest.raises(Conflict, match="No mail"):
        await mute.auth.identify.send_code(await guest(door), EMAIL, HERE)


async def test_a_blocked_guest_has_nobody_written_to(door: Door):
    visitor = await door.auth.guest(HERE)
    assert visitor.user.contact_id
    block = BlockContact(command_id=new_id(), contact_id=visitor.user.contact_id)
    await door.documents.dispatch(block, MACHINE)
    with pytest.raises(Forbidden, match="blocked"):
        await door.auth.identify.send_code(visitor.access_token, EMAIL, HERE)
    assert await perform(door) == []


async def test_nothing_is_left_of_what_an_erased_visitor_claimed(door: Door):
    visitor = await door.auth.guest(HERE)
    await code_for(door, visitor.access_token)
    assert visitor.user.contact_id
    erase = DeleteContact(command_id=new_id(), contact_id=visitor.user.contact_id)
    await door.documents.dispatch(erase, MACHINE)
    async with asyncio.timeout(10):
        while await door.store[Proof].find_one({}):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
    assert await perform(door) == []


async def test_proofs_are_cleared_away(door: Door):
    await code_for(door, await guest(door))
    await tidy(door.store, door.clock.now() + KEPT_MS)
    assert await door.store[Proof].count_documents({}) == 1
    await tidy(door.store, door.clock.now() + KEPT_MS + 1)
    assert await door.store[Proof].count_documents({}) == 0

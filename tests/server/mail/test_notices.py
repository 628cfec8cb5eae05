"""What concerns people is mailed to them as they want it, and not where they know it already."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.access import Actor
from domain.approval.commands import Approve, Refuse
from domain.approval.state import Level
from domain.contact.state import Contact
from domain.inbox.state import Category
from domain.notification.commands import SetPreferences
from domain.people.commands import CreateUser, DeleteUser
from domain.people.state import User
from domain.ports import Marker
from domain.process import MACHINE
from domain.ticket.commands import (
    AssignTicket,
    DeleteTicket,
    RedactMessage,
    SetStatus,
)
from domain.ticket.state import Status, Visibility
from server.store.audit import AuditEntry
from server.store.documents import kind_of
from server.store.markers import StoreMarkers
from server.store.models import StoredLetter, StoredNotice
from tests.server.house import keep, new_id, reply
from tests.server.mail.conftest import ADDRESS, Office, performer_of
from tests.server.mail.mailserver import MailServer, text_of

HOUR = 3600


async def wants(office: Office, actor: Actor, **fields: object) -> None:
    """Somebody chooses."""
    given = {"command_id": new_id(), **fields}
    await office.documents.dispatch(SetPreferences.model_validate(given), actor)


async def assign(office: Office, ticket_id: str, agent: Actor | None = None) -> None:
    given = (agent or office.house.agent).id
    command = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=given)
    await office.act(command, office.house.supervisor)


async def mention(office: Office, ticket_id: str, body: str = "Look at this.") -> str:
    named = {"visibility": Visibility.PRIVATE, "mentions": (office.house.agent.id,)}
    said = reply(ticket_id, body, **named)
    return (await office.act(said, office.house.supervisor))["message_id"]


async def notices(office: Office) -> list[tuple[str, str | None]]:
    """How far each mail about a notice is, and why."""
    owed = [each for each in await office.owed() if each["kind"] == "mail.notice"]
    return [(each["state"], each["reason"] or each["last_error"]) for each in owed]


async def test_who_is_given_a_ticket_gets_a_letter_after_a_moment(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)

    await assign(office, ticket_id)
    await office.later(59)
    assert server.mails == []
    await office.later(1)

    (letter,) = server.mails
    assert server.recipients[-1] == "ann@x.test"
    assert letter["From"] == "Deskwire <desk@house.test>"
    assert letter["Subject"] == "Re: Printer on fire [#1]"
    assert letter["Reply-To"] is None
    said = text_of(letter)
    assert "sue assigned it to you." in said
    assert f"/console/t/{ticket_id}" in said
    assert await notices(office) == [("done", None)]


async def test_in_spanish_for_who_wants_that(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    await wants(office, office.house.agent, language="es")

    await mention(office, ticket_id, "**Mira** esto.")
    await office.later(60)

    (letter,) = server.mails
    assert "sue le ha mencionado.\n\nsue escribió:\n\n**Mira** esto." in text_of(letter)
    page = letter.get_body(("html",))
    assert page is not None
    assert '<html lang="es">' in page.get_content()
    assert "<strong>Mira</strong> esto." in page.get_content()


async def test_a_requester_is_told_of_the_end_and_its_reason_in_their_language(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    await wants(office, office.client, language="es")

    resolve = SetStatus(
        command_id=new_id(), ticket_id=ticket_id, status=Status.RESOLVED, reason="Agua."
    )
    await office.act(resolve, office.house.agent)
    await office.later(60)

    (letter,) = server.mails
    assert (letter["To"], letter["From"]) == (ADDRESS, "Support <desk@house.test>")
    assert "El estado de su solicitud es ahora: resuelta.\n\nEl motivo: Agua." in text_of(letter)


async def test_several_about_one_ticket_come_in_one_letter(office: Office, server: MailServer):
    ticket_id = await office.opened(server)

    await assign(office, ticket_id)
    await mention(office, ticket_id)
    await office.later(60)

    (letter,) = server.mails
    said = text_of(letter)
    assert said.index("assigned it to you") < said.index("mentioned you")


@pytest.mark.parametrize("how", ["marked", "read", "answered"])
async def test_what_was_read_in_time_is_not_mailed(office: Office, server: MailServer, how: str):
    ticket_id = await office.opened(server)
    await mention(office, ticket_id)
    match how:
        case "marked":
            await office.house.store[StoredNotice].update_many({}, {"$set": {"read_at": 1}})
        case "read":
            marker = Marker(ticket_id, office.house.agent.id, "agent", delivered=2, read=2)
            await StoreMarkers(office.house.store).advance([marker])
        case _:
            await office.answer(ticket_id, "Done.", visibility=Visibility.PRIVATE)

    await office.later(60)

    assert server.mails == []
    ((state, why),) = await notices(office)
    assert (state, (why or "").startswith("it was read in time")) == ("dropped", True)


async def test_what_was_redacted_deleted_or_is_not_theirs_to_see_is_not_mailed(
    office: Office, server: MailServer
):
    redacted, deleted, moved = [await office.open() for _ in range(3)]
    await office.performer.perform_due()
    server.mails.clear()
    for ticket_id in (redacted, deleted, moved):
        message_id = await mention(office, ticket_id)
        if ticket_id == redacted:
            take_back = RedactMessage(
                command_id=new_id(), ticket_id=ticket_id, message_id=message_id
            )
            await office.act(take_back, office.house.supervisor)
    await office.act(DeleteTicket(command_id=new_id(), ticket_id=deleted), office.house.supervisor)
    away = AssignTicket(
        command_id=new_id(), ticket_id=moved, agent_id=None, team_id=office.house.other_team.id
    )
    await office.act(away, office.house.supervisor)

    await office.later(60)

    assert server.mails == []
    assert {state for state, _ in await notices(office)} == {"dropped"}
    kept = await office.house.store[StoredNotice].find().to_list()
    assert [each["ticket_id"] for each in kept] == [moved]


async def test_a_mail_waits_until_quiet_hours_are_over_also_where_they_were_chosen_later(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    evening = datetime(2027, 1, 20, 23, 0, tzinfo=ZoneInfo("Europe/Madrid"))
    office.clock.time = int(evening.timestamp() * 1000)
    await mention(office, ticket_id)
    quiet = {"start": "22:00", "end": "07:00"}
    await wants(office, office.house.agent, zone="Europe/Madrid", quiet=quiet)
    await office.later(60)
    assert server.mails == []
    await assign(office, ticket_id)

    await office.later(8 * HOUR - 61)
    assert server.mails == []
    await office.later(1)

    (letter,) = server.mails
    assert "assigned it to you" in text_of(letter)
    assert "mentioned you" in text_of(letter)
    owed = [each for each in await office.owed() if each["kind"] == "mail.notice"]
    assert [each["tries"] for each in owed] == [1, 0]  # Putting off is no try.


async def test_a_digest_is_one_letter_about_everything(office: Office, server: MailServer):
    await wants(office, office.house.agent, digest="hourly")
    office.clock.time -= office.clock.time % (HOUR * 1000)
    tickets = [await office.open(title=f"t{n}") for n in range(3)]
    await office.performer.perform_due()
    server.mails.clear()
    for ticket_id in tickets:
        await assign(office, ticket_id)

    await office.later(HOUR - 1)
    assert server.mails == []
    await office.later(1)

    (letter,) = server.mails
    assert letter["Subject"] == "3 notices"
    assert [f"t{n} [#{n + 1}]" in text_of(letter) for n in range(3)] == [True] * 3


async def test_who_wants_no_mail_gets_none_and_who_wants_more_gets_more(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    await assign(office, ticket_id)
    await office.later(60)
    server.mails.clear()
    channels = {
        "mentioned": {"in_app": True, "mail": False},
        "answered": {"in_app": False, "mail": True},
    }
    await wants(office, office.house.agent, channels=channels)

    await mention(office, ticket_id)
    await office.act(reply(ticket_id, "Still burning."), office.client)
    await office.later(60)

    (letter,) = server.mails
    assert "Still burning." in text_of(letter)
    assert "Look at this." not in text_of(letter)
    shown = await office.house.store[StoredNotice].find({"shown": True}).to_list()
    assert {each["kind"] for each in shown} == {"assigned", "mentioned"}


async def test_a_client_who_wants_no_mail_of_answers_gets_none(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    channels = {"answered": {"in_app": True, "mail": False}}
    await wants(office, office.client, channels=channels)

    await office.answer(ticket_id, "Soon.")
    await office.later(60)

    assert server.mails == []
    assert await office.states() == [("dropped", "they want no mail of this")]


async def test_an_account_that_was_made_is_told_at_once_and_says_no_password(
    office: Office, server: MailServer
):
    admin = office.house.supervisor.model_copy(
        update={"permissions": {"people.manage": "all", **office.house.agent.permissions}}
    )
    create = CreateUser(command_id=new_id(), email="new@x.test", name="New", role="client")
    outcome = await office.documents.dispatch(create, admin)
    await office.later(0)

    (letter,) = server.mails
    assert letter["To"] == "new@x.test"
    assert letter["Subject"] == "An account was made for you"
    assert "sue made an account for you at" in text_of(letter)

    erase = DeleteUser(command_id=new_id(), user_id=outcome.result["user_id"])
    await office.documents.dispatch(erase, MACHINE)
    await office.later(0)
    assert await office.house.store[StoredNotice].count_documents({}) == 0


async def test_who_signs_up_by_themselves_is_not_told_so(office: Office, server: MailServer):
    create = CreateUser(command_id=new_id(), email="new@x.test", name="New", role="client")
    await office.documents.dispatch(create, MACHINE)
    await office.later(60)

    assert server.mails == []


async def test_whom_we_erase_is_written_to_no_more_and_wanted_nothing(
    office: Office, server: MailServer
):
    ticket_id = await office.opened(server)
    users = office.house.store[kind_of(User).model]
    contact_id = new_id()
    await keep(office.house.store, Contact(id=contact_id, name="ann"))
    await users.update_one(
        {"_id": office.house.agent.id}, {"$set": {"state.contact_id": contact_id}}
    )
    await wants(office, office.house.agent, language="es")
    await mention(office, ticket_id)

    erase = DeleteUser(command_id=new_id(), user_id=office.house.agent.id)
    await office.documents.dispatch(erase, MACHINE)
    await office.later(60)

    assert server.mails == []
    assert await office.house.store[StoredNotice].count_documents({}) == 0
    assert await office.house.store.database["preferences"].count_documents({"gone": False}) == 0
    await office.documents.sweep()
    audit = office.house.store[AuditEntry]
    entry = await audit.find_one({"document": f"preferences:{office.house.agent.id}"})
    assert entry is not None
    assert set(entry["changes"].values()) == {None}


async def test_the_demo_keeps_them_and_a_redaction_takes_them_out_again(
    office: Office, server: MailServer
):
    demo = office.settings.model_copy(update={"smtp_url": "", "mode": "demo"})
    performer = performer_of(demo, office.house.store, office.clock)
    ticket_id = await office.open()
    message_id = await mention(office, ticket_id)
    office.clock.time += 60_000
    await performer.perform_due()
    letters = office.house.store[StoredLetter]
    assert await letters.count_documents({"to": "ann@x.test"}) == 1

    take_back = RedactMessage(command_id=new_id(), ticket_id=ticket_id, message_id=message_id)
    await office.act(take_back, office.house.supervisor)

    assert await letters.count_documents({"to": "ann@x.test"}) == 0
    assert await office.house.store[StoredNotice].count_documents({}) == 0


async def test_an_effect_whose_notice_is_gone_ends(office: Office, server: MailServer):
    ticket_id = await office.opened(server)
    await mention(office, ticket_id)
    await office.house.store[StoredNotice].delete_many({})

    await office.later(60)

    assert await notices(office) == [("dropped", "what it would say was taken back")]


async def dear_ticket(office: Office) -> str:
    """A ticket that Ann has to approve."""
    level = Level(approver_ids=(office.house.agent.id,))
    category = Category(id=new_id(), name="Dear", approval=(level,))
    await keep(office.house.store, category)
    return await office.open(title="A new laptop", body="A *big* one.", category=category.id)


async def test_who_is_asked_for_approval_gets_the_words_and_a_link_at_once(
    office: Office, server: MailServer
):
    await dear_ticket(office)
    await office.later(0)

    (letter,) = [mail for mail in server.mails if mail["To"] == "ann@x.test"]
    assert letter["Subject"] == "Re: A new laptop [#1]"
    said = text_of(letter)
    assert "Your approval is asked for." in said
    assert "A *big* one." in said
    assert "/approve/" in said


async def test_who_decided_meanwhile_is_asked_by_no_mail(office: Office, server: MailServer):
    ticket_id = await dear_ticket(office)
    await office.act(Approve(command_id=new_id(), ticket_id=ticket_id), office.house.agent)
    await office.later(0)

    assert [mail["To"] for mail in server.mails] == [ADDRESS]


async def test_a_requester_who_is_refused_reads_the_reason_in_one_letter(
    office: Office, server: MailServer
):
    ticket_id = await dear_ticket(office)
    await office.performer.perform_due()
    server.mails.clear()
    no = Refuse(command_id=new_id(), ticket_id=ticket_id, reason="Too dear.")
    await office.act(no, office.house.agent)
    await office.later(60)

    (letter,) = server.mails
    assert letter["To"] == ADDRESS
    assert "Your request was refused.\n\nThe reason: Too dear." in text_of(letter)

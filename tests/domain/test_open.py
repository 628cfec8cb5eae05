"""Opening tickets: for oneself, for a caller, as a follow-up."""

import pytest

from domain.errors import Forbidden, Invalid
from domain.message import derived_id
from domain.ticket import commands as ask
from domain.ticket.events import MessagePosted, SkillsChanged, TagsChanged, TicketOpened
from domain.ticket.state import Priority, Status, Visibility
from tests.domain.desk import Desk, client, uid


def opening(desk: Desk, **fields: object) -> ask.OpenTicket:
    named = {"title": "It is broken", "body": "Please mend it.", **fields}
    return ask.OpenTicket(command_id=desk.command_id(), **named)


def test_a_client_opens_a_ticket_with_the_message_that_describes_it(desk: Desk):
    opened, described = desk.do(opening(desk), desk.carl)

    assert isinstance(opened, TicketOpened)
    assert opened.requester_id == desk.carl.id
    assert isinstance(described, MessagePosted)
    assert (described.body, described.visibility) == ("Please mend it.", Visibility.PUBLIC)
    assert described.author == desk.carl.ref


def test_a_new_ticket_is_open_of_medium_priority_and_its_inbox_teams(desk: Desk):
    ticket = desk.open()

    assert (ticket.status, ticket.priority) == (Status.OPEN, Priority.MEDIUM)
    assert (ticket.inbox_id, ticket.team_id, ticket.owner_id) == (uid("inbox"), uid("first"), None)


def test_the_ids_of_what_is_created_follow_from_sender_and_command(desk: Desk):
    command = opening(desk)

    desk.do(command, desk.carl)

    ticket = desk.tickets[derived_id(desk.carl.id, command.command_id, "ticket")]
    assert ticket.description_id == derived_id(desk.carl.id, command.command_id, "message")


def test_opening_answers_with_id_and_number(desk: Desk):
    command = opening(desk)

    desk.do(command, desk.carl)

    ticket_id = derived_id(desk.carl.id, command.command_id, "ticket")
    answer = desk.outcomes[f"ticket:{ticket_id}", command.command_id]
    assert answer == {"ticket_id": ticket_id, "number": 1}


def test_a_category_with_a_team_directs_the_ticket_there(desk: Desk):
    assert desk.open(category=uid("billing")).team_id == uid("second")


def test_a_category_without_a_team_leaves_it_to_the_inbox(desk: Desk):
    assert desk.open(category=uid("other")).team_id == uid("first")


def test_a_client_may_name_a_priority(desk: Desk):
    assert desk.open(priority="urgent").priority is Priority.URGENT


def test_staff_open_a_ticket_for_a_caller(desk: Desk):
    ticket = desk.open(desk.ada, requester_id=uid("carl"), channel="phone")

    assert ticket.requester_id == uid("carl")
    assert ticket.public.said[0].author == desk.ada.ref


def test_staff_may_note_tags_fields_and_skills_while_opening(desk: Desk):
    command = opening(
        desk,
        requester_id=uid("carl"),
        tags=("vip", "late", "vip"),
        fields={"order": 7},
        required_skills=(uid("german"),),
    )

    events = desk.do(command, desk.ada)

    assert [event.type for event in events][2:] == [
        "ticket.tags_changed",
        "ticket.fields_changed",
        "ticket.skills_changed",
    ]
    assert events[2] == TagsChanged(before=(), tags=("late", "vip"))
    assert events[4] == SkillsChanged(before=(), required_skills=(uid("german"),))


def test_staff_must_say_whom_a_ticket_is_for(desk: Desk):
    with pytest.raises(Invalid, match="whom this ticket is for"):
        desk.open(desk.ada)


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("requester_id", uid("nobody"), "contact"),
        ("inbox_id", uid("nowhere"), "inbox"),
        ("category", uid("nothing"), "category"),
        ("required_skills", (uid("flying"),), "skill"),
    ],
)
def test_what_a_new_ticket_names_must_be_there(desk: Desk, field: str, value: object, what: str):
    named = {"requester_id": uid("carl"), field: value}

    with pytest.raises(Invalid, match=f"no (such )?{what}") as refused:
        desk.open(desk.ada, **named)

    assert refused.value.fields == {field: "unknown"}


def test_a_client_opens_for_nobody_else(desk: Desk):
    with pytest.raises(Forbidden, match="for yourself only"):
        desk.open(desk.carl, requester_id=uid("dora"))


def test_a_client_may_name_their_own_contact(desk: Desk):
    assert desk.open(desk.carl, requester_id=uid("carl")).requester_id == uid("carl")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tags", ("vip",)),
        ("fields", {"order": 7}),
        ("required_skills", (uid("german"),)),
        ("due_at", 9),
        ("due_at", 0),
    ],
)
def test_what_only_staff_may_set_a_client_may_not(desk: Desk, field: str, value: object):
    with pytest.raises(Forbidden, match=f"Only staff may set `{field}`"):
        desk.open(desk.carl, **{field: value})


@pytest.mark.parametrize("channel", ["portal", "widget", "api"])
def test_a_client_comes_in_by_the_doors_for_clients(desk: Desk, channel: str):
    assert desk.open(desk.carl, channel=channel).channel.value == channel


@pytest.mark.parametrize("channel", ["phone", "mail"])
def test_only_staff_say_that_somebody_called_or_wrote(desk: Desk, channel: str):
    with pytest.raises(Forbidden, match=f"Only staff .* {channel}") as refused:
        desk.open(desk.carl, channel=channel)

    assert refused.value.fields == {"channel": "only for staff"}
    assert desk.open(desk.ada, requester_id=uid("carl"), channel=channel).channel.value == channel


def test_a_blocked_contact_opens_nothing(desk: Desk):
    with pytest.raises(Forbidden, match="cannot write to us"):
        desk.open(desk.blake)


def test_staff_may_open_a_ticket_for_a_blocked_contact(desk: Desk):
    assert desk.open(desk.ada, requester_id=uid("blake")).requester_id == uid("blake")


def test_a_ticket_carries_the_company_of_its_requester(desk: Desk):
    contact = desk.contacts[uid("carl")].model_copy(update={"company_id": uid("acme")})
    desk.contacts[uid("carl")] = contact

    assert desk.open().company_id == uid("acme")


def test_an_upload_of_somebody_else_cannot_be_sent(desk: Desk):
    with pytest.raises(Invalid, match="not uploads of yours"):
        desk.open(desk.carl, attachments=(uid("file-ada"),))


def test_an_upload_named_twice_is_sent_once(desk: Desk):
    ticket = desk.open(desk.carl, attachments=(uid("file-carl"), uid("file-carl")))

    described = desk.messages[ticket.description_id or ""]
    assert [attachment.name for attachment in described.attachments] == ["a.txt"]


def test_a_repeat_under_a_merged_name_opens_no_second_ticket(desk: Desk):
    guest = client("guest")
    desk.contacts[guest.id] = desk.contacts[uid("carl")].model_copy(update={"id": guest.id})
    command = opening(desk)
    desk.do(command, guest)

    repeated = desk.do(command, client("carl", aliases=["guest"]))

    assert repeated == ()
    assert len(desk.tickets) == 1

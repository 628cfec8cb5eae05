"""Who may do what to which ticket, who may be in which room, and who has to leave."""

from collections.abc import Callable

import pytest

from domain.access import (
    DEFAULT_ROLES,
    Actor,
    Belonging,
    Permission,
    Scope,
    allows,
    belonging_after,
    belonging_of,
    changes_access,
    may_enter,
    may_stay,
)
from domain.audience import (
    SETTINGS,
    WALLBOARD,
    agent_room,
    parse_room,
    staff_room,
    team_room,
    ticket_room,
    user_room,
)
from domain.errors import DomainError, Forbidden, NotFound
from domain.message import ActorKind
from domain.ticket import commands as ask
from domain.ticket.decide import authorize
from domain.ticket.facts import Facts
from domain.ticket.state import Ticket
from domain.workforce.state import Agent
from tests.domain.desk import TIMER, Desk, client, staff, uid

OWNS = Belonging(uid("carl"), uid("acme"), uid("first"), uid("ada"))


def acting(scope: Scope, **fields: object) -> Actor:
    permissions = {Permission.TICKET_READ: scope}
    return Actor(kind=ActorKind.AGENT, id=uid("x"), permissions=permissions, **fields)


@pytest.mark.parametrize(
    ("scope", "fields", "reaches"),
    [
        (Scope.OWN, {"contact_ids": (uid("carl"),)}, True),
        (Scope.OWN, {"user_id": uid("ada")}, True),
        (Scope.OWN, {"company_id": uid("acme")}, False),
        (Scope.OWN, {"team_ids": frozenset({uid("first")})}, False),
        (Scope.COMPANY, {"company_id": uid("acme")}, True),
        (Scope.COMPANY, {"company_id": uid("other")}, False),
        (Scope.COMPANY, {}, False),
        (Scope.COMPANY, {"contact_ids": (uid("carl"),)}, True),
        (Scope.TEAM, {"team_ids": frozenset({uid("first")})}, True),
        (Scope.TEAM, {"team_ids": frozenset({uid("second")})}, False),
        (Scope.TEAM, {"user_id": uid("ada")}, True),
        (Scope.TEAM, {"company_id": uid("acme")}, False),
        (Scope.ALL, {}, True),
    ],
)
def test_a_scope_reaches_as_far_as_it_says(scope: Scope, fields: dict[str, object], reaches: bool):
    assert allows(acting(scope, **fields), Permission.TICKET_READ, OWNS) is reaches


def test_nobody_may_what_they_have_no_permission_for():
    assert not allows(acting(Scope.ALL), Permission.TICKET_DELETE, OWNS)


def test_the_company_of_nobody_is_no_company():
    nobodys = OWNS._replace(company_id=None)
    assert not allows(acting(Scope.COMPANY), Permission.TICKET_READ, nobodys)


def test_the_machine_may_everything_but_enter_what_is_gone():
    assert allows(TIMER, Permission.TICKET_DELETE, OWNS)
    assert not allows(TIMER, Permission.TICKET_READ, OWNS._replace(gone=True))


def test_admins_may_everything():
    admin = staff("max", "admin", teams=())
    assert all(allows(admin, permission, OWNS) for permission in Permission)


def test_the_default_roles_are_the_four_of_the_house():
    assert set(DEFAULT_ROLES) == {"client", "agent", "supervisor", "admin"}


def of_ticket(kind: type[ask.TicketCommand], **fields: object) -> Callable[[Desk, Ticket], object]:
    return lambda desk, ticket: desk.ask(ticket, kind, **fields)


COMMANDS = {
    "reply": of_ticket(ask.Reply, body="Hello."),
    "note": of_ticket(ask.Reply, body="Hello.", visibility="private"),
    "edit": of_ticket(ask.EditMessage, body="Hello.", message_id=uid("m")),
    "redact": of_ticket(ask.RedactMessage, message_id=uid("m")),
    "assign": of_ticket(ask.AssignTicket, agent_id=None),
    "status": of_ticket(ask.SetStatus, status="resolved"),
    "priority": of_ticket(ask.SetPriority, priority="low"),
    "update": of_ticket(ask.UpdateTicket, title="New"),
    "delete": of_ticket(ask.DeleteTicket),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_anothers_ticket_is_not_there_for_a_client(desk: Desk, what: str):
    ticket = desk.open(desk.carl)
    command = COMMANDS[what](desk, ticket)

    with pytest.raises(NotFound, match=r"^There is no such ticket\.$"):
        desk.do(command, desk.dora)  # type: ignore[arg-type]


@pytest.mark.parametrize("what", COMMANDS)
def test_an_agent_is_told_that_a_ticket_is_another_teams(desk: Desk, what: str):
    ticket = desk.open(category=uid("billing"))
    command = COMMANDS[what](desk, ticket)

    with pytest.raises(Forbidden, match="another team"):
        desk.do(command, desk.bob)  # type: ignore[arg-type]


def test_an_owner_keeps_their_reach_when_the_ticket_moves_away(desk: Desk):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob")), desk.bob)
    desk.members[uid("second")] |= {uid("bob")}
    desk.do(
        desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob"), team_id=uid("second")), desk.ada
    )

    assert desk.do(desk.ask(ticket, ask.Reply, body="Still mine."), desk.bob)


def test_a_colleague_of_the_same_company_may_where_their_role_says_so(desk: Desk):
    contact = desk.contacts[uid("carl")].model_copy(update={"company_id": uid("acme")})
    desk.contacts[uid("carl")] = contact
    ticket = desk.open()
    everywhere = dict.fromkeys(DEFAULT_ROLES["client"], Scope.COMPANY)
    colleague = client("dora", company="acme").model_copy(update={"permissions": everywhere})

    assert desk.do(desk.ask(ticket, ask.Reply, body="Me too."), colleague)


def test_who_may_not_open_opens_nothing(desk: Desk):
    nobody = desk.carl.model_copy(update={"permissions": {}})

    with pytest.raises(Forbidden, match="may not open tickets"):
        desk.open(nobody)


def test_staff_need_a_right_of_their_own_to_open_for_others(desk: Desk):
    some = {Permission.TICKET_OPEN: Scope.ALL}
    agent = desk.ada.model_copy(update={"permissions": some})

    with pytest.raises(Forbidden, match="for others"):
        desk.open(agent, requester_id=uid("carl"))


def test_a_reader_who_may_not_reply_is_told_so(desk: Desk):
    ticket = desk.open()
    some = {Permission.TICKET_READ: Scope.ALL}
    agent = desk.ada.model_copy(update={"permissions": some})

    with pytest.raises(Forbidden, match="may not reply"):
        desk.do(desk.ask(ticket, ask.Reply, body="Hello."), agent)


def test_a_follow_up_needs_a_ticket_before_it(desk: Desk):
    command = ask.OpenFollowUp(command_id="follow_up:x", follow_up_of=uid("none"), body="Again.")

    with pytest.raises(NotFound):
        authorize(Ticket(id=uid("t")), command, desk.carl, Facts())


# Rooms


def refusal(actor: Actor, room: str, header: Ticket | Agent | None) -> type[DomainError] | None:
    try:
        may_enter(actor, parse_room(room), header)
    except DomainError as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("who", "of_ticket", "of_staff"),
    [
        ("carl", None, NotFound),
        ("dora", NotFound, NotFound),
        ("bob", Forbidden, None),
        ("cy", Forbidden, Forbidden),
        ("sue", Forbidden, None),
        ("max", Forbidden, None),
    ],
)
def test_clients_enter_the_ticket_and_staff_its_staff_room(
    desk: Desk, who: str, of_ticket: type | None, of_staff: type | None
):
    ticket = desk.open()
    actor = getattr(desk, who)

    assert refusal(actor, ticket_room(ticket.id), ticket) is of_ticket
    assert refusal(actor, staff_room(ticket.id), ticket) is of_staff


@pytest.mark.parametrize("who", ["carl", "max"])
def test_a_missing_and_a_deleted_ticket_have_no_room(desk: Desk, who: str):
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)
    actor = getattr(desk, who)

    for room in (ticket_room(ticket.id), staff_room(ticket.id)):
        assert refusal(actor, room, None) is NotFound
        assert refusal(actor, room, Ticket(id=ticket.id)) is NotFound
        assert refusal(actor, room, desk.now_of(ticket)) is NotFound


@pytest.mark.parametrize(
    ("who", "expected"),
    [("ada", None), ("bob", Forbidden), ("sue", None), ("carl", NotFound)],
)
def test_an_agents_room_is_theirs_and_their_supervisors(
    desk: Desk, who: str, expected: type | None
):
    for header in (None, Agent(id=uid("ada"))):
        assert refusal(getattr(desk, who), agent_room(uid("ada")), header) is expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [("ada", None), ("cy", Forbidden), ("sue", None), ("carl", NotFound)],
)
def test_a_teams_room_is_its_members_and_their_supervisors(
    desk: Desk, who: str, expected: type | None
):
    assert refusal(getattr(desk, who), team_room(uid("first")), None) is expected


@pytest.mark.parametrize(
    ("who", "expected"), [("carl", None), ("dora", NotFound), ("ada", Forbidden)]
)
def test_a_persons_own_room_is_nobody_elses(desk: Desk, who: str, expected: type | None):
    assert refusal(getattr(desk, who), user_room(uid("carl")), None) is expected


def test_a_person_may_enter_the_room_of_a_contact_merged_into_theirs():
    assert refusal(client("carl", aliases=["guest"]), user_room(uid("guest")), None) is None


@pytest.mark.parametrize(
    ("who", "expected"), [("sue", None), ("max", None), ("ada", Forbidden), ("carl", NotFound)]
)
def test_the_wallboard_is_for_who_may_view_it(desk: Desk, who: str, expected: type | None):
    assert refusal(getattr(desk, who), WALLBOARD, None) is expected


@pytest.mark.parametrize(("who", "expected"), [("sue", None), ("ada", None), ("carl", NotFound)])
def test_what_changes_of_the_settings_is_for_staff(desk: Desk, who: str, expected: type | None):
    assert refusal(getattr(desk, who), SETTINGS, None) is expected


def test_who_may_stay_follows_the_events(desk: Desk):
    ticket = desk.open()
    before = belonging_of(ticket)
    room = parse_room(staff_room(ticket.id))
    (moved,) = desk.do(
        desk.ask(ticket, ask.AssignTicket, agent_id=None, team_id=uid("second")), desk.ada
    )

    after = belonging_after(before, moved.model_dump(mode="json"))

    assert after == belonging_of(desk.now_of(ticket))
    assert may_stay(desk.bob, room, before)
    assert not may_stay(desk.bob, room, after)
    assert may_stay(desk.cy, room, after)


def test_nobody_stays_in_a_deleted_ticket(desk: Desk):
    ticket = desk.open()
    before = belonging_of(ticket)
    (gone,) = desk.do(desk.ask(ticket, ask.DeleteTicket), desk.sue)

    after = belonging_after(before, gone.model_dump(mode="json"))

    assert after == belonging_of(desk.now_of(ticket))
    assert not may_stay(desk.carl, parse_room(ticket_room(ticket.id)), after)
    assert not may_stay(desk.max, parse_room(staff_room(ticket.id)), after)


def test_other_events_change_no_access(desk: Desk):
    before = belonging_of(desk.open())

    assert not changes_access("message.posted")
    assert belonging_after(before, {"type": "message.posted", "v": 1}) == before
    assert changes_access("ticket.assigned")
    assert changes_access("ticket.deleted")


def test_a_room_that_is_not_there_and_one_of_somebody_else_are_refused_in_the_same_words(
    desk: Desk,
):
    ticket = desk.open(desk.carl)
    room = parse_room(ticket_room(ticket.id))
    refusals: list[str] = []

    for header in (ticket, None):
        with pytest.raises(NotFound) as refused:
            may_enter(desk.dora, room, header)
        refusals.append(refused.value.message)

    assert refusals == ["There is no such ticket."] * 2

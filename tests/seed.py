"""A few people and tickets for tests: put in once, through the same dispatch as everybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.access import Actor
from domain.audience import staff_room
from domain.contact.commands import CreateContact
from domain.errors import NotFound
from domain.inbox.commands import CreateCategory
from domain.message import Command, Id, derived_id
from domain.people.state import User
from domain.ticket.commands import AssignTicket, OpenTicket, Reply, SetStatus
from domain.ticket.state import Channel, Priority, Status, Visibility
from server.auth.accounts import add_user
from server.auth.actors import fetch_standings
from server.auth.passwords import Passwords
from server.composition import Parts, compose
from server.demo.people import PASSWORD, log_ins
from server.settings import Settings
from server.start import start
from server.store.people import fetch_user_by_email

PEOPLE = {each.key: each for each in log_ins()}
CALLER = "Jonas Weber"

_NAMESPACE = UUID("5eed0000-0000-4000-8000-000000000001")


class Says(NamedTuple):
    who: str
    body: str
    visibility: Visibility = Visibility.PUBLIC


class Takes(NamedTuple):
    who: str


class Moves(NamedTuple):
    who: str
    status: Status
    reason: str | None = None


class Story(NamedTuple):
    """A ticket and what happened to it; `who` opened it, for a caller where they work here."""

    key: str
    title: str
    body: str
    priority: Priority = Priority.MEDIUM
    category: str | None = None
    acts: tuple[Says | Takes | Moves, ...] = ()
    who: str = "client"


STORIES = (
    Story(
        "address",
        "Change our delivery address",
        "We moved last week. Our new address is **Lindenallee 12, 20259 Hamburg**.",
        Priority.LOW,
        "Billing",
        (
            Takes("agent2"),
            Says("agent2", "Done. Your next delivery goes to Lindenallee 12."),
            Says("client", "That was quick, thank you!"),
            Moves("agent2", Status.RESOLVED, "The address is changed."),
            Moves("agent2", Status.CLOSED),
        ),
    ),
    Story(
        "colleague",
        "How do I add a colleague to our account?",
        "Lena joins us on Monday and should see our tickets too.",
        acts=(
            Takes("agent"),
            Says("agent", "Send me her mail address, and I will invite her."),
            Says("client", "lena@keller.test"),
            Says("agent", "The invitation is on its way. It is valid for a week."),
            Moves("agent", Status.RESOLVED, "Lena is invited."),
        ),
    ),
    Story(
        "invoice",
        "Invoice 2026-118 shows the wrong VAT number",
        "It should end in **-7**, not in -1. Our bookkeeper cannot file it like this.",
        Priority.HIGH,
        "Billing",
        (
            Takes("agent"),
            Moves("agent", Status.IN_PROGRESS),
            Says("agent", "You are right, sorry. I have asked for a corrected one."),
            Says(
                "agent",
                "The number was mistyped when the contract was made; @Noor fixed the master data.",
                Visibility.PRIVATE,
            ),
            Says("client", "Thank you. We need it before the 30th."),
        ),
    ),
    Story(
        "export",
        "The CSV export stops after 10,000 rows",
        "Since the update our nightly export is cut off:\n\n```\nexport: 10000 of 48112 rows\n```",
        Priority.URGENT,
        "Technical",
        (
            Takes("agent2"),
            Moves("agent2", Status.IN_PROGRESS),
            Says("agent2", "Which version does the page's footer show?"),
            Moves("agent2", Status.PENDING, "We wait for the version."),
        ),
    ),
    Story(
        "phone",
        "A caller cannot log in with a new phone",
        "Jonas called: the code of the second factor is refused since he changed his phone.",
        Priority.HIGH,
        "Technical",
        (Says("agent", "Ask for the serial number before resetting it.", Visibility.PRIVATE),),
        who="agent",
    ),
    # The last one has no acts: that it is there says that everything is.
    Story(
        "slow",
        "The app is slow on Monday mornings",
        "From eight to nine every page takes five seconds and more. The rest of the week is fine.",
    ),
)
CATEGORIES = {
    "Billing": ("invoice", "payment", "refund", "address"),
    "Technical": ("error", "login", "export", "slow"),
}


async def seed(parts: Parts) -> bool:
    """Put in what is missing; False where everything was there."""
    people = await move_in(parts)
    if await _is_there(parts, STORIES[-1], people):
        return False
    categories = {
        name: (
            await _send(
                parts,
                CreateCategory(command_id=_id("category", name), name=name, keywords=keywords),
                people["admin"],
            )
        )["category_id"]
        for name, keywords in CATEGORIES.items()
    }
    caller = CreateContact(
        command_id=_id("contact", CALLER), name=CALLER, emails=("jonas.weber@example.test",)
    )
    caller_id = (await _send(parts, caller, people["agent"]))["contact_id"]
    for story in STORIES:
        await _tell(parts, story, people, categories, caller_id)
    return True


async def move_in(parts: Parts) -> dict[str, Actor]:
    """The people, put in where they are missing."""
    passwords = Passwords()
    try:
        users = await asyncio.gather(*(_user(parts, who, passwords) for who in PEOPLE))
    finally:
        passwords.close()
    standings = await fetch_standings(parts.store, (user.id for user in users))
    return {who: standings[user.id].actor for who, user in zip(PEOPLE, users, strict=True)}


async def _user(parts: Parts, who: str, passwords: Passwords) -> User:
    person = PEOPLE[who]
    return await fetch_user_by_email(parts.store, person.email) or await add_user(
        parts.store,
        email=person.email,
        name=person.name,
        role=person.role,
        password=PASSWORD,
        passwords=passwords,
    )


async def _is_there(parts: Parts, story: Story, people: Mapping[str, Actor]) -> bool:
    ticket_id = derived_id(people[story.who].id, _id(story.key, "open"), "ticket")
    try:
        await parts.log.read_room(staff_room(ticket_id), None, None)
    except NotFound:
        return False
    return True


async def _tell(
    parts: Parts,
    story: Story,
    people: Mapping[str, Actor],
    categories: Mapping[str, Id],
    caller_id: Id,
) -> None:
    """Open a ticket and let everything happen to it, under ids that a repeat finds again."""
    on_the_phone = story.who != "client"
    opened = OpenTicket(
        command_id=_id(story.key, "open"),
        title=story.title,
        body=story.body,
        priority=story.priority,
        category=categories[story.category] if story.category else None,
        requester_id=caller_id if on_the_phone else None,
        channel=Channel.PHONE if on_the_phone else Channel.PORTAL,
    )
    ticket_id = (await _send(parts, opened, people[story.who]))["ticket_id"]
    for place, act in enumerate(story.acts):
        command = _command(act, _id(story.key, str(place)), ticket_id, people)
        await _send(parts, command, people[act.who])


def _command(
    act: Says | Takes | Moves, command_id: Id, ticket_id: Id, people: Mapping[str, Actor]
) -> Command:
    match act:
        case Says():
            return Reply(
                command_id=command_id,
                ticket_id=ticket_id,
                body=act.body,
                visibility=act.visibility,
            )
        case Takes():
            return AssignTicket(
                command_id=command_id, ticket_id=ticket_id, agent_id=people[act.who].id
            )
        case Moves():
            return SetStatus(
                command_id=command_id, ticket_id=ticket_id, status=act.status, reason=act.reason
            )


async def _send(parts: Parts, command: Command, actor: Actor) -> dict[str, str]:
    return (await parts.dispatch.dispatch(command, actor)).result


def _id(*names: str) -> Id:
    return str(uuid5(_NAMESPACE, "/".join(names)))


async def run(settings: Settings) -> None:
    async with compose(settings) as parts:
        fresh = await seed(parts)
    print("The people and tickets are", "in now." if fresh else "there.", flush=True)


if __name__ == "__main__":
    start(run)

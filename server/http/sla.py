"""What was promised: a ticket's clocks and why they are so, what a ticket would get, holidays."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from domain.access import Permission
from domain.document import require
from domain.errors import Forbidden, NotFound
from domain.message import Audience, Id, Millis, Record
from domain.notification.state import Language
from domain.people.state import Name
from domain.sla.book import Book
from domain.sla.calendar import Calendar, Country, Day, Subdivision
from domain.sla.commands import CreatePolicy, Priorities
from domain.sla.decide import POLICY, check_policy
from domain.sla.explain import Explained, Foresight, explain, foresee
from domain.sla.policy import (
    Case,
    ContactTags,
    Ladder,
    Percents,
    Policy,
    Several,
    Targets,
)
from domain.ticket.state import Priority
from server.dispatch.document_facts import load_policy_facts
from server.holidays import Place, countries, holidays_of, times_of
from server.http.operation import Call, operation
from server.http.tickets import load_readable
from server.store.documents import fetch_many
from server.store.sla_past import past_of

YEAR_2100: Millis = 4_102_444_800_000
"""Nobody plans further ahead, and each year that is asked for is worked out and kept."""


class Clocks(Record):
    """A ticket's clocks as of `at`, each with its explanation. Without a policy they rest."""

    ticket_id: Id
    at: Millis
    policy_id: Id | None
    policy: str | None
    calendar_id: Id | None
    calendar: str | None
    zone: str | None
    clocks: tuple[Explained, ...]


class ClocksQuery(Record):
    """`language` is what holidays are named in, where it is known."""

    language: Language = Language.EN


@operation(
    "GET",
    "/api/tickets/{id}/sla",
    "A ticket's clocks, and why they are so",
    takes=ClocksQuery,
    answers=Clocks,
)
async def explain_ticket(call: Call, query: ClocksQuery) -> Clocks:
    ticket = await load_readable(call, call.id())
    if call.actor.audience is Audience.PUBLIC:
        raise Forbidden("What is promised among ourselves, only staff see.")
    now, sla = call.parts.clock.now(), ticket.private and ticket.private.sla
    if not sla:
        empty = dict.fromkeys(("policy_id", "policy", "calendar_id", "calendar", "zone"))
        return Clocks.model_validate({"ticket_id": ticket.id, "at": now, "clocks": (), **empty})
    book = await _spoken(call, await call.parts.promises.book(sla), query.language)
    past = await past_of(call.parts.store, ticket)
    policy = book.policy(sla.policy_id)
    calendar = book.time(sla.calendar_id)
    return Clocks(
        ticket_id=ticket.id,
        at=now,
        policy_id=sla.policy_id,
        policy=policy.name if policy else None,
        calendar_id=sla.calendar_id,
        calendar=calendar.name if calendar else None,
        zone=calendar.zone if calendar else None,
        clocks=tuple(explain(each, past, book, sla.calendar_id, now) for each in sla.clocks),
    )


class PolicyDraft(Record):
    """A policy as it would be made."""

    name: Name = "Draft"
    calendar_id: Id
    targets: dict[Priority, Targets]
    warn_at: Percents = ()
    ladder: Ladder = ()
    priorities: Priorities = ()
    category_ids: Several = ()
    team_ids: Several = ()
    contact_tags: ContactTags = ()


class PreviewBody(Record):
    """A ticket as it might be, opened `at` a moment, by default now. With `policy` only that one is
    tried, which need not be kept yet. `language` is what holidays are named in."""

    priority: Priority = Priority.MEDIUM
    category: Id | None = None
    team_id: Id | None = None
    contact_tags: ContactTags = ()
    at: Annotated[Millis, Field(lt=YEAR_2100)] | None = None
    policy: PolicyDraft | None = None
    language: Language = Language.EN


@operation(
    "POST", "/api/sla/preview", "What a ticket would get", takes=PreviewBody, answers=Foresight
)
async def preview(call: Call, given: PreviewBody) -> Foresight:
    require(call.actor, Permission.PEOPLE_READ)
    now = call.parts.clock.now()
    book = await call.parts.promises.book()
    if given.policy is not None:
        book = await _with(call, given.policy, now)
    book = await _spoken(call, book, given.language)
    tags = frozenset(given.contact_tags)
    case = Case(given.priority, given.category, given.team_id, tags)
    return foresee(book, case, now if given.at is None else given.at)


async def _spoken(call: Call, book: Book, language: Language) -> Book:
    """A book whose holidays have their names in somebody's language."""
    if language is Language.EN:
        return book
    store = call.parts.store
    calendars = await fetch_many(store, Calendar, book.times)
    times = await times_of(calendars.values(), (await store.time()).year, language)
    return Book(book.policies, times)


async def _with(call: Call, body: PolicyDraft, now: Millis) -> Book:
    """A book of one policy that is not kept; raises Invalid where it could not be."""
    command = CreatePolicy.model_validate({**body.model_dump(), "command_id": call.command_id})
    fields = {name: getattr(command, name) for name in POLICY}
    policy = Policy(id=command.document_id(call.actor.id), **fields)
    store = call.parts.store
    facts = await load_policy_facts(store, None, command)
    check_policy(policy, now, facts)
    assert facts.calendar is not None, "it was checked"
    return Book([policy], await times_of([facts.calendar], (await store.time()).year))


class Countries(BaseModel):
    """By the code of each country that is known the parts of it with holidays of their own."""

    countries: dict[str, list[str]]


@operation("GET", "/api/holidays", "Countries whose holidays are known", answers=Countries)
async def list_countries(call: Call) -> Countries:
    require(call.actor, Permission.PEOPLE_READ)
    return Countries(countries=await countries())


class HolidaysQuery(Record):
    """`year` is by default this one, `language` what they are named in, where that is known."""

    subdivision: Subdivision | None = None
    year: Annotated[int, Field(ge=1970, le=2100)] | None = None
    language: Language = Language.EN


class CountryHoliday(BaseModel):
    date: Day
    name: str


class CountryHolidays(BaseModel):
    country: Country
    subdivision: Subdivision | None
    year: int
    holidays: tuple[CountryHoliday, ...]


@operation(
    "GET",
    "/api/holidays/{country}",
    "The holidays of a country in a year",
    takes=HolidaysQuery,
    answers=CountryHolidays,
)
async def read_holidays(call: Call, query: HolidaysQuery) -> CountryHolidays:
    require(call.actor, Permission.PEOPLE_READ)
    year = query.year or (await call.parts.store.time()).year
    place = Place(call.request.path_params["country"], query.subdivision)
    found = await holidays_of(place, (year,), query.language)
    if found is None:
        raise NotFound("The holidays of this place are not known.")
    return CountryHolidays(
        country=place.country,
        subdivision=place.subdivision,
        year=year,
        holidays=tuple(CountryHoliday(date=day, name=name) for day, name in found.items()),
    )


OPERATIONS = (preview, explain_ticket, list_countries, read_holidays)

"""What a ticket's clocks do at what happens to it: told beside it, in the same commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.assistant.events import AssistantHandedOver
from domain.assistant.state import HandOver
from domain.assistant.turn import rests
from domain.message import ActorKind, Event, Millis
from domain.sla.book import Book
from domain.sla.course import RESPONSES, Course
from domain.sla.events import SlaEvent
from domain.sla.policy import Case
from domain.sla.state import Metric
from domain.ticket.events import (
    CategoryChanged,
    MessagePosted,
    PriorityChanged,
    StatusChanged,
    TicketAssigned,
    TicketDeleted,
    TicketOpened,
)
from domain.ticket.state import Status, Ticket, Visibility

_ANSWERING = (ActorKind.AGENT, ActorKind.ASSISTANT)


def follow(
    ticket: Ticket, events: Sequence[Event], now: Millis, book: Book, contact_tags: Iterable[str]
) -> list[Event]:
    """What a commit's events do to the clocks of their ticket, which is as it was before them.

    `contact_tags` are those of who asks; they are looked at where `changes_case` says so.
    """
    sla = ticket.private and ticket.private.sla
    fitting = changes_case(events) or (not sla and book.begins_late)
    if not events or (not sla and not (book.policies and fitting)):
        return []
    if any(isinstance(event, SlaEvent | TicketDeleted) for event in events):
        return []  # A tick says itself what it did.
    case, status = case_of(ticket, contact_tags), ticket.status
    for event in events:
        case = case_after(case, event)
        status = event.status if isinstance(event, StatusChanged) else status
    course = Course(sla or None, book, case.priority, now)
    for event in events:
        _hear(course, event)
    if fitting and status.active:
        answered, waiting = said_so_far(ticket, events)
        course.fit(case, answered=answered, waiting=waiting)
    course.turn(counted_as(status, resting=_rests_after(ticket, events)))
    return course.events()


def counted_as(status: Status, *, resting: bool) -> Status:
    """The status as clocks see it: who was answered by the assistant is the next to speak."""
    return Status.PENDING if resting and status.active else status


def _rests_after(ticket: Ticket, events: Iterable[Event]) -> bool:
    resting = rests(ticket.assistant)
    for event in events:
        match event:
            case AssistantHandedOver():
                resting = False
            case MessagePosted() if event.visibility is Visibility.PUBLIC:
                resting = event.author.kind is ActorKind.ASSISTANT
            case _:
                pass
    return resting


def changes_case(events: Iterable[Event]) -> bool:
    """Whether after these another policy may be the ticket's."""
    return any(_changes_case(event) for event in events)


def _changes_case(event: Event) -> bool:
    match event:
        case TicketOpened() | PriorityChanged() | CategoryChanged():
            return True
        case TicketAssigned():
            return event.team_id != event.before_team_id
        case StatusChanged():
            return event.status.active and not event.before.active
        case _:
            return False


def case_of(ticket: Ticket, contact_tags: Iterable[str]) -> Case:
    """What decides about a ticket's policy as it stands."""
    return Case(ticket.priority, ticket.category, ticket.team_id, frozenset(contact_tags))


def case_after(case: Case, event: Event) -> Case:
    match event:
        case TicketOpened():
            return case._replace(
                priority=event.priority, category=event.category, team_id=event.team_id
            )
        case PriorityChanged():
            return case._replace(priority=event.priority)
        case CategoryChanged():
            return case._replace(category=event.category)
        case TicketAssigned():
            return case._replace(team_id=event.team_id)
        case _:
            return case


def said_so_far(ticket: Ticket, events: Iterable[Event] = ()) -> tuple[bool, bool]:
    """Whether the client was answered ever, as far as is remembered, and whether they said
    something since."""
    kinds = [said.author.kind for said in ticket.public.said]
    kinds[:0] = [
        event.author.kind
        for event in events
        if isinstance(event, MessagePosted) and event.visibility is Visibility.PUBLIC
    ][::-1]
    return any(kind in _ANSWERING for kind in kinds), bool(kinds) and kinds[0] is ActorKind.CLIENT


def _hear(course: Course, event: Event) -> None:
    """An answer meets what was owed; a word of the client owes the next one, and so does the
    assistant, where it leaves to people who was answered and wants more.

    Of a ticket that is only being opened nothing is owed yet.
    """
    if isinstance(event, AssistantHandedOver):
        if event.reason is not HandOver.TAKEN and not course.waits():
            course.begin(Metric.NEXT_RESPONSE)
        return
    if not isinstance(event, MessagePosted) or event.visibility is not Visibility.PUBLIC:
        return
    if event.author.kind in _ANSWERING:
        for metric in RESPONSES:
            course.meet(metric)
    elif event.author.kind is ActorKind.CLIENT and not course.waits():
        course.begin(Metric.NEXT_RESPONSE)

"""What is due on a ticket's clocks: warnings, breaches, the ladder's rungs, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from domain.assistant.turn import rests
from domain.message import Event, Id, Millis
from domain.routing.decide import not_before
from domain.routing.events import RequeueReason, TicketRequeued
from domain.sla.clocks import Under, consumed_by, next_wake, next_warning
from domain.sla.commands import SlaTick
from domain.sla.course import Course
from domain.sla.events import Act, SlaBreached, SlaEscalated, SlaEvent, SlaWarned
from domain.sla.follow import case_after, case_of, counted_as, said_so_far
from domain.sla.policy import Case, Rung
from domain.sla.state import SlaClock
from domain.ticket.events import PriorityChanged, TicketAssigned
from domain.ticket.facts import Facts
from domain.ticket.state import Priority, Ticket

MOST_AT_ONCE = 100
"""More is not done in one commit; the ticket is then due again at once."""


class _Due(NamedTuple):
    """The next thing that a clock has to say: a warning of `percent`, its breach, or a `rung`."""

    after: Millis
    clock: SlaClock
    percent: int | None = None
    rung: Rung | None = None


def decide_tick(ticket: Ticket, command: SlaTick, now: Millis, facts: Facts) -> list[Event]:
    """All that is due by now, as if it had been done in time; [] for a generation that is past.

    Raises Retryable where it is too early.
    """
    sla = ticket.private and ticket.private.sla
    if not sla or sla.seq != command.generation or sla.wake_at is None:
        return []
    not_before(sla.wake_at, now)
    tick = _Tick(ticket, Course(sla, facts.book, ticket.priority, now), now, facts.staff_ids)
    return tick.events(case_of(ticket, facts.contact_tags))


def decide_recalculate(ticket: Ticket, now: Millis, facts: Facts) -> list[Event]:
    """Follow policies and calendars as they are now; [] where nothing comes out otherwise."""
    sla = ticket.private and ticket.private.sla
    if not ticket.status.active:
        return []
    course = Course(sla or None, facts.book, ticket.priority, now)
    answered, waiting = said_so_far(ticket)
    course.fit(case_of(ticket, facts.contact_tags), answered=answered, waiting=waiting)
    course.turn(counted_as(ticket.status, resting=rests(ticket.assistant)))
    return course.events() if course.differs() else []


class _Tick:
    def __init__(
        self, ticket: Ticket, course: Course, now: Millis, staff_ids: Collection[Id]
    ) -> None:
        self._ticket = ticket
        self._status = counted_as(ticket.status, resting=rests(ticket.assistant))
        self._course = course
        self._now = now
        self._staff_ids = staff_ids
        self._events: list[Event] = []

    def events(self, case: Case) -> list[Event]:
        for _ in range(MOST_AT_ONCE):
            due = self._next()
            if due is None:
                break
            case = self._do(due, case)
        else:
            self._settle_wakes()
        last = next((e for e in reversed(self._events) if isinstance(e, SlaEvent)), None)
        if last is None or last.clocks != self._course.clocks or self._course.moved:
            # Whatever was not done, the moment moves on.
            if last is None:
                self._settle_wakes()
            self._events.append(self._course.changed())
        return self._events

    def _next(self) -> _Due | None:
        """What was due first of what is due by now."""
        under = self._course.under
        if under is None:
            return None
        found = [
            (moment, place, due)
            for clock in self._course.clocks
            if clock.since is not None
            for place, due in enumerate(_saying(clock, under))
            if due.after <= consumed_by(clock, self._now, under.time)
            and (moment := _moment(due, under)) is not None
        ]
        return min(found, key=lambda each: each[:2])[2] if found else None

    def _do(self, due: _Due, case: Case) -> Case:
        clock = due.clock
        if due.rung is not None:
            self._put(clock.model_copy(update={"escalated": clock.escalated + 1}))
            return self._climb(due.rung, clock, case)
        assert clock.due_at is not None, "only a running clock is due"
        if due.percent is not None:
            self._put(clock.model_copy(update={"warned": (*clock.warned, due.percent)}))
            self._events.append(
                SlaWarned(
                    metric=clock.metric,
                    percent=due.percent,
                    due_at=clock.due_at,
                    clocks=self._course.clocks,
                )
            )
            return case
        self._put(clock.model_copy(update={"breached_at": clock.due_at}))
        self._events.append(
            SlaBreached(metric=clock.metric, due_at=clock.due_at, clocks=self._course.clocks)
        )
        return case

    def _climb(self, rung: Rung, clock: SlaClock, case: Case) -> Case:
        self._events.append(
            SlaEscalated(
                metric=clock.metric,
                act=rung.act,
                notify=rung.notify,
                clocks=self._course.clocks,
            )
        )
        before = case
        for event in self._done_by(rung, case):
            self._events.append(event)
            case = case_after(case, event)
        if case != before:
            answered, waiting = said_so_far(self._ticket)
            self._course.fit(case, answered=answered, waiting=waiting)
            self._course.turn(self._status)
        return case

    def _done_by(self, rung: Rung, case: Case) -> list[Event]:
        match rung.act:
            case Act.NOTIFY:
                return []
            case Act.RAISE_PRIORITY:
                ranks = list(Priority)
                place = ranks.index(case.priority) + 1
                if place == len(ranks):
                    return []
                return [PriorityChanged(before=case.priority, priority=ranks[place])]
            case Act.REASSIGN:
                return self._assign(None, rung.team_id or case.team_id, case)
            case Act.SUPERVISOR:
                if rung.agent_id is None or rung.agent_id not in self._staff_ids:
                    return []
                return self._assign(rung.agent_id, case.team_id, case)

    def _assign(self, agent_id: Id | None, team_id: Id | None, case: Case) -> list[Event]:
        owner = self._owner()
        if team_id is None or case.team_id is None or (agent_id, team_id) == (owner, case.team_id):
            return []
        events: list[Event] = []
        events.append(
            TicketAssigned(
                agent_id=agent_id,
                team_id=team_id,
                before_agent_id=owner,
                before_team_id=case.team_id,
            )
        )
        if agent_id is None and owner is not None:
            events.append(TicketRequeued(agent_id=owner, reason=RequeueReason.SLA))
        return events

    def _owner(self) -> Id | None:
        given = [each for each in self._events if isinstance(each, TicketAssigned)]
        return given[-1].agent_id if given else self._ticket.owner_id

    def _put(self, clock: SlaClock) -> None:
        under = self._course.under
        assert under is not None, "nothing is due without a policy"
        self._course.put(clock.model_copy(update={"wake_at": next_wake(clock, under)}))

    def _settle_wakes(self) -> None:
        """When each running clock is due next; one whose policy or calendar is gone rests."""
        under = self._course.under
        if under is None:
            self._course.turn(self._status)
            return
        for clock in self._course.clocks:
            if clock.since is not None:
                self._put(clock)


def _saying(clock: SlaClock, under: Under) -> Iterable[_Due]:
    """What a clock says next: of warnings, breach and ladder one each."""
    target = clock.target
    if clock.breached_at is None:
        percent = next_warning(clock, under.policy)
        if percent is not None:
            yield _Due(target * percent // 100, clock, percent=percent)
        if clock.due_at is not None:
            yield _Due(target, clock)
    rungs = under.policy.rungs(clock.metric, target)
    if clock.escalated < len(rungs):
        rung = rungs[clock.escalated]
        yield _Due(rung.after(target), clock, rung=rung)


def _moment(due: _Due, under: Under) -> Millis | None:
    since, left = due.clock.since, due.after - due.clock.consumed
    if since is None:
        return None
    return under.time.add(since, left) if left > 0 else under.time.ago(since, -left)

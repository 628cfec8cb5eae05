"""Why a deadline is when it is: the time that counted and the time that did not, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.message import Id, Millis, Record
from domain.sla.book import Book
from domain.sla.business import BusinessTime, Shut
from domain.sla.clocks import consumed_by
from domain.sla.policy import Case, Policy, Rung
from domain.sla.state import Metric, Sla, SlaClock
from domain.ticket.state import Priority, Status

MOST_PIECES = 500


class CountReason(StrEnum):
    """Why a piece of time counted, or did not."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PENDING = "pending"
    RESOLVED = "resolved"
    UNPROMISED = "unpromised"


class CountedSpan(Record):
    """`name` is the holiday's; an interval that lies ahead is as things stand."""

    start: Millis
    end: Millis
    counted: bool
    reason: CountReason
    name: str | None = None
    ahead: bool = False


class ClockStanding(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"


class Explained(Record):
    """A clock with its explanation. `consumed` and `left` are as of now, in business time; `left`
    is negative where it is late.

    `counted` is what the intervals before now make up; it differs from `consumed` where a calendar
    was changed since. Of very many intervals `shortened` leaves out the oldest.
    """

    metric: Metric
    state: ClockStanding
    target: Millis
    consumed: Millis
    left: int
    started_at: Millis
    due_at: Millis | None
    met_at: Millis | None
    breached_at: Millis | None
    late: bool
    warned: tuple[int, ...]
    escalated: int
    counted: Millis
    intervals: tuple[CountedSpan, ...]
    shortened: bool


class Moment(NamedTuple):
    """How a ticket's clocks and its status stood from `at` on."""

    at: Millis
    status: Status
    sla: Sla | None


def explain(
    clock: SlaClock, past: Sequence[Moment], book: Book, calendar_id: Id | None, now: Millis
) -> Explained:
    """What became of one clock; `past` is the ticket's, oldest first, the present last."""
    pieces = [*_past(clock, past, book, now), *_ahead(clock, book.time(calendar_id), now)]
    joined = _joined(pieces)
    consumed = consumed_by(clock, now, book.time(calendar_id))
    return Explained(
        metric=clock.metric,
        state=_standing(clock),
        target=clock.target,
        consumed=consumed,
        left=clock.target - consumed,
        started_at=clock.started_at,
        due_at=clock.due_at,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
        late=clock.breached_at is not None or (clock.due_at is not None and clock.due_at <= now),
        warned=clock.warned,
        escalated=clock.escalated,
        counted=sum(each.end - each.start for each in joined if each.counted and not each.ahead),
        intervals=tuple(joined[-MOST_PIECES:]),
        shortened=len(joined) > MOST_PIECES,
    )


def _standing(clock: SlaClock) -> ClockStanding:
    if clock.met_at is not None:
        return ClockStanding.MET
    return ClockStanding.PAUSED if clock.since is None else ClockStanding.RUNNING


def _past(
    clock: SlaClock, past: Sequence[Moment], book: Book, now: Millis
) -> Iterator[CountedSpan]:
    end = clock.met_at if clock.met_at is not None else now
    for place, moment in enumerate(past):
        until = min(past[place + 1].at if place + 1 < len(past) else end, end)
        since = max(moment.at, clock.started_at)
        if since >= until:
            continue
        stood = moment.sla.clock(clock.metric) if moment.sla else None
        if moment.sla and stood and stood.since is not None:
            time = book.time(moment.sla.calendar_id)
            yield from _pieces(time, since, until, ahead=False)
        else:
            reason = _rests(moment.status)
            yield CountedSpan(start=since, end=until, counted=False, reason=reason)


def _ahead(clock: SlaClock, time: BusinessTime | None, now: Millis) -> Iterator[CountedSpan]:
    if clock.due_at is not None and clock.due_at > now:
        yield from _pieces(time, now, clock.due_at, ahead=True)


def _pieces(
    time: BusinessTime | None, start: Millis, end: Millis, *, ahead: bool
) -> Iterator[CountedSpan]:
    if time is None:  # Its calendar is gone: nobody can say any more.
        yield CountedSpan(
            start=start, end=end, counted=False, reason=CountReason.UNPROMISED, ahead=ahead
        )
        return
    for piece in time.pieces(start, end):
        reason = CountReason(piece.shut) if isinstance(piece.shut, Shut) else CountReason.OPEN
        yield CountedSpan(
            start=piece.start,
            end=piece.end,
            counted=piece.shut is None,
            reason=reason,
            name=piece.name,
            ahead=ahead,
        )


def _rests(status: Status) -> CountReason:
    if not status.active:
        return CountReason.RESOLVED
    return CountReason.PENDING if status is Status.PENDING else CountReason.UNPROMISED


def _joined(pieces: Sequence[CountedSpan]) -> list[CountedSpan]:
    """What touches and is alike, in one."""
    joined: list[CountedSpan] = []
    for each in pieces:
        before = joined[-1] if joined else None
        if before is not None and _alike(before, each):
            joined[-1] = before.model_copy(update={"end": each.end})
        else:
            joined.append(each)
    return joined


def _alike(before: CountedSpan, each: CountedSpan) -> bool:
    same = before.model_copy(update={"start": each.start, "end": each.end}) == each
    return same and before.end == each.start


class Mark(Record):
    """When a warning or a rung of the ladder would be due."""

    at: Millis | None
    percent: int | None = None
    rung: Rung | None = None


class Foreseen(Record):
    """A clock that a ticket would get, did nothing else happen to it; None: it never falls due.

    Of the next response, what a message of the client at that moment would be owed.
    """

    metric: Metric
    target: Millis
    due_at: Millis | None
    warnings: tuple[Mark, ...]
    ladder: tuple[Mark, ...]
    intervals: tuple[CountedSpan, ...]


class Tried(Record):
    """A policy that was looked at; `misfit` is the field for which it is not the ticket's."""

    policy_id: Id
    name: str
    misfit: str | None


class Foresight(Record):
    """What a ticket would get: the policy, and which were looked at before it."""

    policy_id: Id | None
    name: str | None
    calendar_id: Id | None
    tried: tuple[Tried, ...]
    clocks: tuple[Foreseen, ...]


def foresee(book: Book, case: Case, at: Millis) -> Foresight:
    """What a ticket like this would be promised, were it opened at a moment."""
    tried: list[Tried] = []
    for policy in book.policies:
        misfit = policy.misfit(case)
        if misfit is None and policy.calendar_id not in book.times:
            misfit = "calendar_id"
        tried.append(Tried(policy_id=policy.id, name=policy.name, misfit=misfit))
        if misfit is None:
            clocks = tuple(_foreseen(policy, book.times[policy.calendar_id], case.priority, at))
            return Foresight(
                policy_id=policy.id,
                name=policy.name,
                calendar_id=policy.calendar_id,
                tried=tuple(tried),
                clocks=clocks,
            )
    return Foresight(policy_id=None, name=None, calendar_id=None, tried=tuple(tried), clocks=())


def _foreseen(
    policy: Policy, time: BusinessTime, priority: Priority, at: Millis
) -> Iterator[Foreseen]:
    for metric in Metric:
        target = policy.target(priority, metric)
        if target is None:
            continue
        due_at = time.add(at, target)
        yield Foreseen(
            metric=metric,
            target=target,
            due_at=due_at,
            warnings=tuple(
                Mark(at=time.add(at, target * percent // 100), percent=percent)
                for percent in policy.warn_at
            ),
            ladder=tuple(
                Mark(at=time.add(at, rung.after(target)), rung=rung)
                for rung in policy.rungs(metric, target)
            ),
            intervals=tuple(_pieces(time, at, due_at, ahead=True))[:MOST_PIECES] if due_at else (),
        )
